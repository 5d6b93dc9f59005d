"""Pictures: where things lie is worked out by hand from the specification."""

from __future__ import annotations

import re
from typing import Any

import pytest
from lxml import etree

from madang.results import Chart, Column, Finding, Result, table_of
from madang.results.chart_svg import svg
from madang.results.charts import MOST_BARS, picture
from madang.results.said import said
from results.shown import result

BARS = {"mark": "bar", "encoding": {"y": {"field": "trade", "sort": "-x"}, "x": {"field": "alive"}}}
LINES = {
    "mark": "line",
    "encoding": {"x": {"field": "year"}, "y": {"field": "alive"}, "color": {"field": "trade"}},
}


def drawn(spec: dict[str, Any], width: int = 880, table: str = "trades") -> etree._Element:
    made = result(spec, table=table)
    found = picture(made.charts[0], made)
    assert found is not None
    return etree.fromstring(svg(found, width, "말로 <한> 그림", "wide"))


def texts(root: etree._Element, kind: str) -> list[str]:
    return [each.text or "" for each in root.iter("text") if kind in (each.get("class") or "").split()]


@pytest.mark.parametrize("width", [880, 340])
def test_bars_begin_at_zero_and_are_as_long_as_their_numbers(width: int) -> None:
    root = drawn(BARS, width)
    lengths = [float(each.get("width") or 0) for each in root.iter("rect")]
    assert lengths[0] == pytest.approx(2 * lengths[1], abs=0.2)
    assert len({each.get("x") for each in root.iter("rect")}) == 1
    assert texts(root, "name") == ["제과점", "카페", "<약국>"]  # the largest first, the empty one last
    assert texts(root, "value") == ["80.0\u202f%", "40.0\u202f%", "자료 없음"]
    assert root.get("aria-label") == "말로 <한> 그림"


def test_a_bar_that_is_withheld_says_so() -> None:
    made = result(BARS)
    found = picture(made.charts[0], made, frozenset({2}))  # <약국> has no value
    assert found is not None
    assert texts(etree.fromstring(svg(found, 880, "", "wide")), "value") == [
        "80.0\u202f%",
        "40.0\u202f%",
        "비공개",
    ]


def test_a_reader_of_english_reads_what_is_withheld_and_plain_numbers() -> None:
    made = result(BARS)
    told = []
    for hidden in (frozenset({2}), frozenset[int]()):
        found = picture(made.charts[0], made, hidden, "en")
        assert found is not None
        told.append(texts(etree.fromstring(svg(found, 880, "", "wide")), "value")[2])
    assert told == ["withheld", "no data"]
    many = Column("n", "n", "integer")
    assert (said(123_456, many), said(123_456, many, language="en")) == ("12.3만", "123,456")


def test_names_along_become_bars_below_each_other() -> None:
    turned = drawn({"mark": "bar", "encoding": {"x": {"field": "trade"}, "y": {"field": "alive"}}})
    assert texts(turned, "name") == ["카페", "제과점", "<약국>"]
    assert len(list(turned.iter("rect"))) == 2


def test_a_line_for_each_series_broken_where_a_value_is_missing() -> None:
    root = drawn(LINES, table="curve")
    of = {each.get("class") or "": each.get("d") or "" for each in root.iter("path")}
    assert {"line key s0", "line key s1"} <= set(of)  # a piece of each line stands before its name
    lines = [
        each.get("d") or "" for each in root.iter("path") if re.match(r"line s", each.get("class") or "")
    ]
    assert [path.count("L") for path in lines] == [
        2,
        0,
        0,
    ]  # of 제과점 two single points, with a hole between
    assert texts(root, "series") == ["제과점", "카페"]  # from above: 80 ends higher than 40
    heights = [float(y) for y in re.findall(r" ([0-9.]+)", lines[0])]
    top, middle, bottom = heights
    assert (bottom - top) / (middle - top) == pytest.approx(60 / 40, abs=0.01)


