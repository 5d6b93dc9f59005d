"""A file from the hand to the bank, and a table kept in the browser: mouse, keyboard, a broken connection, a phone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from madang.intake.round_trip import table_of
from madang.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROWS = "번호,이름,수량\n" + "".join(f"{n},이름{n},{n * 3}\n" for n in range(1, 301))
SIDEWAYS = "() => document.documentElement.scrollWidth - window.innerWidth"


def column(city: Path, dataset: str, name: str) -> list[Any]:
    live = Workspace.open(city).bank[dataset].latest
    assert live is not None
    return list(table_of(live)[name].to_pylist())


def width(page: Page) -> int:
    assert page.viewport_size is not None
    return page.viewport_size["width"]


def test_a_file_is_dropped_reviewed_deposited_and_mended_in_the_grid(
    page: Page, city: Path, tmp_path: Path
) -> None:
    dataset = f"물품-{width(page)}"
    file = tmp_path / f"{dataset}.csv"
    file.write_text(ROWS, encoding="utf-8")
    page.goto("/deposits/")
    assert page.evaluate(SIDEWAYS) <= 0
    page.set_input_files("#files", file)
    expect(page.get_by_role("heading", name="이렇게 읽었습니다")).to_be_visible(timeout=60_000)
    assert page.evaluate(SIDEWAYS) <= 0
    page.get_by_label("제목").fill("물품 대장")
    page.get_by_role("button", name="확인하고 입고").click()
    expect(page.get_by_role("link", name="접수증 보기")).to_be_visible(timeout=60_000)
    assert column(city, dataset, "수량")[:2] == [3, 6]

    page.goto(f"/deposits/grid/{dataset}/")
    cell = page.locator('td[data-at="0:2"]')
    cell.click()
    page.keyboard.type("30")
    page.keyboard.press("Enter")
    page.keyboard.type("abc")
    page.keyboard.press("Enter")
    expect(page.locator('td[data-at="1:2"]')).to_have_attribute("aria-invalid", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Delete")
    page.keyboard.type("60")
    page.keyboard.press("Tab")
    page.keyboard.press("Control+End")
    expect(page.locator('td[data-at="299:2"]')).to_be_focused()
    assert page.locator(".sheet tbody tr").count() < 80  # only the rows in sight are in the page
    assert page.evaluate(SIDEWAYS) <= 0
    expect(page.get_by_text("임시 저장했습니다")).to_be_visible()
    page.reload()
    expect(page.locator('td[data-at="0:2"]')).to_have_text("30")
    page.get_by_role("link", name="반영하기").click()
    page.get_by_label("왜 고칩니까").fill("현장 확인")
    page.get_by_role("button", name="고른 것을 새 판으로 반영").click()
    expect(page.get_by_role("heading", name="접수증")).to_be_visible()
    assert column(city, dataset, "수량")[:3] == [30, 60, 9]


def test_cells_are_pasted_from_a_spreadsheet(page: Page, city: Path, tmp_path: Path) -> None:
    if width(page) < 700:
        pytest.skip("one keyboard is enough")
    (tmp_path / "붙임.csv").write_text("번호,이름\n1,가\n2,나\n", encoding="utf-8")
    Workspace.open(city).deposit(tmp_path / "붙임.csv", "붙임")
    page.goto("/deposits/grid/붙임/")
    page.locator('td[data-at="1:0"]').click()
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.setData('text/plain', '20\\t"두 ""줄""\\n이름"\\r\\n3\\t다\\r\\n');
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    expect(page.locator('td[data-at="2:1"]')).to_have_text("다")
    expect(page.get_by_text("고친 행 2", exact=False)).to_be_visible()
    page.get_by_role("button", name="되돌리기").click()
    page.get_by_role("button", name="행 빼기").click()
    expect(page.locator("tr.gone")).to_have_count(1)


def test_a_cell_opens_by_double_click_or_typing_and_takes_a_block(
    page: Page, city: Path, tmp_path: Path
) -> None:
    if width(page) < 700:
        pytest.skip("one mouse is enough")
    (tmp_path / "눌러.csv").write_text("번호,수량\n1,5\n2,6\n3,7\n", encoding="utf-8")
    Workspace.open(city).deposit(tmp_path / "눌러.csv", "눌러")
    page.goto("/deposits/grid/눌러/")
    cell, editor = page.locator('td[data-at="1:1"]'), page.locator(".sheet td input")
    cell.dblclick()
    expect(editor).to_have_value("6")
    page.keyboard.type("0")
    page.keyboard.press("Escape")
    expect(cell).to_have_text("6")
    page.keyboard.type("60")
    page.keyboard.press("Shift+Tab")
    expect(cell).to_have_text("60")
    expect(page.locator('td[data-at="1:0"]')).to_be_focused()
    page.locator('td[data-at="0:1"]').dblclick()
    page.evaluate("""() => {
      const data = new DataTransfer();
      data.setData('text/plain', '50\\n51\\n52\\n53\\n');
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }""")
    expect(page.locator('td[data-at="3:1"]')).to_have_text("53")
    page.get_by_role("button", name="되돌리기").click()
    expect(cell).to_have_text("60")
    expect(page.locator('td[data-at="3:1"]')).to_have_count(0)  # the rows that the block added are gone too


def test_the_header_leaves_a_phone_its_page(page: Page) -> None:
    page.goto("/deposits/")
    height = page.locator(".site-header").evaluate("header => header.offsetHeight")
    if width(page) < 700:
        assert height <= 112
        page.get_by_role("button", name="설정").click()
    expect(page.get_by_role("button", name="로그아웃")).to_be_visible()
    expect(page.get_by_role("button", name="고대비 화면")).to_be_visible()


def test_an_upload_goes_on_after_the_connection_broke(
    browser: Browser, site: str, cookie: dict[str, Any], tmp_path: Path
) -> None:
    big = tmp_path / "큰것.csv"
    big.write_bytes(b"a,b\n" + b"1,2\n" * (5 << 20))  # 20 MB: three pieces
    context = browser.new_context(base_url=site)
    context.add_cookies([cookie])  # type: ignore[list-item]
    page = context.new_page()
    page.goto("/deposits/")
    broken: list[str] = []

    def once(route: Any) -> None:
        if route.request.method == "PATCH" and not broken and route.request.headers["upload-offset"] != "0":
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/deposits/uploads/*", once)
    page.set_input_files("#files", big)
    page.wait_for_url("**/deposits/*/", timeout=60_000)
    assert len(broken) == 1
    assert "아직 다 올라오지 않았습니다" not in page.content()
    context.close()
