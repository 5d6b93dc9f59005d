"""Maps and personal data of a dataset's page in a real browser, on a desktop and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intake.made_up_country import deposit, made, points, write
from journeys.test_catalogue import CONTRAST, SMALL_TARGETS

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The made-up country with shelters, one of them exchanged, and people in care."""
    folder: Path = tmp_path_factory.mktemp("places")
    ws = made(folder)
    spots = points()
    rows = [f"{n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(spots)]
    rows[5] = f"5,{spots[5][0]:.6f},{spots[5][1]:.6f}"
    deposit(ws, write(folder, "쉼터.csv", ["번호,위도,경도", *rows]))
    care = [f"김가람,010-1234-{5000 + n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(spots)]
    deposit(ws, write(folder, "돌봄.csv", ["신청자명,휴대전화,위도,경도", *care]))
    return ws.folder


def test_from_the_map_to_the_row_with_its_proposal(page: Page) -> None:
    page.goto("/data/쉼터/")
    page.get_by_role("navigation", name="이 화면의 차례").get_by_role("link", name="위치").click()
    image = page.get_by_role("img", name="에 가장 많습니다")
    expect(image).to_be_in_viewport()
    expect(page.get_by_role("table", name="위치를 찾은 방법")).to_be_visible()
    page.get_by_role("link", name="경도와 위도가 바뀜 1행").click()
    page.locator("tbody a").first.click()
    expect(page.locator(".notice .proposal")).to_contain_text("제안 경도 127.")


def test_the_map_fits_its_page_and_its_marks_are_seen(page: Page) -> None:
    page.goto("/data/쉼터/")
    box = page.locator(".map-box > svg.map").bounding_box()
    width = page.evaluate("document.documentElement.clientWidth")
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    dot = page.locator(".map-box path.dot")
    assert dot.evaluate("e => getComputedStyle(e).strokeWidth") == "5px"
    assert dot.evaluate("e => getComputedStyle(e).stroke") != "none"


def test_other_systems_are_opened_with_the_keyboard(page: Page) -> None:
    page.goto("/data/쉼터/")
    page.get_by_text("다른 좌표계로 읽으면").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="그 좌표계로 읽을 때")).to_be_visible()


@pytest.mark.parametrize("mode", ["light", "high-contrast"])
def test_the_new_sections_can_be_read_and_touched(page: Page, mode: str) -> None:
    for address in ("/data/쉼터/", "/data/돌봄/"):
        page.goto(address)
        if mode == "high-contrast" and page.get_by_role("button", name="고대비 화면").count():
            page.get_by_role("button", name="고대비 화면").click()
        assert page.evaluate(CONTRAST) == []
        assert page.evaluate(SMALL_TARGETS) == []


def test_personal_data_stand_in_their_section_without_a_value(page: Page) -> None:
    page.goto("/data/돌봄/")
    section = page.get_by_role("region", name="개인정보").first
    expect(section).to_contain_text("휴대전화번호")
    expect(section).to_contain_text("제한")
    assert "김가람" not in page.content()
    assert "010-1234" not in page.content()
