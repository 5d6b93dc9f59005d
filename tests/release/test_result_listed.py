"""What is said of several 행정동 is made of each: where one of them is hidden, nobody works it out from the others."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from madang.methods.smoothing import smooth_rates
from madang.release.relations import found_relations
from madang.release.result_decision import ResultDecision
from madang.release.result_order import by_name
from madang.release.result_small import Around, Small, small, sums_of
from madang.release.result_story import let_out
from madang.results import Column, Result, sentence, table_of
from madang.results.report import titled
from madang.workspace import Workspace
from release.city import SAID
from runs.spots import CODES, found

NINE = {6, 7, 8, 11, 12, 13, 16, 17, 18}  # in the middle of the square, 12 in the middle of them


def small_of(result: Result, folder: Path) -> Small:
    ws = Workspace.init(folder / "w", "여울구", area_code="9911000000")
    around = Around(
        (), lambda entry: None, found_relations(ws.bank), "2026-04", ws.releases.open_bank.workshop, {}
    )
    return small(result.tables, ResultDecision("r", "run", **SAID), "hot-spots", around)


def opened(result: Result, folder: Path) -> tuple[Result, set[str]]:
    """What everybody may read of it, and the hidden 행정동."""
    ordered, hidden = by_name(result, small_of(result, folder).hidden)
    run: Any = SimpleNamespace(inputs=())
    shown, _gone = let_out(ordered, (), hidden, sums_of(hidden), {}, run)
    dongs = shown.table("dongs").rows.column("dong").to_pylist()
    return shown, {name for name, gone in zip(dongs, hidden["dongs"], strict=True) if gone}


def residents(few: int) -> list[int]:
    return [few if n == 12 else 1000 + 10 * n for n in range(len(CODES))]


def test_a_concentration_around_a_hidden_dong_is_neither_named_nor_counted(tmp_path: Path) -> None:
    """Two residents in the middle. `expected` is in proportion to the residents of all nine, eight of which are shown."""
    cases = [0 if n == 12 else 1200 if n in NINE else 400 for n in range(len(CODES))]
    result = found(tmp_path, cases, people=residents(3), replicates=99, largest_share=50)
    first, city = result.table("clusters").rows.to_pylist()[0], result.table("city").rows.to_pylist()[0]
    rows = {row["dong"]: row for row in result.table("dongs").rows.to_pylist()}
    assert rows["12동"]["people"] == 2  # four tenths of three, and six of them
    inside = first["dongs"].split(", ")
    others = sum(rows[name]["people"] for name in inside if name != "12동")
    assert first["expected"] / city["cases"] * city["people"] - others == pytest.approx(2, abs=0.1)

    shown, hidden = opened(result, tmp_path)
    assert "12동" in hidden
    assert "12동" in inside
    told = shown.table("clusters").rows.to_pylist()
    assert [name for row in told for name in hidden if name in (row["dongs"] or "").split(", ")] == []
    assert set(told[0].values()) == {None}
    assert len(shown.findings) == len(result.findings) - 1
    assert not any("묶음" in sentence(each, shown) or "12동" in sentence(each, shown) for each in shown.findings)  # fmt: skip


def test_nor_is_one_in_time(tmp_path: Path) -> None:
    """Thirty a year everywhere, and sixty more in the middle in the first fortnight of October."""
    rng, first = np.random.default_rng(7), np.datetime64("2025-01-01")
    days = [
        first + np.r_[rng.integers(0, 365, 30), rng.integers(273, 287, 60 if n == 12 else 0)]
        for n in range(len(CODES))
    ]
    result = found(tmp_path, [len(each) for each in days], np.concatenate(days), people=residents(3), replicates=99)  # fmt: skip
    assert result.table("moments").value(0, "dongs") == "12동"
    assert titled(result.charts[-1], result)[0].startswith("12동에 주마다")
    shown, hidden = opened(result, tmp_path)
    assert "12동" in hidden
    assert set(shown.table("moments").rows.to_pylist()[0].values()) == {None}
    said = [*(sentence(each, shown) for each in shown.findings), *(titled(each, shown)[0] for each in shown.charts)]  # fmt: skip
    assert not any("12동" in each or "2025-10" in each for each in said)


def test_the_rates_of_others_do_not_tell_how_many_live_in_a_hidden_dong(tmp_path: Path) -> None:
    """Six cases among two residents would be most of how much rates differ, to which each smoothed rate is drawn. Who knows
    all cases, and how many live in the hidden ones together, tries each number of residents."""
    cases = np.random.default_rng(1).poisson(10 + 10 * (np.arange(len(CODES)) % 2))
    cases[12] = 6
    result = found(tmp_path, cases.tolist(), people=residents(3), replicates=99)
    shown, hidden = opened(result, tmp_path)
    rows = {row["dong"]: row for row in shown.table("dongs").rows.to_pylist()}
    assert "12동" in hidden
    assert len(hidden) == 2
    (other,) = (int(name.removesuffix("동")) for name in hidden - {"12동"})
    people = np.array([rows[f"{n}동"]["people"] or 0 for n in range(len(CODES))])
    left = shown.table("city").value(0, "people") - people.sum()  # type: ignore[operator]

    def fits(residents: int) -> bool:
        people[12], people[other] = residents, left - residents
        rates = smooth_rates(np.where(people >= 100, cases, 0), people, coarse=True)
        return all(
            rows[f"{n}동"][name] == pytest.approx(1000 * values[n], abs=0.0051)
            for name, values in (("rate", rates.rate), ("low", rates.low), ("high", rates.high))
            for n in range(len(CODES))
            if rows[f"{n}동"]["people"] is not None
        )

    assert all(fits(residents) for residents in range(1, 100))
    assert not fits(500)  # the cases of so many would count


def test_rows_that_list_a_hidden_one_are_hidden_and_a_longer_name_is_another(tmp_path: Path) -> None:
    counts = {"1동": 3, "11동": 40, "2동": 60, "12동": 80}
    dongs = [{"name": name, "kind": "동", "n": n} for name, n in counts.items()]
    several = [
        {"of": "12동, 11동", "kind": "동", "cases": 7},
        {"of": "12동", "kind": "동", "cases": 7},
        {"of": "2동, 1동, 12동", "kind": "동", "cases": 9},
        {"of": None, "kind": "1동", "cases": 9},
    ]
    tables = (
        table_of("dongs", "사람", dongs, [Column("name", "동"), Column("kind", "갈래"), Column("n", "사람", "integer", "명")]),
        table_of("several", "묶음", several, [Column("of", "동", meaning="verdict"), Column("kind", "갈래"), Column("cases", "건수", "integer", "건")]),
    )  # fmt: skip
    hidden = small_of(Result((), tables), tmp_path).hidden
    assert hidden["dongs"].tolist() == [
        True,
        True,
        False,
        False,
    ]  # the next one, so that it cannot be subtracted
    assert hidden["several"].tolist() == [True, False, True, True]
