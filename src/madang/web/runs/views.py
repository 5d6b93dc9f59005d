"""Pages of analyses: the list, one with its form, and how far a computation is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from madang.access import Person, Thing, can, check
from madang.messages import MadangError
from madang.runs import Analysis, Run
from madang.web.accounts.people import person_of
from madang.web.runs import actions, form
from madang.web.runs.listing import analysis_lines, run_lines
from madang.web.shell.doors import form as form_page
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace
from madang.web.work.computing import COMPUTE
from madang.web.work.models import Job
from madang.web.work.states import ACTIVE

_EARLIER = 10


@page
def analyses(request: HttpRequest) -> HttpResponse:
    """Every question that can be asked, with when it was answered last."""
    person = _staff(request)
    ledger = workspace().ledger
    lines = analysis_lines(ledger, ledger.runs(by=person), person)
    may = can(person, "administer", Thing("workspace"))
    broken = [said(error) for error in ledger.analyses.broken] if may else []
    return render(request, "runs/analyses.html", {"analyses": lines, "broken": broken})


@form_page
def analysis(request: HttpRequest, analysis: str) -> HttpResponse:
    """One question with its form; sent, it is computed, or recalled where it was before. ?from= fills in what a run chose,
    ?with= chooses a dataset."""
    person = _staff(request)
    asked = _analysis(analysis)
    if request.method != "POST":
        return _form(request, asked, person, _begun(request, asked, person))
    given = form.given_in(request.POST)
    if told := form.unchosen(asked, given, person):
        return _form(request, asked, person, given, told=told)
    try:
        found = actions.make(asked.id, form.said_of(asked, given), given.told, by=person)
    except MadangError as error:
        return _form(request, asked, person, given, error)
    if isinstance(found, Run):
        messages.success(request, _("같은 데이터와 값으로 낸 결과가 있어 그것을 보여 드립니다."))
        return redirect("runs:run", key=found.key)
    return redirect("runs:under_way", analysis=asked.id, number=found.pk)


@page
def under_way(request: HttpRequest, analysis: str, number: int) -> HttpResponse:
    """How far a computation is; when it has ended, its result, or the form with what went wrong."""
    person = _staff(request)
    asked = _analysis(analysis)
    job = Job.objects.filter(pk=number, by=person.id, kind=COMPUTE, params__analysis=asked.id).first()
    if job is None:
        raise Http404
    part = bool(request.GET.get("part"))
    if job.is_active:
        last = next(iter(workspace().ledger.runs(by=person, of=asked.id)), None)
        told = {"analysis": asked, "job": job, "took": took(last.seconds) if last else ""}
        told["since"] = took(job.seconds(timezone.now()) or 0)
        return render(request, "runs/parts/under_way.html" if part else "runs/under_way.html", told)
    if part:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if job.result and "run" in job.result:
        return redirect("runs:run", key=job.result["run"])
    inputs = {
        role: [name.partition("@")[0].strip() for name in names.split(",")]
        for role, names in job.params["inputs"].items()
    }
    stopped = job.error or _("도중에 멈추었습니다. 다시 실행하십시오.")
    return _form(request, asked, person, form.Given(job.params["parameters"], inputs), told=stopped)


def took(seconds: float) -> str:
    """How long something took, in words."""
    if seconds < 1:
        return _("1초 안")
    if seconds < 100:
        return _("{n}초").format(n=round(seconds))
    return _("{n}분").format(n=round(seconds / 60))


def _staff(request: HttpRequest) -> Person:
    person = person_of(request)
    check(person, "read", Thing("workspace"))
    return person


def _analysis(analysis: str) -> Analysis:
    found = workspace().ledger.analyses
    if analysis not in found:
        raise Http404
    return found[analysis]


def _jobs(asked: Analysis, person: Person) -> QuerySet[Job]:
    """What of an analysis is being computed for a person."""
    return Job.objects.filter(by=person.id, kind=COMPUTE, params__analysis=asked.id, state__in=ACTIVE)


def _begun(request: HttpRequest, asked: Analysis, person: Person) -> form.Given | None:
    """What the form begins with: what a run chose, or a dataset; None for what is usual."""
    key, dataset = request.GET.get("from", ""), request.GET.get("with", "")
    try:
        if key:
            return form.given_of(workspace().ledger.seen(key, by=person))
    except MadangError:
        return None
    return form.picked(asked, dataset, person) if dataset else None


def _form(
    request: HttpRequest,
    asked: Analysis,
    person: Person,
    given: form.Given | None,
    error: MadangError | None = None,
    told: str = "",
) -> HttpResponse:
    ledger = workspace().ledger
    own = ledger.runs(by=person, of=asked.id)
    places = form.places(asked, given, person)
    shown: dict[str, Any] = {
        "analysis": asked, "card": asked.card, "places": places, "ready": not any(each.missing for each in places),
        "controls": [], "cannot": "", "error": said(error) if error else told,
        "runs": run_lines(ledger, own[:_EARLIER]), "more_runs": len(own) > _EARLIER,
        "took": took(own[0].seconds) if own else "", "busy": _jobs(asked, person).order_by("-pk").first(),
    }  # fmt: skip
    try:
        shown["controls"] = form.controls(asked, given, error)
    except MadangError as broken:
        shown["cannot"] = said(broken)
    return render(
        request,
        "runs/analysis.html",
        shown,
        status=400 if error or (told and request.method == "POST") else 200,
    )
