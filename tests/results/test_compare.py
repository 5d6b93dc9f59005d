"""Two tables side by side, worked out by hand."""

from __future__ import annotations

from madang.results import Column, Table, table_of
from madang.results.compare import compared

COLUMNS = [
    Column("dong", "동"),
    Column("trade", "업종"),
    Column("n", "수", "integer"),
    Column("rate", "율", "percent"),
]


def table(*rows: tuple[str, str, int | None, float]) -> Table:
    names = [each.name for each in COLUMNS]
    return table_of("t", "표", [dict(zip(names, row, strict=True)) for row in rows], COLUMNS)


def test_rows_are_matched_by_their_words_and_counted() -> None:
    before = table(
        ("가동", "카페", 1, 10.0),
        ("가동", "약국", 2, 20.0),
        ("나동", "카페", None, 5.0),
        ("다동", "카페", 7, 1.0),
    )
    after = table(
        ("나동", "카페", 3, 5.0),
        ("가동", "카페", 1, 10.0),
        ("가동", "약국", 2, 21.0),
        ("라동", "약국", 4, 4.0),
    )
    found = compared(before, after)
    assert found is not None
    assert [each.name for each in found.keys] == ["dong", "trade"]
    assert (found.same, found.changed, found.gone, found.new) == (1, 2, 1, 1)
    rows = {
        (row["dong"], row["trade"]): (row["n:before"], row["n:after"], row["rate:before"], row["rate:after"])
        for row in found.rows.to_pylist()
    }
    assert rows == {
        ("나동", "카페"): (None, 3, 5.0, 5.0), ("가동", "약국"): (2, 2, 20.0, 21.0),
        ("다동", "카페"): (7, None, 1.0, None), ("라동", "약국"): (None, 4, None, 4.0),
    }  # fmt: skip


def test_one_row_needs_no_words_and_equal_tables_differ_in_nothing() -> None:
    one, two = (table_of("t", "표", [{"n": n}], [Column("n", "수", "integer")]) for n in (1, 2))
    found = compared(one, two)
    assert found is not None
    assert (found.keys, found.changed, found.rows.to_pylist()[0]["n:after"]) == ((), 1, 2)
    same = compared(one, one)
    assert same is not None
    assert (same.same, same.rows.num_rows) == (1, 0)


def test_rows_that_nothing_tells_apart_are_not_compared() -> None:
    twice = table(("가동", "카페", 1, 1.0), ("가동", "카페", 2, 1.0))
    assert compared(twice, table(("가동", "카페", 1, 1.0))) is None


def test_the_fewest_words_are_enough() -> None:
    found = compared(table(("가동", "카페", 1, 1.0)), table(("가동", "약국", 1, 1.0)))
    assert found is not None
    assert [each.name for each in found.keys] == []
    two = compared(table(("가동", "카페", 1, 1.0), ("나동", "카페", 1, 1.0)), table(("가동", "약국", 1, 1.0)))
    assert two is not None
    assert [each.name for each in two.keys] == ["dong"]
    assert (two.changed, two.gone) == (1, 1)  # the trade of 가동 is another


def test_columns_without_any_value_and_of_another_type_are_compared_too() -> None:
    columns = [Column("dong", "동"), Column("code", "코드", "code"), Column("n", "수", "number")]
    before = table_of(
        "t", "표", [{"dong": "가동", "code": None, "n": 1}, {"dong": None, "code": None, "n": 2}], columns
    )
    after = table_of(
        "t", "표", [{"dong": "가동", "code": None, "n": 1.5}, {"dong": None, "code": None, "n": 2.0}], columns
    )
    found = compared(before, after)
    assert found is not None
    assert [each.name for each in found.columns] == ["code", "n"]
    assert {row["dong"]: (row["n:before"], row["n:after"]) for row in found.rows.to_pylist()} == {
        "가동": (1, 1.5)
    }
