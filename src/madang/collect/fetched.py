"""What a connector hands over: files on disk, each with the evidence of where it came from."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from madang.bank.durable import SEOUL
from madang.collect.address import Resolve, resolved
from madang.collect.allowed import Allowed
from madang.messages import MadangError, text

Tell = Callable[[int, int | None, str], None]  # done, of how many, doing what


@dataclass(frozen=True)
class Note:
    """Something that was noticed while fetching and overcome: a code of the vocabulary and its parameters."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As kept with the run."""
        said = {name: str(value) for name, value in self.params.items()}
        return {"code": self.code, "params": said, "text": text(self.code, **self.params)}


@dataclass(frozen=True)
class Evidence:
    """Where a file came from: the address without secrets, what the answer said of itself, when, how many bytes."""

    url: str
    at: datetime
    status: int | None = None
    etag: str = ""
    last_modified: str = ""
    content_type: str = ""
    size: int = 0
    requests: int = 1
    notes: tuple[Note, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As kept with the run: what is known."""
        known = {
            "url": self.url, "at": self.at.isoformat(timespec="seconds"), "status": self.status, "etag": self.etag,
            "last_modified": self.last_modified, "content_type": self.content_type, "size": self.size,
            "requests": self.requests, "notes": [note.to_json() for note in self.notes],
        }  # fmt: skip
        return {key: value for key, value in known.items() if value not in ("", None, [])}


@dataclass(frozen=True)
class Fetched:
    """One file on disk. `parts` are files that belong to it (of a shapefile); `moved` is called with what became of it."""

    path: Path
    evidence: Evidence
    parts: tuple[Path, ...] = ()


class Retry(MadangError):
    """A failure that may pass: another attempt is worth it, not before `at` where that is known."""

    def __init__(self, code: str, *, at: datetime | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.at = at


def _no_tell(done: int, total: int | None, step: str) -> None:
    """Nobody listens."""


@dataclass(frozen=True)
class Means:
    """What a connector works with: everything outside of it comes in here, so that a test can hold it.

    `place` is an empty folder for what is fetched. `remembered` is what the last run that brought something left
    ({"etag", "last_modified", "url"}), `previous` the file that the live version came from, where it is still kept.
    """

    place: Path
    workspace: Path
    allowed: Allowed
    previous: Path | None = None
    remembered: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Callable[[], datetime] = lambda: datetime.now(SEOUL)
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    resolve: Resolve = resolved
    tell: Tell = _no_tell
    trial: bool = False  # only to see how the file looks: folders are left as they are


def wait_s(attempt: int, first_s: float, chance: float) -> float:
    """Seconds to wait after the failed attempt of that number (from 1): twice as long each time, from half to one and
    a half of it by chance (0 to 1), a day at most."""
    return min(86_400.0, first_s * 2.0 ** (attempt - 1)) * (0.5 + chance)


def tomorrow(now: datetime, chance: float) -> datetime:
    """A quarter of an hour or more after the next midnight: when the requests of a day are counted anew."""
    day = now.astimezone(SEOUL).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return day + timedelta(minutes=15 + 15 * chance)
