"""Analyses and runs for programs: what can be asked, asking it, what was found, and the way back to the rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Router

from madang.access import Person, Thing, check
from madang.messages import MadangError
from madang.results import Cell
from madang.runs import Ledger, Run, fitting
from madang.runs.told import analysis_line, analysis_told, fit_told, run_line, run_told
from madang.runs.way import way
from madang.web.api import shapes_runs as shapes
from madang.web.api.answers import answer, linked, marked, tag_of, unchanged
from madang.web.api.caller import Caller, needs
from madang.web.api.door import Door, given
from madang.web.api.problem import language_of
from madang.web.api.run_tables import rows_of
from madang.web.shell.workspace import workspace
from madang.web.work.actions import cancel
from madang.web.work.computing import COMPUTE, begin
from madang.web.work.models import Job
from madang.web.work.states import ACTIVE

_PAGE, _MOST = 50, 200
_SHOWN, _MOST_SHOWN = 10, 1_000


def routes(door: Door) -> Router:
    """The addresses of analyses and runs over the bank behind `door`."""
    router = Router(tags=["runs"])

    @router.get("/analyses", response=shapes.AnalysisList, operation_id="list_analyses")
    def analyses(request: HttpRequest) -> HttpResponse:
        """Every question that can be asked, by title."""
        _staff(request)
        body = {"analyses": [analysis_line(each) for each in workspace().ledger.analyses]}
        return _marked(request, body)

    @router.get("/analyses/{analysis}", response=shapes.AnalysisDetail, operation_id="get_analysis")
    def analysis(request: HttpRequest, analysis: str) -> HttpResponse:
        """One question: what can be chosen, which inputs it has, and the datasets that fit them."""
        return _marked(request, _analysis(analysis, _staff(request)))

    @router.get("/runs", response=shapes.RunList, operation_id="list_runs")
    def runs(request: HttpRequest) -> HttpResponse:
        """Runs that may be read, newest first."""
        return _list(request, _staff(request))

    @router.post("/runs", response={200: shapes.RunState, 202: shapes.RunState}, operation_id="begin_run")
    def begin_run(request: HttpRequest, said: shapes.RunIn) -> HttpResponse:
        """Have an analysis computed: 202 and a job, or 200 where the same was computed before."""
        return _begun(request, said)

    @router.get(
        "/runs/{run}", response={200: shapes.RunDetail | shapes.RunState, 202: shapes.RunState}, operation_id="get_run"
    )  # fmt: skip
    def run(request: HttpRequest, run: str) -> HttpResponse:
        """A run with what it found; 202 while it is being computed for who asks."""
        return _one(door, request, run)

    @router.post("/runs/{run}/cancel", response=shapes.RunState, operation_id="cancel_run")
    def cancel_run(request: HttpRequest, run: str) -> HttpResponse:
        """Stop a computation that waits or runs."""
        person = _staff(request)
        needs(request.caller, "run")
        job = _job(run, person)
        if job is None:
            raise MadangError("run_missing", run=run[:40])
        return _state(cancel(job.pk, by=person), run, 200)

    @router.get("/runs/{run}/tables/{table}", response=shapes.TableRows, operation_id="get_run_table")
    def table(request: HttpRequest, run: str, table: str) -> HttpResponseBase:
        """The rows of a table of a run: a page of them, or all as CSV, Parquet or Arrow."""
        return rows_of(request, _found(door, request, run), table)

    @router.get("/runs/{run}/why", response=shapes.WayOut, operation_id="why")
    def why(request: HttpRequest, run: str) -> HttpResponse:
        """From a cell of a table to the rows it was made of."""
        return _way(door, request, run)

    return router


def _staff(request: HttpRequest) -> Person:
    """Who asks, as the pages of analyses let in. Raises MadangError("access_denied")."""
    caller: Caller = request.caller
    check(caller.person, "read", Thing("workspace"))
    return caller.person


def _found(door: Door, request: HttpRequest, key: str) -> Run:
    """A run that may be read; the record knows which restricted datasets are looked at through it."""
    found = workspace().ledger.seen(key, by=_staff(request))
    seen = door.bank(request)
    for each in {each.dataset for each in found.inputs}:
        try:
            seen.may("read", each)
        except MadangError:  # gone, or for administrators only: `Ledger.seen` has decided
            continue
    return found


def _marked(request: HttpRequest, body: Mapping[str, Any]) -> HttpResponse:
    tag = tag_of(request, body)
    return unchanged(request, tag) or marked(answer(body), tag)


def _analysis(name: str, person: Person) -> dict[str, Any]:
    ws = workspace()
    found = ws.ledger.analyses[name]
    told = analysis_told(found)
    for each, role in zip(told["inputs"], found.card.inputs, strict=True):
        each["fits"] = [fit_told(version) for version in fitting(ws.bank, role, person)]
    return told


def _list(request: HttpRequest, person: Person) -> HttpResponse:
    limit = given(request, "limit", _PAGE, 1, _MOST)
    ledger, after = workspace().ledger, request.GET.get("after", "")
    every = ledger.runs(by=person, of=request.GET.get("analysis", ""))
    keys = [each.key for each in every]
    if after and after not in keys:
        raise MadangError("rows_cursor")
    rest = every[keys.index(after) + 1 :] if after else every
    said = [(key, value) for key, value in request.GET.items() if key != "after"]
    following = linked(request, [*said, ("after", rest[limit - 1].key)]) if len(rest) > limit else None
    there = _marked(
        request, {"total": len(every), "runs": [run_line(ledger, each) for each in rest[:limit]], "next": following}
    )  # fmt: skip
    if following:
        there.headers["Link"] = f'<{following}>; rel="next"'
    return there


# asking ---------------------------------------------------------------------------------------------------


def _begun(request: HttpRequest, said: shapes.RunIn) -> HttpResponse:
    person = _staff(request)
    needs(request.caller, "run")
    ledger = workspace().ledger
    asked = ledger.ask(said.analysis, said.parameters, said.told_inputs, by=person, seed=said.seed)
    if ledger.recalled(asked) is not None:
        return _located(answer({**_EMPTY, "key": asked.key, "status": "done"}), asked.key)
    return _state(begin(asked, person), asked.key, 202)


_EMPTY: dict[str, Any] = {"job": None, "step": "", "done": None, "total": None, "error": None}


def _state(job: Job, key: str, status: int) -> HttpResponse:
    told = {
        "key": key, "status": job.state, "job": job.pk, "step": job.step, "done": job.done, "total": job.total,
        "error": job.error or None,
    }  # fmt: skip
    return _located(answer(told, status=status), key)


def _located(there: HttpResponse, key: str) -> HttpResponse:
    there.headers["Location"] = f"/api/v1/runs/{quote(key)}"
    there.headers["Cache-Control"] = "no-store"
    return there


def _job(key: str, person: Person) -> Job | None:
    """The newest job of a person that makes the run of this key."""
    mine = Job.objects.filter(kind=COMPUTE, thing=f"run:{key}"[:200], by=person.id)
    return mine.order_by("-pk").first() if key.isalnum() else None


# looking --------------------------------------------------------------------------------------------------


def _one(door: Door, request: HttpRequest, key: str) -> HttpResponse:
    try:
        found = _found(door, request, key)
    except MadangError as error:
        job = _job(key, _staff(request)) if error.code == "run_missing" else None
        if job is None or job.state == "done":  # removed since, by an erasure
            raise
        return _state(job, key, 202 if job.state in ACTIVE else 200)
    ledger: Ledger = workspace().ledger
    return _marked(request, run_told(ledger, found))


def _way(door: Door, request: HttpRequest, key: str) -> HttpResponse:
    found = _found(door, request, key)
    cell = Cell(
        request.GET.get("table", ""), request.GET.get("column", ""), given(request, "row", 0, 0, 10**9)
    )
    shown = given(request, "limit", _SHOWN, 1, _MOST_SHOWN)
    bank = door.bank(request)
    told = way(found, cell, bank.bank, bank.person, shown=shown, language=language_of(request))
    for each in told["inputs"]:
        asked = "&".join(filter(None, (each["query"], f"version={each['version']}")))
        each["rows_at"] = f"/api/v1/datasets/{quote(each['dataset'])}/rows?{asked}"
    return _marked(request, told)
