"""Erasure in what the pages keep: reviews, drafts, answers, jobs. The tombstones of the bank say what is to go.

Whoever erases, at the command line or elsewhere, the runner finds the tombstone and has every app clear what it holds
of it (the ``erasure.py`` of each). The audit trail stays; an entry in it says that a tombstone is done with.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.db import connection, transaction
from django.utils.module_loading import autodiscover_modules

from madang.access import Person
from madang.bank.tombstone import Tombstone, tombstones
from madang.web.audit.models import Entry
from madang.web.audit.record import record
from madang.web.notices.models import Notice
from madang.web.work.models import Job
from madang.web.work.states import ACTIVE
from madang.workspace import Workspace

Clear = Callable[[Workspace, Tombstone], bool]
DONE = "dataset.erase_copies"
_CLEARS: list[Clear] = []


def on_erase(clear: Clear) -> Clear:
    """Declares ``clear(workspace, tombstone)``: it removes what an app holds of what was erased.

    Called in a transaction of its own, and again until it says True: False where something is under way with it.
    """
    _CLEARS.append(clear)
    return clear


def moment(stone: Tombstone) -> datetime:
    """When it was erased: what the pages hold from before may hold it."""
    return datetime.fromisoformat(stone.at)


def clear_copies(ws: Workspace) -> list[Tombstone]:
    """Have every app clear what it holds of what was erased; the tombstones that nothing is left of."""
    stones = tombstones(ws.bank)
    if not stones:
        return []
    _discover()
    done = set(Entry.objects.filter(what=DONE).values_list("thing", flat=True))
    return [stone for stone in stones if _thing(stone) not in done and _is_cleared(ws, stone)]


def sweep(ws: Workspace) -> int:
    """Clear what was erased since the last time, from the bytes of the database too; of how many tombstones."""
    cleared = clear_copies(ws)
    if not cleared or not _scrub():
        return 0
    for stone in cleared:
        record(Person("", via="work"), DONE, _thing(stone), detail={"dataset": stone.dataset})
    return len(cleared)


def _is_cleared(ws: Workspace, stone: Tombstone) -> bool:
    every = True
    for clear in _CLEARS:
        with transaction.atomic():
            every = clear(ws, stone) and every
    return every


def _thing(stone: Tombstone) -> str:
    return f"erasure:{stone.id}"


def _scrub() -> bool:
    """Write the database anew where it is a file: what was deleted stays in its free pages and its log else."""
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = cursor.fetchone()[0]
    return not busy


@on_erase
def clear_jobs(ws: Workspace, stone: Tombstone) -> bool:
    """Ended jobs that speak of the dataset go, with the notices of those that failed."""
    ended = Job.objects.filter(made_at__lte=moment(stone)).exclude(state__in=ACTIVE)
    gone = [job.pk for job in ended.iterator() if _speaks_of(job, stone.dataset)]
    for notice in Notice.objects.filter(code="notice_job_failed"):
        if notice.params.get("number") in gone:
            notice.delete()
    Job.objects.filter(pk__in=gone).delete()
    return True


def _speaks_of(job: Job, dataset: str) -> bool:
    said = [job.thing, job.key, job.params, job.result, job.error_params]
    return dataset in json.dumps(said, ensure_ascii=False)


@cache
def _discover() -> None:
    autodiscover_modules("erasure")
