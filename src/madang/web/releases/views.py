"""Pages of deciding: every edition, one with its history, the form of a new decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from madang.access import Thing, can, check
from madang.bank import Version
from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.release.editions import Edition
from madang.web.accounts.people import person_of
from madang.web.releases import actions, form, jobs, views_results
from madang.web.releases.states import STATES
from madang.web.shell.doors import form as form_page
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.workspace import bank, workspace
from madang.web.work import actions as work
from madang.web.work.models import Job

_OPTIONAL = (
    "document", "ground", "restricted_ground", "until", "population", "filter_column", "filter_values", "description",
)  # fmt: skip


def edition_of(dataset: str) -> dict[str, Any] | None:
    """For the page of a dataset: state and address of its newest edition; None where none was ever decided."""
    found = workspace().releases.editions(dataset)
    return shown(found[-1]) if found else None


def shown(each: Edition) -> dict[str, Any]:
    """An edition as a line."""
    tone, words = STATES[each.state]
    return {
        "id": each.decision.edition, "dataset": each.decision.dataset, "title": each.decision.title or each.decision.edition,
        "tone": tone, "words": _(words), "state": each.state, "version": each.version, "of_version": each.of_version,
        "document": each.decision.document, "post": each.decision.post, "day": each.decision.at[:10],
        "rhythm": each.decision.rhythm, "trouble": each.trouble,
    }  # fmt: skip


@page
def home(request: HttpRequest) -> HttpResponse:
    """Every edition of datasets that the person may see."""
    person, releases = person_of(request), workspace().releases
    check(person, "read", Thing("workspace"))
    seen = bank()
    found = [shown(each) for each in releases.editions() if each.decision.dataset in seen]
    broken = releases.unreadable().values() if can(person, "administer", Thing("workspace")) else ()
    return render(
        request, "releases/home.html",
        {"editions": found, "results": views_results.lines(), "broken": [said(each) for each in broken]},
    )  # fmt: skip


@form_page
def new(request: HttpRequest, dataset_id: str) -> HttpResponse:
    """Decide: fill in, look, decide. What takes long is done by a job."""
    person = person_of(request)
    version = _version(dataset_id)
    given = request.POST.dict()
    if request.method != "POST":
        return _form(request, version, given)
    deciding = given.get("do") == "decide"
    try:
        decision = form.decision_of(version, given, person)
        if jobs.is_long(version, decision):
            kept = {key: value for key, value in given.items() if key != "csrfmiddlewaretoken"}
            job = work.start(
                jobs.DECIDE if deciding else jobs.PREVIEW, {"dataset": dataset_id, "given": kept}, by=person,
                thing=_thing(dataset_id),
            )  # fmt: skip
            return redirect("releases:under_way", dataset_id=dataset_id, number=job.pk)
        if deciding:
            return _decided_on(request, decision.edition, actions.decide(by=person, decision=decision).n)
        return _form(request, version, given, form.looked_at(actions.preview(by=person, decision=decision)))
    except MadangError as error:
        return _form(request, version, given, error=said(error))


@page
def under_way(request: HttpRequest, dataset_id: str, number: int) -> HttpResponse:
    """How far a look or a decision is that takes long; when it has ended, the form with what came of it."""
    version = _version(dataset_id)
    mine = Job.objects.filter(by=person_of(request).id, thing=_thing(dataset_id))
    job = mine.filter(pk=number, kind__in=(jobs.PREVIEW, jobs.DECIDE)).first()
    if job is None:
        raise Http404
    part = bool(request.GET.get("part"))
    if job.is_active:
        told = {"dataset_id": dataset_id, "title": version.dataset.card["title"], "job": job}
        return render(request, "releases/parts/under_way.html" if part else "releases/under_way.html", told)
    if part:
        return HttpResponse(headers={"HX-Refresh": "true"})
    given, result = job.params["given"], job.result or {}
    if job.kind == jobs.DECIDE and "edition" in result:
        return _decided_on(request, result["edition"], result["version"])
    if "rows" in result:
        return _form(request, version, given, result)
    return _form(
        request, version, given, error=job.error or _("도중에 멈추었습니다. 다시 미리 보거나 결정하십시오.")
    )


def _version(dataset_id: str) -> Version:
    version = bank().may("release", dataset_id).latest
    if version is None:
        raise MadangError("no_version", dataset=dataset_id)
    return version


def _thing(dataset_id: str) -> str:
    return f"dataset:{dataset_id}"


def _decided_on(request: HttpRequest, edition_id: str, n: int) -> HttpResponse:
    messages.success(request, _("%(n)s판으로 개방했습니다.") % {"n": n})
    return redirect("releases:edition", edition_id=edition_id)


def _form(
    request: HttpRequest, version: Version, given: Mapping[str, str], preview: Any = None, error: str = ""
) -> HttpResponse:
    dataset = version.dataset
    filled = {**form.defaults(dataset, version, person_of(request)), **given}
    for name in _OPTIONAL:
        filled.setdefault(name, "")
    shown_ = {
        "dataset": dataset, "title": dataset.card["title"], "fields": form.fields(version, filled), "filled": filled,
        "licences": form.licences(), "places": [form.Choice(key, _(label)) for key, label in form.PLACES],
        "restricted": thing_of(dataset).access == "restricted", "preview": preview, "error": error,
        "quasi": [name.removeprefix("quasi:") for name, on in filled.items() if name.startswith("quasi:") and on],
        "action": reverse("releases:new", args=[dataset.id]),
    }  # fmt: skip
    return render(request, "releases/new.html", shown_, status=400 if error else 200)


@form_page
def edition(request: HttpRequest, edition_id: str) -> HttpResponse:
    """One edition: its state, all decisions, publishing the new version, withdrawing."""
    person, releases = person_of(request), workspace().releases
    try:
        found = releases.edition(edition_id)
    except MadangError as error:
        raise MadangError("dataset_missing", dataset=edition_id) from error
    dataset = (
        bank().may("see", found.decision.dataset) if found.decision.dataset in workspace().bank else None
    )
    if dataset is None:
        check(person, "administer", Thing("workspace"))
    may = dataset is None or can(person, "release", thing_of(dataset))
    error_ = ""
    if request.method == "POST":
        try:
            _do(request, edition_id)
            return redirect("releases:edition", edition_id=edition_id)
        except MadangError as error:
            error_ = said(error)
    told = {
        "edition": shown(found), "history": [_decided(each) for each in reversed(releases.decisions.history(edition_id))],
        "may": may, "error": error_, "given": request.POST,
        "there": dataset is not None,
    }  # fmt: skip
    return render(request, "releases/edition.html", told, status=400 if error_ else 200)


def _do(request: HttpRequest, edition_id: str) -> None:
    person, given = person_of(request), request.POST
    if given.get("do") == "refresh":
        dataset = actions.check_refresh(by=person, edition=edition_id)
        # always by a job, which is finished and told once, however it was stopped
        work.start(
            jobs.REFRESH, {"edition": edition_id}, by=person, thing=_thing(dataset),
            key=f"edition:{edition_id}:refresh",
        )  # fmt: skip
        messages.success(request, _("새 판을 여는 작업을 시작했습니다. 진행은 ‘작업’에서 봅니다."))
    elif given.get("do") == "withdraw":
        actions.withdraw(
            by=person, edition=edition_id, post=given.get("post", ""), document=given.get("document", ""),
            ground=given.get("ground", ""),
        )  # fmt: skip
        messages.success(request, _("개방을 거두었습니다."))


def _decided(each: Any) -> dict[str, Any]:
    return {
        "number": each.number, "withdrawn": each.verdict == "withdraw", "day": each.at[:10], "by": each.by,
        "post": each.post, "document": each.document, "ground": each.ground, "licence": each.licence,
    }  # fmt: skip
