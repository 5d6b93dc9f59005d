"""The map of a result: its layers, a value with its why, the same from the table beside it, and at the width of a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from madang.workspace import Workspace
from runs.test_coverage_gaps import EAST, LON_LAT, NORTH, written

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIDEWAYS = "() => document.documentElement.scrollWidth - window.innerWidth"
PEOPLE = (40, 50, 60, 70)  # in the cells that the only stop does not reach


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A row of cells, 100 m apart; a free Wi-Fi in the first."""
    folder = tmp_path_factory.mktemp("map")
    ws = Workspace.init(folder / "w", "시험 도시")
    cells = [["격자코드", "격자중심X", "격자중심Y", "총인구수"]]
    cells += [
        [f"다사{n:03d}500", EAST + 100 * n, NORTH, people] for n, people in enumerate((10, 20, 30, *PEOPLE))
    ]
    lon, lat = LON_LAT.transform(EAST, NORTH)
    wifi = [["관리번호", "설치장소명", "설치시도명", "설치시군구명", "설치시설구분", "서비스제공사명", "와이파이SSID", "소재지도로명주소",
             "관리기관명", "관리기관전화번호", "위도", "경도", "데이터기준일자"],
            ["W1", "주민센터", "서울특별시", "중구", "관공서", "KT", "free", "", "중구청", "02-120", f"{lat:.7f}", f"{lon:.7f}", "2026-01-01"]]  # fmt: skip
    ws.deposit(written(folder / "격자인구.csv", cells), standard="grid-population", by="lee")
    ws.deposit(written(folder / "무료와이파이.csv", wifi), standard="free-wifi", by="lee")
    ws.run("coverage-gaps", {"reach_m": 250, "sites": 2}, by="lee")
    return ws.folder


def test_a_value_on_the_map_leads_to_its_row(page: Page) -> None:
    page.goto("/runs/?analysis=coverage-gaps")
    page.locator("tbody a").first.click()
    box = page.locator("#map .live-map")
    expect(box).to_have_attribute("data-ready", "true", timeout=30_000)
    assert page.evaluate(SIDEWAYS) <= 0
    gaps = page.locator("[data-side='0']")
    shown = [each.split()[0] for each in gaps.locator("tbody td.number").all_text_contents()]
    assert shown == [f"{people}\u202f명".split()[0] for people in PEOPLE]

    places = page.get_by_role("checkbox", name="다음 자리")
    expect(page.get_by_role("heading", name="다음 자리", exact=True).first).to_be_visible()
    places.uncheck()
    expect(page.locator("#layer-1")).to_be_hidden()

    gaps.get_by_role("button").last.press("Enter")  # the keyboard finds the place in the table
    said = page.locator(".maplibregl-popup")
    expect(said).to_contain_text("70")
    said.get_by_role("link", name="이 숫자는 왜?").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("70")
    expect(page.locator(".chain > li").last).to_contain_text("1행")


def test_a_place_that_is_touched_says_its_value(page: Page) -> None:
    page.goto("/runs/?analysis=coverage-gaps")
    page.locator("tbody a").first.click()
    expect(page.locator("#map .live-map")).to_have_attribute("data-ready", "true", timeout=30_000)
    page.get_by_role("checkbox", name="다음 자리").uncheck()
    canvas = page.locator("#map .canvas")
    canvas.scroll_into_view_if_needed()
    at = canvas.bounding_box()
    assert at is not None
    # from the Wi-Fi in the first cell to the last of the seven: in the middle is the first that is not reached
    canvas.click(position={"x": at["width"] / 2, "y": at["height"] / 2})
    expect(page.locator(".maplibregl-popup")).to_contain_text("40")
