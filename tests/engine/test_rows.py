"""Questions to rows: every way of answering them against the slow obvious one."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from madang.access import View
from madang.engine import row_orders, row_pairs, rows_page
from madang.engine.row_store import opened
from madang.engine.rows import Filter, Measure, Query, Sort, Source, count, rows
from madang.messages import MadangError
from row_tables import COLUMNS, files_of, found, made, shown

ALL = View()
MASKED = View(frozenset({"phone"}))
NAMES = tuple(column.name for column in COLUMNS)
ROWS = made(331)


@pytest.fixture(scope="module", params=["files", "copy", "orders", "orders of a few", "pairs"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The same rows answered from Parquet, from a copy, from one with orders of its columns, with pairs of characters."""
    folder = tmp_path_factory.mktemp("rows")
    files = files_of(folder / "table", ROWS)
    if request.param == "files":
        yield Source(files)
        return
    with pytest.MonkeyPatch.context() as patched:
        source = Source(files, folder / "cache" / "rows" / "주차장")
        if request.param == "pairs":
            patched.setattr(row_pairs, "FEWEST_ROWS", 0)
            patched.setattr(row_pairs, "_PART", 64)
            patched.setattr(row_pairs, "_COMMON", 1)
            with opened(source) as table:
                assert table.copy
                for name in ("kind", "title", "phone"):
                    assert row_pairs.pairs_of(table.copy, name, wait=True)
        if request.param.startswith("orders"):
            patched.setattr(row_orders, "FEWEST_ROWS", 0)
            patched.setattr(rows_page, "_FEW", 5_000 if request.param == "orders" else 3)
            patched.setattr(rows_page, "_WALKED", (50, 400) if request.param == "orders" else (60, 90))
            with opened(source) as table:
                assert table.copy
                for name in NAMES:
                    for down in (False, True):
                        row_orders.order_of(table.con, table.copy, name, down=down, wait=True)
        yield source


def every_page(source: Source, query: Query, view: View = ALL) -> list[tuple[Any, ...]]:
    """All rows, page by page by the mark that each page gives."""
    got: list[tuple[Any, ...]] = []
    for _ in range(500):
        page = rows(source, query, view, COLUMNS)
        got += page.rows
        assert len(page.rows) == query.limit or not page.next
        if not page.next:
            return got
        query = replace(query, after=page.next)
    raise AssertionError("pages without an end")


def asked(seed: int) -> Query:
    """A question by chance."""
    rng = random.Random(seed)
    choices = [
        Filter("kind", "eq", rng.choice(["노상", "노외", "없음"])),
        Filter("kind", "ne", "노상"),
        Filter("kind", "in", ("노상", "부설")),
        Filter("title", "contains", rng.choice(["제1", "GREEN", "빛 제"])),
        Filter("title", "starts", rng.choice(["시청", "green"])),
        Filter("title", "null", rng.random() < 0.5),
        Filter("slots", rng.choice(["eq", "ne", "lt", "le", "gt", "ge"]), rng.randrange(20)),
        Filter("fee", rng.choice(["eq", "lt", "ge"]), rng.choice([0, 500.5, 1000])),
        Filter("fee", "null", True),
        Filter("day", rng.choice(["eq", "le", "gt"]), f"2026-01-{rng.randrange(1, 31):02d}"),
    ]
    sorts = [
        Sort(name, rng.random() < 0.5) for name in rng.sample(["kind", "title", "slots", "fee", "day"], 2)
    ]
    return Query(
        filters=tuple(rng.sample(choices, rng.choice([0, 1, 1, 2]))),
        search=rng.choice(["", "", "", "한빛", "GREEN 제3", "역 노외"]),
        sort=tuple(sorts[: rng.choice([0, 1, 1, 2])]),
        limit=rng.choice([7, 50, 1000]),
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(120))
def test_rows_are_those_of_the_slow_version_in_its_order(source: Source, seed: int) -> None:
    query = asked(seed)
    wanted = [shown(row, NAMES) for row in found(ROWS, query)]
    assert every_page(source, query) == wanted
    assert count(source, query, ALL, COLUMNS) == len(wanted)
    third = replace(query, offset=min(3, len(wanted)), limit=5)
    assert rows(source, third, ALL, COLUMNS).rows == wanted[third.offset : third.offset + 5]


@pytest.mark.parametrize("filters", [(), (Filter("kind", "eq", "노외"),), (Filter("slots", "gt", 9), Filter("kind", "eq", "부설"))])  # fmt: skip
def test_groups_count_and_measure(source: Source, filters: tuple[Filter, ...]) -> None:
    query = Query(
        filters=filters, group=("kind",), limit=2,
        measures=(Measure("count"), Measure("sum", "slots"), Measure("distinct", "slots"), Measure("min", "day"), Measure("median", "slots")),
    )  # fmt: skip
    by_kind: dict[Any, list[dict[str, Any]]] = defaultdict(list)
    for row in found(ROWS, query):
        by_kind[row["kind"]].append(row)
    got = every_page(source, query)
    assert len(got) == len(by_kind) == count(source, query, ALL, COLUMNS)
    assert [row[1] for row in got] == sorted((row[1] for row in got), reverse=True)
    for kind, number, total, distinct, first, middle in got:
        slots = sorted(row["slots"] for row in by_kind[kind] if row["slots"] is not None)
        half = len(slots) // 2
        median = (slots[half] + slots[~half]) / 2
        days = [row["day"] for row in by_kind[kind] if row["day"]]
        assert (number, total, distinct, first, middle) == (
            len(by_kind[kind]), sum(slots), len(set(slots)), min(days), median,
        )  # fmt: skip


