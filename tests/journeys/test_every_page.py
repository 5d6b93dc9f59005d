"""Every page of the site, over a city in which one of everything is under way: accessible, nothing sideways, nothing from
elsewhere, nothing in the console.

`PAGES` has the address of each route that answers with a page, `NO_PAGE` the others; a new route has to find its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from axe import violations
from web.test_security_addresses import routes

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# route: address, where it is not the route with the names of the busy city put in
SIGNED_IN = {
    "data/": "data/?q=주차",
    "data/-/map/": "",
    "data/<str:dataset>/": "",
    "data/<str:dataset>/versions/<int:n>/": "data/{dataset}/versions/1/",
    "data/<str:dataset>/problems/": "",
    "data/<str:dataset>/source/<str:deposit>/": "data/{own}/source/{deposit}/",
    "data/<str:dataset>/compare/": "data/{dataset}/compare/?from=1&to=2",
    "data/<str:dataset>/card/": "",
    "data/<str:dataset>/versions/<int:n>/rollback/": "data/{dataset}/versions/1/rollback/",
    "data/<str:dataset>/rows/": "data/{dataset}/rows/?sort=-basic_charge&prkplce_se=노상",
    "data/<str:dataset>/chart/": "data/{dataset}/chart/?by=prkplce_se",
    "data/<str:dataset>/map/": "data/쉼터/map/",
    "data/<str:dataset>/take/": "data/{dataset}/take/?prkplce_se=노상",
    "deposits/": "",
    "deposits/new/": "",
    "deposits/edits/<int:number>/": "deposits/edits/{draft}/",
    "deposits/grid/<str:dataset>/": "deposits/grid/{own}/",
    "deposits/receipts/<str:dataset>/<str:deposit>/": "deposits/receipts/{own}/{deposit}/",
    "deposits/<str:key>/": "deposits/{upload}/",
    "notices/": "",
    "rounds/": "",
    "rounds/new/": "",
    "rounds/<slug:key>/": "",
    "rounds/<slug:key>/links/": "",
    "rounds/<slug:key>/merge/": "",
    "rounds/<slug:key>/record/": "",
    "rounds/<slug:key>/<int:part>/": "",
    "sources/": "",
    "sources/-/new/": "",
    "sources/-/new/<str:kind>/": "sources/-/new/api/",
    "sources/-/hosts/": "",
    "sources/<str:id_>/": "",
    "sources/<str:id_>/edit/": "",
    "sql/": "",
    "sql/answers/<uuid:number>/": "sql/answers/{answer}/",
    "sql/history/": "",
    "sql/saved/": "",
    "sql/saved/<int:number>/": "sql/saved/{saved}/",
    "sql/made/<str:dataset>/": "sql/made/구분별/",
    "releases/": "",
    "releases/new/<str:dataset_id>/": "releases/new/{own}/",
    "releases/new/<str:dataset_id>/<int:number>/": "releases/new/{dataset}/{look}/",
    "releases/of/<str:edition_id>/": "",
    "releases/results/new/<slug:key>/": "releases/results/new/{run}/",
    "releases/results/of/<str:edition_id>/": "releases/results/of/{result}/",
    "analyses/": "",
    "analyses/<slug:analysis>/": "analyses/shop-survival/?from={run}",
    "analyses/<slug:analysis>/under-way/<int:number>/": "analyses/shop-survival/under-way/{running}/",
    "indicators/": "",
    "indicators/<slug:indicator>/": "indicators/answered-in-week/",
    "tables/": "",
    "runs/": "",
    "runs/living/": "",
    "runs/<slug:key>/": "runs/{run}/",
    "runs/<slug:key>/why/": "runs/{run}/why/?table=trades&column=survival&row=0",
    "runs/<slug:key>/compare/<slug:other>/": "runs/{run}/compare/{other}/",
    "work/": "",
    "accounts/me/": "",
    "accounts/password/": "",
    "accounts/2fa/": "",
    "accounts/people/": "",
    "accounts/people/add/": "",
    "accounts/people/import/": "",
    "accounts/people/<int:pk>/": "accounts/people/{person}/",
    "accounts/departments/": "",
    "accounts/departments/<int:pk>/": "accounts/departments/{department}/",
    "accounts/posts/<int:pk>/": "accounts/posts/{post}/",
    "audit/": "",
    "api/v1/": "",
}  # fmt: skip
PUBLIC = {
    "": "",
    "open/<str:edition_id>/": "",
    "open/results/<str:edition_id>/": "open/results/{result}/",
    "open/results/<str:edition_id>/why/": "open/results/{result}/why/?table=trades&column=survival&row=0",
    "open/sql/": "",
    "accounts/login/": "",
    "rounds/t/<str:token>/": "",
}
NO_PAGE = "|".join(
    (
        r"(open/)?api/v1/.+", r"open/", r"-/.*", r"static/.*", r".*\.(json|geojson|csv|xlsx|hwpx|png|mvt|<str:form>)",  # programs, files
        r".*/(take|download)/<slug:form>/", r"deposits/(uploads|files)/.*", r"rounds/.*/marked/.*",
        r"accounts/(logout|reauthenticate|oidc|2fa/\w+)/.*", r"accounts/2fa/codes/download/",  # of the door: test_sign_in.py
        r"accounts/(me|people|departments|posts)/.*(tokens|revoke|end|<str:act>|pass-on|hand-over)/",  # forms that are sent
        r"deposits/.*/(approve|drop|save|check|progress|read|confirm)/", r"notices/seen/",
        r"rounds/(<slug:key>|t/<str:token>)/(<int:part>/)?(file|mend|submit|nothing|sign|lines|settings|act|close|next|open)/",
        r"rounds/.*/(map|remove)/<int:number>/", r"sources/.*/(state|do)/", r"sql/(run|answers/.*/derive|made/.*/again)/",
        r"runs/(<slug:key>/keep|living/<slug:id_>)/", r"indicators/<slug:indicator>/target/", r"refresh/.*",
        r"sql/(answers/.*/cancel|saved/new|saved/.*/(save|remove))/", r"work/.+",
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def windows(browser: Browser, there: dict[str, str]) -> Iterator[dict[bool, BrowserContext]]:
    """A browser that is signed in, and one that is not."""
    opened = {known: browser.new_context(base_url=there["site"]) for known in (True, False)}
    cookie: Any = {"name": "madang_session", "value": there["session"], "url": there["site"]}
    opened[True].add_cookies([cookie])
    yield opened
    for each in opened.values():
        each.close()


@pytest.fixture
def wrong(page: Page, there: dict[str, str]) -> list[str]:
    """What the page complains of or fetches from elsewhere."""
    found: list[str] = []
    page.on("console", lambda said: found.append(said.text) if complaint(said) else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda sent: None if sent.url.startswith(there["site"]) else found.append(sent.url))
    return found


def complaint(said: ConsoleMessage) -> bool:
    """Whether it is about the page; how fast a made-up graphics card draws is not."""
    return said.type in ("error", "warning") and "GL Driver Message" not in said.text


@pytest.fixture
def page(windows: dict[bool, BrowserContext], route: str) -> Iterator[Page]:
    opened = windows[route in SIGNED_IN].new_page()
    yield opened
    opened.close()


def address(route: str, there: dict[str, str]) -> str:
    said = SIGNED_IN.get(route) or PUBLIC.get(route) or re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    return "/" + said.format(**there)


def sideways(page: Page) -> int:
    """Pixels that the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def test_every_route_has_its_line() -> None:
    known = {*SIGNED_IN, *PUBLIC}
    all_routes = {route for route, _ in routes()}
    assert {route for route in all_routes - known if not re.fullmatch(NO_PAGE, route)} == set()
    assert known - all_routes == set()


@pytest.mark.parametrize("route", [*SIGNED_IN, *PUBLIC])
def test_a_page(page: Page, wrong: list[str], there: dict[str, str], route: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    answer = page.goto(address(route, there))
    assert answer is not None
    assert answer.status == 200
    page.wait_for_load_state("networkidle")
    assert (violations(page), sideways(page)) == ([], 0)
    page.evaluate("document.documentElement.dataset.krdsMode = 'high-contrast'")
    assert violations(page) == []
    page.set_viewport_size({"width": 360, "height": 800})
    assert (violations(page), sideways(page)) == ([], 0)
    assert wrong == []


def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    opened = browser.new_page()
    opened.set_content("<html><body><img src='x'><input></body></html>")
    assert {each.partition(":")[0] for each in violations(opened)} >= {"image-alt", "label", "html-has-lang"}
    opened.close()
