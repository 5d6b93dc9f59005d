"""What people do with results that are kept alive: begin, change how often, stop, follow."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from madang.access import Person, Thing, can, check
from madang.messages import MadangError
from madang.runs import Run
from madang.runs.living import EVERY, Living, Livings, State, living_of, may_read
from madang.web.accounts.people import name_of
from madang.web.audit.record import record
from madang.web.runs import living_telling as telling
from madang.web.shell.workspace import workspace


def keep(run: Run, every: str, *, by: Person) -> Living:
    """Keep a run that the person may read alive; what rests because its keeper is gone is taken over.

    Raises MadangError: living_kept (somebody does already), run_every, analysis_missing, access_denied.
    """
    ws = workspace()
    made = living_of(run, ws.ledger, every=every, by=by.id, via=by.via, at=ws.clock())
    if not may_read(ws.bank, made, by):
        raise MadangError("access_denied", verb="read", thing=made.title)
    livings = Livings(ws.folder)
    with livings.alone(), transaction.atomic():
        there = livings.get(made.id)
        if there is not None and not there.stopped:
            raise MadangError("living_kept", keeper=name_of(there.keeper))
        made = replace(made, followers=tuple(f for f in (there.followers if there else ()) if f != by.id))
        record(by, "run.keep", f"run:{run.key}", detail={"living": made.id, "every": every})
        livings.put(made, State(run=run.key, looked=made.since))
        livings.save(made)
    return made


def change(id_: str, every: str, *, by: Person) -> None:
    """Change how often. Raises MadangError: living_missing, access_denied, run_every."""
    if every not in EVERY:
        raise MadangError("run_every", every=every, choices=", ".join(EVERY))
    livings = Livings(workspace().folder)
    with livings.alone(), transaction.atomic():
        there = livings[id_]
        check_keeps(by, there)
        if there.every != every:
            said = {"living": id_, "every": [there.every, every]}
            record(by, "run.change_keep", f"run:{livings.state(there).run}", detail=said)
            livings.save(replace(there, every=every))


def stop(id_: str, *, by: Person) -> None:
    """Keep it alive no more; its results stay. Raises MadangError: living_missing, access_denied."""
    livings = Livings(workspace().folder)
    with livings.alone(), transaction.atomic():
        there = livings[id_]
        check_keeps(by, there)
        state = livings.state(there)
        record(by, "run.stop", f"run:{state.run}", detail={"living": id_})
        telling.ended_by(there, state, by)
        livings.remove(id_)


def follow(id_: str, *, by: Person, wants: bool) -> None:
    """Hear of what changes in it, or no more. Raises MadangError: living_missing, where it may not be read too."""
    ws = workspace()
    livings = Livings(ws.folder)
    with livings.alone():
        there = livings[id_]
        if wants and not may_read(ws.bank, there, by):
            raise MadangError("living_missing", id=id_)
        others = tuple(name for name in there.followers if name != by.id)
        livings.save(replace(there, followers=(*others, by.id) if wants else others))


def keeps(by: Person, living: Living) -> bool:
    """Whether a person may change or stop it: who keeps it alive, and administrators."""
    return by.id == living.keeper or can(by, "administer", Thing("workspace"))


def check_keeps(by: Person, living: Living) -> None:
    """Raises MadangError: living_missing, where it is somebody else's."""
    check(by, "read", Thing("workspace"))
    if not keeps(by, living):
        raise MadangError("living_missing", id=living.id)