def test_a_mean_leaves_out_what_is_no_number(source: Source) -> None:
    fees = [row["fee"] for row in ROWS if row["fee"] is not None and row["fee"] == row["fee"]]
    page = rows(source, Query(measures=(Measure("mean", "fee"),)), ALL, COLUMNS)
    assert page.rows[0][0] == pytest.approx(sum(fees) / len(fees))


def test_personal_cells_are_starred(source: Source) -> None:
    page = rows(source, Query(select=("phone", "kind"), limit=2), MASKED, COLUMNS)
    assert page.rows[0][0] == "0" + "*" * 12
    assert page.columns[0].masked
    assert page.rows[0][1] == ROWS[0]["kind"]


SEVEN = "010-1234-0007"
ORACLES = [
    Query(filters=(Filter("phone", "eq", SEVEN),)),
    Query(filters=(Filter("phone", "null", False),)),
    Query(filters=(Filter("phone", "starts", "010"),)),
    Query(sort=(Sort("phone"),)),
    Query(group=("phone",)),
    Query(measures=(Measure("max", "phone"),)),
    Query(measures=(Measure("distinct", "phone"),)),
    Query(measures=(Measure("count", "phone"),)),
    Query(group=("kind",), sort=(Sort("phone"),)),
    Query(filters=(Filter("lat", "gt", 1),)),
]


@pytest.mark.parametrize("query", ORACLES)
def test_nobody_asks_by_a_personal_column(source: Source, query: Query) -> None:
    for ask in (rows, count) if query.filters or query.group == ("phone",) else (rows,):
        with pytest.raises(MadangError) as caught:
            ask(source, query, MASKED, COLUMNS)
        assert caught.value.code in ("rows_masked", "rows_column")


def test_a_search_does_not_look_into_personal_cells(source: Source) -> None:
    query = Query(search=SEVEN)
    assert count(source, query, MASKED, COLUMNS) == 0
    assert rows(source, query, MASKED, COLUMNS).rows == []
    assert count(source, query, ALL, COLUMNS) == 1


@pytest.mark.parametrize("search", ["", "제1"])
def test_own_rows_are_all_there_is(source: Source, search: str) -> None:
    mine = View(own_rows="kind", own_values=("노상", "기계식"))
    wanted = [row for row in found(ROWS, Query(search=search)) if row["kind"] in mine.own_values]
    assert count(source, Query(search=search), mine, COLUMNS) == len(wanted)
    assert every_page(source, Query(search=search, limit=60), mine) == [shown(row, NAMES) for row in wanted]
    others = Query(filters=(Filter("kind", "eq", "노외"),))
    assert rows(source, others, mine, COLUMNS).rows == []
    assert count(source, others, mine, COLUMNS) == 0
    groups = rows(source, Query(group=("kind",)), mine, COLUMNS)
    assert {row[0] for row in groups.rows} <= set(mine.own_values)


@pytest.mark.parametrize("view", [View(own_rows="kind"), View(own_rows="부서", own_values=("노상",))])
def test_who_has_no_rows_of_his_own_sees_none(source: Source, view: View) -> None:
    assert rows(source, Query(), view, COLUMNS).rows == []
    assert count(source, Query(), view, COLUMNS) == 0


# marks to continue from ----------------------------------------------------------------------------------


def test_a_mark_of_another_order_is_refused(source: Source) -> None:
    mark = rows(source, Query(sort=(Sort("slots"),), limit=3), ALL, COLUMNS).next
    for other in (
        Query(sort=(Sort("kind"),), after=mark),
        Query(after=mark),
        Query(group=("kind",), after=mark),
    ):
        with pytest.raises(MadangError) as caught:
            rows(source, other, ALL, COLUMNS)
        assert caught.value.code == "rows_cursor"


def test_a_mark_of_another_version_is_refused(source: Source, tmp_path: Path) -> None:
    mark = rows(source, Query(limit=3), ALL, COLUMNS).next
    other = Source(tuple(path.rename(path.with_name(f"v2-{path.name}")) for path in files_of(tmp_path, ROWS)))
    with pytest.raises(MadangError) as caught:
        rows(other, Query(after=mark), ALL, COLUMNS)
    assert caught.value.code == "rows_cursor"


def test_a_mark_made_while_there_was_no_copy_goes_on_in_the_copy(tmp_path: Path) -> None:
    files = files_of(tmp_path / "table", ROWS)
    query = Query(sort=(Sort("fee", down=True),), limit=50)
    first = rows(Source(files), query, ALL, COLUMNS)
    second = rows(Source(files, tmp_path / "cache" / "x"), replace(query, after=first.next), ALL, COLUMNS)
    third = rows(Source(files), replace(query, after=second.next), ALL, COLUMNS)
    wanted = [shown(row, NAMES) for row in found(ROWS, query)]
    assert [*first.rows, *second.rows, *third.rows] == wanted[:150]
