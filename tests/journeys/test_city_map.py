"""The map of a made-up city with mouse and keyboard: choose a place, choose what is marked; the note on every page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intake.made_up_country import CODES, SOUTH, WEST, deposit, made, points, write
from journeys.test_catalogue import CONTRAST, SMALL_TARGETS
from madang.intake.raw import Override

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MAP = "/data/-/map/"
NOTE = "지어낸 도시입니다"


def _roads(folder: Path) -> Path:
    """A wide, a middle and a narrow road through the first two 행정동."""
    features = []
    for n, name in enumerate(("가람대로", "나래로", "나래로3길")):
        line = [[WEST + 0.002, SOUTH + 0.025 + n * 0.004], [WEST + 0.07, SOUTH + 0.026 + n * 0.004]]
        told = {"LINK_ID": f"199000000{n}", "F_NODE": f"19900001{n}", "T_NODE": f"19900002{n}", "LANES": 2}
        shape = {"type": "LineString", "coordinates": line}
        features.append({"type": "Feature", "properties": {**told, "ROAD_NAME": name}, "geometry": shape})
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    return write(folder, "길.geojson", [text])


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up country with shelters, said to be synthetic."""
    folder: Path = tmp_path_factory.mktemp("mapped")
    ws = made(folder)
    rows = [f"{n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(points())]
    deposit(ws, write(folder, "쉼터.csv", ["번호,위도,경도", *rows]))
    deposit(ws, _roads(folder), override=Override(standard="road-link"))
    toml = ws.folder / "madang.toml"
    said = toml.read_text(encoding="utf-8").replace("synthetic = false", "synthetic = true")
    toml.write_text(said, encoding="utf-8")
    return ws.folder


def test_from_the_catalogue_to_the_shelters_of_a_dong(page: Page) -> None:
    page.goto("/data/")
    page.get_by_role("link", name="도시 지도 보기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("도시 지도")
    box = page.get_by_role("checkbox", name="쉼터")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("지도 안에 120건")).to_be_visible()
    page.get_by_role("link", name="가람1동", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("가람1동")
    expect(page.get_by_role("checkbox", name="쉼터")).to_be_checked()  # what is shown goes along
    expect(page.get_by_role("link", name="가람1동", exact=True)).to_have_attribute("aria-current", "true")


def test_a_dong_on_the_map_itself_can_be_clicked(page: Page) -> None:
    page.goto(MAP)
    page.locator(f"svg a[href*='{CODES[4]}']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("들말면")


def _stroke(page: Page, style: str) -> float:
    said: float = page.locator(f"svg.city .{style}").first.evaluate(
        "e => parseFloat(getComputedStyle(e).strokeWidth)"
    )
    return said


def test_wide_roads_are_the_skeleton_and_lanes_are_seen_from_near(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(MAP)
    assert 3 <= _stroke(page, "major") <= 4
    assert _stroke(page, "major-edge") > _stroke(page, "major") > 2 * _stroke(page, "middle")
    expect(page.locator("svg.city .minor")).to_have_count(0)
    page.goto(f"{MAP}?area={CODES[1]}")
    expect(page.locator("svg.city .minor")).to_have_count(1)
    assert _stroke(page, "minor-edge") > _stroke(page, "minor") >= 2


def test_the_map_is_wide_and_stays_in_sight(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 700})
    page.goto(MAP)
    drawn, whole = page.locator("svg.city").first.bounding_box(), page.locator(".city-page").bounding_box()
    assert drawn
    assert whole
    assert 0.6 <= drawn["width"] / whole["width"] <= 0.67
    assert drawn["height"] <= 700
    page.set_viewport_size({"width": 360, "height": 740})
    drawn = page.locator("svg.city").first.bounding_box()
    assert drawn
    assert drawn["width"] == 360


@pytest.mark.parametrize("address", [MAP, f"{MAP}?area={CODES[0]}&show=쉼터", "/data/", "/data/쉼터/"])
def test_the_note_is_seen_and_everything_can_be_read_and_hit(page: Page, address: str) -> None:
    page.goto(address)
    note = page.get_by_role("complementary")
    expect(note).to_contain_text(NOTE)
    expect(note).to_be_in_viewport()
    for mode in ("light", "high-contrast"):
        page.evaluate(f"document.documentElement.dataset.krdsMode = '{mode}'")
        assert page.evaluate(CONTRAST) == []
    assert page.evaluate(SMALL_TARGETS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


def test_the_note_is_printed(page: Page) -> None:
    page.goto(MAP)
    page.emulate_media(media="print")
    expect(page.get_by_role("complementary")).to_be_visible()
    expect(page.get_by_role("img", name="지도")).to_be_visible()
