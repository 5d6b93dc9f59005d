"""Who is where by the hour, counted from the file: nights at home, days at work, the market, the river bank, the feast."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import numpy as np
import pytest

from madang.samplecity import Setting
from madang.samplecity.layers import people
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.people.model import People
from madang.samplecity.words import words
from tests.samplecity.people_papers import Papers, written

pytestmark = pytest.mark.slow

SETTING = Setting(seed=7, scale=0.05)
HOLIDAYS = {20260924, 20260925, 20260926}  # 추석
SATURDAYS = {20260905, 20260912, 20260919}
SUNDAYS = {20260906, 20260913, 20260920, 20260927}
MARKETS = {20260902, 20260907, 20260917, 20260922}  # days ending in 2 and 7 that are working days
WORKING = {20260831, *range(20260901, 20260931)} - HOLIDAYS - SATURDAYS - SUNDAYS


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return written(tmp_path_factory.mktemp("hours"), SETTING)


@pytest.fixture(scope="module")
def totals(papers: Papers) -> dict[tuple[int, int, str], float]:
    """Day, hour, code -> persons, without planted rows."""
    found = {}
    for row in papers.rows("생활인구_시간대별"):
        if {"기준일ID", "시간대구분", "총생활인구수"} <= row.keys():
            found[int(row["기준일ID"]), int(row["시간대구분"]), row["행정동코드"]] = float(
                row["총생활인구수"]
            )
    return found


def mean(totals: dict[tuple[int, int, str], float], days: set[int], hour: int, code: str) -> float:
    return float(np.mean([totals[day, hour, code] for day in days if (day, hour, code) in totals]))


def code_of(papers: Papers, name: str) -> str:
    dongs = papers.city.get(Ground).dongs
    return dongs.code[dongs.name.index(name)][:8]


def at_home(papers: Papers) -> dict[str, int]:
    last = papers.city.get(People)
    dongs = papers.city.get(Ground).dongs
    known = last.residents[last.at("2026-09")].sum(axis=(1, 2), dtype=np.int64)
    return {code[:8]: int(count) for code, count in zip(dongs.code, known, strict=True)}


def test_every_hour_of_31_days_has_every_dong(
    papers: Papers, totals: dict[tuple[int, int, str], float]
) -> None:
    assert len(totals) > 0.998 * 31 * 24 * 21
    assert {day for day, _, _ in totals} == {20260831, *range(20260901, 20260931)}


def test_the_parts_make_the_whole_where_nothing_is_masked(papers: Papers) -> None:
    checked = 0
    for row in papers.rows("생활인구_시간대별"):
        if len(row) == 32 and "*" not in row.values():
            parts = list(map(float, list(row.values())[4:]))
            assert min(parts) >= 4
            assert sum(parts) == pytest.approx(float(row["총생활인구수"]), abs=1e-3)
            checked += 1
    assert checked > 1000


def test_the_night_is_at_home(papers: Papers, totals: dict[tuple[int, int, str], float]) -> None:
    for code, residents in at_home(papers).items():
        assert mean(totals, WORKING, 3, code) == pytest.approx(residents, rel=0.01)


def test_the_city_has_its_residents_and_who_comes_less_who_goes(
    papers: Papers, totals: dict[tuple[int, int, str], float]
) -> None:
    """At ten in the morning of a working day everybody is at work: residents + commuters in - commuters out."""
    table = papers.city.get(People).commuting.workers
    balance = table[-1].sum() - table[:, -1].sum()
    home = at_home(papers)
    whole = 0
    for day in WORKING:
        if all((day, 10, code) in totals for code in home):
            there = sum(totals[day, 10, code] for code in home)
            assert there == pytest.approx(sum(home.values()) + balance, abs=1)
            whole += 1
    assert whole >= 15
    assert abs(balance) > 0.02 * sum(home.values())


def test_who_commutes_where_is_in_the_hours(
    papers: Papers, totals: dict[tuple[int, int, str], float]
) -> None:
    """The planted table of commuters: what each 행정동 has more at ten than at three, but for market days."""
    truth = people.truths(papers.city)["commuters"].to_pylist()
    days, home = WORKING - MARKETS, at_home(papers)
    for code, residents in home.items():
        comes = sum(row["workers"] for row in truth if row["work_dong_code"][:8] == code)
        goes = sum(row["workers"] for row in truth if row["home_dong_code"][:8] == code)
        found = mean(totals, days, 10, code) - mean(totals, days, 3, code)
        assert found == pytest.approx(comes - goes, abs=0.01 * residents + 2)
    estate, station = code_of(papers, "모루동"), code_of(papers, "하늬1동")
    swollen = sorted(home, key=lambda code: mean(totals, days, 10, code) / home[code])[-2:]
    assert set(swollen) <= {estate, station, code_of(papers, "장터동")}
    assert estate in swollen


def test_the_market_fills_the_market_quarter(
    papers: Papers, totals: dict[tuple[int, int, str], float]
) -> None:
    code, planted = code_of(papers, "장터동"), words("people")["present"]["market"]
    more = mean(totals, MARKETS, 11, code) - mean(totals, WORKING - MARKETS, 11, code)
    assert more / at_home(papers)[code] == pytest.approx(planted, abs=0.02)
    assert (
        abs(mean(totals, MARKETS, 2, code) - mean(totals, WORKING - MARKETS, 2, code))
        < 0.01 * at_home(papers)[code]
    )


def test_the_river_bank_fills_on_free_days(papers: Papers, totals: dict[tuple[int, int, str], float]) -> None:
    """Sunday at three in the afternoon: the visitors that were planted, less the few who work on a Sunday."""
    said, code = words("people")["present"], code_of(papers, "물안동")
    home = at_home(papers)[code]
    work = mean(totals, WORKING - MARKETS, 15, code) - home
    few = said["sunday"] * work
    assert (mean(totals, SUNDAYS, 15, code) - home - few) / home == pytest.approx(said["park"], abs=0.03)


def test_at_the_feast_people_go_to_their_villages(
    papers: Papers, totals: dict[tuple[int, int, str], float]
) -> None:
    for name, share in (("들말동", 0.42), ("다온1동", -0.14)):
        code = code_of(papers, name)
        found = mean(totals, HOLIDAYS, 3, code) / mean(totals, WORKING, 3, code) - 1
        assert found == pytest.approx(share, abs=0.02)


def test_the_same_setting_gives_the_same_bytes(papers: Papers, tmp_path: Path) -> None:
    again = written(tmp_path, SETTING)

    def digests(folder: Path) -> dict[str, str]:
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*")
            if path.is_file()
        }

    assert digests(again.folder) == digests(papers.folder)
    assert again.defects == papers.defects


def test_every_planted_cell_is_in_the_file(papers: Papers) -> None:
    """Read with csv: the cell of each defect holds the value that the list of defects names."""
    for path in (papers.folder / "delivery-1" / "인구").glob("*.csv"):
        text = path.read_text(encoding="utf-8-sig" if path.name.startswith("생활") else "cp949")
        rows = list(csv.reader(text.splitlines()))
        for defect in papers.defects:
            if Path(defect.file).name == path.name:
                assert defect.row is not None
                assert rows[defect.row - 1][rows[0].index(defect.column)] == defect.value
