"""Sketches of columns: what was planted is told, what is personal or of few is not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from madang.access import View
from madang.engine.rows import Source
from madang.engine.rows_sketch import FEWEST, sketches
from row_tables import COLUMNS, files_of, made

ROWS = made(331)
MASKED = View(frozenset({"phone"}))


@pytest.fixture(scope="module", params=["files", "copy"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Source:
    folder = tmp_path_factory.mktemp("sketches")
    return Source(files_of(folder / "t", ROWS), folder / "c" / "d" if request.param == "copy" else None)


def test_numbers_have_ends_a_mean_and_bins_that_hold_all_cells(source: Source) -> None:
    slots = {each.name: each for each in sketches(source, MASKED, COLUMNS)}["slots"]
    cells = [row["slots"] for row in ROWS if row["slots"] is not None]
    assert (slots.smallest, slots.largest) == (min(cells), max(cells)) == (0, 19)
    assert slots.mean == pytest.approx(sum(cells) / len(cells))
    assert slots.empty == len(ROWS) - len(cells)
    assert slots.distinct == pytest.approx(20, rel=0.15)
    assert sum(slots.bins) == len(cells)
    by_hand = Counter(min(15, int(cell * 16 / 19)) for cell in cells)
    assert list(slots.bins) == [by_hand[place] for place in range(16)]


def test_a_number_that_is_none_does_not_spoil_the_rest(source: Source) -> None:
    fee = {each.name: each for each in sketches(source, MASKED, COLUMNS)}["fee"]
    assert (fee.smallest, fee.largest) == (0.0, 1000.0)


def test_days_are_told_as_days(source: Source) -> None:
    day = {each.name: each for each in sketches(source, MASKED, COLUMNS)}["day"]
    days = [row["day"] for row in ROWS if row["day"]]
    assert (day.smallest, day.largest) == (min(days).isoformat(), max(days).isoformat())
    assert sum(day.bins) == len(days)


def test_texts_have_their_most_frequent_values(source: Source) -> None:
    kind = {each.name: each for each in sketches(source, MASKED, COLUMNS)}["kind"]
    counts = Counter(row["kind"] for row in ROWS if row["kind"])
    assert dict(kind.top) == dict(counts)
    assert [count for _, count in kind.top] == sorted(counts.values(), reverse=True)


def test_of_personal_columns_only_how_complete_they_are(source: Source) -> None:
    phone = {each.name: each for each in sketches(source, MASKED, COLUMNS)}["phone"]
    assert (phone.rows, phone.empty, phone.distinct, phone.top, phone.smallest) == (331, 0, None, (), None)


def test_values_that_few_share_are_not_told(source: Source) -> None:
    every = {each.name: each for each in sketches(source, View(), COLUMNS)}
    assert every["phone"].top == ()  # each of them one row
    assert all(count >= FEWEST for each in every.values() for _, count in each.top)


def test_only_own_rows_are_looked_at(source: Source) -> None:
    mine = View(own_rows="kind", own_values=("노상",))
    kind = sketches(source, mine, COLUMNS)[0]
    assert kind.rows == sum(row["kind"] == "노상" for row in ROWS)
    assert [value for value, _ in kind.top] == ["노상"]


def test_a_table_without_rows_has_a_sketch(tmp_path: Path) -> None:
    kind, *_ = sketches(Source(files_of(tmp_path, made(2)[:0])), View(), COLUMNS)
    assert (kind.rows, kind.top, kind.bins) == (0, (), ())
