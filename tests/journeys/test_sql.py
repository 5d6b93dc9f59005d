"""The SQL desk with the keyboard: completion, running, the marked line, the picture; wide and narrow, without a scripted style."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def write(page: Page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(text)


def test_the_list_of_completions_closes_and_stays_in_the_window(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/sql/")
    offered = page.locator(".cm-tooltip-autocomplete")
    write(page, "SELECT 1 AS a, 2 AS b FROM ")
    page.keyboard.insert_text("새빛시")
    expect(offered).to_be_visible()
    box = offered.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.keyboard.press("Control+Enter")
    expect(offered).to_have_count(0)
    page.keyboard.insert_text("_")
    expect(offered).to_be_visible()
    page.locator("h1").click()
    expect(offered).to_have_count(0)


def test_from_the_first_letter_to_the_picture(page: Page) -> None:
    page.goto("/sql/")
    expect(page.locator(".cm-content")).to_be_visible()
    expect(page.locator("#sql")).to_be_hidden()
    page.locator(".cm-content").click()
    page.keyboard.insert_text("FROM 새빛시_도서관 SELECT ")
    page.keyboard.insert_text("이")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text(
        "이름"
    )  # the header in the source of the column `name`
    page.keyboard.press("Escape")
    write(page, "SELECT name, value FROM 새빛시_도서관 ORDER BY value DESC LIMIT 5")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#answer tbody tr")).to_have_count(5, timeout=20_000)
    expect(page.locator("#answer tbody td.number").first).to_have_text("30")
    assert "/sql/answers/" in page.url
    page.get_by_role("link", name="그림으로 보기").click()
    expect(page.locator(".chart-picture canvas")).to_be_visible()
    assert page.locator(".chart-picture").get_attribute("aria-label") == "막대 · value / name · 5행"
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.reload()
    expect(page.locator("#answer tbody tr")).to_have_count(5)
    expect(page.locator(".cm-content")).to_contain_text("ORDER BY value DESC")


def test_a_mistake_is_marked_at_its_line_and_a_value_gets_a_field(page: Page) -> None:
    page.goto("/sql/")
    write(page, "SELECT name\nFROM 새빛시_없음\nWHERE value = :수")
    field = page.get_by_label(":수")
    expect(field).to_be_visible()
    field.fill("3")
    page.get_by_role("button", name="실행하기").click()
    expect(page.locator("#answer [role=alert]")).to_contain_text("2행 6열", timeout=20_000)
    expect(page.locator(".cm-wrong")).to_contain_text("FROM 새빛시_없음")
    expect(field).to_have_value("3")


def test_a_long_query_is_stopped(page: Page) -> None:
    page.goto("/sql/")
    write(page, "SELECT levenshtein(repeat('a', 100000), repeat('b', 100000))")
    page.keyboard.press("Control+Enter")
    stop = page.get_by_role("button", name="취소하기")
    expect(stop).to_be_visible()
    page.wait_for_timeout(1000)
    stop.click()
    expect(page.locator("#answer [role=alert]")).to_contain_text("취소했습니다", timeout=15_000)
    expect(stop).to_be_hidden()


def test_without_scripts_there_is_a_text_field_and_an_answer(page: Page) -> None:
    browser, cookies = page.context.browser, page.context.cookies()
    assert browser is not None
    page.goto("/sql/")
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    plain = context.new_page()
    plain.goto(page.url)
    plain.locator("#sql").fill("SELECT 6 * 7 AS n")
    plain.get_by_role("button", name="실행하기").click()
    expect(plain.locator("#answer td.number")).to_have_text("42", timeout=20_000)
    context.close()
