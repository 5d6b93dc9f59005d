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


def test_show_tells_how_rows_were_placed(workspace: Workspace, tmp_path: Path) -> None:
    rows = [f"{n},{lat:.7f},{lon:.7f}," for n, (lon, lat) in enumerate(points(10))]
    rows += ["10,,,부산광역시 수영구 광안동 12", "11,,,경기도 새빛시"]
    workspace.deposit(write(tmp_path, "쉼터.csv", ["번호,위도,경도,소재지주소", *rows]))
    told = json.loads(say(workspace, "show", "쉼터", "--json").stdout)["places"]
    assert (told["crs"], told["rows"], told["dongs"]) == ("EPSG:4326", 12, 10)
    assert told["levels"] == {"point": 10, "": 2}
    assert (told["left"], told["missing"]) == ({"missing": 1, "upper": 1}, {"부산광역시": 1})
    (keys,) = re.findall(r"## `show ID --json`.*?(?=\n## |\Z)", REFERENCE, re.DOTALL)
    assert set(told) <= set(re.findall(r"`([a-z_]+)`", keys))
    shown = say(workspace, "show", "쉼터").stdout
    assert "12행 가운데 10행에 행정동" in shown
    assert "좌표 10행, 없음 2행" in shown
    assert "부산광역시 경계가 없습니다" in shown
    assert "위치:" not in say(workspace, "show", "행정동경계").stdout


def test_an_export_with_places_can_be_deposited_again(workspace: Workspace, tmp_path: Path) -> None:
    out = tmp_path / "내보낸.csv"
    say(workspace, "export", "정류장", "--out", str(out))
    assert out.read_text("utf-8-sig").splitlines()[0] == "번호,위도,경도,lon,lat,dong_code,geo_level"
    (receipt,) = workspace.deposit(out)
    assert (receipt.verdict, receipt.located_share, receipt.columns) == ("accepted", 1.0, 7)
    bare = tmp_path / "원본만.csv"
    say(workspace, "export", "정류장", "--as-source", "--out", str(bare))
    assert bare.read_text("utf-8-sig").splitlines()[0] == "번호,위도,경도"
