"""How what is declared stands from day to day: the register of the bank, what is late, one state for each indicator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from madang.access import Person, owner
from madang.bank.durable import SEOUL
from madang.declarations.indicator import Indicator
from madang.results import Column, Result, table_of
from madang.runs.declared import Declared
from madang.runs.refresh import Standing
from madang.runs.register import register_of
from madang.runs.scoreboard import Line, Theme, _line, scoreboard
from madang.workspace import Workspace
from runs.declared_city import INDICATOR, PEOPLE, declared_city, people

STAFF = Person("kim", roles=frozenset({"official"}))
AS_OF, END = date(2026, 2, 28), date(2026, 3, 1)  # of the people, and of February
DAY = timedelta(1)


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    found = declared_city(tmp_path)
    found.clock = at(datetime(2026, 11, 22, 10, tzinfo=SEOUL))
    return found


def at(day: datetime) -> Callable[[], datetime]:
    return lambda: day


def line(ws: Workspace, name: str, today: date, by: Person | None = None) -> Line:
    board = scoreboard(ws.refresher, by=by or owner("lee"), today=today)
    return next(each for each in board.lines if each.indicator.id == name)


# the register ------------------------------------------------------------------------------------------------


def register(ws: Workspace) -> tuple[int, int]:
    """How many versions the register has, and how often it was deposited."""
    ws.refresh("data-fresh")
    found = ws.bank["dataset-register"]
    return len(found.versions), len(found.deposits())


@pytest.mark.slow
def test_a_day_has_one_register_and_another_only_where_something_is_different(
    ws: Workspace, tmp_path: Path
) -> None:
    (ws.folder / "cache" / "b.csv").write_text("가,나\n1,2\n", encoding="utf-8")
    ws.deposit(ws.folder / "cache" / "b.csv", "b", by="lee")  # two datasets, so that their order counts
    assert register(ws) == (1, 1)
    assert register(ws) == (1, 1)
    ws.clock = at(datetime(2026, 11, 22, 23, 59, tzinfo=SEOUL))
    assert register(ws) == (1, 1)
    ws.bank.change_card("people", lambda card: {**card, "steward": "인구과"}, by="lee", at=ws.clock())
    assert register(ws) == (2, 2)
    more = PEOPLE | {"2026-03": dict.fromkeys(PEOPLE["2026-01"], (50, 50))}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", more), "people", standard="resident-population", by="lee"
    )
    assert register(ws) == (3, 3)
    ws.clock = at(datetime(2026, 11, 23, 0, 0, tzinfo=SEOUL))
    assert register(ws) == (4, 4)  # of another day, and everything a day older


def told(ws: Workspace, today: date, opened: tuple[str, ...] = ()) -> dict[str, Any]:
    (row,) = register_of(ws.bank, ws.standards, opened, today).to_pylist()
    return dict(row)


@pytest.mark.parametrize(
    ("days", "freshness"), [(0, "fresh"), (30, "fresh"), (31, "fresh"), (32, "late")]
)  # the rhythm of residents is 31 days
def test_the_register_says_how_old_data_are_and_whether_that_is_late(
    ws: Workspace, days: int, freshness: str
) -> None:
    found = told(ws, AS_OF + days * DAY)
    assert (found["as_of"], found["age_days"], found["rhythm_days"]) == (AS_OF, days, 31)
    assert (found["freshness"], found["checked_on"]) == (freshness, AS_OF + days * DAY)


def test_a_row_of_the_register_by_hand(ws: Workspace) -> None:
    found = told(ws, END)
    assert {name: found[name] for name in ("dataset_id", "access", "is_open", "has_steward", "versions_count", "rows_count")} == {
        "dataset_id": "people", "access": "internal", "is_open": False, "has_steward": False, "versions_count": 1, "rows_count": 12,
    }  # fmt: skip
    assert (found["problems_count"], found["has_personal"], found["standard"]) == (
        0,
        False,
        "resident-population",
    )
    assert told(ws, END, ("people",))["is_open"]
    ws.bank.change_card("people", lambda card: {**card, "steward": "인구과", "access": "public", "rhythm_days": 1}, by="lee", at=ws.clock())  # fmt: skip
    before, found = found, told(ws, END + DAY)
    assert found["row_id"] == before["row_id"]  # a dataset is called the same every day
    assert (found["has_steward"], found["access"], found["rhythm_days"], found["freshness"]) == (
        True,
        "open",
        1,
        "late",
    )


def test_a_file_that_was_refused_is_no_dataset_and_stops_nothing(ws: Workspace) -> None:
    (ws.folder / "cache" / "a.csv").write_text("", encoding="utf-8")
    (receipt,) = ws.deposit(ws.folder / "cache" / "a.csv", "a", by="lee")
    assert receipt.verdict == "refused"
    assert told(ws, END)["dataset_id"] == "people"
    assert [each.error for each in ws.refresh("data-fresh")] == [None]


def test_what_is_described_and_has_no_data_yet_is_there_without_rows(ws: Workspace) -> None:
    (ws.folder / "cache" / "a.csv").write_text("", encoding="utf-8")
    ws.deposit(ws.folder / "cache" / "a.csv", "a", by="lee")
    ws.write_card("a", {"title": "곧 올릴 것", "access": "internal", "steward": "인구과"})
    found = {each["dataset_id"]: each for each in register_of(ws.bank, ws.standards, (), END).to_pylist()}
    names = ("rows_count", "versions_count", "as_of", "registered_on", "freshness", "has_steward")
    assert [found["a"][name] for name in names] == [0, 0, None, None, "unknown", True]


def test_what_is_made_of_closed_data_is_told_of_as_they_are(ws: Workspace) -> None:
    """Its own card says that everybody of the municipality may read it."""
    (ws.folder / "cache" / "b.csv").write_text("가,나\n1,2\n", encoding="utf-8")
    ws.deposit(ws.folder / "cache" / "b.csv", "b", by="lee")
    ws.bank.change_card("b", lambda card: {**card, "made_of": ["people"]}, by="lee", at=ws.clock())
    ws.write_card("people", {"title": "주민", "access": "restricted", "steward": "인구과"})
    rows = register_of(ws.bank, ws.standards, (), END).to_pylist()
    assert [(each["access"], each["dataset_id"], each["dataset_title"]) for each in rows] == [
        ("restricted", None, None)
    ] * 2


def test_what_has_no_rhythm_is_neither_fresh_nor_late(ws: Workspace) -> None:
    ws.erase("people", ground="요청", by="lee")
    (ws.folder / "cache" / "b.csv").write_text("가,나\n1,2\n", encoding="utf-8")
    ws.deposit(ws.folder / "cache" / "b.csv", "b", by="lee")
    assert {
        each["freshness"] for each in register_of(ws.bank, ws.standards, (), date(2036, 1, 1)).to_pylist()
    } == {"unknown"}


@pytest.mark.slow
def test_what_is_made_here_is_not_in_the_register(ws: Workspace) -> None:
    ws.refresh("old-people", "young-share", "data-fresh")
    assert told(ws, END)["dataset_id"] == "people"


# late --------------------------------------------------------------------------------------------------------


def test_data_are_late_behind_two_rhythms_and_not_on_the_day(ws: Workspace) -> None:
    ws.refresh("young-share")
    assert not line(ws, "young-share", AS_OF + 62 * DAY).is_late
    assert line(ws, "young-share", AS_OF + 63 * DAY).is_late


def test_so_is_a_value_of_long_ago_from_data_of_now(ws: Workspace) -> None:
    """The people of February are told by a file of August."""
    ws.refresh("young-share")
    found = line(ws, "young-share", END)
    assert found.standing.run is not None
    inputs = tuple(replace(each, as_of="2026-08-31") for each in found.standing.run.inputs)
    standing = replace(found.standing, run=replace(found.standing.run, inputs=inputs))
    assert not _line(found.indicator, standing, END + 62 * DAY).is_late
    assert _line(found.indicator, standing, END + 63 * DAY).is_late


def test_so_is_a_value_that_newer_data_wait_for(ws: Workspace, tmp_path: Path) -> None:
    ws.refresh("young-share")
    assert not line(ws, "young-share", END).is_late
    more = PEOPLE | {"2026-03": dict.fromkeys(PEOPLE["2026-01"], (50, 50))}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", more), "people", standard="resident-population", by="lee"
    )
    assert line(ws, "young-share", END).is_late


# states ------------------------------------------------------------------------------------------------------


def test_one_that_was_measured_and_cannot_be_now_is_not_measured(ws: Workspace) -> None:
    ws.refresh("young-share")
    assert line(ws, "young-share", END).state == "near"
    file = ws.folder / "content" / "indicators" / "young-share.toml"
    file.write_text(INDICATOR.replace("FROM people", "FROM nobody"), encoding="utf-8")
    ws = Workspace.open(ws.folder)
    ws.refresh("young-share")
    found = line(ws, "young-share", END)
    assert (found.state, found.standing.run is None) == ("unmeasured", False)


def test_one_of_closed_data_is_closed_and_not_failing_to_who_may_not_see_it(ws: Workspace) -> None:
    ws.refresh("young-share")
    ws.write_card("people", {"title": "주민", "access": "restricted", "steward": "인구과"})
    found = line(ws, "young-share", END, STAFF)
    assert (found.state, found.standing.latest, found.recent) == ("closed", None, [])
    assert line(ws, "young-share", END).state == "near"


def test_the_small_picture_has_what_was_measured_whole_and_nothing_else() -> None:
    told = [("잰 값", float(n)) for n in range(30)] + [("일부만 있음", 90.0), ("내다봄", 91.0)]
    rows = [{"kind": kind, "value": value} for kind, value in told]
    table = table_of("series", "기간마다", rows, [Column("kind", "종류"), Column("value", "값", "number")])
    run: Any = SimpleNamespace(result=Result((), (table,)))
    standing = Standing(object.__new__(Declared), run)
    found = Line(object.__new__(Indicator), standing, "met", False)
    assert found.recent == [float(n) for n in range(6, 30)]


@pytest.mark.parametrize(
    ("states", "worst"),
    [
        (["met", "near", "missed", "unmeasured"], "missed"), (["met", "near", "unmeasured"], "unmeasured"),
        (["none", "met", "near"], "near"), (["none", "met", "closed"], "met"), (["closed", "none"], "none"), (["closed"], "closed"),
    ],
)  # fmt: skip
def test_a_theme_is_as_its_worst_part(states: list[Any], worst: str) -> None:
    indicator, standing = object.__new__(Indicator), Standing(object.__new__(Declared), None)
    theme = Theme("안전", tuple(Line(indicator, standing, each, False) for each in states))
    assert theme.state == worst
    assert [theme.count(each) for each in states] == [1] * len(states)
