"""Pages of runs: the list, a result, why a number is so, two side by side, the report as a file."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from madang.access import Thing, check
from madang.bank.seen import thing_of
from madang.messages import MadangError, text
from madang.results import Cell
from madang.results.forms import FORMS, report_in
from madang.runs import Run
from madang.runs.living import newest_answer
from madang.web.accounts.people import person_of
from madang.web.audit.record import record
from madang.web.runs.comparing import comparison
from madang.web.runs.listing import filters, run_line, run_lines
from madang.web.runs.shown import about, language, run_shown, touch
from madang.web.runs.why import chain
from madang.web.shell.doors import page
from madang.web.shell.whole import is_whole
from madang.web.shell.workspace import workspace

_PER_PAGE = 50
_UNFIT = re.compile(r"[^\w]+")  # in the name of a file
_NOT_THERE = ("run_missing", "result_table", "result_column", "result_cell")


@page
def runs(request: HttpRequest) -> HttpResponse:
    """Every run of an analysis that the person may read, newest first; ?analysis= those of one (a table or an indicator
    too), ?by= those of a person."""
    person = person_of(request)
    check(person, "read", Thing("workspace"))
    ledger = workspace().ledger
    asked = {name: request.GET.get(name, "") for name in ("analysis", "by")}
    there = ledger.runs(by=person)
    found = ledger.runs(by=person, of=asked["analysis"]) if asked["analysis"] else there
    found = [each for each in found if asked["by"] in ("", each.by)]
    shown = Paginator(found, _PER_PAGE).get_page(request.GET.get("page"))
    analysis = asked["analysis"]
    title = ledger.analyses[analysis].card.title if analysis in ledger.analyses else ""
    told = {
        "runs": run_lines(ledger, shown.object_list), "page": shown, "chosen": asked, "title": title,
        "filters": filters([*found, *there], asked), "total": len(found), "any": bool(there),
    }  # fmt: skip
    return render(request, "runs/runs.html", told)


@page
def run(request: HttpRequest, key: str) -> HttpResponse:
    """A result: the answer, the evidence, method and limits."""
    found = run_of(request, key)
    return render(request, "runs/run.html", {"run": run_shown(workspace().ledger, found, person_of(request))})


@page
def why(request: HttpRequest, key: str) -> HttpResponse:
    """From a number to the rows it was made of."""
    found = run_of(request, key)
    asked = request.GET
    row, page = asked.get("row", "0"), asked.get("page", "1")
    if not is_whole(row, digits=9) or not is_whole(page, digits=6) or not int(page):
        raise Http404
    try:
        told = chain(
            found,
            Cell(asked.get("table", ""), asked.get("column", ""), int(row)),
            asked.get("of", ""),
            int(page),
        )
    except MadangError as error:
        if error.code in _NOT_THERE:
            raise Http404 from error
        raise
    ledger = workspace().ledger
    shown = {
        "run": run_line(ledger, found), "chain": told, "seconds": found.seconds,
        "sentences": [SafeString(each) for each in told.sentences],
    }  # fmt: skip
    return render(request, "runs/why.html", shown)


@page
def compare(request: HttpRequest, key: str, other: str) -> HttpResponse:
    """Two runs of one analysis side by side, the older first: that of the older data where they answer the same question."""
    pair = sorted((run_of(request, key), run_of(request, other)), key=lambda each: (each.at, each.key))
    if newest_answer(pair[1], pair[:1]):
        pair.reverse()
    if pair[0].analysis != pair[1].analysis:
        raise Http404
    ledger = workspace().ledger
    return render(request, "runs/compare.html", {"second": pair[1], "found": comparison(ledger, *pair)})


@page
def report(request: HttpRequest, key: str, form: str) -> HttpResponse:
    """The result as a file that needs nothing else."""
    found = run_of(request, key)
    if form not in FORMS:
        raise Http404
    told = about(workspace().ledger, found)
    if workspace().settings.is_synthetic:
        told = replace(told, title=text("synthetic_title", language(), title=told.title))
    body = report_in(form, found.result, told, language())
    recorded(request, found, form)
    name = quote(
        f"{_UNFIT.sub('-', found.title).strip('-')}-{found.at[:10].replace('-', '')}-{found.key[:6]}.{form}"
    )
    return HttpResponse(
        body,
        content_type=FORMS[form],
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def run_of(request: HttpRequest, key: str) -> Run:
    """A run that the person may read; residents and others who may not are told that there is none."""
    person = person_of(request)
    check(person, "read", Thing("workspace"))
    try:
        found = workspace().ledger.seen(key, by=person)
    except MadangError as error:
        if error.code in _NOT_THERE:
            raise Http404 from error
        raise
    touch(found)
    return found


def recorded(request: HttpRequest, found: Run, form: str) -> None:
    """What leaves of restricted datasets is entered."""
    bank = workspace().bank
    with transaction.atomic():
        for each in sorted({each.dataset for each in found.inputs}):
            if each in bank and thing_of(bank[each]).access == "restricted":
                record(person_of(request), "dataset.download", each, detail={"form": form, "run": found.key})
