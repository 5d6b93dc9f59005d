"""What became of an origin's runs: ``collect/<id>/`` of the workspace, beside the bank.

`state.json` says where things stand, `runs.jsonl` has a line for each of the last runs. Both survive restarts; a schedule
is nothing but the rhythm and the time of the last run.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from madang.bank.durable import disk_errors, read_json, write_json, write_text
from madang.collect.origin import Origin, origin_file
from madang.messages import MadangError, text

Outcome = Literal["new", "unchanged", "nothing", "refused", "failed"]
Lamp = Literal["fresh", "late", "failed", "paused", "waiting"]
GOOD: tuple[Outcome, ...] = ("new", "unchanged", "nothing")
_KEPT = 500
_LATE_SHARE = 0.5  # of the time between two runs, after which one that did not come is late
_LATE_LEAST_S = 120.0


@dataclass(frozen=True)
class Run:
    """One run: who let it run, how it ended, the receipts, where the bytes came from."""

    id: str
    started: datetime
    ended: datetime
    by: str
    outcome: Outcome
    receipts: tuple[dict[str, Any], ...] = ()
    evidence: tuple[dict[str, Any], ...] = ()
    error: dict[str, Any] | None = None  # code and parameters of a sentence

    @property
    def reason(self) -> str:
        """Why it failed, in Korean; "" where it did not."""
        return text(self.error["code"], **self.error["params"]) if self.error else ""

    def to_json(self) -> dict[str, Any]:
        """One line of ``runs.jsonl``."""
        said = {**asdict(self), "started": self.started.isoformat(), "ended": self.ended.isoformat()}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in said.items()}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Run:
        moments = {key: datetime.fromisoformat(said[key]) for key in ("started", "ended")}
        lists = {key: tuple(said[key]) for key in ("receipts", "evidence")}
        return cls(**{**said, **moments, **lists})


@dataclass(frozen=True)
class State:
    """Where an origin stands. `failures` in a row, since `failing_since`; `retry_at` is the next attempt, where there is
    one before the rhythm asks; `told`: the steward knows of this row of failures. `under_way` stays where a run died."""

    started: datetime | None = None
    good_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    retry_at: datetime | None = None
    told: bool = False
    under_way: bool = False
    remembered: dict[str, str] = field(default_factory=dict)


_MOMENTS = ("started", "good_at", "failing_since", "retry_at")


class History:
    """The runs of one origin."""

    def __init__(self, workspace: Path, id_: str) -> None:
        self.folder = workspace / "collect" / id_
        self._declared = origin_file(workspace, id_)

    def state(self) -> State:
        """Where it stands; that of an origin that never ran where nothing is written."""
        file = self.folder / "state.json"
        if not file.is_file():
            return State()
        said = read_json(file)
        return State(**{**said, **{key: _moment(said.get(key)) for key in _MOMENTS}})

    def save(self, state: State) -> None:
        """Write where it stands."""
        said = asdict(state)
        said |= {key: said[key].isoformat() if said[key] else None for key in _MOMENTS}
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            write_json(self.folder / "state.json", said)

    def runs(self, most: int = _KEPT) -> list[Run]:
        """The last runs, newest first."""
        file = self.folder / "runs.jsonl"
        if not file.is_file():
            return []
        lines = file.read_text(encoding="utf-8").splitlines()[-most:]
        return [Run.from_json(json.loads(line)) for line in reversed(lines)]

    def add(self, run: Run) -> None:
        """Write a run down; the oldest is forgotten where there are too many."""
        file = self.folder / "runs.jsonl"
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
            lines.append(json.dumps(run.to_json(), ensure_ascii=False, default=str))
            write_text(file, "\n".join(lines[-_KEPT:]) + "\n")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One run at a time. Raises MadangError("collect_busy") while another one is under way."""
        with disk_errors(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise MadangError("collect_busy", id=self.folder.name) from error
            yield
        finally:
            os.close(descriptor)

    def next_run(self, origin: Origin, state: State | None = None) -> datetime | None:
        """When it runs next; None while it is paused. A time that has passed was missed, and is made up for once."""
        if origin.paused:
            return None
        state = state or self.state()
        if state.retry_at:
            return state.retry_at
        return origin.rhythm.after(state.started or self._since())

    def _since(self) -> datetime:
        """When it was declared: the first run comes when the rhythm asks for it after that."""
        stamp = self._declared.stat().st_mtime if self._declared.is_file() else 0
        return datetime.fromtimestamp(stamp).astimezone()

    def lamp(self, origin: Origin, now: datetime, state: State | None = None) -> Lamp:
        """How it stands: paused, failed (the last run did), waiting (never ran), late, fresh."""
        state = state or self.state()
        if origin.paused:
            return "paused"
        if state.failing_since:
            return "failed"
        due = self.next_run(origin, state)
        if due is not None and now > due:
            between = (origin.rhythm.after(due) - due).total_seconds()
            if (now - due).total_seconds() > max(_LATE_LEAST_S, _LATE_SHARE * between):
                return "late"
        return "fresh" if state.good_at else "waiting"


def _moment(said: Any) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
