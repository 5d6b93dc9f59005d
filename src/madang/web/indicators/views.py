"""Pages of indicators and declared tables."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madang.access import Person, Thing, can, check
from madang.bank.made_of import Lineage
from madang.messages import MadangError
from madang.runs.declared import indicator_declared, table_declared
from madang.runs.scoreboard import WORST, scoreboard
from madang.web.accounts.people import person_of
from madang.web.indicators import actions
from madang.web.indicators.jobs import REFRESH
from madang.web.indicators.shown import counts, groups, indicator_shown, table_rows
from madang.web.shell.doors import form, page
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace
from madang.web.work.models import Job
from madang.web.work.states import ACTIVE


@page
def indicators(request: HttpRequest) -> HttpResponse:
    """All indicators at a glance; ?state= and ?theme= narrow them."""
    person = _staff(request)
    ws = workspace()
    board = scoreboard(ws.refresher, by=person, today=ws.clock().date())
    state, theme = request.GET.get("state", ""), request.GET.get("theme", "")
    state = state if state in WORST else ""
    found = groups(board, state, theme)
    told = {
        "groups": found, "counts": counts(board), "total": len(board.lines), "state": state, "theme": theme,
        "themes": [each.name for each in board.themes], "late": sum(line.is_late for line in board.lines),
        "failing": [row for group in groups(board, "", "") for row in group.rows if row.state in ("missed", "unmeasured")],
        "under_way": _under_way(), "may": _may(person), "broken": _broken(person),
    }  # fmt: skip
    return render(request, "indicators/indicators.html", told)


@page
def indicator(request: HttpRequest, indicator: str) -> HttpResponse:
    """One indicator: its value, how it went, where it is high and low, and what it is made of."""
    return _indicator(request, indicator, _staff(request))


def _indicator(
    request: HttpRequest, name: str, person: Person, error: MadangError | None = None
) -> HttpResponse:
    ws = workspace()
    found = ws.declarations.indicators.get(name)
    if found is None:
        raise Http404
    standing = ws.refresher.standing(indicator_declared(found), by=person)
    told = {
        "shown": indicator_shown(found, standing, person), "may": _may(person), "error": said(error) if error else "",
        "under_way": _under_way(name), "given": request.POST if error else {},
    }  # fmt: skip
    return render(request, "indicators/indicator.html", told, status=400 if error else 200)


@form
def target(request: HttpRequest, indicator: str) -> HttpResponse:
    """Takes the target and the owner of an indicator."""
    person = _staff(request)
    if request.method != "POST":
        return redirect("indicators:indicator", indicator=indicator)
    try:
        actions.set_target(
            indicator, target=request.POST.get("target", ""), owner=request.POST.get("owner", ""), by=person
        )
    except MadangError as error:
        if error.code == "declared_missing":
            raise Http404 from error
        if error.code != "indicator_target":
            raise
        return _indicator(request, indicator, person, error)
    messages.success(request, _("목표를 적었습니다. 곧 새 목표로 다시 견줍니다."))
    return redirect("indicators:indicator", indicator=indicator)


@page
def tables(request: HttpRequest) -> HttpResponse:
    """The tables that are one query each, with how they stand."""
    person = _staff(request)
    ws = workspace()
    lineage = Lineage(ws.bank.folder)
    found = [
        ws.refresher.standing(table_declared(each), by=person, lineage=lineage)
        for each in ws.declarations.tables.values()
    ]
    told = {
        "tables": table_rows(found),
        "under_way": _under_way(),
        "may": _may(person),
        "broken": _broken(person),
    }
    return render(request, "indicators/tables.html", told)


@require_POST
@form
def refresh(request: HttpRequest, name: str) -> HttpResponse:
    """Has a table or an indicator made again."""
    person = _staff(request)
    try:
        actions.measure(name, by=person)
    except MadangError as error:
        if error.code == "declared_missing":
            raise Http404 from error
        raise
    messages.success(request, _("다시 만들고 있습니다. 잠시 뒤에 이 화면을 새로 고치십시오."))
    if name in workspace().declarations.indicators:
        return redirect("indicators:indicator", indicator=name)
    return redirect("indicators:tables")


def _staff(request: HttpRequest) -> Person:
    person = person_of(request)
    check(person, "read", Thing("workspace"))
    return person


def _may(person: Person) -> bool:
    return can(person, "create", Thing("workspace"))


def _broken(person: Person) -> list[str]:
    """Files that cannot be read, for administrators."""
    if not can(person, "administer", Thing("workspace")):
        return []
    declared = workspace().declarations
    assert declared.tables is not None
    return [said(error) for error in declared.broken]


def _under_way(name: str = "") -> Job | None:
    """The job that makes them, or this one, now."""
    jobs = Job.objects.filter(kind=REFRESH, state__in=ACTIVE).order_by("-pk")
    if not name:
        return jobs.first()
    return next(
        (job for job in jobs if name in job.params.get("names", []) or not job.params.get("names")), None
    )
