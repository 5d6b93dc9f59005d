"""The map of the city over the made-up country: what is drawn, by standard and not by file name, and what never is."""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import override_settings

import people
from intake.made_up_country import CODES, SIDE, SOUTH, WEST, deposit, dong_at, made, points, projected, write
from madang.intake.raw import Override
from madang.web.desk import city_map, map_base, map_layers, map_relief
from madang.workspace import Workspace
from people import browser
from web_page import Page

pytestmark = pytest.mark.slow
NAMES = ("김가람", "이나래", "박다온", "최미르", "정하늘")
HILL = (WEST + 0.03, SOUTH + 0.03)  # its top


def _layer(folder: Path, name: str, rows: list[tuple[dict[str, Any], str, Any]]) -> Path:
    features = [
        {"type": "Feature", "properties": told, "geometry": {"type": kind, "coordinates": places}}
        for told, kind, places in rows
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return write(folder, name, [text])


def _square(west: float, south: float, side: float) -> list[list[list[float]]]:
    east, north = west + side, south + side
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def _covers(folder: Path) -> Path:
    told = (("OBJ1", "310", "활엽수림"), ("OBJ2", "710", "내륙수"), ("OBJ3", "110", "주거지역"))
    rows = [
        (
            {"OBJ_ID": uid, "L2_CODE": code, "L2_NAME": name},
            "Polygon",
            _square(WEST + 0.012 * n, SOUTH + 0.01, 0.01),
        )
        for n, (uid, code, name) in enumerate(told)
    ]
    return _layer(folder, "a.geojson", rows)


def _roads(folder: Path) -> Path:
    rows = []
    for n, name in enumerate(("가람대로", "나래로", "나래로3길")):
        y = SOUTH + 0.008 + n * 0.014
        line = [[WEST + 0.002, y], [WEST + 0.07, y + 0.002]]
        told = {
            "LINK_ID": f"199000000{n}",
            "F_NODE": f"19900001{n}",
            "T_NODE": f"19900002{n}",
            "LANES": 2,
            "ROAD_NAME": name,
        }
        rows.append((told, "LineString", line))
    return _layer(folder, "b.geojson", rows)


def _streams(folder: Path) -> Path:
    line = [[WEST + 0.001, SOUTH + 0.05], [WEST + 0.04, SOUTH + 0.045], [WEST + 0.079, SOUTH + 0.05]]
    told = {"하천코드": "9900001", "하천명": "가람천", "하천등급": "지방하천"}
    return _layer(folder, "c.geojson", [(told, "LineString", line)])


def _heights(folder: Path) -> Path:
    """A round hill on a grid of metres, in EPSG:5186."""
    lon, lat = np.meshgrid(np.linspace(WEST, WEST + 0.08, 50), np.linspace(SOUTH, SOUTH + 0.06, 40))
    away = np.hypot((lon - HILL[0]) * 88_000, (lat - HILL[1]) * 111_000)
    z = 200 * np.exp(-((away / 900) ** 2))
    spots = projected(list(zip(lon.ravel().tolist(), lat.ravel().tolist(), strict=True)), 5186)
    lines = [f"{x:.1f},{y:.1f},{h:.1f}" for (x, y), h in zip(spots, z.ravel().tolist(), strict=True)]
    return write(folder, "d.csv", ["X,Y,Z", *lines])


def _markets(folder: Path) -> Path:
    """A large market, a small one beside it whose name finds no room, and another of the same name."""
    head = "시장명,시장유형,소재지도로명주소,위도,경도,점포수"
    rows = (("가람1동 큰시장", 0.0, 90), ("가람1동 작은시장", 0.0005, 9), ("나래동 큰시장", 0.02, 8))
    lines = [f"{name},상설장,,{SOUTH + 0.055:.6f},{WEST + 0.03 + d:.6f},{shops}" for name, d, shops in rows]
    return write(folder, "e.csv", [head, *lines])


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The country with every layer in files that are called a to d, shelters, people in care, and counts of people."""
    folder = tmp_path_factory.mktemp("mapped")
    ws = made(folder)
    for path, standard in (
        (_covers(folder), "land-cover"),
        (_roads(folder), "road-link"),
        (_streams(folder), "stream-line"),
        (_heights(folder), "elevation"),
        (_markets(folder), "traditional-market"),
    ):
        deposit(ws, path, override=Override(standard=standard))
    spots = points()
    deposit(
        ws,
        write(
            folder,
            "쉼터.csv",
            ["번호,위도,경도", *(f"{n},{y:.6f},{x:.6f}" for n, (x, y) in enumerate(spots))],
        ),
    )
    in_care = [n for n, spot in enumerate(spots) if dong_at(*spot) == CODES[0]][:3]
    in_care += [n for n, spot in enumerate(spots) if dong_at(*spot) == CODES[1]][:9]
    care = [f"{NAMES[n % 5]},010-1234-{5000 + n},{spots[n][1]:.6f},{spots[n][0]:.6f}" for n in in_care]
    deposit(ws, write(folder, "돌봄.csv", ["신청자명,휴대전화,위도,경도", *care]))
    return ws


@pytest.fixture
def see(country: Workspace) -> Iterator[Any]:
    client = browser()

    def page(query: str = "", status: int = 200) -> Page:
        found = Page(client.get(f"/data/-/map/{query}"))
        assert found.status == status
        return found

    with override_settings(MADANG_WORKSPACE=str(country.folder)):
        yield page


def _classes(page: Page) -> set[str]:
    drawn = page.tree.xpath("//*[local-name()='svg'][contains(@class, 'city')][1]//*[@class]")
    return {name for each in drawn for name in each.get("class").split()}


def _map(page: Page) -> Any:
    return page.tree.xpath("//*[local-name()='svg'][@role='img']")[0]


def _size(page: Page) -> tuple[int, int]:
    _, _, width, height = (_map(page).get("viewbox") or _map(page).get("viewBox")).split()
    return int(width), int(height)


def _points(page: Page, number: int) -> list[tuple[int, int]]:
    (path,) = _map(page).xpath(f"./*[contains(@class, 'pin-{number}')]/@d")
    return [(int(x), int(y)) for x, y in re.findall(r"M(-?\d+) (-?\d+)h0", path)]


def test_covers_water_roads_and_borders_are_drawn_by_standard(see: Any) -> None:
    page = see()
    assert _classes(page) >= {
        "ground", "forest", "built", "water", "stream", "major", "major-edge", "middle", "hit", "edge", "relief",
    }  # fmt: skip
    assert {"가람천", "가람1동", "나래동"} <= set(page.texts("text.label"))
    assert page.texts("text.scale-words") == ["1 km"] or page.texts("text.scale-words") == ["2 km"]
    assert {"a", "b", "c", "d"} <= {link.text_content().lower() for link in page.find("figure a")}


def test_a_road_lies_where_arithmetic_puts_it(see: Any, country: Workspace) -> None:
    page = see()
    width, height = _size(page)
    # four columns of squares by three rows: the country is 0.08 by 0.06 degrees, with 4 % beside it on every side
    shrink = np.cos(np.radians(SOUTH + 0.03))
    assert width == 1440
    assert height == pytest.approx(1440 * 0.06 / (0.08 * shrink), rel=0.01)
    (path,) = page.tree.xpath("//*[@id='road-major']/@d")
    x, y = map(int, re.match(r"M(\d+) (\d+)", path).groups())  # type: ignore[union-attr]
    per_lon = 1440 / (0.08 * 1.08)
    east = 1440 / 2 + (WEST + 0.07 - (WEST + 0.04)) * per_lon
    west = 1440 / 2 + (WEST + 0.002 - (WEST + 0.04)) * per_lon
    north = height / 2 - (SOUTH + 0.008 - (SOUTH + 0.03)) * per_lon / shrink
    assert min(abs(x - east), abs(x - west)) <= 2
    assert abs(y - north) <= 0.002 * per_lon / shrink + 2


@pytest.mark.parametrize("query", ["", f"?area={CODES[0]}"])
def test_nothing_is_drawn_outside_the_outline_of_the_country(see: Any, query: str) -> None:
    page = see(query)
    (clipped,) = _map(page).xpath("./*[@clip-path='url(#city-land)']")
    drawn = {name for each in clipped.xpath(".//@class") for name in each.split()}
    everywhere = {name for each in _map(page).xpath("./*/@class") for name in each.split()}
    inside = {"ground", "forest", "relief", "water", "stream", "major", "major-edge", "middle"}
    assert everywhere.isdisjoint(inside)
    assert drawn >= ({"ground", "relief", "major", "major-edge"} if query else inside)


def test_the_outline_is_that_of_the_whole_country(see: Any) -> None:
    page = see()
    (outline,) = page.tree.xpath("//*[local-name()='clippath' or local-name()='clipPath']/*/@d")
    steps = re.findall(r"(-?\d+) (-?\d+)", outline)
    corners = np.cumsum(np.array(steps, int), axis=0)
    # 0.08 degrees by 0.06 with 4 % beside them: all but the margins of 1440 units
    east, west = 1440 / 2 + 1440 / 1.08 / 2, 1440 / 2 - 1440 / 1.08 / 2
    shrink = np.cos(np.radians(SOUTH + 0.03))
    tall = 1440 / 1.08 * 0.06 / (0.08 * shrink)
    assert (corners.max(axis=0) - corners.min(axis=0)).tolist() == pytest.approx([east - west, tall], abs=2)
    assert corners[:, 0].min() == pytest.approx(west, abs=2)


def test_narrow_roads_are_left_to_the_close_pictures(see: Any) -> None:
    whole, close = see(), see(f"?area={CODES[0]}")
    assert whole.tree.xpath("//*[starts-with(@id, 'road-')]/@id") == ["road-middle", "road-major"]
    assert "골목길" not in whole.texts("ul.base-legend li")
    assert whole.texts("ul.base-legend li")[-2:] == ["도로", "큰길(대로)"]
    order = [each.get("class") for each in _map(whole).xpath(".//*[local-name()='use']")]
    assert order == ["middle-edge", "major-edge", "middle", "major"]  # the widest above all edges
    assert "road-major" in close.tree.xpath("//*/@id")
    assert "road-minor" in see(f"?area={CODES[1]}").tree.xpath("//*/@id")


def test_tall_buildings_are_told_from_low_ones() -> None:
    x, y = np.array([3, 3, 3, 7, 7, 9]), np.array([2, 2, 2, 2, 2, 5])
    tall = np.array([False, False, False, True, False, False])
    found = {sheet.style: sheet.path for sheet in map_base._cells(x, y, tall)}
    # cells of 12 units, dots in their middles; half of the two buildings in the second cell are tall
    assert found == {"buildings-many": "M42 30h0", "buildings-tall": "M90 30h0", "buildings-few": "M114 66h0"}


def test_a_single_wrong_height_makes_no_hill() -> None:
    slope = np.add.outer(np.arange(9.0), np.arange(9.0))
    wrong = slope.copy()
    wrong[4, 4] = 9_999
    assert np.abs(map_relief._without_spikes(wrong) - slope).max() <= 1


def test_large_markets_and_parks_are_named_without_their_dong(see: Any) -> None:
    assert see().texts("text.sight-name") == ["큰시장"]


def test_chosen_datasets_are_marked_and_listed_with_the_same_numbers(see: Any) -> None:
    page = see("?show=쉼터")
    assert len(_points(page, 1)) == len({*points()}) == 120
    assert "쉼터 지도 안에 120건" in page.text
    assert [each.get("value") for each in page.find("input") if each.get("checked") is not None] == ["쉼터"]


def test_a_dong_is_shown_close_with_what_is_there(see: Any) -> None:
    inside = [spot for spot in points() if dong_at(*spot) == CODES[0]]
    page = see(f"?area={CODES[0]}&show=쉼터")
    assert page.texts("h1") == ["가람1동"]
    (row,) = [said for said in page.texts("ul.things li") if said.startswith("쉼터")]
    assert f"{len(inside)}건" in row
    assert _size(page)[1] > 1440  # a square of degrees is taller than wide in Korea
    assert all(0 <= x <= 1440 for x, _ in _points(page, 1))
    chosen = [each.text_content() for each in page.find("nav a") if each.get("aria-current") == "true"]
    assert chosen == ["가람1동"]


@pytest.mark.parametrize("area", ["41910", ""])
def test_areas_are_reached_by_links_that_keep_what_is_shown(see: Any, area: str) -> None:
    page = see(f"?area={area}&show=쉼터" if area else "?show=쉼터")
    links = [each.get("href") for each in page.find("nav.panel a")]
    assert any(f"area={CODES[0]}" in link and "show=" in link for link in links)
    on_the_map = page.tree.xpath("//*[local-name()='svg']//*[local-name()='a']")
    assert {each.get("tabindex") for each in on_the_map} == {"-1"}  # the list has the same, for the keyboard


def test_personal_data_give_no_points_and_no_small_numbers(see: Any) -> None:
    page = see(f"?area={CODES[0]}&show=돌봄")
    assert page.tree.xpath("//*[contains(@class, 'pin')]") == []
    assert not any(each.get("value") == "돌봄" for each in page.find("input"))
    (row,) = [said for said in page.texts("ul.things li") if said.startswith("돌봄")]
    assert "개인정보가 있어 지도에 표시하지 않음" in row
    assert "비공개(5 미만)" in row
    assert not re.search(r"\d건", row)
    (row,) = [said for said in see(f"?area={CODES[1]}").texts("ul.things li") if said.startswith("돌봄")]
    assert "9건" in row


def test_who_sees_own_rows_only_finds_none_of_the_others_on_the_map(see: Any, country: Workspace) -> None:
    """Points and counts of a dataset tell of every row: where a reader sees the own rows, the map leaves it out."""
    card = country.bank["쉼터"].card
    country.bank.write_card("쉼터", {**card, "own_rows": "number"}, by="x", at=country.clock())
    try:
        official = browser(people.make("official", department="세무과"))
        shown = Page(official.get(f"/data/-/map/?area={CODES[0]}&show=쉼터"))
        assert shown.status == 200
        assert "쉼터" not in "".join(shown.texts("ul.things li"))
        assert shown.tree.xpath("//*[contains(@class, 'pin')]") == []
        assert "쉼터" in "".join(
            see(f"?area={CODES[0]}&show=쉼터").texts("ul.things li")
        )  # an administrator's
    finally:
        country.bank.write_card("쉼터", card, by="x", at=country.clock())


@pytest.mark.parametrize("query", ["?area=4191099999", "?area=x", "?area=99999", "?area=41910510"])
def test_areas_that_are_not_there_are_404(see: Any, query: str) -> None:
    see(query, 404)


def test_unknown_datasets_and_more_than_three_do_no_harm(see: Any) -> None:
    assert _classes(see("?show=없는것&show=../../x&show=돌봄")) >= {"ground"}


def test_the_page_is_small_and_the_second_time_comes_from_the_cache(
    see: Any, country: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = see()
    kept = list((country.folder / "cache" / "maps" / city_map.FOLDER).glob("base-all-*.json"))
    assert len(kept) == 1

    def never(*_: object) -> None:
        raise AssertionError("drawn again")

    monkeypatch.setattr(city_map, "drawn_base", never)
    again = see()
    assert again.text == first.text
    answer = browser().get("/data/-/map/")
    assert len(answer.content) < 500_000


def test_the_relief_is_lit_from_the_north_west(see: Any) -> None:
    page = see()
    (address,) = page.tree.xpath("//*[local-name()='image']/@href")
    answer = browser().get(address)
    assert answer.headers["Content-Type"] == "image/png"
    width, height = struct.unpack(">II", answer.content[16:24])
    start = answer.content.index(b"IDAT")
    (size,) = struct.unpack(">I", answer.content[start - 4 : start])
    raw = zlib.decompress(answer.content[start + 4 : start + 4 + size])
    pixels = np.frombuffer(raw, np.uint8).reshape(height, 1 + 2 * width)[:, 1:].reshape(height, width, 2)
    top = round((HILL[0] - WEST) / 0.08 * width), round((SOUTH + 0.06 - HILL[1]) / 0.06 * height)
    step = max(2, round(0.006 / 0.08 * width))
    north_west, south_east = (pixels[top[1] + s * step, top[0] + s * step] for s in (-1, 1))
    assert north_west[0] == 255
    assert south_east[0] < 100
    assert min(north_west[1], south_east[1]) > 0
    assert browser().get("/data/-/map/relief-nothere.png").status_code == 404


def test_level_ground_is_neither_lit_nor_dark() -> None:
    assert np.abs(map_relief.shaded(np.full((5, 5), 30.0), 10.0)).max() < 1e-9


@pytest.mark.parametrize(
    ("said", "kind"),
    [("활엽수림", "forest"), ("내륙수", "water"), ("논", "paddy"), ("밭", "field"), ("주거지역", "built"),
     ("공업지역", "industry"), ("710", "water"), ("320", "forest"), ("210", "paddy"), ("220", "field"),
     ("120", "industry"), ("기타나지", "sand"), ("모래밭", "sand"), ("자연초지", "green"), ("건물", "built"),
     ("가람", "")],
)  # fmt: skip
def test_covers_are_known_by_their_words_and_codes(said: str, kind: str) -> None:
    assert map_layers._cover_words(said) == kind


def test_erasing_a_layer_forgets_what_was_drawn_from_it(country: Workspace, see: Any, tmp_path: Path) -> None:
    import shutil

    see()
    shutil.copytree(country.folder, tmp_path / "copy", symlinks=True)
    copy = Workspace.open(tmp_path / "copy")
    folder = copy.folder / "cache" / "maps" / city_map.FOLDER
    assert list(folder.iterdir())
    copy.erase("a", ground="시험", by="시험")
    assert not folder.exists()
    with override_settings(MADANG_WORKSPACE=str(copy.folder)):
        page = Page(browser().get("/data/-/map/"))
    assert "forest" not in {name for each in page.tree.xpath("//*[@class]/@class") for name in each.split()}


def test_without_anything_the_page_says_what_to_deposit(empty_city: Workspace) -> None:
    page = Page(browser().get("/data/-/map/"))
    assert page.status == 200
    assert page.tree.xpath("//*[local-name()='svg'][contains(@class, 'city')]") == []
    assert "행정동 경계" in page.text
    assert page.link("파일 올리기") == "/deposits/"


def test_without_borders_the_layers_are_drawn_alone(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "bare", "빈들군")
    deposit(ws, _streams(tmp_path), override=Override(standard="stream-line"))
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        page = Page(browser().get("/data/-/map/"))
    assert "stream" in _classes(page)
    assert page.find("nav.panel") == []


def test_the_people_of_the_own_area_stand_on_the_first_page(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "city", "새빛시", area_code="4191000000")
    head = "행정구역,2026년06월_계_총인구수,2026년06월_계_연령구간인구수,2026년06월_계_0~9세,2026년06월_계_10~19세"
    lines = [
        head,
        '"경기도 새빛시 (4191000000)","12,345","12,345","5,000","7,345"',
        '"경기도 새빛시 가람1동 (4191051000)","2,345","2,345","1,000","1,345"',
    ]
    path = tmp_path / "인구.csv"
    path.write_bytes("\r\n".join(lines).encode("cp949"))
    deposit(ws, path, override=Override(standard="resident-population"))
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        assert "주민등록 인구 12,345명 (2026-06" in Page(browser().get("/data/")).text.replace(" 명", "명")
    toml = ws.folder / "madang.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace("4191000000", "4191099999"), encoding="utf-8")
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        assert "주민등록 인구 1" not in Page(browser().get("/data/")).text


assert SIDE == 0.02  # the arithmetic above rests on it
