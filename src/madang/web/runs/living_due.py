"""What is computed again when its time has come. One list: results that are kept alive are its first line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from madang.access import Person, owner
from madang.messages import MadangError
from madang.runs.living import Living, Livings, good, is_behind, is_due, may_read, stamps
from madang.web.accounts.models import User
from madang.web.accounts.people import person_of_user
from madang.web.runs import living_telling as telling
from madang.web.work.actions import start
from madang.web.work.models import Job
from madang.web.work.states import ACTIVE
from madang.workspace import Workspace

RENEW = "runs.living"
_log = logging.getLogger("madang.work")


@dataclass(frozen=True)
class Refresher:
    """A kind of thing that is computed again: `due` says which now, by id, and with whose rights; the job `kind` takes
    the id as its parameter ``name``. What it says is due while its job waits or runs is not begun twice."""

    kind: str
    due: Callable[[Workspace, datetime], Iterator[tuple[str, Person]]]


def begin_due(workspace: Workspace, now: datetime) -> None:
    """Begin a job for everything whose time has come; a kind that cannot be looked at does not hold up the others."""
    for each in REFRESHERS:
        try:
            for id_, by in each.due(workspace, now):
                start(each.kind, {"name": id_}, by=by, key=f"{each.kind}:{id_}")
        except (MadangError, OSError):
            _log.exception("%s could not be looked at", each.kind)


def living_due(workspace: Workspace, now: datetime) -> Iterator[tuple[str, Person]]:
    """Results that are kept alive and of which an input has a newer version, as their rhythm asks."""
    livings = Livings(workspace.folder)
    active = set(Job.objects.filter(kind=RENEW, state__in=ACTIVE).values_list("key", flat=True))
    ledger = None
    for living in livings.all()[0]:
        if f"{RENEW}:{living.id}" in active:
            continue
        state = livings.state(living)
        if state.under_way:  # the process was killed, or stopped by somebody
            telling.failed(livings, living, state, MadangError("living_died"), now)
            continue
        seen = stamps(workspace.bank, living)
        if not is_due(living, state, now, seen):
            continue
        ledger = ledger or workspace.ledger
        if not state.failures and not is_behind(ledger, state):
            livings.put(living, good(state.run, now, seen))
            continue
        keeper = keeper_of(living)
        why = "" if keeper is not None else "left"
        if keeper is not None and not may_read(workspace.bank, living, keeper):
            why = "right"
        if why or keeper is None:
            telling.ended_for(livings, living, state, why)
            continue
        yield living.id, keeper


def keeper_of(living: Living) -> Person | None:
    """Who keeps it alive, with the rights of now; None where they work here no more. Who began it at the command line and
    has no account has the rights of that."""
    user = User.objects.filter(username=living.keeper).first()
    if user is None:
        return owner(living.keeper) if living.via == "cli" else None
    return person_of_user(user, via="work") if user.is_active else None


REFRESHERS: list[Refresher] = [Refresher(RENEW, living_due)]
