"""What a process leaves half-made when it is killed is cleared away by the next one; what is being made stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from madang.bank import Bank
from madang.bank.claims import claimed, clear

MAKING = """
import sys, time
from pathlib import Path
from madang.bank import Bank
bank = Bank(Path(sys.argv[1]))
source = Path(sys.argv[2])
with bank.bench() as place, bank.snapshots.keep(source) as kept:
    kept.sha256
    (place / "half").write_text("x")
    print("made", flush=True)
    time.sleep(60)
"""


@contextmanager
def making(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of a deposit into `folder`."""
    source = folder.with_name("source.csv")
    source.write_text("a,b\n1,2\n")
    command = [sys.executable, "-c", MAKING, str(folder), str(source)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "made\n"
        try:
            yield process
        finally:
            process.kill()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.slow
def test_what_a_killed_deposit_left_is_gone_with_the_next_one(tmp_path: Path) -> None:
    bank = Bank(tmp_path / "bank")
    with making(bank.folder) as process:
        assert len(names(bank.workshop)) == 2
        assert len(names(bank.snapshots.folder)) == 2
        with bank.bench() as mine, bank.snapshots.keep(tmp_path / "source.csv"):
            assert len([name for name in names(bank.workshop) if name != mine.name]) == 3
            assert len(names(bank.snapshots.folder)) >= 3  # theirs and the claim of it, and ours
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert len(names(bank.workshop)) == 2
    with bank.bench() as mine, bank.snapshots.keep(tmp_path / "source.csv") as kept:
        assert names(bank.workshop) == [mine.name, f"{mine.name}.claim"]
        kept.settled()
    assert names(bank.workshop) == []
    assert names(bank.snapshots.folder) == [kept.sha256]


def test_what_carries_no_claim_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "spill.tmp").touch()
    (tmp_path / "folder").mkdir()
    assert clear(tmp_path) == []
    assert names(tmp_path) == ["folder", "spill.tmp"]


def test_what_is_being_made_stays_and_is_free_afterwards(tmp_path: Path) -> None:
    thing = tmp_path / "thing"
    with claimed(thing):
        thing.touch()
        assert clear(tmp_path) == []
    assert names(tmp_path) == ["thing"]
    assert clear(tmp_path) == []


def test_an_abandoned_folder_goes_with_all_that_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "half" / "deep").mkdir(parents=True)
    (tmp_path / "half" / "deep" / "file").touch()
    (tmp_path / "half.claim").touch()
    assert clear(tmp_path) == [tmp_path / "half"]
    assert names(tmp_path) == []


def test_large_bytes_that_are_kept_already_are_not_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("madang.bank.snapshots._LARGE", 10)
    bank = Bank(tmp_path / "bank")
    source, other = tmp_path / "a.csv", tmp_path / "b.csv"
    source.write_bytes(b"0123456789")
    other.write_bytes(b"9876543210")
    first = bank.snapshots.put(source)
    with bank.snapshots.keep(source) as kept:
        assert kept.sha256 == first
        assert kept.path == bank.snapshots.path(first)
        assert len(names(bank.snapshots.folder)) == 2  # with the claim of this one: nothing was copied
    with bank.snapshots.keep(other) as kept:  # as long, and not the same
        assert not kept.surely_new
        assert kept.settled() != first
    source.write_bytes(b"0123456789a")
    with bank.snapshots.keep(source) as kept:
        assert kept.surely_new
    assert len(names(bank.snapshots.folder)) == 2


def test_whoever_stops_does_not_wait_for_the_rest_of_a_large_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Blocks of one byte: a megabyte would take a million rounds, and is given up after a few."""
    monkeypatch.setattr("madang.bank.snapshots._BLOCK", 1)
    bank, source = Bank(tmp_path / "bank"), tmp_path / "large.csv"
    source.write_bytes(b"x" * (1 << 20))
    found = []

    def interrupted() -> None:
        with bank.snapshots.keep(source) as kept:
            found.append(kept)
            while not kept._temporary.exists():
                pass
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert isinstance(found[0]._copying.exception(timeout=0), InterruptedError)
    assert names(bank.snapshots.folder) == []
