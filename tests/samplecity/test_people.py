"""The people of the sample city, recounted from the files themselves with csv and openpyxl."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date

import numpy as np
import openpyxl
import pytest

from madang.samplecity import Setting
from madang.samplecity.layers import grown, people
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.people.model import People
from madang.samplecity.layers.people.residents import decembers
from tests.samplecity.people_papers import Papers, number, written

pytestmark = pytest.mark.slow  # they share one city and its files: two seconds


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return written(tmp_path_factory.mktemp("people"), Setting(seed=7, scale=0.05))


def residents(papers: Papers) -> dict[tuple[str, int, str], int]:
    """Name of the 행정동, year, sex -> residents, added up from the single ages; where none of them was planted."""
    found: dict[tuple[str, int, str], int] = {}
    for row in papers.rows("주민등록인구_연령별_연말"):
        name = row["행정구역"].split("(")[0].split()[-1]
        for year in range(2016, 2026):
            for sex in ("남", "여"):
                ages = [f"{year}년12월_{sex}_{age}세" for age in range(100)] + [
                    f"{year}년12월_{sex}_100세 이상"
                ]
                if all(header in row for header in ages):
                    found[name, year, sex] = sum(number(row[header]) for header in ages)
    return found


def vital_events(papers: Papers) -> dict[tuple[str, int, str], dict[str, int]]:
    """Name of the 행정동, year, sex -> events, where none of the four was planted."""
    path = papers.path("인구동태")
    sheet = openpyxl.load_workbook(path).active
    lines = list(sheet.iter_rows(values_only=True))
    years = [int(str(cell)[:4]) if column > 2 and cell else None for column, cell in enumerate(lines[2])]
    found: dict[tuple[str, int, str], dict[str, int]] = defaultdict(dict)
    year = 0
    for column in range(3, len(years)):
        year = years[column] or year
        event = str(lines[3][column])
        for row, line in enumerate(lines[4:], 5):
            if (row, f"{year}년_{event}") in papers.planted[path.name]:
                found[str(line[1]), year, str(line[2])]["planted"] = 1
            elif isinstance(line[column], int):
                found[str(line[1]), year, str(line[2])][event] = line[column]
    return {key: events for key, events in found.items() if "planted" not in events and len(events) == 4}


def test_nobody_appears_or_vanishes_uncounted(papers: Papers) -> None:
    """P(t) = P(t - 1) + births - deaths + arrived - left, from the CSV of residents and the workbook of events."""
    people_, events = residents(papers), vital_events(papers)
    checked = 0
    for (name, year, sex), happened in events.items():
        if (before := people_.get((name, year - 1, sex))) is None or (
            after := people_.get((name, year, sex))
        ) is None:
            continue
        change = happened["출생"] - happened["사망"] + happened["전입"] - happened["전출"]
        assert after == before + change, (name, year, sex)
        checked += 1
    assert checked > 0.8 * 21 * 9 * 2


def test_moves_from_dong_to_dong_are_what_arrives_and_leaves(papers: Papers) -> None:
    came, went = Counter[tuple[str, int, str]](), Counter[tuple[str, int, str]]()
    spoilt: set[tuple[str, int, str]] = set()
    for row in papers.rows("전출입_행정동별"):
        if "연도" not in row:
            continue  # handed in twice
        year, origin, to = int(row["연도"]), row["전출행정동명"], row["전입행정동명"]
        if not {"성별", "이동자수"} <= row.keys():
            spoilt |= {(name, year, sex) for name in (origin, to) for sex in ("남", "여")}
            continue
        assert origin != to
        went[origin, year, row["성별"]] += number(row["이동자수"])
        came[to, year, row["성별"]] += number(row["이동자수"])
    checked = [
        key
        for key in vital_events(papers)
        if key[2] in ("남", "여") and key[0] != "합계" and key not in spoilt
    ]
    assert len(checked) > 250
    for key, happened in vital_events(papers).items():
        if key in checked:
            assert (came[key], went[key]) == (happened["전입"], happened["전출"]), key


def test_ages_and_sexes_of_the_months_add_up_and_meet_the_years(papers: Papers) -> None:
    december = residents(papers)
    met = 0
    for row in papers.rows("주민등록인구_5세별_월별"):
        name = row["행정구역"].split("(")[0].split()[-1]
        for header in row:
            if not (match := re.fullmatch(r"(\d{4}년\d{2}월)_(계|남|여)_총인구수", header)):
                continue
            month, sex = match.groups()
            ages = [
                cell for label, cell in row.items() if label.startswith(f"{month}_{sex}_") and "세" in label
            ]
            if len(ages) == 21:
                assert sum(map(number, ages)) == number(row[header])
            if month == "2025년12월" and (name, 2025, sex) in december:
                assert number(row[header]) == december[name, 2025, sex]
                met += 1
    assert met > 30


def test_the_city_is_as_big_as_it_should_be_and_each_kind_has_its_ages(papers: Papers) -> None:
    last = papers.city.get(People)
    ground = papers.city.get(Ground)
    count = last.residents[last.at("2026-09")]
    assert count.sum() == pytest.approx(ground.dongs.people.sum(), rel=0.02)
    assert np.abs(count.sum(axis=(1, 2)) / ground.dongs.people - 1).max() < 0.08
    young, old = count[:, 1, 20:40].sum(axis=1), count[:, :, 65:].sum(axis=(1, 2))
    index = dict(zip(ground.dongs.name, young / old, strict=True))
    assert max(index["들말동"], index["너른골동"]) < 0.2 < index["버들2동"] < 1 < index["새솔3동"]
    alone = last.households[last.at("2026-09")]
    share = dict(zip(ground.dongs.name, alone[:, 0] / alone.sum(axis=1), strict=True))
    assert max(share, key=share.__getitem__) == "하늬1동"
    assert share["새솔1동"] < 0.25
    working = count[:, :, 25:50].sum(axis=2)
    ratio = dict(zip(ground.dongs.name, working[:, 0] / working[:, 1], strict=True))
    assert ratio["모루동"] > 1.2 * np.median(list(ratio.values()))


def test_the_new_apartments_fill_when_they_open(papers: Papers) -> None:
    """새솔3동 opened five years ago: that year it grows more than tenfold of any year before."""
    count = residents(papers)
    both = {year: count["새솔3동", year, "남"] + count["새솔3동", year, "여"] for year in range(2016, 2026)
            if ("새솔3동", year, "남") in count and ("새솔3동", year, "여") in count}  # fmt: skip
    assert both[2021] > 4 * both[2020] or both[2022] > 6 * both[2020]
    assert abs(both[2025] / both[2024] - 1) < 0.05


def test_households_hold_everybody(papers: Papers) -> None:
    months: dict[tuple[str, str], int] = {}
    for row in papers.rows("주민등록인구_5세별_월별"):
        name = row["행정구역"].split("(")[0].split()[-1]
        for header, cell in row.items():
            if header.endswith("_남_총인구수") and (women := row.get(header.replace("_남_", "_여_"))):
                months[f"{header[:4]}.{header[5:7]}", name] = number(cell) + number(women)
    checked = 0
    for row in papers.rows("세대원수별_세대"):
        sizes = [row.get(f"{size}인세대") for size in range(1, 10)] + [row.get("10인세대 이상")]
        if row["행정동"] in ("소계", "합계") or None in sizes or (row["기간"], row["행정동"]) not in months:
            continue
        held = sum(size * number(str(cell)) for size, cell in enumerate(sizes, 1))
        assert held == months[row["기간"], row["행정동"]]
        checked += 1
    assert checked > 200


def test_cells_are_the_people_of_their_dongs(papers: Papers) -> None:
    """Of the unmasked cells of the truth, and of the file as far as it says."""
    truth = people.truths(papers.city)["grid"].to_pylist()
    last = papers.city.get(People)
    dongs = papers.city.get(Ground).dongs
    sums: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    for row in truth:
        sums[row["dong_code"]] += row["residents"]
        cells[row["cell_id"]] += row["residents"]
    known = last.residents[last.at("2026-09")].sum(axis=(1, 2), dtype=np.int64)
    assert dict(sums) == dict(zip(dongs.code, known.tolist(), strict=True))
    for row in papers.rows("격자인구_100m"):
        if (cell := row.get("총인구수")) is None or "격자코드" not in row:
            continue
        assert cell == "N/A" if cells[row["격자코드"]] < 5 else int(cell) == cells[row["격자코드"]]
        east, north = int(row["격자중심X"]), int(row["격자중심Y"])
        assert (east % 100, north % 100) == (50, 50)
        assert row["격자코드"][2:] == f"{east // 100 % 1000:03d}{north // 100 % 1000:03d}"


def test_the_second_delivery_begins_where_the_first_ended(papers: Papers) -> None:
    stems = sorted(path.name.split("_2026")[0] for path in (papers.folder / "delivery-2" / "인구").iterdir())
    assert stems == ["생활인구_시간대별", "세대원수별_세대", "인구현황_보고", "주민등록인구_5세별_월별"]
    first = {row["행정구역"]: row for row in papers.rows("주민등록인구_5세별_월별", 1)}
    same = 0
    for row in papers.rows("주민등록인구_5세별_월별", 2):
        for header in row.keys() & first[row["행정구역"]].keys():
            assert row[header] == first[row["행정구역"]][header]
            same += 1
    assert same > 23 * 11 * 60
    assert not any("2025년10월" in header for header in row)


def test_a_year_that_ends_in_the_second_delivery_is_handed_over_with_it() -> None:
    city = grown(Setting(seed=7, scale=0.05, until=date(2026, 12, 31)), "people")
    second = city.deliveries[1]
    assert any("연말" in paper.path for paper in people.papers(city, second))
    months = city.get(People).months
    assert str(months[decembers(city.get(People), second)[-1]]) == "2026-12"
