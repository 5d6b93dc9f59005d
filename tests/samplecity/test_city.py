"""The whole city: the same bytes everywhere, layers that agree, and intake that reports what was planted and nothing else."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from madang.cli.sample import deposit_city, workspace_of
from madang.cli.sample_score import score
from madang.samplecity import Made, Setting, make_city
from madang.samplecity.make import found
from madang.workspace import Workspace
from made_once import made_once

ROOT = Path(__file__).parents[2]
SETTING = Setting(seed=3, scale=0.05)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files of the city, and a workspace that they were deposited into."""

    def make(folder: Path) -> None:
        city = make_city(folder / "files", SETTING)
        assert deposit_city(city, workspace_of(folder / "w", SETTING), quiet=True) == 0

    return made_once(tmp_path_factory, "sample-city", make)


@pytest.fixture(scope="module")
def city(made: Path) -> Made:
    city = found(made / "files")
    assert city is not None
    return city


@pytest.fixture(scope="module")
def filled(made: Path) -> Workspace:
    return Workspace.open(made / "w")


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_another_process_elsewhere_makes_the_same_bytes(city: Made, tmp_path: Path) -> None:
    """Other hashes of strings, another zone of time, another language, another folder to stand in."""
    said = {**os.environ, "PYTHONHASHSEED": "77", "TZ": "America/Lima", "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "madang", "sample", "again", "--seed", "3", "--scale", "0.05", "--json"]
    subprocess.run(command, cwd=tmp_path, env=said, check=True, capture_output=True)
    assert digests(tmp_path / "again") == digests(city.folder)


def test_every_truth_is_told_of(city: Made) -> None:
    page = (ROOT / "docs/how-to/sample-city.md").read_text(encoding="utf-8")
    told = {}
    for layer, text in re.findall(r"^\| `(\w+)` \| (.*) \|$", page, re.MULTILINE):
        told[layer] = set(re.findall(r"`(\w+)`", text))
    there: dict[str, set[str]] = {}
    for path in (city.folder / "truth").glob("*/*.csv"):
        there.setdefault(path.parent.name, set()).add(path.stem)
    assert told == there


def test_planted_defects_and_nothing_else_are_reported(city: Made, filled: Workspace) -> None:
    scored = score(city, filled.bank)
    assert len(scored.planted) > 800
    assert (scored.missed, scored.extra) == ([], [])


def test_nothing_is_refused_and_every_file_has_a_standard(city: Made, filled: Workspace) -> None:
    receipts = [dataset.receipt(each) for dataset in filled.bank.datasets() for each in dataset.deposits()]
    assert len(receipts) >= sum(city.files)
    assert [each["file"] for each in receipts if each["verdict"] == "refused"] == []
    assert [each["file"] for each in receipts if each["standard"] is None] == []


def test_what_came_again_a_month_later_is_a_version(filled: Workspace) -> None:
    versions = {dataset.id: len(dataset.versions) for dataset in filled.bank.datasets()}
    assert (versions["행정동경계"], versions["민원접수"], versions["상가정보"]) == (1, 2, 4)
    changed = filled.diff("도서관", 1, 2)
    assert changed.cells or changed.added


def test_two_tables_agree_on_how_many_people_live_in_each_dong(filled: Workspace) -> None:
    """December 2025 by single years of age and by five: the same but for the few cells in which a defect was planted."""
    yearly, monthly = (_residents(filled, f"주민등록인구-{name}") for name in ("연령별-연말", "5세별-월별"))
    assert len(yearly) == len(monthly) == 21
    assert len([code for code in yearly if yearly[code] != monthly[code]]) <= 2
    assert sum(map(int, filter(None, yearly.values()))) == pytest.approx(400_000 * SETTING.scale, rel=0.1)


def _residents(workspace: Workspace, dataset: str) -> dict[str, int | None]:
    sql = """SELECT dong_code, min(population_persons) FROM read_parquet($1)
             WHERE sex = '계' AND age = '계' AND dong_code IS NOT NULL AND month = '2025-12' GROUP BY ALL"""
    return dict(duckdb.execute(sql, [[str(path) for path in workspace.version(dataset).files]]).fetchall())


def test_every_shop_lies_in_the_dong_that_it_names(filled: Workspace) -> None:
    files = [str(path) for path in filled.version("상가정보").files]
    wrong: Any = duckdb.execute(
        "SELECT count(*) FILTER (dong_code <> hjd_code || '00' AND dong_code <> hjd_code), count(*) FROM read_parquet($1)",
        [files],
    ).fetchone()
    assert wrong[1] > 500
    assert wrong[0] <= 0.005 * wrong[1]  # points that were moved on purpose
