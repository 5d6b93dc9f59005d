"""The how-to "정한 때마다 자료를 받아 오기", tried as written against the live feed (at a free port instead of 8099)."""

from __future__ import annotations

import json
import re
import threading
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.cli import main
from madang.samplecity.city import Setting
from madang.samplecity.feed import Server
from madang.samplecity.feed_answer import Feed
from madang.workspace import Workspace
from repository_files import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def port() -> Iterator[int]:
    server = Server(Feed.of(Setting(seed=1, scale=0.05), 0.0))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield server.port
    server.stop()
    thread.join(5)
    server.server_close()


def test_the_page_works_as_written(port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs/how-to/collect-from-a-source.md").read_text("utf-8").replace("8099", str(port))
    allowed, declared = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    city = Workspace.init(tmp_path / "여울구").folder
    (city / "content" / "collect").mkdir(parents=True)
    (city / "content" / "collect.toml").write_text(allowed, encoding="utf-8")
    (city / "content" / "collect" / f"{tomllib.loads(declared)['id']}.toml").write_text(
        declared, encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    said = []
    for line in re.findall(r"^    (export .*|madang .*)$", page, re.MULTILINE):
        words = line.split()
        if words[0] == "export":
            monkeypatch.setenv(*words[1].split("="))
            continue
        result = CliRunner().invoke(main, words[1:], catch_exceptions=False)
        assert result.exit_code == 0, f"{line}: {result.output}"
        said.append(result.output)
    assert "첫 수집 전" in said[0]
    assert "새 판이 되었습니다" in said[1]
    assert Workspace.open(city).bank["live-river"].latest is not None


def test_what_the_command_prints_is_documented(
    port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = (ROOT / "docs/reference/command-line.md").read_text("utf-8")
    told = set(re.findall(r"`([a-z_]+)`", reference.split("## `collect --json`")[1].split("\n## ")[0]))
    city = Workspace.init(tmp_path / "w").folder
    (city / "content" / "collect").mkdir(parents=True)
    (city / "content" / "collect" / "a.toml").write_text(
        f'id = "a"\ntitle = "가"\nkind = "http"\naddress = "http://127.0.0.1:{port}/x"\nrhythm = "daily 06:30"\ndataset = "a"\n'
    )

    def says(*words: str, code: int = 0) -> list[dict[str, object]]:
        result = CliRunner().invoke(
            main, ["-w", str(city), "collect", *words, "--json"], catch_exceptions=False
        )
        assert result.exit_code == code
        found: list[dict[str, object]] = json.loads(result.stdout)
        return found

    assert set(says()[0]) <= told
    assert says("--due") == []
    (run,) = says("a", code=3)  # no host may be asked
    assert set(run) <= told
    assert run["outcome"] == "failed"
