"""The process in which a file is read that may do harm to whoever reads it: the side of the child.

It gets one request on its standard input, reads, and answers on its standard output with frames: a length and a
pickled message. It ends with whoever started it, and at the limits of the system that are set here.
"""

from __future__ import annotations

import os
import pickle
import resource
import signal
import struct
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any, Literal

from madang.intake.no_pandas import without_pandas
from madang.intake.raw import Override, Progress, RawTable, Refused

LENGTH = struct.Struct("<Q")  # of the message that follows
ADDRESSES = 16 << 30  # bytes of addresses: what one absurd allocation is stopped by, not what is in use
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux
_PROGRESS_EVERY = 0.05  # seconds

# ("progress", (done, total)), ("tables", list[RawTable]) or ("failed", exception)
Message = tuple[Literal["progress", "tables", "failed"], Any]


@dataclass(frozen=True)
class Request:
    """What is to be read, under which name and where to; `member`: only this file of an archive."""

    path: Path
    name: str
    place: Path
    override: Override
    member: str | None
    seconds: int  # of processor time
    parent: int  # process that waits for the answer


def main() -> None:
    """Read one request, answer it, end. Run as a process only."""
    without_pandas()
    answers = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started us ends us
    (length,) = LENGTH.unpack(_exactly(LENGTH.size))
    request: Request = pickle.loads(_exactly(length))
    _end_with(request.parent)
    _limit(request.seconds)
    send(answers, _answer(request, _telling(answers)))
    os._exit(0)  # libraries take their time to tidy up; there is nothing left to save


def send(descriptor: int, message: object) -> None:
    """Write a message as one frame."""
    body = memoryview(pickle.dumps(message, pickle.HIGHEST_PROTOCOL))
    for part in (memoryview(LENGTH.pack(len(body))), body):
        while part:
            part = part[os.write(descriptor, part) :]


def _exactly(count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = os.read(0, count - len(found))
        if not piece:
            os._exit(1)
        found += piece
    return found


def _answer(request: Request, progress: Progress) -> Message:
    try:
        tables = _read(request, progress)
        for table in tables:
            table.problems.close()
        return "tables", tables
    except MemoryError:
        return "failed", Refused("reader_out_of_memory", file=request.name)
    except RecursionError:
        return "failed", Refused("reader_died", file=request.name)
    except Exception as error:
        return "failed", _portable(error)


def _read(request: Request, progress: Progress) -> list[RawTable]:
    if request.member is None:
        from madang.intake.forms import read_here

        return read_here(request.path, request.name, request.place, request.override, progress)
    from madang.intake.archive_read import read_member

    return read_member(request.path, request.member, request.place, request.override)


def _portable(error: Exception) -> Exception:
    """`error` as it is where it can travel, else its words; where it was raised is noted."""
    said = traceback.format_exc()
    try:
        whole = type(pickle.loads(pickle.dumps(error))) is type(error)
    except Exception:
        whole = False
    told = error if whole else RuntimeError(f"{type(error).__name__}: {error}")
    told.add_note(said)
    return told


def _telling(answers: int) -> Progress:
    """A progress port that tells the other side, now and then."""
    told = 0.0

    def tell(done: int, total: int | None) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= _PROGRESS_EVERY or done == total:
            told = now
            send(answers, ("progress", (done, total)))

    return tell


def _end_with(parent: int) -> None:
    """End when `parent` does, however it ends."""
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that took hold
        os._exit(1)
    Thread(target=_end_at_silence, daemon=True).start()


def _end_at_silence() -> None:
    """The other side never writes again: what comes is the end of the pipe."""
    while os.read(0, 1):
        pass
    os._exit(1)


def _limit(seconds: int) -> None:
    """No more processor time, addresses or core files; limits that are lower already stay."""
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, ADDRESSES),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with suppress(OSError, ValueError):  # not every system has every limit
            resource.setrlimit(kind, (most, hard))
