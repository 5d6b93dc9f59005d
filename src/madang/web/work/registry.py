"""Kinds of jobs, found in the ``jobs.py`` of each app."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.utils.module_loading import autodiscover_modules

from madang.messages import MadangError

Run = Callable[..., Any]  # run(running, **params) -> something JSON can hold
Planner = Callable[[datetime], None]


@dataclass(frozen=True)
class Kind:
    """A kind of job: what runs it, for how long at most, how often it is tried."""

    name: str
    run: Run
    label: Any
    timeout_s: int
    attempts: int
    quiet: bool


_FIRST_WAIT_S, _MOST_WAIT_S = 15.0, 3_600.0
_LOOK_AGAIN_S = 1_800.0
_AT_ONCE_S = 2.0  # so long the runner does nothing else: leases last longer
_log = logging.getLogger("madang.work")
_KINDS: dict[str, Kind] = {}
_PLANNERS: list[Planner] = []


def job(
    kind: str, *, label: Any, timeout: int = 600, attempts: int = 1, quiet: bool = False
) -> Callable[[Run], Run]:
    """Declares ``run(running, **params)`` as the way jobs of `kind` are done.

    It runs in a process of its own, killed after `timeout` seconds. A MadangError ends the job; what is no fault of
    what was asked (a disk, an unexpected exception, a process that died) is tried again, `attempts` times in all.
    What it returns is kept as the job's result. `label` is its name for people (gettext_lazy).
    Whoever asked gets a notice when it failed, unless it is `quiet`.
    """

    def declare(run: Run) -> Run:
        _KINDS[kind] = Kind(kind, run, label, timeout, attempts, quiet)
        return run

    return declare


def planner(plan: Planner) -> Planner:
    """Declares ``plan(now)``, called by the runner some times a minute: it starts the jobs whose time has come."""
    _PLANNERS.append(plan)
    return plan


class Finisher:
    """Finishes what killed processes left half done, when the runner starts and every half hour after: each thing for
    itself, so that none waits for another. What fails is tried again, less and less often; where there are many things
    the runner goes on with its jobs in between."""

    def __init__(
        self,
        things: Callable[[], Iterable[Any]],
        finish: Callable[[Any], object],
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._things, self._finish, self._ticks, self.__module__ = things, finish, ticks, finish.__module__
        self.left: list[Any] | None = None  # None: not looked for yet
        self._failed: list[Any] = []
        self._wait_s, self._again = _FIRST_WAIT_S, datetime.min.replace(tzinfo=UTC)

    def __call__(self, now: datetime) -> None:
        if now < self._again:
            return
        try:
            left = list(self._things()) if self.left is None else self.left
        except Exception:  # a database or a bank that is away for a moment
            _log.exception("%s could not look for what was left", self.__module__)
        else:
            self.left = self._tried(left)
            if self.left:  # there was no time for all of them
                return
            if not self._failed:
                self.left, self._wait_s = None, _FIRST_WAIT_S
                self._again = now + timedelta(seconds=_LOOK_AGAIN_S)
                return
            self.left, self._failed = self._failed, []
        self._again, self._wait_s = now + timedelta(seconds=self._wait_s), min(2 * self._wait_s, _MOST_WAIT_S)

    def _tried(self, left: list[Any]) -> list[Any]:
        """Those that there was no time for."""
        until = self._ticks() + _AT_ONCE_S
        for done, each in enumerate(left):
            if done and self._ticks() >= until:
                return left[done:]
            try:
                self._finish(each)
            except Exception:
                _log.exception("%s could not finish %s", self.__module__, each)
                self._failed.append(each)
        return []


def finishes(things: Callable[[], Iterable[Any]]) -> Callable[[Callable[[Any], object]], Finisher]:
    """Declares ``finish(thing)``, done with each of `things` when the runner starts and every half hour after: it must
    change nothing where nothing is left, and none of what somebody is doing at that moment."""

    def declare(finish: Callable[[Any], object]) -> Finisher:
        made = Finisher(things, finish)
        _PLANNERS.append(made)
        return made

    return declare


def kind_of(name: str) -> Kind:
    """The kind called so. Raises MadangError("job_kind_unknown")."""
    _discover()
    if name not in _KINDS:
        raise MadangError("job_kind_unknown", kind=name)
    return _KINDS[name]


def label_of(name: str) -> Any:
    """What a kind is called; its own name where no app declares it any more."""
    _discover()
    return _KINDS[name].label if name in _KINDS else name


def is_quiet(name: str) -> bool:
    """Whether nobody is told when a job of this kind failed."""
    _discover()
    return name in _KINDS and _KINDS[name].quiet


def planners() -> list[Planner]:
    """Everything that plans."""
    _discover()
    return list(_PLANNERS)


@cache
def _discover() -> None:
    autodiscover_modules("jobs")
