"""Layers of a result: their classes, the map's page and GeoJSON, borders that are not known, and who may see them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from django.test import override_settings

from intake.made_up_country import deposit, made, points, write
from madang.results import Column, map_picture
from madang.results.map_classes import classes
from madang.results.map_picture import MOST, Area
from madang.runs import Read, Run, borders
from madang.runs import analysis as analyses
from madang.runs.borders import borders_of
from madang.web.audit.models import Entry
from madang.workspace import Workspace
from runs.made import analysis, city
from web_page import Page

CODES = [f"11110{n:02d}000" for n in range(1, 8)]
CODE = f"""
from madang.results import Cell, Column, Finding, Layer, Origin, Result, table_of
from madang.runs import Inputs

CODES = {CODES!r}


def run(inputs: Inputs) -> Result:
    rates = [1.5, 2.5, 3.5, 4.5, 5.5, None, 9.0]
    dongs = table_of(
        "dongs", "동마다", [
            {{"dong_code": code, "dong": f"가{{n}}동", "rate": rate, "shops": 10 * n, "kind": "몰림" if n in (2, 3) else ""}}
            for n, (code, rate) in enumerate(zip(CODES, rates), 1)
        ],
        [Column("dong_code", "코드", "code"), Column("dong", "행정동"), Column("rate", "비율", "percent", digits=1),
         Column("shops", "가게", "integer", "곳"), Column("kind", "판정", meaning="verdict")],
        [Origin("shops", {{"dong_code": "dong_code"}}, only=("rate",))],
    )
    spots = table_of(
        "spots", "자리", [{{"name": "가", "lon": 127.0, "lat": 37.5, "people": 3}}, {{"name": "나", "lon": None, "lat": None, "people": 9}},
                        {{"name": "다", "lon": 127.25, "lat": 37.75, "people": 4}}],
        [Column("name", "이름"), Column("lon", "경도", "number"), Column("lat", "위도", "number"), Column("people", "주민", "integer", "명")],
    )
    said = Finding("가장 높은 곳은 {{dong}}입니다.", {{"dong": Cell("dongs", "dong", 6)}})
    return Result((said,), (dongs, spots), layers=(
        Layer("동마다 비율", "dongs", "areas", "rate"), Layer("자리", "spots", "points", "people"),
        Layer("동마다 가게", "dongs", "areas", "shops"), Layer("동마다 판정", "dongs", "areas", "kind"),
    ))
