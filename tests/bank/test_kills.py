"""Killed at every step and at random, alone and two at a time: no accepted version is lost, no half one is seen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from deltalake import DeltaTable

import madang
from madang.bank.doctor import examine
from madang.bank.erase import replay, tombstones
from madang.workspace import Workspace
from tests.bank.killing import ENOUGH, deposit

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    Workspace.init(tmp_path / "w", "시험구")
    return tmp_path / "w"


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bank.killing", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def check(folder: Path) -> int:
    """Every promise of the bank, to Madang and to a plain Delta reader; returns the number of versions."""
    workspace = madang.open(folder)
    assert examine(workspace.bank) == []
    total = 0
    for dataset in workspace.bank.datasets():
        versions = dataset.versions
        total += len(versions)
        assert [v.n for v in versions] == list(range(1, len(versions) + 1))
        for version in versions:
            assert version.rows == version.receipt["rows"]
            names = sorted(row["이름"] for path in version.files for row in pq.read_table(path).to_pylist())
            assert names == sorted(f"도서관 {i}" for i in range(1, version.rows + 1))
        if versions:
            plain = DeltaTable(dataset.folder / "table")
            assert plain.to_pyarrow_table().num_rows == versions[-1].rows
            assert plain.transaction_version("madang") == versions[-1].n
        for log in folder.glob(f"accepted-{dataset.id}-*.txt"):
            for line in log.read_text().splitlines():
                number, deposit_id, rows = line.split()
                kept = dataset.version(int(number))
                assert (kept.deposit_id, kept.rows) == (deposit_id, int(rows))
    return total


@pytest.mark.parametrize("versions_before", [0, 1])
def test_killed_at_every_step(workspace: Path, versions_before: int) -> None:
    for number in range(versions_before):
        deposit(workspace, "stepped", 400 + number)
    step, kills, said = 1, 0, [""]
    while not said[-1].startswith("through"):
        process = start("steps", str(workspace), str(step), str(step + 24))
        said = process.communicate(timeout=300)[0].splitlines()
        assert process.returncode == 0, said
        kills += sum(line.startswith("killed") for line in said)
        check(workspace)
        step += 25
    assert kills >= 25, "the steps of a deposit were not counted"
    after = check(workspace)
    assert deposit(workspace, "stepped", 450) == after + 1
    check(workspace)


def test_two_writers_killed_at_random(workspace: Path) -> None:
    process = start("herd", str(workspace), "40", "20261121")
    said = process.communicate(timeout=600)[0]
    assert process.returncode == 0, said
    assert check(workspace) >= ENOUGH
    deposit(workspace, "shared", 450)
    check(workspace)


def mended(folder: Path) -> Workspace:
    """What `doctor --fix` does, and then nothing is wrong any more."""
    workspace = madang.open(folder)
    replay(workspace.bank)
    workspace.bank.sweep()
    assert examine(workspace.bank) == []
    return workspace


def readable(folder: Path, cell: str) -> list[Path]:
    """Parquet files in which a text cell reads `cell`."""
    return [path for path in folder.rglob("*.parquet") if repr(cell) in str(pq.read_table(path).to_pydict())]


@pytest.mark.parametrize("action", ["rows", "whole", "rollback", "restore"])
def test_other_writings_killed_at_every_step(tmp_path: Path, action: str) -> None:
    start_ = Workspace.init(tmp_path / "start")
    if action == "restore":
        full = Workspace.init(tmp_path / "full")
        for number in (5, 9):
            deposit(full.folder, "stepped", number)
        full.backup(tmp_path / "backup.tar")
    else:
        for number in (5, 9):
            deposit(start_.folder, "stepped", number)
    process = start("act", str(tmp_path), action)
    process.communicate(timeout=300)
    assert process.returncode == 0
    copies = sorted((p for p in tmp_path.iterdir() if p.name.isdigit()), key=lambda p: int(p.name))
    assert len(copies) > 10, "the steps were not counted"
    ends = [outcome(copy, action) for copy in copies]
    assert ends == sorted(ends), "once done it stays done"
    assert {ends[0], ends[-1]} == {False, True}


def outcome(folder: Path, action: str) -> bool:
    """Whether the killed action took effect; half of it is no outcome."""
    workspace = mended(folder)
    versions = workspace.bank["stepped"].versions if "stepped" in workspace.bank else []
    rows = [version.rows for version in versions]
    if action == "restore":
        assert rows in ([], [15, 19])
        return bool(rows)
    if action == "rollback":
        assert rows in ([15, 19], [15, 19, 15])
        return len(rows) == 3
    erased = bool(tombstones(workspace.bank))
    assert rows == ([15, 19] if not erased else [14, 18] if action == "rows" else [])
    assert bool(erased) != bool(readable(workspace.bank.folder, "도서관 3"))
    assert len(list(workspace.bank.snapshots.folder.iterdir())) == (0 if erased else 2)
    return erased
