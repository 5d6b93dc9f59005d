"""What changed between two versions, against changes planted by hand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from madang.bank import Bank
from madang.bank.diff import CellChange, Diff, diff
from madang.messages import MadangError
from tests.bank.made import LIBRARIES, make_version


def compare(
    tmp_path: Path, before: list[dict[str, Any]], after: list[dict[str, Any]], **options: Any
) -> Diff:
    bank = Bank(tmp_path / "bank")
    key = options.pop("declared", ())
    a = make_version(bank, "t", before, key=key)
    b = make_version(bank, "t", after, key=key)
    return diff(a, b, temp_dir=tmp_path, **options)


def test_rows_added_removed_and_changed_by_key(tmp_path: Path) -> None:
    after = [
        {**LIBRARIES[0], "seats": 150},
        LIBRARIES[2],
        {"source_row": 5, "name": "운남도서관", "seats": 60, "phone": "062-960-0004"},
    ]
    found = compare(tmp_path, LIBRARIES, after, declared=("name",))
    assert (found.added, found.removed, found.changed) == (1, 1, 1)
    assert found.key == ("name",)
    assert found.changed_cells == {"seats": 1}
    assert found.cells == [CellChange(("중앙도서관",), "seats", "120", "150", 2, 2)]
    assert [r.key for r in found.rows_added] == [("운남도서관",)]
    assert [(r.key, r.row) for r in found.rows_removed] == [(("첨단도서관",), 3)]


def test_a_unique_column_is_found_as_key(tmp_path: Path) -> None:
    rows = [{"source_row": i, "kind": "공영", "id": f"P-{i:04}", "spaces": i % 7} for i in range(2, 102)]
    after = [{**row, "spaces": 99} if row["id"] == "P-0050" else row for row in rows]
    found = compare(tmp_path, rows, after)
    assert (found.key, found.changed) == (("id",), 1)


def test_moved_rows_are_no_change(tmp_path: Path) -> None:
    moved = [{**row, "source_row": 10 - i} for i, row in enumerate(LIBRARIES)]
    assert compare(tmp_path, LIBRARIES, moved, declared=("name",)).same


def test_without_a_key_equal_rows_cancel(tmp_path: Path) -> None:
    same = [{"source_row": i, "kind": "가", "n": 1} for i in range(2, 7)]  # five equal rows
    after = [*same[:3], {"source_row": 9, "kind": "나", "n": 1}]
    found = compare(tmp_path, same, after)
    assert (found.key, found.added, found.removed, found.changed) == ((), 1, 2, 0)
    assert found.rows_added[0].key == ("나", "1")


@pytest.mark.parametrize("kind", [str, str.encode])
def test_values_that_duckdb_hashes_alike_are_a_change(tmp_path: Path, kind: Callable[[str], Any]) -> None:
    """hash() of these two numbers is the same, as text and as bytes."""
    before, after = "9911011100100110002000783", "9911011000100110002000713"
    assert duckdb.sql(f"SELECT hash('{before}') = hash('{after}')").fetchone() == (True,)
    found = compare(
        tmp_path,
        [{"source_row": 2, "n": 1, "id": kind(before)}],
        [{"source_row": 2, "n": 1, "id": kind(after)}],
    )
    assert (found.key, found.changed_cells) == (("n",), {"id": 1})


def test_nothing_and_something_differ(tmp_path: Path) -> None:
    rows = [{"source_row": 2, "id": "a", "x": None}, {"source_row": 3, "id": "b", "x": ""}]
    after = [{"source_row": 2, "id": "a", "x": ""}, {"source_row": 3, "id": "b", "x": ""}]
    found = compare(tmp_path, rows, after, declared=("id",))
    assert found.cells == [CellChange(("a",), "x", None, "", 2, 2)]


def test_columns_come_go_and_change_type(tmp_path: Path) -> None:
    after = [
        {"source_row": r["source_row"], "name": r["name"], "seats": str(r["seats"]), "open": True}
        for r in LIBRARIES
    ]
    found = compare(tmp_path, LIBRARIES, after, declared=("name",))
    assert (found.columns_added, found.columns_removed) == (["open"], ["phone"])
    assert found.types_changed == {"seats": ("BIGINT", "VARCHAR")}
    assert found.changed == 0
    assert not found.same


def test_a_key_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MadangError, match="'없는열' 열이 두 판 모두에 있지 않아"):
        compare(tmp_path, LIBRARIES, LIBRARIES[:2], key=("없는열",))


def test_a_key_with_repeats_falls_back_to_whole_rows(tmp_path: Path) -> None:
    rows = [{"source_row": i, "dong": "수완동", "n": i} for i in range(2, 5)]
    found = compare(tmp_path, rows, rows[:2], key=("dong",))
    assert (found.key, found.removed) == ((), 1)
    assert "하나씩 가리키지 못해" in found.key_because


def test_a_few_repeats_of_the_key_do_not_hide_the_changed_cells(tmp_path: Path) -> None:
    rows = [{"source_row": i, "id": f"P-{i:03}", "spaces": i} for i in range(2, 42)]
    rows += [{"source_row": 42, "id": "P-002", "spaces": 7}, {"source_row": 43, "id": None, "spaces": 8}]
    after = [{**row, "spaces": 99} if row["id"] == "P-010" else row for row in rows[:-1]]
    after += [{"source_row": 43, "id": None, "spaces": 9}]
    found = compare(tmp_path, rows, after, declared=("id",))
    assert (found.key, found.changed) == (("id",), 1)
    assert found.cells == [CellChange(("P-010",), "spaces", "10", "99", 10, 10)]
    assert (found.added, found.removed) == (1, 1)  # no key says that the row without one is the same row
    assert "행 전체를 견줌" in found.key_because


def test_rows_that_share_a_source_row_are_told_apart(tmp_path: Path) -> None:
    """A wide row that became several long ones."""
    long = [{"source_row": r, "area": f"a{r}", "age": a, "n": r * a} for r in range(2, 5) for a in (1, 2, 3)]
    after = [{**row, "n": 0} if (row["area"], row["age"]) == ("a3", 2) else row for row in long]
    found = compare(
        tmp_path, long, [*after, {"source_row": 4, "area": "a4", "age": 4, "n": 1}], declared=("area", "age")
    )
    assert (found.changed, found.added, found.removed) == (1, 1, 0)
    assert found.rows_added[0].key == ("a4", "4")
    assert found.cells[0].key == ("a3", "2")


def test_a_key_that_changed_its_type_still_matches(tmp_path: Path) -> None:
    before = [{"source_row": i, "id": i, "x": "a"} for i in range(2, 42)]
    after = [{"source_row": i, "id": str(i), "x": "b" if i == 7 else "a"} for i in range(2, 42)]
    found = compare(tmp_path, before, after, declared=("id",))
    assert (found.changed, found.added, found.removed) == (1, 0, 0)
    assert found.cells == [CellChange(("7",), "x", "a", "b", 7, 7)]


def test_numbers_of_another_type_are_compared_as_numbers(tmp_path: Path) -> None:
    before = [{"source_row": i, "id": f"P{i}", "x": i} for i in range(2, 42)]
    after = [{"source_row": i, "id": f"P{i}", "x": 8.5 if i == 7 else float(i)} for i in range(2, 42)]
    found = compare(tmp_path, before, after, declared=("id",))
    assert (found.changed, found.changed_cells) == (1, {"x": 1})
    assert found.cells == [CellChange(("P7",), "x", "7", "8.5", 7, 7)]


def test_columns_may_be_called_like_our_own(tmp_path: Path) -> None:
    names = ["h", "n", "r", "paired", "i", "a", "b", "s", "m", "l", "ha", "hb", "uneven", "left_a", "matched"]
    before = [{"source_row": i, "id": f"P{i}", **dict.fromkeys(names, i)} for i in range(2, 12)]
    after = [{**row, "h": 99} if row["id"] == "P5" else row for row in before]
    found = compare(tmp_path, before, after, declared=("id",))
    assert (found.changed, found.changed_cells, found.added) == (1, {"h": 1}, 0)
    rows = [{"source_row": i, "n": i // 4, "h": 1} for i in range(2, 12)]
    bare = compare(tmp_path / "bare", rows, rows[1:])
    assert (bare.key, bare.removed) == ((), 1)


def test_shapes_are_compared_by_their_bytes_and_are_no_key(tmp_path: Path) -> None:
    rows = [{"source_row": i, "kind": "구역", "no": f"{i}", "geometry": b"\x01" * i} for i in range(2, 8)]
    after = [{**row, "geometry": b"\x02\xff"} if row["source_row"] == 3 else row for row in rows]
    found = compare(tmp_path, rows, after)
    assert (found.key, found.changed_cells) == (("no",), {"geometry": 1})
    assert [(c.before or "")[:6] for c in found.cells] == ["WKB 3B"]
    alone = [{"source_row": row["source_row"], "kind": "구역", "geometry": row["geometry"]} for row in rows]
    found = compare(tmp_path / "2", alone, alone[1:])
    assert (found.key, found.removed, found.rows_removed[0].key) == ((), 1, ("구역",))