"""
CARD = """
title = "지도"
question = "어디에 많습니까?"
why = "지도를 봅니다."
[inputs.shops]
standard = "licence"
label = "인허가 자료"
many = true
"""


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    monkeypatch.setattr(analyses, "SHIPPED", tmp_path / "shipped")
    analysis(tmp_path / "shipped", "on-a-map", CARD, CODE)
    known = {
        code: Area("", shapely.box(127 + n / 10, 37, 127.1 + n / 10, 37.2))
        for n, code in enumerate(CODES[:6])
    }
    monkeypatch.setattr(borders, "borders_of", lambda run, registers: known)
    ws = city(tmp_path)
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        yield ws


@pytest.fixture
def address(ws: Workspace) -> str:
    return f"/runs/{ws.run('on-a-map').key}/"


@pytest.fixture
def official(ws: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("official", username="kim")


def _features(answer: Any) -> list[dict[str, Any]]:
    assert answer.headers["Content-Type"] == "application/geo+json"
    return json.loads(answer.content)["features"]  # type: ignore[no-any-return]


def test_areas_have_their_borders_and_the_classes_of_their_values(official: Any, address: str) -> None:
    found = _features(official.get(f"{address}layers/0.geojson"))
    told = [each["properties"] for each in found]
    assert [each["dong_code"] for each in told] == CODES[:6]  # the border of the seventh is not known
    assert [(each["_name"], each["_text"], each["_row"]) for each in told[:2]] == [("가1동", "1.5\u202f%", 0), ("가2동", "2.5\u202f%", 1)]  # fmt: skip
    assert told[5]["_step"] == 0  # no value
    assert [each["_step"] for each in told[:5]] == sorted(each["_step"] for each in told[:5])
    assert shapely.from_geojson(json.dumps(found[1]["geometry"])).bounds == pytest.approx((127.1, 37, 127.2, 37.2))  # fmt: skip


def test_points_stand_where_they_are_and_counts_of_areas_are_circles(official: Any, address: str) -> None:
    spots = _features(official.get(f"{address}layers/1.geojson"))
    assert [each["geometry"]["coordinates"] for each in spots] == [[127.0, 37.5], [127.25, 37.75]]
    assert [each["properties"]["_row"] for each in spots] == [0, 2]
    counts = _features(official.get(f"{address}layers/2.geojson"))
    assert {each["geometry"]["type"] for each in counts} == {"Point"}
    assert counts[0]["geometry"]["coordinates"] == pytest.approx([127.05, 37.1], abs=0.06)
    words = [each["properties"] for each in _features(official.get(f"{address}layers/3.geojson"))]
    assert [(each["_step"], each["_text"]) for each in words[:2]] == [(6, "어느 판정도 아님"), (1, "몰림")]


def test_the_page_says_the_map_in_words_and_as_a_table(official: Any, address: str) -> None:
    page = Page(official.get(address))
    rate, spots, _shops, kinds = page.find(".layer-side")
    words = " ".join(rate.text_content().split())
    assert "경계를 모르는 1곳은 지도에 없고 표에만 있습니다: 가7동" in words
    assert "자료 없음 1곳" in words
    assert "위치를 모르는 1행은 지도에 없습니다." in spots.text_content()
    rows = [[cell.text_content() for cell in row] for row in rate.xpath(".//tbody/tr")]
    assert len(rows) == 7
    assert rows[6] == ["가7동", "9.0\u202f%", "아주 큼"]
    assert rows[5][2] == "자료 없음"
    assert rate.xpath(".//tbody//a/@href")[0] == f"{address}why/?table=dongs&column=rate&row=0"
    assert not spots.xpath(".//tbody//a")  # nothing leads from them to rows
    assert [each.text_content().split() for each in kinds.xpath(".//ul/li")] == [
        ["몰림", "2곳"],
        ["어느", "판정도", "아님", "5곳"],
    ]
    assert [[cell.text_content() for cell in row] for row in kinds.xpath(".//tbody/tr")][:2] == [
        ["가1동", "어느 판정도 아님"],
        ["가2동", "몰림"],
    ]
    assert "비슷한 수가 들도록" not in kinds.text_content()
    assert page.tree.xpath("//input[@data-layer]/@checked") == [
        "checked",
        "checked",
    ]  # areas cover one another


def test_a_layer_is_as_closed_as_its_run(
    official: Any, address: str, ws: Workspace, signed_in: Callable[..., Any]
) -> None:
    assert official.get(f"{address}layers/9.geojson").status_code == 404
    assert official.get("/runs/x/layers/0.geojson").status_code == 404
    assert signed_in("resident").get(f"{address}layers/0.geojson").status_code == 403
    ws.write_card("cafes", {"title": "카페", "access": "restricted", "steward": "위생과", "readers": []})
    assert official.get(f"{address}layers/0.geojson").status_code == 404
    admin = signed_in("administrator", username="boss")
    taken = admin.get(f"{address}layers/0.geojson?take=1")
    assert taken.headers["Content-Disposition"].endswith('-1.geojson"')
    assert Entry.objects.get(what="dataset.download", by="boss").detail["form"] == "geojson"


def test_the_report_has_the_same_maps_from_page_command_line_and_notebook(
    official: Any, address: str, ws: Workspace, tmp_path: Path
) -> None:
    run = ws.ledger[address.split("/")[2]]
    saved = ws.save_report(run, tmp_path / "a.html").read_text("utf-8")
    page = official.get(f"{address}report.html").content.decode()
    for told in (saved, page, run._repr_html_()):
        assert (
            told.count('class="area step-') == 2 * 2 * 6
        )  # two, wide and narrow, of the six whose border is known
        assert "경계를 모르는 1곳은 지도에 없고 표에만 있습니다: 가7동" in told
        assert [title in told for title in ("동마다 비율", "자리", "동마다 가게", "동마다 판정")] == [
            True
        ] * 4


def test_classes_hold_about_as_many_at_round_numbers() -> None:
    values = np.arange(1.0, 101.0)
    found = classes(values, Column("n", "수", "integer"))
    # a fifth of 1 to 100 ends at 20.8, 40.6, 60.4, 80.2: rounded 21, 41, 60, 80
    assert [each.count for each in found.each] == [20, 20, 19, 20, 21]
    assert [each.numbers for each in found.each] == ["1–20", "21–40", "41–59", "60–79", "80–100"]
    assert [each.step for each in found.each] == [1, 2, 3, 4, 5]
    skewed = classes(np.array([0.0] * 90 + [1.0, 2, 3, 4, 5, 6, 7, 8, 9, 1000]), Column("n", "수", "integer"))
    assert sum(each.count for each in skewed.each) == 100
    assert len({each.numbers for each in skewed.each}) == len(skewed.each)


@pytest.mark.parametrize(
    ("values", "numbers", "steps"),
    [
        ([], [], []), ([np.nan], [], [0]), ([3.0, 3.0], ["3"], [4, 4]), ([1.0, np.nan, 2.0], ["1", "2"], [2, 0, 4]),
    ],
)  # fmt: skip
def test_few_values_have_few_classes(values: list[float], numbers: list[str], steps: list[int]) -> None:
    found = classes(np.array(values, float), Column("n", "수", "integer"))
    assert [each.numbers for each in found.each] == numbers
    assert found.steps == steps


@pytest.mark.parametrize(
    ("values", "digits", "numbers"),
    [
        ([0.01, 0.02, 0.03, 0.04], 1, ["0.02 미만", "0.02–0.03", "0.03–0.04", "0.04 이상"]),
        ([0.0, 0.04, 0.5], 1, ["0.04 미만", "0.04–0.50", "0.50 이상"]),  # 0.04 is not said as 0.0
        ([-0.03, 0.0, 0.02], 0, ["0.00 미만", "0.00–0.02", "0.02 이상"]),
        ([0.12, 0.34, 0.56], 1, ["0.3 미만", "0.3–0.6", "0.6 이상"]),  # the column's own are enough
        ([1.0, 2.0, 3.0], 2, ["2 미만", "2–3", "3 이상"]),
    ],
)
def test_edges_have_as_many_digits_as_tell_them_apart(
    values: list[float], digits: int, numbers: list[str]
) -> None:
    found = classes(np.array(values), Column("n", "비율", "number", digits=digits))
    assert [each.numbers for each in found.each] == numbers


def test_ratios_are_alike_on_both_sides_of_one() -> None:
    found = classes(np.array([0.5, 0.7, 1.0, 1.3, 2.0]), Column("r", "몇 배", "number", "배", 2))
    assert found.middle
    assert found.steps == [1, 2, 3, 4, 5]
    assert [each.words for each in found.each] == ["훨씬 낮음", "낮음", "비슷함", "높음", "훨씬 높음"]


def test_what_is_drawn_has_an_end(official: Any, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST == 20_000
    monkeypatch.setattr(map_picture, "MOST", 1)
    assert len(_features(official.get(f"{address}layers/1.geojson"))) == 1
    assert "앞의 1곳만 그렸습니다." in Page(official.get(address)).text


@pytest.mark.slow
def test_borders_are_those_of_the_register_that_rows_were_placed_by(tmp_path: Path) -> None:
    ws = made(tmp_path)
    rows = [f"{n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(points())]
    dataset = deposit(ws, write(tmp_path, "쉼터.csv", ["번호,위도,경도", *rows])).dataset
    read = Read("spots", dataset, 1, "쉼터", "", {})
    run = Run("x", "x", "x", {}, (read,), 0, "", "lee", "", 0.0, tmp_path)
    found = {code: each.shape for code, each in borders_of(run, ws.registers).items()}
    (live,) = [ws.bank[dataset].latest]
    placed = {code for path in live.files for code in _column(path, "dong_code")}
    assert placed <= set(found)
    lon, lat = points()[0]
    assert sum(shape.contains(shapely.Point(lon, lat)) for shape in found.values()) == 1


def _column(path: Path, name: str) -> list[str]:
    import pyarrow.parquet as pq

    return [each for each in pq.read_table(path, columns=[name])[name].to_pylist() if each]
