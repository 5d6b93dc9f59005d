"""Has a file read in a process of its own and watches it: the side of the parent.

Readers of binary forms and of shapes follow what a file says into libraries in C, where a few hostile bytes end the
process, never come to an end or ask for all memory. Here that costs a sentence.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from madang.intake.raw import Override, Progress, RawTable, Refused
from madang.intake.reader_process import LENGTH, Message, Request, send

MEMORY = 2 << 30  # bytes in use: honest files of 600 MB stay below 1 GB, and two are read at a time on 8 GB
_DISK, _DISK_TIMES = 4 << 30, 60  # bytes staged: text of a packed file may be 50 times as long as the file
_SECONDS, _SECONDS_PER_MB, _SECONDS_GROWN = 30, 10, 1_800  # packed text of 1 MB may take a second or two
_WALL = 20  # how many times as long as its processor time a reader may take on a busy or slow machine
_EVERY, _EVERY_DISK = 0.05, 1.0  # seconds between looks at its memory and at its folder
_MESSAGE = 512 << 20  # bytes of one answer
_SAID = 2_000  # letters kept of what a reader said before it failed
_COMMAND = "from madang.intake.reader_process import main; main()"
_KEPT = frozenset("PATH HOME LANG LANGUAGE TZ TMPDIR LD_LIBRARY_PATH PYTHONHOME PYTHONUTF8".split())


def read_apart(
    path: Path, name: str, place: Path, override: Override, progress: Progress, member: str | None = None
) -> list[RawTable]:
    """The tables of the file at `path`, which arrived under `name`, staged in `place` by a process of its own.

    `member`: only this file of an archive. Whatever the readers raise is raised here. Raises Refused: reader_died,
    reader_out_of_memory, reader_too_long, reader_too_much where the process ended, or had to be ended.
    """
    size = path.stat().st_size
    seconds = cpu_seconds(size)
    with open(place / ".reader-said", "w+b") as said, _started(said) as child:
        assert child.stdin is not None
        with suppress(BrokenPipeError):  # it is dead already; the answer will tell
            send(child.stdin.fileno(), Request(path, name, place, override, member, seconds, os.getpid()))
        watch = _Watch(child.pid, name, place, max(_DISK, _DISK_TIMES * size), seconds)
        for kind, value in _messages(child, watch):
            if kind == "progress":
                progress(*value)
            elif kind == "failed":
                raise value
            else:
                tables: list[RawTable] = value
                return tables
        raise _why(child.wait(), name, seconds, said)


def cpu_seconds(size: int) -> int:
    """Processor time that reading a file of `size` bytes may take: for small ones most of a minute."""
    megabytes = size / 1e6
    return round(_SECONDS + min(_SECONDS_PER_MB * megabytes, _SECONDS_GROWN + megabytes))


@contextmanager
def _started(said: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of readers; when the block ends it has ended too, with all that it started."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith("LC_")}
    ours = os.pathsep.join(each for each in sys.path if each)  # an editable install and a venv as here
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", _COMMAND],  # -P: nothing is imported from the working folder
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=said,
        env={**kept, "PYTHONPATH": ours},
        process_group=0,
        bufsize=0,
    )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def _messages(child: subprocess.Popen[bytes], watch: _Watch) -> Iterator[Message]:
    """What the child tells until it ends. Raises Refused as soon as it goes too far."""
    assert child.stdout is not None
    pipe, held = child.stdout.fileno(), bytearray()
    poll = select.poll()
    poll.register(pipe, select.POLLIN)
    while True:
        ready = poll.poll(_EVERY * 1000)
        watch.look()
        if not ready:
            continue
        piece = os.read(pipe, 1 << 20)
        if not piece:
            return
        held += piece
        while len(held) >= LENGTH.size:
            (length,) = LENGTH.unpack_from(held)
            if length > _MESSAGE:
                raise Refused("reader_too_much", file=watch.name, gigabytes=f"{length / 1e9:.1f}")
            if len(held) < LENGTH.size + length:
                break
            message: Message = pickle.loads(held[LENGTH.size : LENGTH.size + length])
            del held[: LENGTH.size + length]
            yield message


@dataclass
class _Watch:
    """Looks at a reader from outside: its memory, what it has written, and how long it takes."""

    pid: int
    name: str
    place: Path
    disk: int
    seconds: int
    waited: float = 0.0  # seconds in which this process ran too: a suspended machine costs the reader nothing
    _last: float = field(default_factory=time.monotonic)
    _disk_at: float = 0.0

    def look(self) -> None:
        """Raises Refused where the reader goes too far."""
        now = time.monotonic()
        if now - self._last < _EVERY / 2:
            return
        self.waited += min(now - self._last, 1.0)
        self._last = now
        if memory_of(self.pid) > MEMORY:
            raise Refused("reader_out_of_memory", file=self.name)
        if self.waited > _WALL * self.seconds:
            raise Refused("reader_too_long", file=self.name, seconds=f"{self.waited:,.0f}")
        if now >= self._disk_at:
            if _bytes_in(self.place) > self.disk:
                raise Refused("reader_too_much", file=self.name, gigabytes=f"{self.disk / 1e9:.0f}")
            took = time.monotonic() - now
            self._disk_at = now + max(_EVERY_DISK, 20 * took)


def memory_of(pid: int) -> int:
    """Bytes of memory of its own that a process uses; 0 where the system does not tell."""
    try:
        _, resident, shared = map(int, Path(f"/proc/{pid}/statm").read_text().split()[:3])
    except (OSError, ValueError):
        return 0
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE")


def _bytes_in(place: Path) -> int:
    total = 0
    for folder, _, names in os.walk(place):
        for name in names:
            with suppress(OSError):  # gone meanwhile
                total += os.lstat(os.path.join(folder, name)).st_size
    return total


def _why(code: int, name: str, seconds: int, said: IO[bytes]) -> Exception:
    """Why a reader ended without an answer: what the file did to it, or a fault of this installation."""
    said.seek(0)
    words = said.read(1 << 20).decode("utf-8", "replace")
    if code > 0 and "Traceback" in words:
        return RuntimeError(f"a reader could not work: {words[-_SAID:]}")
    if code == -signal.SIGXCPU:
        return Refused("reader_too_long", file=name, seconds=f"{seconds:,}")
    if code == -signal.SIGKILL:  # the system had no memory left
        return Refused("reader_out_of_memory", file=name)
    return Refused("reader_died", file=name)
