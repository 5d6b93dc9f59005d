"""What is open no more is behind no public door: pages, data, tiles, files, the API, search, SQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from madang.engine import locked
from madang.find.index import Index
from madang.release import Treatment, editions, publish
from madang.web.shell import often
from madang.workspace import Workspace
from release import city

E = quote("가게")
PAGES = (f"/open/{E}/", f"/open/{E}/rows.json", f"/open/{E}/take/csv/", f"/open/{E}/tiles/8/216/100.mvt")
API = f"/open/api/v1/datasets/{E}"
OLD = tuple(
    API + tail
    for tail in ("/rows?version=1", "/versions/1", "/diff?a=1&b=2", "/download?version=2&format=csv")
)
SECRET = "비밀메모"


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[Workspace]:
    """Shops with places and a text; versions 1 and 2 of the edition are open."""
    ws, releases = city.made(tmp_path / "city")
    for count in (6, 7):
        rows = [(f"가게{n}", f"{SECRET}{n}", 35.60 + n / 500, 124.90 + n / 500) for n in range(count)]
        city.deposit(ws, "가게", ["상호", "메모", "위도", "경도"], rows)
        if count == 6:
            releases.decide(
                city.decision("가게", "가게", columns=columns(ws), places="keep", rhythm="automatic")
            )
    assert [v.n for v in releases.open_bank["가게"].versions] == [1, 2]
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        yield ws
    locked.cool()


def columns(ws: Workspace, *left_out: str) -> dict[str, Treatment]:
    return {c.name: Treatment() for c in ws.bank["가게"].latest.columns if c.label not in left_out}


@pytest.fixture
def anybody(shops: Workspace) -> Client:
    return Client(SERVER_NAME="127.0.0.1")


def told(anybody: Client, address: str) -> tuple[int, str]:
    answer: Any = anybody.get(address)
    whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
    answer.close()
    return answer.status_code, whole.decode("utf-8-sig", "replace")


def test_an_earlier_version_is_gone_with_words_after_a_narrower_decision(
    shops: Workspace, anybody: Client
) -> None:
    for address in OLD:
        assert told(anybody, address)[0] == 200, address
    assert SECRET in told(anybody, OLD[0])[1]
    shops.releases.decide(
        city.decision("가게", "가게", columns=columns(shops, "메모"), places="keep", rhythm="automatic")
    )
    for address in OLD:
        status, text = told(anybody, address)
        assert status == 410, address
        assert "나중 결정에 따라 닫았습니다" in text, address
    for address in (*PAGES, API, API + "/rows", API + "/versions", API + "/versions/3", "/"):
        status, text = told(anybody, address)
        assert status == 200, address
        assert SECRET not in text, address
    assert told(anybody, API + "/versions/9")[0] == 404
    assert told(anybody, API + "/rows?as_of=2026-11-01")[0] == 410
    assert not list((shops.folder / "cache" / "open-tiles" / "가게").glob("[12]"))


def full(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.slow
def test_a_withdrawal_stopped_half_way_has_shut_every_door(
    shops: Workspace, anybody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sql = "/open/sql/?sql=" + quote("SELECT count(*) AS n FROM 가게")
    for address in (*PAGES, API, API + "/rows", API + "/versions/1", sql):
        assert told(anybody, address)[0] == 200, address
    with monkeypatch.context() as broken:
        broken.setattr(editions, "erase", full)
        with pytest.raises(OSError, match="space"):
            shops.releases.withdraw("가게", by="이", post="위생과", document="위생과-9", ground="수치 오류")
    for address in (*PAGES, API, API + "/rows", API + "/versions/1", API + "/download"):
        status, text = told(anybody, address)
        assert (status, SECRET in text) == (410, False), address
    assert told(anybody, sql)[0] == 400
    for address in (
        "/?q=" + quote("가게"), "/open/editions.json", "/open/borders.json", "/open/api/v1/datasets",
        "/open/api/v1/search?q=" + quote("가게"), "/open/sql/",
    ):  # fmt: skip
        status, text = told(anybody, address)
        assert status == 200
        assert SECRET not in text
        assert "take/csv" not in text
        assert f'"id":"{"가게"}"' not in text.replace(" ", ""), address
    assert "수치 오류" in told(anybody, "/")[1]


@pytest.mark.parametrize(
    ("language", "words"), [("ko", "이전 판을 닫고 있습니다"), ("en", "Earlier versions are being closed")]
)
def test_a_shut_edition_says_why_in_the_language_of_the_page(
    shops: Workspace, anybody: Client, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(publish, "_committed", full)
        with pytest.raises(OSError, match="space"):
            shops.releases.decide(
                city.decision("가게", "가게", columns=columns(shops, "메모"), places="keep")
            )
    anybody.cookies["madang_language"] = language
    for address in (PAGES[0], "/"):
        assert words in told(anybody, address)[1], address


# how often -----------------------------------------------------------------------------------------------


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(often, "time", SimpleNamespace(time=lambda: 1_000_000.0))


@pytest.mark.usefixtures("one_minute")
def test_one_address_opens_so_many_pages_and_no_more(shops: Workspace, anybody: Client) -> None:
    with override_settings(MADANG_OPEN_PER_MINUTE=3):
        assert [anybody.get("/").status_code for _ in range(3)] == [200] * 3
        for address in (*PAGES[:2], "/open/editions.json", "/open/borders.json"):
            often._taken.clear()  # another process counts with this one
            late = anybody.get(address)
            assert late.status_code == 429, address
            assert late.headers["Retry-After"] == "21"  # 1,000,000 is 40 s into its minute
            assert "1분에 3번까지" in late.content.decode()
        assert anybody.get("/", REMOTE_ADDR="192.0.2.7").status_code == 200
    assert anybody.get("/").status_code == 200


@pytest.mark.usefixtures("one_minute")
def test_files_are_counted_apart_and_fewer(shops: Workspace, anybody: Client) -> None:
    with override_settings(MADANG_OPEN_PER_MINUTE=40):
        said = [told(anybody, PAGES[2])[0] for _ in range(3)]
    assert said == [200, 200, 429]
    assert told(anybody, "/")[0] == 200


@pytest.mark.usefixtures("one_minute")
def test_tiles_of_a_map_are_counted_apart_and_more_of_them(shops: Workspace, anybody: Client) -> None:
    tile = f"/open/{quote('가게')}/tiles/0/0/0.mvt"
    with override_settings(MADANG_OPEN_PER_MINUTE=2):
        said = [anybody.get(tile).status_code for _ in range(11)]
        assert 429 not in said[:10]
        assert said[10] == 429
        assert [anybody.get("/").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.usefixtures("one_minute")
def test_addresses_of_one_house_are_one(shops: Workspace, anybody: Client) -> None:
    with override_settings(MADANG_OPEN_PER_MINUTE=1):
        homes = (
            "2001:db8:1:2::1",
            "2001:db8:1:2:aaaa::9",
            "2001:db8:1:3::1",
            "::ffff:192.0.2.1",
            "192.0.2.1",
        )
        said = [anybody.get("/", REMOTE_ADDR=home).status_code for home in homes]
    assert said == [200, 429, 200, 200, 429]


# the index -----------------------------------------------------------------------------------------------


def test_an_edition_past_its_day_does_not_have_the_index_made_at_each_question(
    shops: Workspace, anybody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = timezone.localdate()
    rows = [("나루", 1), ("다리", 2)]
    city.deposit(shops, "나루터", ["나루터명", "수"], rows)
    kept = {c.name: Treatment() for c in shops.bank["나루터"].latest.columns}
    shops.releases.decide(
        city.decision("나루터", "나루터", columns=kept, until=(today + timedelta(days=1)).isoformat())
    )
    made: list[int] = []
    rebuild = Index.rebuild
    monkeypatch.setattr(Index, "rebuild", lambda index, docs: made.append(1) or rebuild(index, docs))

    def ask() -> list[bool]:
        api = told(anybody, "/open/api/v1/search?q=" + quote("나루터"))[1]
        page = told(anybody, "/?q=" + quote("나루터"))[1]
        return ['"id":"나루터"' in api, f'href="/open/{quote("나루터")}/"' in page]

    assert ask() == [True, True]
    assert len(made) == 1
    assert ask() == [True, True]
    assert len(made) == 1
    monkeypatch.setattr(timezone, "localdate", lambda *_: today + timedelta(days=2))
    assert ask() == [False, False]
    assert len(made) == 2
    assert ask() == [False, False]
    assert len(made) == 2
