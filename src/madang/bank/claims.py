"""Half-made things belong to the process that makes them: when it dies, the next one clears them away.

A claim is a file beside the thing, `<name>.claim`, locked as long as its process lives; the kernel frees the lock
however the process ends. What carries a claim that nobody holds is garbage.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from madang.bank.durable import disk_errors

_SUFFIX = ".claim"


@contextmanager
def claimed(thing: Path) -> Iterator[None]:
    """This process makes `thing` (a file or folder) in the block, and is done with it afterwards."""
    claim = thing.with_name(thing.name + _SUFFIX)
    with disk_errors(thing.parent):
        descriptor = _hold(claim)
    try:
        yield
    finally:
        with suppress(OSError):
            claim.unlink(missing_ok=True)
        os.close(descriptor)


def clear(folder: Path) -> list[Path]:
    """Remove what dead processes left half-made in `folder`; returns what was removed."""
    gone = []
    for claim in folder.glob(f"*{_SUFFIX}"):
        with suppress(OSError):
            descriptor = os.open(claim, os.O_RDWR)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                thing = claim.with_name(claim.name.removesuffix(_SUFFIX))
                if thing.is_dir():
                    shutil.rmtree(thing)
                else:
                    thing.unlink(missing_ok=True)
                claim.unlink(missing_ok=True)
                gone.append(thing)
            finally:
                os.close(descriptor)
    return gone


def _hold(claim: Path) -> int:
    """The claim file, made and locked; anew where somebody cleared it away in between."""
    while True:
        descriptor = os.open(claim, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(descriptor), os.stat(claim)):
                return descriptor
        os.close(descriptor)
