"""The map of a made-up city with mouse and keyboard: choose a place, choose what is marked; the note on every page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from intake.made_up_country import CODES, deposit, made, points, write
from journeys.conftest import serving
from journeys.test_catalogue import CONTRAST, SMALL_TARGETS

pytestmark = [pytest.mark.browser, pytest.mark.slow]
MAP = "/data/-/map/"
NOTE = "지어낸 도시입니다"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The made-up country with shelters, said to be synthetic."""
    folder: Path = tmp_path_factory.mktemp("mapped")
    ws = made(folder)
    rows = [f"{n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(points())]
    deposit(ws, write(folder, "쉼터.csv", ["번호,위도,경도", *rows]))
    toml = ws.folder / "madang.toml"
    said = toml.read_text(encoding="utf-8").replace("synthetic = false", "synthetic = true")
    toml.write_text(said, encoding="utf-8")
    yield from serving(ws.folder)


def test_from_the_catalogue_to_the_shelters_of_a_dong(page: Page) -> None:
    page.goto("/data/")
    page.get_by_role("link", name="도시 지도 보기").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("도시 지도")
    box = page.get_by_role("checkbox", name="쉼터")
    box.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_text("그림 안 120행")).to_be_visible()
    page.get_by_role("link", name="가람1동", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("가람1동")
    expect(page.get_by_role("checkbox", name="쉼터")).to_be_checked()  # what is shown goes along
    expect(page.get_by_role("link", name="가람1동", exact=True)).to_have_attribute("aria-current", "true")


def test_a_dong_on_the_map_itself_can_be_clicked(page: Page) -> None:
    page.goto(MAP)
    page.locator(f"svg a[href*='{CODES[4]}']").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("들말면")


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
