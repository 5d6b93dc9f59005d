"""Fetching as a job, and the plan of what is due."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from madang.access import Person
from madang.messages import MadangError
from madang.web.shell.workspace import one_workspace, workspace
from madang.web.work.actions import start
from madang.web.work.models import Job
from madang.web.work.registry import job, planner
from madang.web.work.running import Running
from madang.web.work.states import ACTIVE

COLLECTOR = Person("collector", "수집", via="work")
_LONGEST_S = 6 * 3600 + 1800  # the longest time-out of a source, and its deposit


@job("collect", label=_("수집"), timeout=_LONGEST_S, attempts=1, quiet=True)
def collect(running: Running, origin: str) -> dict[str, Any]:
    """Run a source. How it went stands with its runs, which also say when it is tried again."""
    from madang.collect.origin import load_origin
    from madang.collect.run import collect as run
    from madang.web.sources.telling import tell_of

    declared = load_origin(running.workspace.folder, origin)
    done = run(declared, running.workspace, by=running.by.id or COLLECTOR.id, tell=running.progress)
    tell_of(declared, running.workspace, done)
    if done.run.error:
        raise MadangError(done.run.error["code"], **done.run.error["params"])
    return {"run": done.run.id, "outcome": done.run.outcome}


@job("collect.try", label=_("시험 수집"), timeout=600, attempts=1, quiet=True)
def try_it(running: Running, origin: str) -> dict[str, Any]:
    """Fetch only to look; the result is what the page shows."""
    from madang.collect.origin import load_origin
    from madang.collect.trial import trial
    from madang.intake.deposit import Door

    here = running.workspace
    door = Door(
        here.bank, here.standards, clock=here.clock, sources=here.sources, withholding=here.settings.withholding,
        registers=here.registers,
    )  # fmt: skip
    return trial(load_origin(here.folder, origin), here, door, by=running.by.id)


@planner
def plan(now: datetime) -> None:
    """Start what is due, once however often it was missed; find runs that died without a word."""
    from madang.collect.origin import load_origins
    from madang.collect.run import bury, due
    from madang.web.sources.telling import resolve_recovered, tell_of

    with one_workspace():
        here = workspace()
        resolve_recovered(here)
        for origin in load_origins(here.folder)[0]:
            if Job.objects.filter(key=f"collect:{origin.id}", state__in=ACTIVE).exists():
                continue  # it runs, or runs again after its runner was stopped
            if buried := bury(origin, here.folder, now):
                tell_of(origin, here, buried)
            if due(origin, here.folder, now):
                start("collect", {"origin": origin.id}, by=COLLECTOR, thing=f"source:{origin.id}", key=f"collect:{origin.id}")  # fmt: skip
