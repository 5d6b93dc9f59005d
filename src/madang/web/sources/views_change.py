"""Declaring, changing, running, pausing and removing sources; the list of hosts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madang.access import Person, Thing, can, check
from madang.collect.allowed import load_allowed
from madang.messages import MadangError
from madang.web.accounts.models import Post
from madang.web.accounts.people import person_of
from madang.web.shell.doors import form
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace
from madang.web.sources import actions
from madang.web.sources.forms import KINDS, SourceForm
from madang.web.sources.hosts import barred
from madang.web.sources.things import check_change, check_collect
from madang.web.sources.views import may_add, seen


@form
def new(request: HttpRequest, kind: str = "") -> HttpResponse:
    """Choose a kind, then declare a source of it."""
    person, here = person_of(request), workspace()
    if not may_add(person):
        raise MadangError("access_denied", verb="collect", thing="source")
    if kind not in KINDS:
        if kind:
            raise Http404
        administers = can(person, "administer", Thing("workspace"))
        kinds = [
            (name, *words) for name, words in KINDS.items() if administers or name not in ("folder", "sql")
        ]
        return render(request, "sources/kinds.html", {"kinds": kinds})
    only = next(iter(person.posts)) if len(person.posts) == 1 else ""
    filled = SourceForm(kind, _posts(person), request.POST or None, initial={"steward": only})  # type: ignore[arg-type]

    def save() -> str:
        origin = filled.made()
        actions.create(here, origin, by=person)
        messages.success(request, _("수집원을 만들었습니다. 시험해 본 뒤에 시작하십시오."))
        return origin.id

    given = {"kind": KINDS[kind][0], "about": KINDS[kind][1], "title": _("새 수집원"), "back": "/sources/"}
    return _saved(request, filled, save, given)


@form
def edit(request: HttpRequest, id_: str) -> HttpResponse:
    """Change a source."""
    person, here = person_of(request), workspace()
    origin = seen(person, id_, here)
    check_change(person, origin, here)
    filled = SourceForm(origin.kind, _posts(person), request.POST or None, origin=origin)

    def save() -> str:
        origin = filled.made()
        actions.change(here, replace(origin, paused=True) if "paused" in request.POST else origin, by=person)
        messages.success(request, _("고쳤습니다."))
        return id_

    kind = KINDS[origin.kind]
    back = reverse("sources:source", args=[id_])
    return _saved(
        request, filled, save, {"kind": kind[0], "about": kind[1], "title": origin.title, "back": back}
    )


@require_POST
@form
def do(request: HttpRequest, id_: str) -> HttpResponse:
    """One of the buttons of a source."""
    person, here = person_of(request), workspace()
    check_collect(person, seen(person, id_, here), here)
    deeds: dict[str, Callable[[], Any]] = {
        "run": lambda: actions.run_now(here, id_, by=person),
        "try": lambda: actions.try_now(here, id_, by=person),
        "pause": lambda: actions.pause(here, id_, by=person, paused=True),
        "resume": lambda: actions.pause(here, id_, by=person, paused=False),
        "remove": lambda: actions.remove(here, id_, by=person),
    }
    wanted = request.POST.get("do", "")
    if wanted not in deeds:
        raise Http404
    deeds[wanted]()
    if wanted == "remove":
        messages.success(request, _("수집원을 없앴습니다. 받은 데이터와 판은 그대로 있습니다."))
        return HttpResponseRedirect("/sources/")
    return HttpResponseRedirect(reverse("sources:source", args=[id_]))


@form
def hosts(request: HttpRequest) -> HttpResponse:
    """Which hosts may be asked; for administrators."""
    person, here = person_of(request), workspace()
    check(person, "administer", Thing("workspace"))
    allowed, error = load_allowed(here.folder), ""
    listed = "\n".join(allowed.hosts)
    if request.method == "POST":
        listed = request.POST.get("hosts", "")[:20_000]
        try:
            actions.allow_hosts(here, tuple(listed.split()), by=person)
        except MadangError as wrong:
            error = said(wrong)
        else:
            messages.success(request, _("허용 목록을 고쳤습니다."))
            return HttpResponseRedirect(reverse("sources:hosts"))
    given = {"listed": listed, "error": error, "private": allowed.private, "folders": allowed.folders}
    return render(request, "sources/hosts.html", given, status=400 if error else 200)


def _posts(person: Person) -> list[str]:
    """The posts that a source of this person may belong to."""
    if can(person, "administer", Thing("workspace")):
        return list(Post.objects.order_by("name").values_list("name", flat=True))
    return sorted(person.posts)


def _saved(
    request: HttpRequest, filled: SourceForm, save: Callable[[], str], given: dict[str, Any]
) -> HttpResponse:
    """The form again with what is wrong, or on to the source."""
    error = ""
    kept_out = request.method == "POST" and filled.is_valid() and _is_barred(request, filled)
    if request.method == "POST" and filled.is_valid() and _is_answered_for(filled):
        try:
            return HttpResponseRedirect(reverse("sources:source", args=[save()]))
        except MadangError as wrong:
            if wrong.code == "origin_missing":
                raise
            error = said(wrong)
    if request.method == "POST":
        filled.forget_secrets()
    status = 400 if request.method == "POST" else 200
    hosts = can(person_of(request), "administer", Thing("workspace"))
    shown = {**given, "form": filled, "error": error, "kept_out": kept_out, "may_allow": hosts}
    return render(request, "sources/form.html", shown, status=status)


def _is_answered_for(filled: SourceForm) -> bool:
    """Whether somebody answers for the dataset; says at the field where it is new and nobody was chosen."""
    dataset = filled.cleaned_data.get("dataset", "")
    if not dataset or dataset in workspace().bank or filled.cleaned_data.get("steward"):
        return True
    filled.add_error("steward", _("새 데이터에는 담당 자리를 골라야 합니다."))
    return False


def _is_barred(request: HttpRequest, filled: SourceForm) -> bool:
    """Whether the first run would be refused; says at the field why, unless it is to be kept paused."""
    wrong = barred(filled.kind, filled.cleaned_data["address"], load_allowed(workspace().folder))
    if wrong is None or "paused" in request.POST:
        return False
    filled.add_error("address", said(wrong))
    return True
