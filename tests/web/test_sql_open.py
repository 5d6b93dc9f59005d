"""SQL for everybody: the open editions and nothing behind them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client, override_settings

from madang.engine import locked
from madang.web.shell import often
from madang.web.sql import open as open_desk
from madang.workspace import Workspace
from web_page import Page

pytestmark = pytest.mark.slow


@pytest.fixture
def stranger(own_city: Workspace) -> Iterator[Any]:
    """Nobody in particular, before a city whose bank is not there; open are the libraries."""
    (own_city.folder / "open").mkdir()
    shutil.move(own_city.bank.folder / "새빛시-도서관", own_city.folder / "open" / "새빛시-도서관")
    shutil.move(own_city.bank.folder, own_city.folder.parent / "away")
    yield Client(SERVER_NAME="127.0.0.1")
    locked.cool()


def test_everybody_asks_what_is_open(stranger: Any) -> None:
    page = Page(stranger.get("/open/sql/", {"sql": "SELECT sum(value) FROM 새빛시_도서관"}))
    assert page.texts("td") == ["465"]
    assert "공중화장실" not in page.text
    closed = stranger.get("/open/sql/", {"sql": "SELECT * FROM 새빛시_공중화장실"})
    assert closed.status_code == 400
    assert "없는 표" in Page(closed).text


def test_an_answer_is_a_file_too(stranger: Any) -> None:
    told = stranger.get(
        "/open/sql/", {"sql": "SELECT value FROM 새빛시_도서관 ORDER BY 1 LIMIT 2", "format": "csv-utf8"}
    )
    assert b"".join(told.streaming_content) == b"value\n0\n1\n"
    wrong = stranger.get("/open/sql/", {"sql": "SELEC", "format": "csv"})
    assert (wrong.status_code, wrong.headers["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_files_and_settings_are_closed(stranger: Any, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("TOPSECRET")
    for sql in (
        f"SELECT * FROM read_text('{tmp_path}/secret.csv')",
        "SELECT * FROM duckdb_settings()",
        "SET threads = 8",
    ):
        answer = stranger.get("/open/sql/", {"sql": sql})
        assert answer.status_code == 400
        assert "TOPSECRET" not in answer.content.decode()


def test_one_address_asks_so_often_and_no_more(stranger: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(often, "time", SimpleNamespace(time=lambda: 1_000_000.0))
    with override_settings(MADANG_OPEN_SQL_PER_MINUTE=2):
        said = [stranger.get("/open/sql/", {"sql": "SELEC"}) for _ in range(3)]
        assert [each.status_code for each in said] == [400, 400, 429]
        assert said[2].headers["Retry-After"] == "21"  # 1,000,000 is 40 s into its minute
        assert "1분에 2번까지" in Page(said[2]).text
        often._taken.clear()  # another process knows of it
        assert stranger.get("/open/sql/", {"sql": "SELEC", "format": "csv"}).status_code == 429
        assert stranger.get("/open/sql/").status_code == 200
        assert stranger.get("/open/sql/", {"sql": "SELEC"}, REMOTE_ADDR="192.0.2.7").status_code == 400


def test_so_many_at_a_time(stranger: Any, own_city: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_desk, "AT_A_TIME", 0)
    busy = stranger.get("/open/sql/", {"sql": "SELECT 1"})
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "5")
