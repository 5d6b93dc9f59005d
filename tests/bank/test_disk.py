"""A full disk, a read-only one: a sentence, and the last version live."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import madang
from madang.bank.doctor import examine
from madang.messages import MadangError
from madang.workspace import Workspace

pytestmark = pytest.mark.slow


def rows(count: int) -> str:
    """Rows that do not compress away."""
    return "".join(
        f"{i},{(i * 7919 * 104729) % 1_000_003:x}{(i * 15485863) % 999_983:x}\n" for i in range(count)
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB of its own; skipped where mounting is not allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def file(folder: Path, count: int) -> Path:
    path = folder / "자료.csv"
    path.write_text("번호,값\n" + rows(count), encoding="utf-8")
    return path


@pytest.mark.parametrize("size", [150_000, 60_000, 30_000])
def test_a_full_disk_is_said_and_the_last_version_stays(small_disk: Path, tmp_path: Path, size: int) -> None:
    workspace = Workspace.init(small_disk / "w")
    workspace.deposit(file(tmp_path, 500))
    said = ""
    for number in range(40):  # different bytes each time, until nothing fits any more
        try:
            (receipt,) = workspace.deposit(file(tmp_path, size + number))
        except MadangError as error:
            said = str(error)
            break
        assert receipt.accepted, receipt
    assert "디스크가 가득 차서" in said
    after = madang.open(workspace.folder)
    live = after.bank["자료"].latest
    assert live is not None
    assert live.rows == live.receipt["rows"]
    assert examine(after.bank) == []


def test_a_read_only_disk_is_said(small_disk: Path, tmp_path: Path) -> None:
    workspace = Workspace.init(small_disk / "w")
    workspace.deposit(file(tmp_path, 500))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(MadangError, match="읽기 전용"):
        workspace.deposit(file(tmp_path, 600))
    assert madang.open(workspace.folder).version("자료").rows == 500
