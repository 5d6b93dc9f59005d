"""Where the rows are and what is personal in them, as a dataset's page shows it: the made-up country of the intake."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.test import override_settings

from intake.made_up_country import SIDE, SOUTH, WEST, deposit, dong_at, live, made, points, projected, write
from madang.web.desk import map_ground, map_picture
from madang.web.desk.map_picture import picture_of
from madang.web.desk.map_rows import rows_of
from madang.workspace import Workspace
from people import browser
from web_page import Page

pytestmark = pytest.mark.slow
NAMES = ("김가람", "이나래", "박다온", "최미르", "정하늘", "강노을", "조새빛", "윤한솔")
RRN = "900101-1234568"  # made up; its last digit fits


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The country with shelters (points of all rows), care (people), a layer of metres, and letters with a number."""
    folder = tmp_path_factory.mktemp("country")
    ws = made(folder)
    spots = points()
    rows = [f"{n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(spots)]
    rows[5] = f"5,{spots[5][0]:.6f},{spots[5][1]:.6f}"  # exchanged
    rows[7] = "7,,"
    deposit(ws, write(folder, "쉼터.csv", ["번호,위도,경도", *rows]))
    # seven rows in each of the first three dongs, four in the fourth
    people = [n for n, spot in enumerate(spots) if n % 12 < 3][:21] + [n for n in range(120) if n % 12 == 3][
        :4
    ]
    care = [f"{NAMES[n % 8]},010-1234-{5000 + n},{spots[n][1]:.6f},{spots[n][0]:.6f}" for n in people]
    deposit(ws, write(folder, "돌봄.csv", ["신청자명,휴대전화,위도,경도", *care]))
    letters = [f"{n},도로에 구멍이 났습니다 {n}" for n in range(400)]
    letters[9] += f" 신청인 {RRN}"
    deposit(ws, write(folder, "건의.csv", ["번호,내용", *letters]))
    deposit(ws, write(folder, "도시계획.geojson", [_layer(spots)]))
    deposit(
        ws, write(folder, "수위.csv", ["관측일,수위", *(f"2026-01-{d:02d},{d / 10}" for d in range(1, 29))])
    )
    return ws


def _layer(spots: list[tuple[float, float]]) -> str:
    """Squares of 200 m in EPSG:5186, said to be EPSG:5181: 100 km too far south."""
    squares = []
    for n, (x, y) in enumerate(projected(spots, 5186)):
        ring = [[x, y], [x + 200, y], [x + 200, y + 200], [x, y + 200], [x, y]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        properties = {"행정동코드": dong_at(*spots[n]), "번호": n}
        squares.append({"type": "Feature", "properties": properties, "geometry": shape})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5181"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": squares}, ensure_ascii=False)


@pytest.fixture
def see(country: Workspace) -> Iterator[Any]:
    """The page of a dataset."""
    client = browser()

    def page(dataset: str) -> Page:
        response = client.get(f"/data/{dataset}/")
        assert response.status_code == 200
        return Page(response)

    with override_settings(MADANG_WORKSPACE=str(country.folder)):
        yield page


def test_the_share_placed_stands_with_both_numbers_and_by_how(see: Any) -> None:
    page = see("쉼터")
    (section,) = page.texts("section#places")
    assert "120행 가운데 118행(98.3%)의 행정동을 찾았습니다" in section
    assert "점좌표 118 98.3%" in section
    assert "찾지 못함 2 1.7%" in section
    assert "WGS84 경위도 (EPSG:4326)" in section
    links = {link.text_content(): link.get("href") for link in page.find(".doubts a")}
    assert "rule=point_swapped" in links["경도와 위도가 바뀜 1행"]


