"""The reference names every key that the commands print, and every command is in it or in the README."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from madang.cli import main

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")


def section(name: str) -> set[str]:
    """The words in code marks of the section that begins with `name`."""
    for part in re.split(r"^## ", REFERENCE, flags=re.MULTILINE):
        if part.startswith(name):
            return set(re.findall(r"`([a-z_0-9]+)`", part))
    raise AssertionError(f"no section {name}")


@pytest.fixture
def said(tmp_path: Path) -> Any:
    workspace = str(tmp_path / "w")

    def say(*arguments: str) -> Any:
        result = CliRunner().invoke(main, ["-w", workspace, *arguments], catch_exceptions=False)
        return [json.loads(line) for line in result.stdout.splitlines()] if "--json" in arguments else result

    say("init", workspace)
    for number, day in ((1, "2026-01-01"), (2, "2026-13-01")):
        rows = "".join(f"{i:03d},{i * number},2026-02-{i % 28 + 1:02d}\n" for i in range(1, 60))
        (tmp_path / "a.csv").write_text(f"번호,수,날짜\n{rows}999,1,{day}\n", encoding="utf-8")
        say("deposit", str(tmp_path / "a.csv"))
    return say


def test_every_printed_key_is_documented(said: Any, tmp_path: Path) -> None:
    listed = section("`datasets")
    (datasets,) = said("datasets", "--json")
    assert set(datasets[0]) <= listed
    (shown,) = said("show", "a", "--json")
    assert set(shown) | set(shown["versions"][0]) | set(shown["columns_detail"][0]) <= listed | section(
        "`show"
    )
    assert set(said("problems", "a", "--json")[0]) <= section("`problems")
    (diff,) = said("diff", "a", "1", "2", "--json")
    assert set(diff) | set(diff["cells"][0]) <= section("`diff")
    others = section("그 밖의 목록")
    assert set(said("search", "a", "--json")[0][0]) <= others
    assert set(said("standards", "--json")[0][0]) <= others
    assert set(said("doctor", "--json")[0]) <= others
    assert set(said("rollback", "a", "1", "--json")[0]) <= others
    (receipt,) = said("deposit", str(tmp_path / "a.csv"), "--json")
    assert set(receipt) <= section("`deposit")
    (stone,) = said("erase", "a", "--ground", "시험", "--yes", "--json")
    assert set(stone) <= others


def test_every_command_is_told_of() -> None:
    told = REFERENCE + (ROOT / "README.md").read_text(encoding="utf-8")
    for name, command in main.commands.items():
        assert re.search(rf"\b{name}\b", told), f"`madang {name}` is nowhere in the reference or the README"
        assert command.help, name
