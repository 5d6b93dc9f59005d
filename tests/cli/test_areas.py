"""``areas`` tells what is known of areas, ``rekey`` places rows anew; their keys are in the reference."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from intake.made_up_country import boundaries, made, points, relation, write
from madang.cli import main
from madang.workspace import Workspace

REFERENCE = (Path(__file__).parents[2] / "docs/reference/command-line.md").read_text(encoding="utf-8")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = made(tmp_path, "boundaries", "legal")
    rows = [f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(36))]
    found.deposit(write(tmp_path, "정류장.csv", ["번호,위도,경도", *rows]))
    return found


def say(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["-w", str(workspace.folder), *arguments], catch_exceptions=False)


def test_areas_tells_levels_sources_and_notes(workspace: Workspace) -> None:
    told = json.loads(say(workspace, "areas", "--json").stdout)
    assert (told["dongs"], told["shaped"], told["sigungus"], told["sidos"]) == (12, 12, 4, 2)
    assert told["day"] == "2026-01-01"
    assert {"source": "행정동경계@1", "areas": 12, "day": "2026-01-01"} in told["sources"]
    shown = say(workspace, "areas").stdout
    assert "행정동 12개" in shown
    assert "2026-01-01" in shown
    (keys,) = re.findall(r"## `areas --json`.*?(?=\n## |\Z)", REFERENCE, re.DOTALL)
    assert set(told) <= set(re.findall(r"`([a-z_]+)`", keys))


def test_without_areas_the_command_says_what_to_deposit(tmp_path: Path) -> None:
    empty = Workspace.init(tmp_path / "w")
    assert "경계 파일" in say(empty, "areas").stdout
    assert say(empty, "areas", "--json").stdout == "null\n"


def test_rekey_of_all_tells_each_dataset(workspace: Workspace, tmp_path: Path) -> None:
    workspace.deposit(boundaries(tmp_path, c4191051000="4191061000"))
    result = say(workspace, "rekey", "--all", "--json")
    (done,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert (done["dataset"], done["made"], done["changed"]) == ("정류장", True, 3)
    (keys,) = re.findall(r"`rekey --json`은.*?(?=\n## |\Z)", REFERENCE, re.DOTALL)
    assert set(done) <= set(re.findall(r"`([a-z_]+)`", keys))
    assert "그대로입니다" in say(workspace, "rekey", "정류장").stdout


def test_rekey_of_one_that_has_no_places_is_wrong_use(workspace: Workspace, tmp_path: Path) -> None:
    workspace.deposit(relation(tmp_path))
    result = say(workspace, "rekey", "kikmix")
    assert result.exit_code == 2
    assert "위치가 없습니다" in result.stderr


@pytest.mark.parametrize("arguments", [["rekey"], ["rekey", "정류장", "--all"]])
def test_rekey_wants_one_or_all(workspace: Workspace, arguments: list[str]) -> None:
    result: Any = say(workspace, *arguments)
    assert result.exit_code == 2
