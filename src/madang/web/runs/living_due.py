"""Which of the results that are kept alive have to be computed again now, and with whose rights."""

from __future__ import annotations

from collections.abc import Iterator
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


def begin_due(workspace: Workspace, now: datetime) -> None:
    """Begin a job for each whose time has come."""
    for living, keeper in living_due(workspace, now):
        start(RENEW, {"name": living}, by=keeper, thing=f"living:{living}", key=f"{RENEW}:{living}")


def living_due(workspace: Workspace, now: datetime) -> Iterator[tuple[str, Person]]:
    """Results that are kept alive and of which an input has a newer version, as their rhythm asks."""
    livings = Livings(workspace.folder)
    ledger = None
    for living in livings.all()[0]:
        state = livings.state(living)  # before the jobs: one that ends has written it
        if Job.objects.filter(key=f"{RENEW}:{living.id}", state__in=ACTIVE).exists():
            continue
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
