"""The first sign-in of a new colleague, by keyboard alone: one-time password, own password, second factor."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from axe import violations
from totp import code_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WORD = "초록-바다-하늘-17"


def heading(page: Page, words: str) -> None:
    page.get_by_role("heading", level=1, name=words).wait_for()
    assert violations(page) == []


def write(page: Page, *fields: str) -> None:
    """Go to the first field from the top of the page with Tab, fill the fields, and send with Enter."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('main input')"):
            break
    for number, said in enumerate(fields):
        if number:
            page.keyboard.press("Tab")
        page.keyboard.insert_text(said)
    page.keyboard.press("Enter")


def test_a_new_colleague_gets_in_by_keyboard(browser: Browser, site: str, city: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "madang",
        "-w",
        str(city),
        "people",
        "add",
        "newcomer",
        "--name",
        "새내기",
    ]
    once = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()[-1]
    context = browser.new_context(base_url=site, viewport={"width": 360, "height": 740})
    page = context.new_page()
    trouble: list[str] = []
    page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
    page.goto("/accounts/me/")
    heading(page, "로그인")
    write(page, "newcomer", once)
    heading(page, "비밀번호 바꾸기")
    write(page, once, WORD, WORD)
    heading(page, "새내기 님")
    page.goto("/accounts/2fa/activate/")
    heading(page, "2차 인증 쓰기")
    box = page.locator(".qr svg").bounding_box()
    assert box
    assert box["width"] > 150
    secret = page.locator("code.secret").inner_text()
    write(page, code_of(secret))
    heading(page, "복구 번호")
    recovery = page.locator(".codes code").first.inner_text()
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="로그아웃").last.press("Enter")
    page.goto("/accounts/login/")
    write(page, "newcomer", WORD)
    heading(page, "인증 번호")
    page.keyboard.insert_text(recovery)  # the field has the focus already
    page.keyboard.press("Enter")
    page.wait_for_url("**/data/")
    assert trouble == []
    context.close()
