"""What stands in the records of all runs, in one file, so that a process need not open thousands: a cache and no more.

    runs/.index.json    {"reads": [...], "runs": [[key, [time, inode of run.json], record, [which reads]], ...]}

An entry counts as long as the record's own file is the one it was copied from. So the index may be old, broken or gone.
Whoever removes runs does it with `taken_away`: nothing of them stays here, and nobody writes it again meanwhile.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from madang.bank.durable import fsync_folder, read_json

INDEX = ".index.json"
_NEW = ".index.new"  # while it is written
Stamp = tuple[int, int]  # when a record was written, and its inode
Entry = tuple[str, Stamp, Mapping[str, Any]]  # a key with the record as it stood in the file of this stamp
T = TypeVar("T")


def stamp(folder: Path, key: str) -> Stamp | None:
    """Of the record of a run; None where there is none."""
    try:
        at = os.stat(f"{folder}/{key}/run.json")
    except OSError:
        return None
    return at.st_mtime_ns, at.st_ino


def read(
    folder: Path, of: Callable[[dict[str, Any]], T]
) -> Iterator[tuple[str, Stamp, Mapping[str, Any], list[T]]]:
    """Key, stamp and record of the runs in the index of `folder`, with what each read: `of` it, once for all that read it
    alike. Raises OSError, ValueError, KeyError, TypeError or IndexError where there is none or it is broken."""
    told = read_json(folder / INDEX)
    reads = [of(each) for each in told["reads"]]
    for key, (time, inode), record, which in told["runs"]:
        yield key, (time, inode), record, [reads[each] for each in which]


def write(folder: Path, entries: Iterable[Entry]) -> None:
    """Make the index of those that are still there, unless another does or removes some now, or the disk does not let us."""
    reads: dict[str, int] = {}
    with suppress(OSError), _held(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        runs = [
            (key, at, {name: value for name, value in record.items() if name != "inputs"},
             [reads.setdefault(json.dumps(each, sort_keys=True), len(reads)) for each in record["inputs"]])
            for key, at, record in entries
            if stamp(folder, key) == at
        ]  # fmt: skip
        told = {"reads": [json.loads(each) for each in reads], "runs": runs}
        (folder / _NEW).write_text(json.dumps(told, ensure_ascii=False, separators=(",", ":")), "utf-8")
        os.replace(folder / _NEW, folder / INDEX)


@contextmanager
def taken_away(folder: Path) -> Iterator[None]:
    """No index while runs are removed; the next list of runs makes it anew."""
    with _held(folder, fcntl.LOCK_EX):
        for name in (INDEX, _NEW):
            (folder / name).unlink(missing_ok=True)
        fsync_folder(folder)
        yield


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