def test_names_of_lines_that_end_together_stand_apart_each_as_near_as_can_be() -> None:
    ends = {"가": 50, "나": 50, "다": 50, "라": 90}
    rows = [{"name": name, "x": x, "y": y} for name, y in ends.items() for x in (0, 1)]
    table = table_of(
        "t", "표", rows, [Column("name", "이름"), Column("x", "때", "integer"), Column("y", "값", "integer")]
    )
    made = Result((Finding("한 문장."),), (table,), (Chart("그림", "t", LINES | {"encoding": {
        "x": {"field": "x"}, "y": {"field": "y", "scale": {"domain": [0, 100]}}, "color": {"field": "name"}}}),))  # fmt: skip
    found = picture(made.charts[0], made)
    assert found is not None
    root = etree.fromstring(svg(found, 880, "", "wide"))
    at = {
        each.text: float(each.get("y") or 0) - 4
        for each in root.iter("text")
        if "series" in (each.get("class") or "")
    }
    high, low = 300 - 44 - 14, 14  # of the picture: 242 from 0 to 100, its top at 14
    assert at["라"] == pytest.approx(low + 0.1 * high, abs=0.2)
    together = [at[name] for name in "가나다"]
    assert sorted(b - a for a, b in zip(together, together[1:], strict=False)) == pytest.approx([16, 16])
    assert sum(together) / 3 == pytest.approx(low + 0.5 * high, abs=0.2)


def test_times_stand_as_far_apart_as_their_days() -> None:
    rows = [{"month": month, "n": 1} for month in ("2026-01", "2026-02", "2026-07")]
    table = table_of("m", "달", rows, [Column("month", "달", "month"), Column("n", "건", "integer")])
    spec = {"mark": "point", "encoding": {"x": {"field": "month"}, "y": {"field": "n"}}}
    made = Result((Finding("한 문장."),), (table,), (Chart("달", "m", spec),))
    found = picture(made.charts[0], made)
    assert found is not None
    x = [float(each.get("cx") or 0) for each in etree.fromstring(svg(found, 880, "", "wide")).iter("circle")]
    assert (x[2] - x[1]) / (x[1] - x[0]) == pytest.approx(150 / 31, abs=0.01)  # days of Feb–Jul, of January


def test_a_band_and_a_line_share_their_scale() -> None:
    curve = [{"year": n, "alive": 50.0, "low": 40.0, "high": 100.0} for n in range(3)]
    columns = [Column(name, name, "number") for name in ("year", "alive", "low", "high")]
    spec = {
        "encoding": {"x": {"field": "year"}},
        "layer": [
            {"mark": "area", "encoding": {"y": {"field": "low"}, "y2": {"field": "high"}}},
            {"mark": "line", "encoding": {"y": {"field": "alive"}}},
        ],
    }
    made = Result((Finding("한 문장."),), (table_of("c", "c", curve, columns),), (Chart("c", "c", spec),))
    found = picture(made.charts[0], made)
    assert found is not None
    assert (found.y.low, found.y.high) == (0, 100)
    paths = {
        each.get("class"): each.get("d") or ""
        for each in etree.fromstring(svg(found, 880, "", "w")).iter("path")
    }
    assert set(re.findall(r" ([0-9.]+)", paths["band s0"])) == {
        "14.0",
        "159.2",
    }  # 242 high from 14: 100 and 40
    assert set(re.findall(r" ([0-9.]+)", paths["line s0"])) == {"135.0"}


@pytest.mark.parametrize("mark", ["arc", "geoshape", "", {"type": "boxplot"}])
def test_what_is_not_known_is_left_to_the_table(mark: Any) -> None:
    made = result({**BARS, "mark": mark})
    assert picture(made.charts[0], made) is None


def test_many_bars_are_cut_and_say_so() -> None:
    rows = [{"name": f"동{n}", "n": n} for n in range(MOST_BARS + 5)]
    table = table_of("t", "t", rows, [Column("name", "동"), Column("n", "수", "integer")])
    spec = {"mark": "bar", "encoding": {"y": {"field": "name", "sort": "-x"}, "x": {"field": "n"}}}
    made = Result((Finding("한 문장."),), (table,), (Chart("t", "t", spec),))
    found = picture(made.charts[0], made)
    assert found is not None
    assert found.cut
    root = etree.fromstring(svg(found, 880, "", "wide"))
    assert len(list(root.iter("rect"))) == MOST_BARS
    assert texts(root, "value")[0] == str(MOST_BARS + 4)


def test_nothing_of_a_picture_needs_a_style_or_a_script() -> None:
    for spec, table in ((BARS, "trades"), (LINES, "curve")):
        for each in drawn(spec, table=table).iter():
            assert not {name for name in each.attrib if name == "style" or name.startswith("on")}
            assert each.tag in {"svg", "text", "path", "rect", "circle"}
