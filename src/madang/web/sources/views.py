"""All sources at a glance; one source with its runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from madang.access import Person, Thing, can, check
from madang.collect.history import History, Run, State
from madang.collect.origin import Origin, load_origin, load_origins
from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace
from madang.web.sources.forms import KINDS
from madang.web.sources.things import dataset_of, may_change, may_collect, thing_of
from madang.web.sources.words import LAMPS, OUTCOMES, TONES, language, sentence
from madang.web.work.models import Job
from madang.web.work.states import ACTIVE, DONE, FAILED
from madang.web.work.views import shown as shown_job
from madang.workspace import Workspace

_RUNS = 10
_ORDER = {"failed": 0, "late": 1, "waiting": 2, "fresh": 3, "paused": 4}


@page
def sources(request: HttpRequest) -> HttpResponse:
    """Every source that the person may see, those in trouble first."""
    person, here = person_of(request), workspace()
    check(person, "read", Thing("workspace"))
    found, broken = load_origins(here.folder)
    rows = [_row(origin, here) for origin in found if can(person, "read", thing_of(origin, here))]
    rows.sort(key=lambda row: (_ORDER[row["lamp"]], row["origin"].title))
    administers = can(person, "administer", Thing("workspace"))
    given = {
        "rows": rows,
        "broken": [said(error) for error in broken] if administers else [],
        "may_add": may_add(person),
        "administers": administers,
        "counts": [(LAMPS[lamp], sum(row["lamp"] == lamp for row in rows), TONES[lamp]) for lamp in _ORDER],
    }
    return render(request, "sources/sources.html", given)


@page
def source(request: HttpRequest, id_: str) -> HttpResponse:
    """One source: what, from where, when, its runs."""
    return render(request, "sources/source.html", _source(request, id_))


@page
def state(request: HttpRequest, id_: str) -> HttpResponse:
    """What changes while a job of it is under way: its jobs, its lamp, its runs."""
    return render(request, "sources/parts/state.html", _source(request, id_))


def may_add(person: Person) -> bool:
    """Whether a person may declare sources at all: administrators, and whoever holds a post that may answer for one."""
    return any(can(person, "collect", Thing("source", steward=post)) for post in (*person.posts, ""))


def seen(person: Person, id_: str, here: Workspace) -> Origin:
    """A source that the person may see. Raises MadangError("origin_missing")."""
    origin = load_origin(here.folder, id_)
    if not can(person, "read", thing_of(origin, here)):
        raise MadangError("origin_missing", id=id_)
    return origin


def _row(origin: Origin, here: Workspace) -> dict[str, Any]:
    history = History(here.folder, origin.id)
    state = history.state()
    lamp = history.lamp(origin, here.clock(), state)
    return {
        "origin": origin,
        "kind": KINDS[origin.kind][0],
        "lamp": lamp,
        "lamp_words": LAMPS[lamp],
        "tone": TONES[lamp],
        "state": state,
        "next": _coming(history, origin, state, here.clock()),
        "rhythm": origin.rhythm.shown(language()),
        "steward": thing_of(origin, here).steward,
    }


def _coming(history: History, origin: Origin, state: State, now: datetime) -> datetime | None:
    at = history.next_run(origin, state)
    return max(at, now) if at else None


def _source(request: HttpRequest, id_: str) -> dict[str, Any]:
    person, here = person_of(request), workspace()
    origin = seen(person, id_, here)
    history = History(here.folder, id_)
    filled = dataset_of(origin.dataset, here)
    jobs = Job.objects.filter(thing=f"source:{id_}").order_by("-id")
    under_way = [shown_job(job) for job in jobs.filter(state__in=ACTIVE)]
    trial = (
        jobs.filter(kind="collect.try", state__in=(DONE, FAILED)).first()
        if may_collect(person, origin, here)
        else None
    )
    return {
        **_row(origin, here),
        "dataset_exists": filled is not None and can(person, "see", filled),
        "runs": [_run(run, person, here) for run in history.runs(_RUNS)],
        "may": may_collect(person, origin, here),
        "may_change": may_change(person, origin, here),
        "under_way": under_way,
        "trial": trial,
    }


def _run(run: Run, person: Person, here: Workspace) -> dict[str, Any]:
    """A run, with the receipts of the datasets that the person may see."""
    receipts = []
    for receipt in run.receipts:
        filled = dataset_of(receipt["dataset"], here)
        if filled is None or can(person, "see", filled):
            receipts.append({**receipt, "there": filled is not None})
    return {
        "run": run,
        "words": OUTCOMES[run.outcome],
        "tone": {"new": "good", "unchanged": "good", "nothing": "", "refused": "bad", "failed": "bad"}[
            run.outcome
        ],
        "reason": sentence(run.error) if len(receipts) == len(run.receipts) else "",
        "receipts": receipts,
        "evidence": [
            {**each, "notes": [sentence(note) for note in each.get("notes", ())]} for each in run.evidence
        ],
        "seconds": (run.ended - run.started).total_seconds(),
    }
