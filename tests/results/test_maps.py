"""Maps of a result: what is drawn and how large is worked out by hand from squares a tenth of a degree wide."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import numpy as np
import pytest
import shapely
from docx import Document
from lxml import etree, html
from PIL import Image

from madang.results import Cell, Chart, Column, Finding, Layer, Result, table_of
from madang.results.chart_png import png
from madang.results.docx import report_docx
from madang.results.html import report_html
from madang.results.map_picture import Area, Borders, MapPicture, maps_of
from madang.results.map_svg import svg
from madang.results.report import About, figures_of, map_figure
from results.shown import ABOUT
from results.test_charts import BARS

CODES = [f"11110{n:02d}000" for n in range(1, 7)]
NAMES = [f"가{n}동" for n in range(1, 7)]
OTHER = "1114001000"  # of another 시군구


def box(n: int) -> Any:
    return shapely.box(127 + n / 10, 37, 127.1 + n / 10, 37.2)


BORDERS: Borders = {code: Area(name, box(n)) for n, (code, name) in enumerate(zip(CODES, NAMES, strict=True))}
BORDERS = {**BORDERS, OTHER: Area("먼동", shapely.box(128, 38, 128.1, 38.1))}


def result(*layers: Layer, rates: tuple[float | None, ...] = (1.5, 2.5, 3.5, 4.5, 9.0, None)) -> Result:
    rows = [{"dong_code": code, "dong": name, "rate": rate, "shops": 10 * n}
            for n, (code, name, rate) in enumerate(zip(CODES, NAMES, rates, strict=True), 1)]  # fmt: skip
    rows += [{"dong_code": "9999901000", "dong": "없는동", "rate": 5.0, "shops": 1}, {"dong_code": None, "dong": "모름", "rate": 1.0, "shops": 2}]  # fmt: skip
    dongs = table_of("dongs", "동마다", rows, [
        Column("dong_code", "코드", "code"), Column("dong", "행정동"), Column("rate", "비율", "percent", digits=1), Column("shops", "가게", "integer", "곳"),
    ])  # fmt: skip
    spots = table_of(
        "spots", "자리", [{"lon": 127.05, "lat": 37.1, "people": 3}, {"lon": None, "lat": None, "people": 9}, {"lon": 127.15, "lat": 37.05, "people": 4}],
        [Column("lon", "경도", "number"), Column("lat", "위도", "number"), Column("people", "주민", "integer", "명")],
    )  # fmt: skip
    chart = {**BARS, "encoding": {"y": {"field": "dong"}, "x": {"field": "shops"}}}
    charts = tuple(Chart(title, "dongs", chart) for title in ("첫 그림", "둘째 그림"))
    said = Finding("가장 높은 곳은 {dong}입니다.", {"dong": Cell("dongs", "dong", 4)})
    return Result((said,), (dongs, spots), charts, layers).check()


RATE, SHOPS, SPOTS = Layer("동마다 비율", "dongs", "areas", "rate"), Layer("가게", "dongs", "areas", "shops"), Layer("자리", "spots", "points", "people")  # fmt: skip


def drawn(layer: Layer, borders: Borders = BORDERS, hidden: frozenset[int] = frozenset()) -> MapPicture:
    (made,) = maps_of(result(layer), borders, hidden={layer.table: hidden}, day="2026-06-30 기준")
    return made


def shown(picture: MapPicture, width: int = 880) -> etree._Element:
    return etree.fromstring(svg(picture, width, picture.alt, "wide"))


def of(root: etree._Element, kind: str) -> list[etree._Element]:
    return [each for each in root.iter() if kind in (each.get("class") or "").split()]


def points(path: etree._Element) -> Any:
    return np.array(re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.get("d") or ""), float)


def test_a_map_is_said_in_words_and_says_what_is_not_on_it() -> None:
    told = drawn(RATE)
    assert told.alt == (
        "지도: 동마다 비율. 6곳을 그렸습니다. 비율: 가장 큰 값 9.0\u202f% (가5동), 가장 작은 값 1.5\u202f% (가1동). 자료 없음 1곳."
    )
    assert told.notes == (
        "되도록 한 급에 비슷한 수가 들게 나누었습니다. 값이 같은 곳은 같은 급입니다. 경계를 모르는 1곳은 지도에 없고 표에만 있습니다: 없는동 위치를 모르는 1행은 지도에 없습니다."
    )
    spots = drawn(SPOTS)
    assert "가장 큰 값 4\u202f명, 가장 작은 값 3\u202f명" in spots.alt  # it has no names
    assert spots.notes == "위치를 모르는 1행은 지도에 없습니다."
    same = result(RATE, rates=(2.0, 2.0, 2.0, None, None, None))
    (made,) = maps_of(same, BORDERS, "en")
    assert made.words(4) == "no data"
    assert made.alt == "Map: 동마다 비율. 6 places are drawn. 비율: all 2.0\u202f%. no data: 3 places."


@pytest.mark.parametrize("width", [880, 340])
def test_areas_lie_where_they_are_in_their_classes(width: int) -> None:
    root = shown(drawn(RATE), width)
    areas = of(root, "area")
    assert [each.get("class") for each in areas] == [f"area step-{n}" for n in (1, 2, 3, 4, 5, 0)]
    corners = [points(each) for each in areas]
    # a tenth of a degree of longitude by two of latitude, at 37.1 degrees north
    wide, high = np.ptp(corners[0], axis=0)
    assert wide / high == pytest.approx(0.5 * math.cos(math.radians(37.1)), rel=0.01)
    assert [each[:, 0].min() for each in corners] == sorted(each[:, 0].min() for each in corners)
    words = " ".join("".join(each.itertext()) for each in root.iter("text"))
    for told in ("비율 (%)", "아주 큼", "1곳", "자료 없음 · 1곳", "2026-06-30 기준", "가5동"):
        assert told in words
    (bar,) = of(root, "scale")
    length = re.search(r"h([\d.]+)v", bar.get("d") or "")
    kilometres = re.search(r"(\d+) km", words)
    assert length
    assert kilometres
    # 0.2 degrees of latitude are 22.24 km
    assert float(length[1]) / high * 22.24 == pytest.approx(int(kilometres[1]), rel=0.02)
    box = [float(each) for each in (root.get("viewBox") or "").split()]
    assert all((each >= 0).all() and (each <= box[2:]).all() for each in corners)


def test_a_place_without_a_value_is_hatched_and_a_withheld_one_crossed_and_called_so() -> None:
    def lines(hidden: frozenset[int]) -> list[Any]:
        (hatch, _key) = of(shown(drawn(RATE, hidden=hidden)), "hatch")
        ends = points(hatch).reshape(-1, 2, 2)
        area = shapely.box(*points(of(shown(drawn(RATE)), "area")[5]).min(axis=0), *points(of(shown(drawn(RATE)), "area")[5]).max(axis=0))  # fmt: skip
        assert all(area.buffer(0.2).covers(shapely.linestrings(each)) for each in ends)
        return list({float(np.sign(np.prod(each[1] - each[0]))) for each in ends})

    assert lines(frozenset()) == [-1.0]
    assert sorted(lines(frozenset({5}))) == [-1.0, 1.0]
    told = drawn(RATE, hidden=frozenset({5}))
    assert told.alt.endswith("비공개 1곳.")
    words = [each.text for each in shown(told).iter("text")]
    assert "비공개" in words
    assert "비공개 · 1곳" in words


def test_a_table_may_say_itself_that_a_value_is_withheld() -> None:
    """Those of an indicator do, of few people; what is only empty stays 자료 없음."""
    rows = [{"dong_code": code, "value": value, "hidden": said} for code, value, said in zip(CODES, (1.0, 2.0, None, None), ("", "", "숨김", ""), strict=False)]  # fmt: skip
    columns = [Column("dong_code", "코드", "code"), Column("value", "값", "number"), Column("hidden", "가림")]
    made = Result((Finding("말"),), (table_of("areas", "동마다", rows, columns),), layers=(Layer("값", "areas", "areas", "value"),))  # fmt: skip
    (told,) = maps_of(made, BORDERS)
    assert told.names == NAMES[:4]
    assert told.without == [("none", "자료 없음", 1), ("withheld", "비공개", 1)]
    assert [told.words(n) for n in range(4)] == ["1", "2", "비공개", "자료 없음"]


def test_counts_of_areas_are_circles_that_grow() -> None:
    root = shown(drawn(SHOPS))
    circles = [*root.iter("circle")][:6]  # behind them the keys of the legend
    assert len(of(root, "land")) == 6
    large = {float(each.get("cx") or 0): float(each.get("r") or 0) for each in circles}
    assert len(large) == 6
    radii = [large[x] for x in sorted(large)]
    assert radii == sorted(radii)
    assert radii[-1] > 1.5 * radii[0] > 0


def test_points_stand_on_the_areas_of_their_district_or_on_white() -> None:
    told = drawn(SPOTS)
    assert told.ground == CODES  # not that of the other district
    root = shown(told)
    ground = [points(each) for each in of(root, "land")]
    spots = [(float(each.get("cx") or 0), float(each.get("cy") or 0)) for each in root.iter("circle")][:2]
    for x, y in spots:
        assert sum(each[:, 0].min() <= x <= each[:, 0].max() and each[:, 1].min() <= y <= each[:, 1].max() for each in ground) == 1  # fmt: skip
    bare = drawn(SPOTS, {})
    assert bare.ground == []
    assert len([*shown(bare).iter("circle")]) == 4  # two, and what they mean
    assert maps_of(result(RATE), {}) == ()  # areas without borders are no map


def test_a_layer_may_say_only_where() -> None:
    told = drawn(Layer("있는 시설", "spots", "points"))
    assert told.alt == "지도: 있는 시설. 2곳을 그렸습니다."
    root = shown(told)
    assert {each.get("class") for each in root.iter("circle")} == {"step-4"}
    assert "2곳" in [each.text for each in root.iter("text")]


def test_many_points_are_one_path_for_each_class_and_a_pixel_once() -> None:
    n = 3_000
    rows = [
        {"lon": 127 + (k % 100) * 1e-6, "lat": 37.0 + (k // 1500) / 100, "people": k % 5} for k in range(n)
    ]
    table = table_of("spots", "자리", rows, [Column("lon", "경도", "number"), Column("lat", "위도", "number"), Column("people", "주민", "integer", "명")])  # fmt: skip
    made = Result((Finding("말"),), (table,), layers=(SPOTS,))
    (told,) = maps_of(made, {})
    drawing = svg(told, 880, "", "wide")
    assert len(told.drawn) == n
    assert len(of(etree.fromstring(drawing), "dots")) == 5
    assert len(drawing) < 5_000


def test_a_border_that_crosses_itself_is_drawn_all_the_same() -> None:
    """As rounding makes them: a bow, and an area that has become a line."""
    bow = shapely.Polygon([(127, 37), (127.1, 37.2), (127.1, 37), (127, 37.2)])
    line = shapely.Polygon([(127.1, 37), (127.2, 37.2), (127.1, 37)])
    broken = {**BORDERS, CODES[0]: Area("나비", bow), CODES[1]: Area("선", line)}
    for layer in (RATE, SHOPS, SPOTS):
        for width in (880, 340):
            drawing = svg(drawn(layer, broken), width, "", "wide")
            assert "nan" not in drawing
            assert len(of(etree.fromstring(drawing), "area" if layer is RATE else "land")) == 6


def test_names_lie_over_no_other_and_inside() -> None:
    root = shown(drawn(SHOPS), 340)
    boxes = []
    for each in of(root, "label"):
        words, x, y = each.text or "", float(each.get("x") or 0), float(each.get("y") or 0)
        half = 6 * sum(1 if ord(letter) > 0x1100 else 0.5 for letter in words) * 0.9
        boxes.append(shapely.box(x - half, y - 9, x + half, y + 1))
    assert len(boxes) >= 6
    assert not [1 for n, one in enumerate(boxes) for other in boxes[:n] if shapely.intersection(one, other).area > 1]  # fmt: skip
    assert all(each.bounds[0] >= 0 and each.bounds[2] <= 340 for each in boxes)


def worded(*words: str | None, notes: tuple[str, ...] = (), hidden: frozenset[int] = frozenset(), language: Any = "ko") -> MapPicture:  # fmt: skip
    """A layer of words, one for each area."""
    told = [*notes, *[""] * (len(words) - len(notes))]
    rows = [{"dong_code": code, "kind": word, "dong": name, "hidden": note} for code, word, name, note in zip(CODES, words, NAMES, told, strict=False)]  # fmt: skip
    columns = [
        Column("dong_code", "코드", "code"),
        Column("kind", "묶음"),
        Column("dong", "행정동"),
        Column("hidden", "가림"),
    ]
    layer = Layer("묶음", "dongs", "areas", "kind")
    made = Result((Finding("말"),), (table_of("dongs", "동마다", rows, columns),), layers=(layer,)).check()
    (found,) = maps_of(made, BORDERS, language, hidden={"dongs": hidden}, day="2026-06-30 기준")
    return found


def test_words_are_a_class_each_and_an_empty_one_is_none_of_them() -> None:
    told = worded("나", "가", "", None, "나", "")
    assert [(each.words, each.step, each.count) for each in told.classes.each] == [("나", 1, 2), ("가", 2, 1), ("어느 묶음도 아님", 6, 2)]  # fmt: skip
    assert told.steps == [1, 2, 6, 0, 1, 6]
    assert [told.words(n) for n in range(4)] == ["나", "가", "어느 묶음도 아님", "자료 없음"]
    assert told.names == NAMES  # what is drawn names no row
    assert (
        told.alt
        == "지도: 묶음. 6곳을 그렸습니다. 묶음: 나 2곳(가1동, 가5동), 가 1곳(가2동), 어느 묶음도 아님 2곳. 자료 없음 1곳."
    )
    assert told.notes == ""
    english = worded("나", "", None, language="en")
    assert (
        english.alt
        == "Map: 묶음. 3 places are drawn. 묶음: 나 1 places(가1동), none of these (묶음) 1 places. no data: 1 places."
    )
    assert worded("", "").steps == [6, 6]


@pytest.mark.parametrize("width", [880, 340])
def test_a_map_of_words_says_each_in_its_legend_and_hatches_only_what_is_not_known(width: int) -> None:
    root = shown(worded("나", "가", "", None, "나", ""), width)
    assert [each.get("class") for each in of(root, "area")] == [f"area step-{n}" for n in (1, 2, 6, 0, 1, 6)]
    assert len(of(root, "hatch")) == 2  # of one area, and its key
    assert of(root, "hue-kinds")
    lines = [each.text for each in root.iter("text") if each.get("class") in ("", "quiet")]
    assert lines[:5] == ["묶음", "나 · 2곳", "가 · 1곳", "어느 묶음도 아님 · 2곳", "자료 없음 · 1곳"]
    assert "어느 묶음도 아님" not in [each.text for each in root.iter("text")]  # pale, and its name alone
    assert len(of(root, "on-1")) == 0  # read on every colour: dark, with an edge of light


def test_of_more_than_five_words_the_first_four_are_named() -> None:
    assert [each.words for each in worded("다", "가", "나", "라", "마", "가").classes.each] == [
        "다",
        "가",
        "나",
        "라",
        "마",
    ]
    told = worded("다", "가", "나", "라", "마", "바")
    assert [(each.words, each.step, each.count) for each in told.classes.each][3:] == [
        ("라", 4, 1),
        ("그 밖", 5, 2),
    ]
    assert told.words(4) == "마"  # a place says its own
    among = worded("그 밖", "다", "가", "나", "라", "마")  # what is called so itself stands in the same line
    assert [(each.words, each.count) for each in among.classes.each][3:] == [("라", 1), ("그 밖", 2)]
    assert [each.words for each in worded("그 밖", "다").classes.each] == ["그 밖", "다"]


def test_words_that_are_withheld_are_crossed_out_and_make_no_class() -> None:
    told = worded("비밀", "가", "", "가", hidden=frozenset({0, 2}))
    assert [each.words for each in told.classes.each] == ["가"]
    assert told.steps == [0, 1, 0, 1]
    assert told.without == [("withheld", "비공개", 2)]
    assert "비밀" not in svg(told, 880, told.alt, "wide")
    assert len(of(shown(told), "hatch")) == 3
    itself = worded("가", "", "", notes=("", "숨김"))
    assert [itself.words(n) for n in range(3)] == ["가", "비공개", "어느 묶음도 아님"]


def test_points_of_words_are_all_of_one_size() -> None:
    rows = [
        {"name": f"{n}", "lon": 127 + n / 100, "lat": 37.0, "kind": word}
        for n, word in enumerate(("가", "나", "", "다"))
    ]
    columns = [
        Column("name", "이름"),
        Column("lon", "경도", "number"),
        Column("lat", "위도", "number"),
        Column("kind", "종류"),
    ]
    made = Result((Finding("말"),), (table_of("spots", "자리", rows, columns),), layers=(Layer("자리", "spots", "points", "kind"),))  # fmt: skip
    (told,) = maps_of(made, {})
    circles = [*shown(told).iter("circle")][:4]
    assert {each.get("class") for each in circles} == {"step-1", "step-2", "step-3", "step-6"}
    assert len({each.get("r") for each in circles}) == 1


def about(borders: Borders) -> About:
    return About(**{**{name: getattr(ABOUT, name) for name in ABOUT.__dataclass_fields__}, "borders": lambda: borders})  # fmt: skip


@pytest.mark.slow
def test_a_report_has_the_maps_behind_its_first_chart_in_every_form() -> None:
    made = result(RATE, SPOTS)
    titles = [each.title for each in figures_of(made, borders=BORDERS)]
    assert titles == ["첫 그림", "동마다 비율", "자리", "둘째 그림"]
    page = report_html(made, about(BORDERS))
    assert not re.search(r"(?:src|href)=\"(?!#)|url\(|@import|<script|style=", page)
    root = html.fromstring(page)
    assert [each.text_content() for each in root.iter("figcaption")] == titles
    assert len(root.xpath("//svg[@role='img'][contains(@aria-label, '6곳을 그렸습니다')]")) == 2
    word = Document(io.BytesIO(report_docx(made, about(BORDERS))))
    alts = [each._inline.docPr.get("descr") for each in word.inline_shapes]
    assert len(alts) == 4
    assert "가장 큰 값 9.0\u202f% (가5동)" in alts[1]
    bare = [each.title for each in figures_of(made, borders={})]
    assert bare == ["첫 그림", "자리", "둘째 그림"]


@pytest.mark.slow
def test_the_picture_of_documents_has_a_colour_of_its_own_for_each_word() -> None:
    picture = Image.open(io.BytesIO(png(map_figure(worded("가", "나", "다", "라", "마", "")))[0])).convert(
        "RGB"
    )
    count = {colour: n for n, colour in picture.getcolors(1 << 24) or ()}
    own = [(0x2F, 0x6F, 0xDE), (0xE0, 0x7A, 0x00), (0x1A, 0x8F, 0x6B), (0xB0, 0x33, 0x8F), (0x7A, 0x5A, 0xD9)]
    assert min(count.get(colour, 0) for colour in own) > 10_000  # of an area, not of a key alone


@pytest.mark.slow
def test_the_picture_of_documents_has_the_colours_of_its_classes() -> None:
    told = map_figure(drawn(RATE))
    picture = Image.open(io.BytesIO(png(told)[0])).convert("RGB")
    colours = {colour for _, colour in picture.getcolors(1 << 24) or ()}
    hue = {(0xDB, 0xE8, 0xFB), (0xA9, 0xC8, 0xF3), (0x64, 0x97, 0xE4), (0x2F, 0x6F, 0xDE), (0x0A, 0x3A, 0x8C)}
    assert hue <= colours
    assert picture.width == 1920
    spots = Image.open(io.BytesIO(png(map_figure(drawn(SPOTS)))[0])).convert("RGB")
    assert {(0xDB, 0xE8, 0xFB), (0x64, 0x97, 0xE4)} <= {colour for _, colour in spots.getcolors(1 << 24) or ()}  # fmt: skip


def test_dots_of_documents_are_there() -> None:
    """A line without a length is a dot by its round end; not every program draws it."""
    rows = [{"lon": 127 + k / 1000, "lat": 37.0 + k % 9 / 500, "people": k % 2} for k in range(90)]
    table = table_of("spots", "자리", rows, [Column("lon", "경도", "number"), Column("lat", "위도", "number"), Column("people", "주민", "integer", "명")])  # fmt: skip
    (told,) = maps_of(Result((Finding("말"),), (table,), layers=(SPOTS,)), {})
    picture = Image.open(io.BytesIO(png(map_figure(told))[0])).convert("RGB")
    count = {colour: n for n, colour in picture.getcolors(1 << 24) or ()}
    legend = 400  # pixels that the key of a class has at most
    assert count[(0x2F, 0x6F, 0xDE)] > 10 * legend
    assert count[(0xA9, 0xC8, 0xF3)] > 5 * legend
