"""Bytes that may not be kept: withheld or sealed, and said to be so."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Literal

import pytest

from madang.bank import Bank
from madang.bank.snapshots import Snapshots

BYTES = "이름,번호\n홍길동,x\n".encode()
SHA = hashlib.sha256(BYTES).hexdigest()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "a.csv"
    path.write_bytes(BYTES)
    return path


def withhold(folder: Path, source: Path, how: Literal["discard", "seal"]) -> Snapshots:
    snapshots = Snapshots(folder)
    with snapshots.keep(source) as kept:
        kept.withhold(how)
        assert kept.settled() == SHA
    return snapshots


def test_withheld_bytes_are_nowhere_in_the_bank(tmp_path: Path, source: Path) -> None:
    snapshots = withhold(tmp_path / "s", source, "discard")
    assert [path.name for path in snapshots.folder.iterdir()] == [f"{SHA}.withheld"]
    assert snapshots.is_withheld(SHA)
    assert (snapshots.folder / f"{SHA}.withheld").stat().st_size == 0


def test_sealed_bytes_stand_apart_readable_by_their_owner_only(tmp_path: Path, source: Path) -> None:
    snapshots = withhold(tmp_path / "s", source, "seal")
    sealed = snapshots.folder / f"{SHA}.sealed"
    assert sealed.read_bytes() == BYTES
    assert sealed.stat().st_mode & 0o777 == 0o400
    assert not snapshots.path(SHA).exists()
    assert snapshots.remove(SHA)
    assert not sealed.exists()


def test_bytes_kept_before_go_when_they_are_withheld_later(tmp_path: Path, source: Path) -> None:
    snapshots = Snapshots(tmp_path / "s")
    snapshots.put(source)
    assert snapshots.path(SHA).exists()
    withhold(tmp_path / "s", source, "discard")
    assert not snapshots.path(SHA).exists()


def test_nothing_is_named_before_it_is_settled(tmp_path: Path, source: Path) -> None:
    snapshots = Snapshots(tmp_path / "s")
    with snapshots.keep(source) as kept:
        assert kept.sha256 == SHA
        assert not snapshots.path(SHA).exists()
    assert list(snapshots.folder.iterdir()) == []


def test_bytes_withheld_by_another_deposit_while_they_get_their_name_lose_it(
    tmp_path: Path, source: Path
) -> None:
    asked, withheld = Barrier(2, timeout=10), Barrier(2, timeout=10)

    class Paused(Snapshots):
        paused = False

        def is_withheld(self, sha256: str) -> bool:
            answer = super().is_withheld(sha256)
            if not self.paused:
                self.paused = True
                asked.wait()
                withheld.wait()
            return answer

    with ThreadPoolExecutor(1) as thread:
        keeping = thread.submit(Paused(tmp_path / "s").put, source)
        asked.wait()  # it was told that nobody withholds these bytes
        snapshots = withhold(tmp_path / "s", source, "discard")
        withheld.wait()
        assert keeping.result() == SHA
    assert [path.name for path in snapshots.folder.iterdir()] == [f"{SHA}.withheld"]


def test_the_sweep_finishes_what_was_killed_between_mark_and_removal(tmp_path: Path, source: Path) -> None:
    bank = Bank(tmp_path / "bank")
    bank.snapshots.put(source)
    (bank.snapshots.folder / f"{SHA}.withheld").touch()
    assert bank.sweep() == [bank.snapshots.path(SHA)]
    assert not bank.snapshots.path(SHA).exists()
