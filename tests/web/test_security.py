"""Addresses that lead nowhere, headers, and that nothing comes from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from madang.web.config import settings as site
from madang.workspace import Workspace
from made_up_bank import PARKING
from people import browser
from web_page import Page

ADDRESS = f"/data/{PARKING}/"
PAGES = ("", "versions/1/", "problems/", "compare/")


@pytest.mark.parametrize(
    "address",
    [
        "/nowhere",
        "/data/없는-데이터/",
        "/data/../madang.toml/",
        "/data/snapshots/",
        "/data/%2e%2e/",
        ADDRESS + "versions/9/",
        ADDRESS + "versions/0/",
        ADDRESS + "problems/?deposit=../../madang.toml",
        ADDRESS + "problems/?page=x",
        ADDRESS + "source/..%2f..%2fsnapshots/?row=1",
        ADDRESS + "source/20260101T000000-000000/?row=1",
        ADDRESS + "compare/?from=1&to=9",
        ADDRESS + "download.exe",
        ADDRESS + "download.csv?version=99",
        "/data/새빛시-가로등/problems/",
        "/static/manifest.json",
        "/static/../settings.py",
        "/static/assets/../manifest.json",
    ],
)
def test_what_is_not_there_is_a_designed_404(client: Any, address: str) -> None:
    page = Page(client.get(address))
    assert page.status == 404
    assert page.texts("h1") == ["찾는 화면이 없습니다"]


def test_a_404_says_what_is_missing_and_where_to_go(client: Any) -> None:
    page = Page(client.get(ADDRESS + "versions/9/"))
    assert f"'{PARKING}'에 9판이 없습니다. 있는 판: 1, 2." in page.text
    assert page.link("데이터 목록으로 가기") == "/data/"


def test_a_row_beyond_the_original_is_a_404(client: Any, made_up: Workspace) -> None:
    deposit = made_up.bank[PARKING].version(1).deposit_id
    assert client.get(f"{ADDRESS}source/{deposit}/?row=62").status_code == 404
    assert client.get(f"{ADDRESS}source/{deposit}/?row=61").status_code == 200


def test_no_workspace_is_said_clearly(tmp_path: Path) -> None:
    with override_settings(MADANG_WORKSPACE=str(tmp_path)):
        page = Page(browser().get("/data/"))
    assert page.status == 503
    assert "마당 작업 공간이 아닙니다" in page.text


def test_our_own_failure_shows_no_traceback(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("madang.web.shell.workspace.WatchedBank.may", broken)
    client.raise_request_exception = False
    page = Page(client.get(ADDRESS))
    assert page.status == 500
    assert "데이터는 그대로 있습니다" in page.text
    assert "secret" not in page.text


@pytest.mark.parametrize("part", PAGES)
def test_every_page_carries_its_policy(client: Any, part: str) -> None:
    headers = client.get(ADDRESS + part).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("part", PAGES)
def test_no_page_holds_inline_script_or_style_or_asks_elsewhere(client: Any, part: str) -> None:
    tree = Page(client.get(ADDRESS + part)).tree
    assert tree.xpath("//script[not(@src)] | //style | //*[@style]") == []
    assert [name for each in tree.iter() for name in each.attrib if name.startswith("on")] == []
    assert tree.xpath("//@src[contains(., '//')] | //@href[contains(., '//')]") == []


def test_only_known_hosts_are_answered(client: Any) -> None:
    assert browser(name="evil.example").get("/data/").status_code == 400


def test_no_cookie_is_set_before_it_is_needed(anonymous: Any) -> None:
    assert not anonymous.get("/accounts/nothing-here/").cookies


def test_who_is_not_signed_in_is_asked_to_and_reads_nothing(anonymous: Any) -> None:
    answer = anonymous.get(ADDRESS)
    assert (answer.status_code, answer.content) == (302, b"")
    assert answer.headers["Location"].startswith("/accounts/login/?next=")


def test_high_contrast_is_kept_in_a_cookie(client: Any) -> None:
    answer = client.post("/-/mode/", {"mode": "high-contrast", "next": ADDRESS})
    assert answer.status_code == 302
    assert Page(client.get(ADDRESS)).tree.get("data-krds-mode") == "high-contrast"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_way_back_never_leaves_the_site(client: Any, elsewhere: str) -> None:
    answer = client.post("/-/mode/", {"mode": "light", "next": elsewhere})
    assert answer.headers["Location"] == "/"


def test_pages_only_read(client: Any) -> None:
    assert client.post("/data/").status_code == 405
    assert client.delete(ADDRESS).status_code == 405


def test_debug_is_off() -> None:
    assert site.DEBUG is False


def test_built_files_are_kept_for_a_year(client: Any) -> None:
    found = re.findall(r'href="(/static/assets/main-[^"]+\.css)"', client.get("/data/").content.decode())
    if not found:
        pytest.skip("the front end has not been built (python hatch_build.py)")
    answer = client.get(found[0], headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert len(answer.content) < 45_000  # 27,000 of them say which letters are in which piece of the font
