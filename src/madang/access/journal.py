"""What was done at the command line and in Python, where no site is running: lines chained by hash, for the site to take in."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from madang.messages import MadangError

START = "0" * 64
_TAIL = 1 << 16


@dataclass(frozen=True)
class Line:
    """One act: `number` counts without gaps, `digest` covers the line and the digest before it."""

    number: int
    at: str
    by: str
    via: str
    what: str
    thing: str
    why: str
    detail: dict[str, Any]
    digest: str


@dataclass(frozen=True)
class Journal:
    """The journal of a workspace, in a file that is only ever appended to (``audit/journal.jsonl``)."""

    path: Path

    def note(
        self,
        what: str,
        thing: str,
        *,
        by: str,
        at: datetime,
        via: str = "cli",
        why: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> Line:
        """Append an act and have it on disk. Processes that note at once wait for each other.

        Raises MadangError("journal_broken") where the last line cannot be read: nothing is added to a broken chain.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "a+b") as file, _alone(file):
            last = _last(file, self.path)
            said = {
                "number": last.number + 1 if last else 1,
                "at": at.isoformat(),
                "by": by,
                "via": via,
                "what": what,
                "thing": thing,
                "why": why,
                "detail": json.loads(json.dumps(dict(detail or {}), ensure_ascii=False, default=str)),
            }
            line = Line(**said, digest=_digest(said, last.digest if last else START))
            text = json.dumps({**said, "digest": line.digest}, ensure_ascii=False)
            file.write(text.encode("utf-8", "replace") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return line

    def lines(self, after: int = 0, before: str = START) -> Iterator[Line]:
        """The lines after the first `after`, which end in digest `before`.

        Raises MadangError("journal_broken") at a line that does not follow from the one before, and where there are
        fewer than `after` lines or another digest than `before` stands there.
        """
        digest, number = START, 0
        if self.path.is_file():
            with open(self.path, "rb") as file:
                for number, raw in enumerate(file, start=1):
                    line = _read(raw, number, self.path)
                    if line.number != number or line.digest != _digest(_said(line), digest):
                        raise MadangError("journal_broken", line=number, path=self.path)
                    digest = line.digest
                    if number == after and digest != before:
                        raise MadangError("journal_broken", line=number, path=self.path)
                    if number > after:
                        yield line
        if number < after:
            raise MadangError("journal_broken", line=number + 1, path=self.path)


def _said(line: Line) -> dict[str, Any]:
    return {name: value for name, value in vars(line).items() if name != "digest"}


def _digest(said: Mapping[str, Any], before: str) -> str:
    written = json.dumps([said, before], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode("utf-8", "replace")).hexdigest()


def _read(raw: bytes, number: int, path: Path) -> Line:
    try:
        return Line(**json.loads(raw))
    except (ValueError, TypeError) as error:
        raise MadangError("journal_broken", line=number, path=path) from error


def _last(file: BinaryIO, path: Path) -> Line | None:
    size = file.seek(0, os.SEEK_END)
    if size == 0:
        return None
    reach = _TAIL
    while True:
        file.seek(max(0, size - reach))
        tail = file.read()
        if not tail.endswith(b"\n"):
            raise MadangError("journal_broken", line="-", path=path)
        raw = tail.rstrip(b"\n").rpartition(b"\n")
        if raw[1] or reach >= size:
            return _read(raw[2], 0, path)
        reach *= 4


@contextmanager
def _alone(file: BinaryIO) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)
