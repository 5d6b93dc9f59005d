"""Every kind of page, as people meet it: accessible, nothing sideways, nothing from elsewhere, nothing in the console.

The window of `page` itself fails on errors in the console and on requests that leave the site.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

import made_up_bank
from axe import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DATASET = f"/data/{made_up_bank.PARKING}/"
SIGNED_IN = {
    "catalogue": "/data/",
    "search": "/data/?q=주차",
    "dataset": DATASET,
    "past version": f"{DATASET}versions/1/",
    "problems": f"{DATASET}problems/",
    "compare": f"{DATASET}compare/?from=1&to=2",
    "map": "/data/-/map/",
    "deposits": "/deposits/",
    "rounds": "/rounds/",
    "sources": "/sources/",
    "sql": "/sql/",
    "releases": "/releases/",
    "work": "/work/",
    "me": "/accounts/me/",
    "people": "/accounts/people/",
    "audit": "/audit/",
    "api": "/api/v1/",
}
PUBLIC = {"portal": "/", "editions": "/open/", "sign in": "/accounts/login/"}


def sideways(page: Page) -> int:
    """Pixels that the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


@pytest.mark.parametrize("kind", SIGNED_IN)
def test_pages_for_those_who_work_here(page: Page, kind: str) -> None:
    answer = page.goto(SIGNED_IN[kind])
    assert answer is not None
    assert answer.status == 200
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert sideways(page) <= 0
    page.evaluate("document.documentElement.dataset.krdsMode = 'high-contrast'")
    assert violations(page) == []


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("kind", PUBLIC)
def test_pages_for_everybody(browser: Browser, site: str, kind: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, base_url=site)
    opened = context.new_page()
    elsewhere: list[str] = []
    opened.on("request", lambda sent: None if sent.url.startswith(site) else elsewhere.append(sent.url))
    opened.goto(PUBLIC[kind])
    opened.wait_for_load_state("networkidle")
    assert violations(opened) == []
    assert (sideways(opened), elsewhere) == (0, [])
    context.close()


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    opened = browser.new_page()
    opened.set_content("<html><body><img src='x'><input></body></html>")
    assert {each.partition(":")[0] for each in violations(opened)} >= {"image-alt", "label", "html-has-lang"}
    opened.close()
