"""Two tables, two sentences and two pictures side by side, worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace

from madang.results import Cell, Column, Part, Table, table_of
from madang.results.charts import Axis, Mark, Picture
from madang.results.compare import Marked, compared, marked, on_one_scale

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


def said(text: str, **cells: tuple[str, str]) -> list[Part]:
    """A sentence in which `cells` are columns with what they read."""
    return [
        Part(cells[word][1], Cell("t", cells[word][0])) if word in cells else Part(word)
        for word in re.split(r"\{(\w+)\}", text)
        if word
    ]


def shown(told: Marked) -> str:
    """A sentence with what is marked in brackets."""
    return "".join(f"[{part.text}]" if differs else part.text for part, differs in told).replace("][", "")


def test_what_two_sentences_say_otherwise_is_marked_in_both() -> None:
    text = "문을 연 가게 가운데 {n} 가게가 {rate} 버텼습니다."
    one, other = marked(
        said(text, n=("n", "180곳"), rate=("rate", "42 %")),
        said(text, n=("n", "180곳"), rate=("rate", "45 %")),
    )
    assert shown(one) == "문을 연 가게 가운데 180곳 가게가 [42 %] 버텼습니다."
    assert shown(other) == "문을 연 가게 가운데 180곳 가게가 [45 %] 버텼습니다."
    assert [part.cell for part, _ in one if part.cell] == [Cell("t", "n"), Cell("t", "rate")]


def test_words_that_were_asked_otherwise_and_lines_of_them_are_marked_in_one_piece() -> None:
    one, other = marked(said("3년을 버틴 곳은 적습니다."), said("다섯 해를 버틴 곳은 적습니다."))
    assert (shown(one), shown(other)) == (
        "[3년을] 버틴 곳은 적습니다.",
        "[다섯 해를] 버틴 곳은 적습니다.",
    )
    assert [shown(each) for each in marked(said("같은 말"), said("같은 말"))] == ["같은 말", "같은 말"]
    assert [shown(each) for each in marked(said("한쪽에만 있음"), [])] == ["[한쪽에만 있음]", ""]


def test_a_number_is_another_where_it_reads_alike_in_another_column() -> None:
    one, other = marked(said("{a} 곳", a=("shops", "9")), said("{a} 곳", a=("closed", "9")))
    assert (shown(one), shown(other)) == ("[9] 곳", "[9] 곳")


def test_two_pictures_have_one_scale_and_one_colour_for_each_series() -> None:
    kind = Column("n", "수", "integer", "곳")
    names = Axis("names", Column("trade", "업종"), names=("카페", "약국"))

    def drawn(low: float, high: float, *series: str) -> Picture:
        return Picture(
            (Mark("bar", (1,), ("카페",), (), (), series),), Axis("number", kind, low, high), names, series
        )

    found = on_one_scale(drawn(0, 10, "가", "나"), drawn(-2, 8, "나", "다"))
    assert found is not None
    assert [(each.x.low, each.x.high) for each in found] == [(-2, 10), (-2, 10)]
    assert [each.series for each in found] == [("가", "나", "다")] * 2
    assert found[0].y == names
    other = replace(drawn(0, 1), x=Axis("number", replace(kind, unit="명"), 0, 1))
    assert on_one_scale(drawn(0, 1), other) is None
    assert on_one_scale(drawn(0, 1), replace(drawn(0, 1), marks=())) is None
    raw = replace(drawn(0, 1), x=Axis("number", replace(kind, name="raw"), 0, 1))
    assert on_one_scale(drawn(0, 1), raw) is None