def test_the_map_is_an_image_with_a_title_and_a_text(see: Any) -> None:
    page = see("쉼터")
    (svg,) = [each for each in page.find("svg.map") if each.get("role") == "img"]
    named = {each.get("id"): each.text for each in svg if each.get("id")}
    assert svg.get("aria-labelledby").split() == list(named)
    assert "118행을 점으로 찍었습니다. 행정동 12곳에 걸쳐 있습니다." in named["map-desc"]
    (dots,) = [each.get("d") for each in svg.iter("path") if each.get("class") == "dot"]
    assert dots.count("M") == 118
    assert not [each for each in svg.iter() if each.get("style") or each.tag == "script"]


def test_points_stand_where_they_are(country: Workspace) -> None:
    picture = picture_of(country, live(country, "쉼터"), hidden=False)
    assert picture is not None
    drawn = np.array([int(n) for n in re.findall(r"\d+", picture.marks[0].path.replace("h0", ""))]).reshape(
        -1, 2
    )
    spots = np.array([spot for n, spot in enumerate(points()) if n not in (5, 7)])
    for axis, down in ((0, 1), (1, -1)):
        place, value = np.sort(drawn[:, axis]), np.sort(spots[:, axis])[::down]
        a, b = np.polyfit(value, place, 1)
        assert np.abs(a * value + b - place).max() <= 1.0  # rounded to whole units


def test_a_personal_dataset_has_no_points_and_hides_the_few(see: Any) -> None:
    page = see("돌봄")
    (svg,) = [each for each in page.find("svg.map") if each.get("role") == "img"]
    paths = {each.get("class"): each.get("d") for each in svg.iter("path")}
    assert paths["circle"].count("M") == 3  # areas of seven rows, not rows
    assert paths["few"].count("M") == 1  # the area of four
    assert "dot" not in paths
    (section,) = page.texts("section#places")
    assert "개인정보가 든 자료라 점을 찍지 않았고" in section
    assert "비공개(5 미만)" in section
    areas = page.texts("div.place-map tbody tr")
    assert len(areas) == 3
    assert all(area.endswith(" 7") for area in areas)


def test_personal_data_are_told_by_kind_and_never_by_value(see: Any) -> None:
    page = see("돌봄")
    rows = page.texts("section#personal tbody tr")
    assert any("신청자명 사람 이름 25 100%" in row and "제한" in row for row in rows)
    assert any("휴대전화 휴대전화번호 25 100%" in row and "제한" in row for row in rows)
    assert not any(name in page.text for name in NAMES)
    assert "010-1234" not in page.text


def test_a_masked_number_is_told_with_what_was_done(see: Any) -> None:
    page = see("건의")
    (section,) = page.texts("section#personal")
    assert "내용 주민등록번호 1" in section
    assert "가림" in section
    assert RRN not in page.text
    assert RRN[7:] not in page.text


def test_a_layer_is_drawn_and_what_it_said_of_itself_is_measured(see: Any) -> None:
    page = see("도시계획")
    (section,) = page.texts("section#places")
    assert "다각형 120개의 자리" in section or "에 가장 많습니다" in section
    assert "도형 120개를 그대로 그렸습니다." in section
    assert re.search(r"밝힌 좌표계 \d+\.\d km 어긋남", section)
    assert "GRS80 중부원점(2010) (EPSG:5186)" in section
    (svg,) = [each for each in page.find("svg.map") if each.get("role") == "img"]
    (area,) = [each.get("d") for each in svg.iter("path") if each.get("class") == "area"]
    assert area.count("z") == 120


def test_boundaries_say_that_areas_are_made_from_them(see: Any) -> None:
    (section,) = see("행정동경계").texts("section#places")
    assert "이 자료로 행정구역 목록을 만들어" in section
    assert "찾지 못함" not in section


def test_data_without_places_have_no_such_section(see: Any) -> None:
    page = see("수위")
    assert page.find("section#places") == []
    assert page.find("section#personal") == []
    assert "위치" not in page.texts("nav.in-page")[0]


