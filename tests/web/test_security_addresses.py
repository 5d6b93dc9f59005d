"""Every address of the site: who gets in without signing in, with which role, and that no form works without its token.

A new address is shut for everybody who has not signed in unless a line below says otherwise, and it has to find its
line in `ROLES`. That is on purpose: opening a door is a decision that somebody reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import get_resolver

import people
from madang.workspace import Workspace
from made_up_bank import PARKING

# beginnings of addresses that anybody may ask, and why
OPEN = {
    "": "the portal: open editions only",
    "open/": "open editions only",
    "api/": "tokens instead of sessions; its own tests attack it",
    "-/": "looks, language, health",
    "accounts/login/": "the door",
    "accounts/logout/": "the door",
    "accounts/2fa/authenticate/": "the door's second step",
    "accounts/oidc/": "the door of the city's own sign-in",
    "rounds/t/": "a department's link carries its own key",
    "static/": "built files",
}
# forms that need no token of the session, and why
NO_TOKEN = {
    "-/mode/": "only chooses looks, for this browser",
    "-/language/": "only chooses looks, for this browser",
    "api/": "no cookie is believed there",
    "open/api/": "reads only, and no cookie is believed there",
    "deposits/files/": "checked in the view, after the body got its own handler",
}
STAFF = {"official", "steward", "analyst", "executive", "administrator"}
EVERYBODY = STAFF | {"resident"}
# beginning of an address -> roles that may enter; the longest that fits counts. Inside, things decide for themselves.
ROLES: dict[str, set[str]] = {
    "accounts/": EVERYBODY,
    "accounts/people/": {"administrator"},
    "accounts/departments/": {"administrator"},
    "accounts/posts/": {"administrator"},  # and whoever holds the post: test_accounts_people.py
    "audit/": {"administrator"},
}
# the main pages of every app -> roles that may enter, without any post; what stands on them, the policy decides
POLICY: dict[str, set[str]] = {
    "data/": EVERYBODY,  # to residents an empty list: nothing of the bank is theirs
    "data/-/map/": EVERYBODY,
    "data/-/borders.json": EVERYBODY,
    "deposits/": STAFF,
    "deposits/new/": {"steward", "administrator"},
    "rounds/": STAFF,
    "rounds/new/": {"steward", "administrator"},
    "sources/": STAFF,
    "sources/-/new/": {"administrator"},  # and whoever holds a post: test_sources.py
    "sources/-/hosts/": {"administrator"},
    "sql/": {"analyst", "administrator"},
    "sql/history/": {"analyst", "administrator"},
    "sql/saved/": {"analyst", "administrator"},
    "sql/tables.json": {"analyst", "administrator"},
    "analyses/": STAFF,
    "runs/": STAFF,
    "runs/living/": STAFF,
    "indicators/": STAFF,
    "tables/": STAFF,
    "releases/": STAFF,
    "notices/": EVERYBODY,
    "work/": EVERYBODY,
    "work/list/": EVERYBODY,
}
VALUES = {"int": "1", "str": "x", "slug": "x", "path": "x", "uuid": "00000000-0000-4000-8000-000000000000"}
SHUT = (302, 401, 403, 404)


def routes() -> Iterator[tuple[str, Any]]:
    def walk(patterns: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for each in patterns:
            route = prefix + str(each.pattern)
            if hasattr(each, "url_patterns"):
                yield from walk(each.url_patterns, route)
            else:
                yield route.replace("^", "").replace("$", ""), each.callback

    return walk(get_resolver().url_patterns, "")


def address(route: str, dataset: str = PARKING) -> str:
    filled = re.sub(r"<str:dataset>", dataset, route)
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda found: VALUES.get(found[1] or "str", "x"), filled)


def rule(route: str, table: Any) -> Any:
    fitting = [start for start in table if (route.startswith(start) if start else route == "")]
    return max(fitting, key=len, default=None)


ALL = sorted({route for route, _ in routes() if "(" not in route})


@pytest.fixture(autouse=True)
def _city(made_up: Workspace) -> Iterator[None]:
    with override_settings(MADANG_WORKSPACE=str(made_up.folder)):
        yield


def test_the_walk_finds_the_site() -> None:
    assert len(ALL) > 80
    assert {"data/<str:dataset>/", "audit/", "accounts/people/<int:pk>/"} <= set(ALL)


@pytest.mark.parametrize("route", [route for route in ALL if rule(route, OPEN) is None])
def test_nobody_gets_in_without_signing_in(route: str) -> None:
    anonymous = Client(SERVER_NAME="127.0.0.1")
    for method in (anonymous.get, anonymous.post, anonymous.put, anonymous.delete):
        answer = method(address(route))
        assert answer.status_code in SHUT, route
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/accounts/login/?next="), route
        assert PARKING not in answer.content.decode(errors="replace")


@pytest.mark.parametrize("route", [route for route in ALL if rule(route, NO_TOKEN) is None])
def test_no_form_works_without_its_token(route: str) -> None:
    """A page of another site can make a browser send a form, but not know the token."""
    user = people.make("administrator", username="kim")
    browser = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    browser.force_login(user)
    assert browser.post(address(route)).status_code in (403, 404), (
        route
    )  # 404: converters that 'x' does not fit


def test_what_needs_no_token_says_so_here() -> None:
    exempt = {route for route, view in routes() if getattr(view, "csrf_exempt", False)}
    assert {route for route in exempt if rule(route, NO_TOKEN) is None} == set()


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_each_role_enters_what_the_table_says(role: str) -> None:
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(people.make(role, username="kim", password="초록-바다-하늘-17"))
    entered, wrong = 0, []
    for route in ALL:
        if "logout" in route or rule(route, OPEN) is not None or (line := rule(route, ROLES)) is None:
            continue
        status = browser.get(address(route)).status_code
        shut = status == 403
        entered += not shut
        if shut == (role in ROLES[line]):
            wrong.append((route, status))
    assert not wrong
    assert entered


@pytest.mark.parametrize("role", sorted(EVERYBODY))
def test_the_main_pages_of_every_app_open_to_the_roles_of_the_table(role: str) -> None:
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(people.make(role, username="kim"))
    found = {route: browser.get(address(route)).status_code for route in POLICY}
    assert found == {route: 200 if role in roles else 403 for route, roles in POLICY.items()}


def test_every_main_page_has_its_line_in_the_table() -> None:
    """A page without a thing in its address that opens to an administrator is one of `POLICY`, `ROLES` or `OPEN`."""
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(people.make("administrator", username="kim"))
    known = [route for route in ALL if rule(route, OPEN) is not None or rule(route, ROLES) is not None]
    main = {route for route in ALL if "<" not in route} - set(known)
    assert {route for route in main if browser.get(address(route)).status_code == 200} == set(POLICY)


@pytest.mark.parametrize("role", ["resident"])
def test_residents_reach_nothing_of_the_bank(role: str) -> None:
    """Whatever the page: no address of staff shows a resident a dataset of the bank."""
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(people.make(role, username="kim"))
    title = Workspace.open(_folder()).bank[PARKING].card["title"]
    for route in ALL:
        if rule(route, OPEN) is None and "logout" not in route:
            answer = browser.get(address(route))
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            assert title not in body.decode(errors="replace"), route


def _folder() -> str:
    from django.conf import settings

    return str(settings.MADANG_WORKSPACE)


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "localhost:80@x", "x"]
)
def test_a_host_that_is_not_ours_is_refused_on_every_kind_of_page(host: str) -> None:
    browser = Client()
    for path in ("/", "/data/", "/accounts/login/", "/-/health", "/static/x"):
        assert browser.get(path, headers={"host": host}).status_code in (400, 404), path


def test_forwarded_headers_of_strangers_count_for_nothing() -> None:
    browser = Client(SERVER_NAME="127.0.0.1")
    said = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
    answer = browser.get("/accounts/oidc/city/login/", headers=said)
    assert "evil" not in str(answer.headers)
    answer = browser.get("/data/", headers=said)
    assert answer.headers["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "///evil.example", "\\\\evil.example", "/\t/evil.example"],
)
@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/accounts/logout/", "/accounts/reauthenticate/", "/accounts/password/"]
)
def test_no_page_leads_elsewhere(path: str, elsewhere: str) -> None:
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(people.make("official", username="kim", password="초록-바다-하늘-17"))
    for send in (browser.get, browser.post):
        answer = send(path, {"next": elsewhere})
        location = answer.headers.get("Location", "/")
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))
