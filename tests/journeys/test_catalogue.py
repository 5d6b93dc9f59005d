"""From the list to the original cell with mouse and keyboard, on a desktop and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from made_up_bank import PARKING

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ADDRESS = f"/data/{PARKING}/"
PAGES = (
    "/data/",
    "/data/?q=없는말",
    ADDRESS,
    ADDRESS + "problems/",
    ADDRESS + "compare/?from=1&to=2",
    "/data/새빛시-가로등/",
)

CONTRAST = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const rgba = (c) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = c; canvas.fillRect(0, 0, 1, 1);
    const d = canvas.getImageData(0, 0, 1, 1).data; return [d[0], d[1], d[2], d[3] / 255]; };
  const ground = (e) => { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor);
    if (c[3] > 0.99) return c; } return [255, 255, 255, 1]; };
  const light = (c) => { const [r, g, b] = c.slice(0, 3).map((v) => { v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
  const poor = [];
  for (const e of document.querySelectorAll('body *')) {
    const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!own || !e.checkVisibility() || e.closest('.sr-only, .skip-link')) continue;
    const a = light(rgba(getComputedStyle(e).color)), b = light(ground(e));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2) + ' ' + e.textContent.trim().slice(0, 20));
  }
  return poor;
}"""
SMALL_TARGETS = """() => [...document.querySelectorAll('button, input, select, nav a, header a, .button')]
  .filter((e) => e.checkVisibility() && !e.closest('.skip-link') && !e.classList.contains('skip-link'))
  .map((e) => [e, (e.closest('label') || e).getBoundingClientRect()])
  .filter(([e, box]) => e.type !== 'hidden' && box.width && (box.height < 43.9 || box.width < 43.9))
  .map(([e, box]) => e.outerHTML.slice(0, 60) + ' ' + box.width + 'x' + box.height)"""


def test_from_a_search_to_the_original_cell(page: Page) -> None:
    page.goto("/data/")
    page.get_by_label("데이터 찾기").fill("주차장")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    page.get_by_role("link", name="공영주차장 정보").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("공영주차장 정보")
    page.get_by_role("link", name="문제 62건 보기").first.click()
    page.locator("td", has_text="천원").first.click()  # anywhere in the row opens it
    marked = page.locator("td[data-marked]")
    expect(marked).to_contain_text("천원")
    expect(marked).to_be_in_viewport()


def test_rows_are_walked_with_the_keyboard(page: Page) -> None:
    page.goto(ADDRESS + "problems/")
    page.locator("tbody a").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tbody a").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("원본 31행")


def test_the_first_tab_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/data/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="본문 바로 가기")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def settings_of(page: Page) -> None:
    """Open the box of settings, where the window is too narrow to show them."""
    opener = page.get_by_role("button", name="설정", exact=True)
    if opener.is_visible():
        opener.click()


def test_high_contrast_stays_from_page_to_page(page: Page) -> None:
    page.goto(ADDRESS)
    settings_of(page)
    page.get_by_role("button", name="고대비 화면").click()
    page.goto("/data/")
    expect(page.locator("html")).to_have_attribute("data-krds-mode", "high-contrast")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"
    settings_of(page)
    page.get_by_role("button", name="기본 화면").click()
    expect(page.locator("html")).to_have_attribute("data-krds-mode", "light")


@pytest.mark.parametrize("address", PAGES)
def test_nothing_scrolls_sideways_but_tables(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


@pytest.mark.parametrize("address", PAGES)
def test_targets_are_large_enough(page: Page, address: str) -> None:
    page.goto(address)
    assert page.evaluate(SMALL_TARGETS) == []


@pytest.mark.parametrize("mode", ["light", "high-contrast"])
@pytest.mark.parametrize("address", PAGES)
def test_text_stands_out_from_its_ground(page: Page, address: str, mode: str) -> None:
    page.goto(address)
    page.evaluate(f"document.documentElement.dataset.krdsMode = '{mode}'")
    assert page.evaluate(CONTRAST) == []


def test_text_is_set_in_the_subset_font(page: Page) -> None:
    page.goto("/data/")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('17px Pretendard', '데이터')")
    sent = page.evaluate(
        "performance.getEntriesByType('resource').filter(e => e.name.endsWith('.woff2')).map(e => e.encodedBodySize)"
    )
    assert 0 < sum(sent) < 400_000  # bytes; the whole fonts would be half a megabyte for two weights
