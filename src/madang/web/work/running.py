"""What a job's function sees of its job while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

from madang.access import Person
from madang.web.shell.workspace import workspace
from madang.web.work.models import Job
from madang.web.work.states import RUNNING
from madang.workspace import Workspace

_TELL_EVERY_S = 0.5


class Cancelled(Exception):
    """Somebody stopped the job."""


class Running:
    """The job from inside: who asked, the workspace, how far it is, whether it should stop."""

    def __init__(self, job: Job, clock: Callable[[], float] = time.monotonic) -> None:
        self._job, self._clock = job, clock
        self._told_at = -_TELL_EVERY_S
        self._step = ""
        self.by: Person = job.asked_by()
        self.number: int = job.pk
        self.thing: str = job.thing
        self.since: datetime = job.made_at
        self.workspace: Workspace = workspace()

    def progress(self, done: int, total: int | None = None, step: str = "") -> None:
        """Tell how far it is: `done` of `total` (None: not known), doing `step`. Written at most twice a second.

        Raises Cancelled where somebody wants the job stopped: let it pass, and undo what is half done.
        """
        now = self._clock()
        if now - self._told_at < _TELL_EVERY_S and step == self._step:
            return
        self._told_at, self._step = now, step
        mine = Job.objects.filter(pk=self._job.pk, lease=self._job.lease, state=RUNNING)
        mine.update(done=done, total=total, step=step[:100])
        if self.cancelled:
            raise Cancelled

    @property
    def cancelled(self) -> bool:
        """Whether somebody wants it stopped, or it is no longer this process's."""
        mine = Job.objects.filter(pk=self._job.pk, lease=self._job.lease, state=RUNNING, cancelled_by="")
        return not mine.exists()
