"""The runner: takes jobs, starts a process for each, keeps their leases, ends those that take too long."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import FrameType

from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from madang.messages import MadangError
from madang.web.work import queue
from madang.web.work.models import Job
from madang.web.work.registry import planners

log = logging.getLogger("madang.work")
POLL_S = 0.3
_KEEP_S = 5.0  # between two renewals of a lease, and two looks at who wants a job stopped
_PLAN_S = 15.0
_GRACE_S = 5.0  # from being told to stop until being killed


@dataclass
class Child:
    """A job under way."""

    job: Job
    process: subprocess.Popen[bytes]
    deadline: float  # of the runner's own clock
    kept_at: float
    stop_at: float | None = None
    stopped_by: str = ""


class Runner:
    """Runs up to `slots` jobs at once. `now` is the wall clock, `ticks` one that never goes back, `chance` from 0 to 1."""

    def __init__(
        self,
        *,
        slots: int = 2,
        now: Callable[[], datetime] = timezone.now,
        ticks: Callable[[], float] = time.monotonic,
        chance: queue.Chance,
        lease_s: float = queue.LEASE_S,
    ) -> None:
        self.slots, self.now, self.ticks, self.chance, self.lease_s = slots, now, ticks, chance, lease_s
        self.children: list[Child] = []
        self.stopping = False
        self._planned_at = -_PLAN_S
        self._recovered_at = -_KEEP_S

    def run(self, *, once: bool = False) -> None:
        """Work until told to stop (SIGTERM, Ctrl-C); with `once` until nothing is due."""
        before = {number: signal.signal(number, self._told) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            while not self.stopping:
                began = self.turn()
                if once and not began and not self.children:
                    break
                time.sleep(0 if began else POLL_S)
        finally:
            self._end_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def turn(self) -> bool:
        """One look at everything; whether a job was begun. A database that is away is waited for."""
        try:
            close_old_connections()
            self._recover()
            for child in list(self.children):
                self._look(child)
            self._plan()
            return self._begin()
        except Error:
            log.exception("the database did not answer")
            time.sleep(POLL_S)
            return False

    def _recover(self) -> None:
        if self.ticks() - self._recovered_at >= _KEEP_S:
            self._recovered_at = self.ticks()
            if lost := queue.recover(self.now(), self.chance):
                log.warning("%d jobs were left by a runner that went silent", lost)

    def _plan(self) -> None:
        if self.ticks() - self._planned_at < _PLAN_S:
            return
        self._planned_at = self.ticks()
        for plan in planners():
            try:
                plan(self.now())
            except (MadangError, OSError):
                log.exception("%s could not plan", plan.__module__)

    def _begin(self) -> bool:
        if len(self.children) >= self.slots:
            return False
        job = queue.claim(self.now(), self.lease_s)
        if job is None:
            return False
        command = [sys.executable, "-m", "madang.web.work.child", str(job.pk), job.lease, str(os.getpid())]
        environment = {**os.environ, "MADANG_WORKSPACE": str(settings.MADANG_WORKSPACE)}
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
        ticks = self.ticks()
        self.children.append(Child(job, process, ticks + job.timeout_s, ticks))
        return True

    def _look(self, child: Child) -> None:
        """What became of a child: gone, too slow, to be stopped, or to be kept."""
        ticks, job = self.ticks(), child.job
        if child.process.poll() is not None:
            self.children.remove(child)
            self._buried(child)
        elif ticks >= child.deadline:
            child.stopped_by = "timeout"
            child.process.kill()
        elif child.stop_at is not None and ticks >= child.stop_at:
            child.process.kill()
        elif ticks - child.kept_at >= min(_KEEP_S, self.lease_s / 3):
            child.kept_at = ticks
            if not queue.keep(job, self.now(), self.lease_s):
                child.process.kill()  # it is somebody else's by now
            elif child.stop_at is None and queue.told_to_stop(job):
                child.stopped_by, child.stop_at = "cancel", ticks + _GRACE_S

    def _buried(self, child: Child) -> None:
        """A child ended. Where it did not say how, this says it."""
        job, now = child.job, self.now()
        if child.stopped_by == "cancel":
            queue.stop(job, now)
        elif child.stopped_by == "timeout":
            error = MadangError("job_timeout", seconds=f"{job.timeout_s:,}")
            queue.fail(job, error, now, self.chance, heals=True)
        else:  # matches nothing where the child has said it
            error = MadangError("job_died", value=child.process.returncode)
            queue.fail(job, error, now, self.chance, heals=True)

    def _told(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _end_all(self) -> None:
        """The runner ends: its jobs are ended with it and wait for the next one."""
        for child in self.children:
            child.process.kill()
        for child in self.children:
            child.process.wait()
            queue.put_back(child.job, self.now())
        self.children.clear()
