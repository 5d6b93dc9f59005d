"""Taking jobs from the line, keeping them, giving them back. Clock and chance come in as arguments.

Every claim writes a lease of its own into the row, and everything that is written later names it: a runner that was
thought dead and comes back can change nothing. Claims are conditional updates, so they hold on SQLite (one writer) and
on PostgreSQL (rows locked by others are skipped) alike.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from madang.messages import MadangError
from madang.web.notices.actions import tell
from madang.web.work.models import Job
from madang.web.work.registry import is_quiet, label_of
from madang.web.work.states import CANCELLED, DONE, FAILED, RUNNING, WAITING

LEASE_S = 30
_FIRST_WAIT_S, _LONGEST_WAIT_S = 20.0, 3_600.0
Chance = Callable[[], float]  # from 0 to 1


def claim(now: datetime, lease_s: float = LEASE_S) -> Job | None:
    """The next job that is due, now held by the caller; None where there is none."""
    with transaction.atomic():
        due = Job.objects.filter(state=WAITING, run_at__lte=now).order_by("run_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        job = due.first()
        if job is None:
            return None
        taken = Job.objects.filter(pk=job.pk, state=WAITING).update(
            state=RUNNING, lease=secrets.token_hex(16), lease_until=now + timedelta(seconds=lease_s),
            attempts=F("attempts") + 1, started_at=now, done=0, total=None, step="", error_code="", error_params={},
        )  # fmt: skip
        if not taken:
            return None
        job.refresh_from_db()
        return job


def keep(job: Job, now: datetime, lease_s: float = LEASE_S) -> bool:
    """Hold a job longer; False where it is the caller's no more."""
    return bool(_mine(job).update(lease_until=now + timedelta(seconds=lease_s)))


def told_to_stop(job: Job) -> bool:
    """Whether somebody wants a running job stopped."""
    return Job.objects.filter(pk=job.pk).exclude(cancelled_by="").exists()


def finish(job: Job, result: Any, now: datetime) -> bool:
    """The job is done; False where it was the caller's no more."""
    kept = json.loads(json.dumps(result, ensure_ascii=False, default=str))
    return bool(_mine(job).update(state=DONE, result=kept, ended_at=now, lease="", lease_until=None))


def stop(job: Job, now: datetime) -> bool:
    """The job was stopped by somebody."""
    return bool(_mine(job).update(state=CANCELLED, ended_at=now, lease="", lease_until=None))


def put_back(job: Job, now: datetime) -> bool:
    """Its runner ends: the job waits again, and this attempt does not count."""
    return bool(
        _mine(job).update(
            state=WAITING, run_at=now, attempts=F("attempts") - 1, lease="", lease_until=None, done=0, step=""
        )
    )


def fail(job: Job, error: MadangError, now: datetime, chance: Chance, *, heals: bool) -> bool:
    """The attempt failed. Where that may pass (`heals`) and attempts are left it waits for the next, else it has failed
    and whoever asked is told. False where it was the caller's no more."""
    said = {
        "error_code": error.code,
        "error_params": {name: str(value) for name, value in error.params.items()},
        "lease": "",
        "lease_until": None,
    }
    if heals and job.attempts < job.most_attempts:
        at = now + timedelta(seconds=wait_s(job.attempts, chance))
        return bool(_mine(job).update(state=WAITING, run_at=at, **said))
    with transaction.atomic():
        failed = bool(_mine(job).update(state=FAILED, ended_at=now, **said))
        if failed and job.by and not is_quiet(job.kind):
            told = {"number": job.pk, "job": str(label_of(job.kind)), "reason": str(error)}
            tell("notice_job_failed", told, to=job.by, url="/work/", at=now)
    return failed


def wait_s(attempt: int, chance: Chance) -> float:
    """Seconds before the attempt after `attempt`: twice as long each time, more or less by half."""
    return min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** (attempt - 1)) * (0.5 + chance())


def recover(now: datetime, chance: Chance) -> int:
    """Jobs whose runner went silent are tried again, or failed; how many there were."""
    lost = list(Job.objects.filter(state=RUNNING, lease_until__lt=now))
    for job in lost:
        if job.cancelled_by:
            stop(job, now)
        else:
            fail(job, MadangError("job_orphaned", number=job.pk), now, chance, heals=True)
    return len(lost)


def _mine(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, lease=job.lease, state=RUNNING).exclude(lease="")