def test_without_boundaries_the_next_step_is_said(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "w")
    rows = [f"{n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(points())]
    deposit(ws, write(tmp_path, "쉼터.csv", ["번호,위도,경도", *rows]))
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        page = Page(browser().get("/data/쉼터/"))
    (section,) = page.texts("section#places")
    assert "경계 파일을 먼저 입고한 뒤 이 파일을 다시 올리십시오" in section
    assert "120행을 점으로 찍었습니다." in section


def test_a_picture_is_kept_until_the_rows_change(country: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    version = live(country, "쉼터")
    first = picture_of(country, version, hidden=False)
    with monkeypatch.context() as patched:
        patched.setattr(map_picture, "_drawn", lambda *_: pytest.fail("drawn twice"))
        assert picture_of(country, version, hidden=False) == first
        with pytest.raises(pytest.fail.Exception):
            picture_of(country, version, hidden=True)  # another picture
    kept = list((country.folder / "cache/maps/쉼터").glob("[0-9]*"))
    assert len(kept) == 1
    kept[0].write_text("{", encoding="utf-8")  # broken
    assert picture_of(country, version, hidden=False) == first


def test_a_wide_map_joins_the_areas_of_a_register_once(
    country: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(map_ground, "WIDE_KM", 1.0)
    monkeypatch.setattr(map_picture, "WIDE_KM", 1.0)
    map_picture.forget(country, "돌봄")
    first = picture_of(country, live(country, "돌봄"), hidden=True)
    assert first is not None
    assert (first.level, first.areas, first.drawn) == ("sigungu", 2, 25)
    assert first.land.count("M") >= 2  # four squares of three dongs each, as far as they are seen
    assert [area.rows for area in first.busiest] == [21]  # the area of four is not told
    assert len(list((country.folder / "cache/maps").glob("sigungus-*.parquet"))) == 1
    map_picture.forget(country, "돌봄")
    monkeypatch.setattr("madang.web.desk.map_areas.merged", lambda *_: pytest.fail("joined twice"))
    assert picture_of(country, live(country, "돌봄"), hidden=True) == first
    map_picture.forget(country, "돌봄")


def test_what_was_erased_leaves_no_picture(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "w")
    rows = [f"{n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(points())]
    deposit(ws, write(tmp_path, "쉼터.csv", ["번호,위도,경도", *rows]))
    assert picture_of(ws, live(ws, "쉼터"), hidden=False) is not None
    ws.erase("쉼터", column="번호", value="3", ground="본인이 지워 달라고 함")
    assert not (ws.folder / "cache/maps/쉼터").exists()
    picture = picture_of(ws, live(ws, "쉼터"), hidden=False)
    assert picture is not None
    assert picture.drawn == 119


def test_a_million_rows_are_drawn_in_half_a_second(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    lon, lat = WEST + 4 * SIDE * random.random(1_000_000), SOUTH + 3 * SIDE * random.random(1_000_000)
    codes = pa.array(random.integers(0, 12, 1_000_000)).cast(pa.string())
    path = tmp_path / "part.parquet"
    pq.write_table(pa.table({"lon": lon, "lat": lat, "dong_code": codes}), path, row_group_size=100_000)
    began = time.process_time()
    rows = rows_of([path])
    assert rows is not None
    picture = map_picture._of_points(rows, None)
    assert time.process_time() - began < 1.5  # 0.35 s alone on one core
    assert (picture.kind, picture.drawn, picture.sampled) == ("hexagons", 1_000_000, 0)
    sampled = rows_of([path], most=250_000)
    assert sampled is not None
    assert sampled.sampled == 300_000  # row groups 0, 4 and 8


def test_shapes_that_cannot_be_read_leave_the_page_without_a_map(
    country: Workspace, see: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("no such shape")

    monkeypatch.setattr(map_picture, "rows_of", broken)
    map_picture.forget(country, "쉼터")
    page = see("쉼터")
    assert page.find("figure.map-box") == []
    assert "120행 가운데 118행" in page.text
