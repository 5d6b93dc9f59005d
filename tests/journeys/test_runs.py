"""From a question to the cell of an original: an analysis is run, a number is touched, its rows, its place in the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from madang.workspace import Workspace
from runs.test_shop_survival import licences

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SIDEWAYS = "() => document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 100 bakeries 40 closed after two years, of 80 cafés 64 after half a year."""
    folder = tmp_path_factory.mktemp("runs")
    ws = Workspace.init(folder / "w", "시험 도시")
    bakeries = [("2015-01-05", "03", "2017-01-05")] * 40 + [("2015-01-05", "01", "")] * 60
    cafes = [("2016-03-02", "03", "2016-09-01")] * 64 + [("2016-03-02", "02", "")] * 16
    for name, rows in (("제과점", bakeries), ("카페", cafes)):
        ws.deposit(licences(folder / f"{name}_20240101.csv", rows), standard="licence", by="lee")
    return ws.folder


def test_from_a_question_to_the_cell_of_an_original(page: Page) -> None:
    page.goto("/analyses/")
    page.get_by_role("link", name="몇 해를 버팁니까?").click()
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_label("자료가 폐업을 알기 시작한 날").fill("2014-01-01")
    page.get_by_label("몇 해를 버티는지").fill(
        "1" if page.viewport_size and page.viewport_size["width"] < 500 else "3"
    )
    page.get_by_role("button", name="실행하기").click()
    answer = page.locator(".answer")
    expect(answer).to_be_visible(timeout=60_000)
    expect(page.locator("svg.picture:visible").first).to_be_visible()
    assert page.evaluate(SIDEWAYS) <= 0

    answer.get_by_role("link", name="20.0").click()  # one touch: why is it so
    expect(page.get_by_role("heading", level=1)).to_contain_text("20.0")
    expect(page.locator(".chain")).to_contain_text("가장 빨리 닫는 것은 카페")
    expect(page.locator(".chain > li").last).to_contain_text("80행")
    assert page.evaluate(SIDEWAYS) <= 0
    page.locator(".chain > li").last.get_by_role("link", name="2", exact=True).click()  # two: its original
    expect(page.get_by_role("heading", level=1)).to_contain_text("원본 2행")
    marked = page.locator("tr.marked")
    expect(marked).to_contain_text("카페_20240101-0001")
    expect(marked).to_contain_text("2016-09-01")
    page.go_back()
    page.get_by_role("link", name="80행 모두 보기").click()
    expect(page.locator("#found")).to_contain_text("80")


def test_the_same_question_is_answered_at_once_and_a_report_is_taken(page: Page) -> None:
    page.goto("/analyses/shop-survival/")
    page.get_by_label("몇 해를 버티는지").fill("2")
    page.get_by_role("button", name="실행하기").click()
    expect(page.locator(".answer")).to_be_visible(timeout=60_000)
    address = page.url
    page.goto("/analyses/shop-survival/")
    page.get_by_label("몇 해를 버티는지").fill("2")
    page.get_by_role("button", name="실행하기").click()
    expect(page).to_have_url(address)
    expect(page.get_by_text("그것을 보여 드립니다")).to_be_visible()
    for form in ("한글 HWPX", "워드 DOCX", "엑셀 XLSX", "웹 HTML"):
        with page.expect_download() as taken:
            page.get_by_role("link", name=form, exact=True).click()
        assert taken.value.suggested_filename.endswith(form[-4:].lower())
