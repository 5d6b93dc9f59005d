"""The rows of a dataset in a browser: filtered and sorted without a new page, shared by address, without a script too."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from axe import violations
from made_up_bank import PARKING

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HERE = f"/data/{PARKING}/"


@pytest.mark.parametrize(
    "address",
    ["/data/?list=1&quality=good", HERE + "rows/?구분=노외&sort=-주차구획수", HERE + "chart/", HERE + "take/", HERE + "card/",
     HERE + "versions/1/rollback/", HERE + "rows/?q=우주정거장"],
)  # fmt: skip
@pytest.mark.parametrize("width", [1280, 360])
def test_pages_about_rows_are_for_everybody(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.evaluate("document.documentElement.dataset.krdsMode = 'high-contrast'")
    assert violations(page) == []


def test_a_filter_swaps_the_table_and_stands_in_the_address(page: Page) -> None:
    page.goto(HERE + "rows/")
    page.evaluate("window.same = true")
    page.get_by_text("항목마다 거르기").click()
    page.locator("[name='prkcmprt_co.ge']").fill("104")
    page.keyboard.press("Enter")
    expect(page.locator("#found p.result-count")).to_contain_text("4행")
    assert "prkcmprt_co.ge=104" in page.url
    assert ".null=" not in page.url  # what was left empty says nothing
    same = re.compile("prkcmprt_co.ge=104")
    expect(page.get_by_role("link", name="그림", exact=True)).to_have_attribute("href", same)
    page.locator("a.sort", has_text="구분").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("구분")
    assert page.evaluate("window.same") is True  # no other page was loaded
    page.go_back()
    expect(page.locator("th[aria-sort]")).to_have_count(0)
    expect(page.locator("#found p.result-count")).to_contain_text("4행")
    page.goto(page.url)
    expect(page.locator("#found tbody tr")).to_have_count(4)


def test_nothing_of_the_table_stays_in_the_browser(page: Page) -> None:
    page.goto(HERE + "rows/")
    page.locator("a.sort", has_text="구분").click()
    expect(page.locator("th[aria-sort=ascending]")).to_be_visible()
    assert "주차장" not in str(page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})"))


def test_the_table_works_without_a_script(browser: Browser, site: str, cookie: dict[str, str]) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto(HERE + "rows/")
    page.get_by_label("이 표에서 찾기").fill("구름재")
    page.get_by_role("button", name="찾기").click()
    expect(page.locator("#found tbody tr")).to_have_count(6)
    page.locator("a.sort", has_text="주차구획수").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("주차구획수")
    context.close()


def test_the_answer_comes_where_one_looks_and_nothing_jumps(page: Page) -> None:
    page.goto(HERE + "rows/")
    page.get_by_text("항목마다 거르기").click()
    page.locator("[name='prkcmprt_co.ge']").fill("20")
    page.get_by_role("button", name="거르기").click()
    expect(page.locator("[data-told]")).to_contain_text("주차구획수 20부터")
    expect(page.locator("#found p.result-count")).to_be_in_viewport()
    expect(page.locator("details.filter-box")).to_have_attribute("open", "")
    head = page.locator("a.sort", has_text="주차구획수")
    head.scroll_into_view_if_needed()
    before = [head.bounding_box(), page.evaluate("document.querySelector('.table-scroll').scrollLeft")]
    head.press("Enter")
    expect(page.locator("p.chosen")).to_contain_text("주차구획수 작은 것부터")
    expect(head).to_be_focused()
    expect(page.locator("[data-told]")).to_contain_text("60행")
    after = [head.bounding_box(), page.evaluate("document.querySelector('.table-scroll').scrollLeft")]
    assert before[0]
    assert after[0]
    assert abs(after[0]["y"] - before[0]["y"]) < 2  # the head that was pressed stays under the finger
    assert after[1] == before[1]
    expect(page.locator("[data-told]")).to_contain_text("주차구획수 작은 것부터")
