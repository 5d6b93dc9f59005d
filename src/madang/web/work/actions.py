"""Starting, stopping and repeating jobs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from madang.access import Person, Thing, can
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.work.models import Job, snapshot
from madang.web.work.registry import kind_of
from madang.web.work.states import ACTIVE, CANCELLED, FAILED, RUNNING, WAITING


def start(
    kind: str,
    params: Mapping[str, Any],
    *,
    by: Person,
    thing: str = "",
    at: datetime | None = None,
    key: str = "",
) -> Job:
    """Put a job in line, to run when the transaction around this is committed and not before `at`.

    `thing` says what it is about ("dataset:shops"). Of jobs with one `key` only one waits or runs: asked again, this
    returns that one. The right to what it does is the caller's to check. Raises MadangError("job_kind_unknown").
    """
    known = kind_of(kind)
    job = Job(
        kind=kind, params=dict(params), by=by.id, person=snapshot(by), thing=thing, key=key,
        run_at=at or timezone.now(), most_attempts=known.attempts, timeout_s=known.timeout_s,
    )  # fmt: skip
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        there = Job.objects.filter(key=key, state__in=ACTIVE).first() if key else None
        if there is None:
            raise
        return there
    return job


def may_see(person: Person, job: Job) -> bool:
    """Whether a job is a person's own, or the person looks after all of them."""
    return bool(person.id) and (job.by == person.id or can(person, "administer", Thing("workspace")))


@transaction.atomic
def cancel(job_id: int, *, by: Person) -> Job:
    """Stop a job: one that waits never begins, one that runs is told, and killed where it does not listen.

    Raises MadangError: job_missing, job_over.
    """
    job = _own(job_id, by)
    if job.state not in ACTIVE:
        raise MadangError("job_over", number=job.pk)
    now = timezone.now()
    Job.objects.filter(pk=job.pk, state=WAITING).update(state=CANCELLED, cancelled_by=by.id, ended_at=now)
    Job.objects.filter(pk=job.pk, state=RUNNING).update(cancelled_by=by.id)
    record(by, "work.cancel", f"job:{job.pk}", detail={"kind": job.kind, "thing": job.thing})
    job.refresh_from_db()
    return job


@transaction.atomic
def repeat(job_id: int, *, by: Person) -> Job:
    """The same once more, as a new job of whoever asked for the first. Raises MadangError: job_missing, job_not_over."""
    job = _own(job_id, by)
    if job.state not in (FAILED, CANCELLED):
        raise MadangError("job_not_over", number=job.pk)
    record(by, "work.repeat", f"job:{job.pk}", detail={"kind": job.kind, "thing": job.thing})
    return start(job.kind, job.params, by=job.asked_by(), thing=job.thing, key=job.key)


def _own(job_id: int, by: Person) -> Job:
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None or not may_see(by, job):
        raise MadangError("job_missing", number=job_id)
    return job
