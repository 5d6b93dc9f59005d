"""Pages of deciding: every edition, one with its history, the form of a new decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access import Thing, can, check
from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.release.editions import Edition
from madang.web.accounts.people import person_of
from madang.web.releases import actions, form
from madang.web.shell.doors import form as form_page
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.workspace import bank, workspace

_FIRST = 12
_OPTIONAL = (
    "document", "ground", "restricted_ground", "until", "population", "filter_column", "filter_values", "description",
)  # fmt: skip
STATES = {
    "open": ("good", gettext_noop("개방 중")), "behind": ("warn", gettext_noop("새 판이 기다림")),
    "waiting": ("bad", gettext_noop("아직 열지 못함")), "over": ("warn", gettext_noop("기한 지남")),
    "withdrawn": ("none", gettext_noop("거둠")),
}  # fmt: skip


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
    check(person_of(request), "read", Thing("workspace"))
    seen = bank()
    found = [shown(each) for each in workspace().releases.editions() if each.decision.dataset in seen]
    return render(request, "releases/home.html", {"editions": found})


@form_page
def new(request: HttpRequest, dataset_id: str) -> HttpResponse:
    """Decide: fill in, look, decide."""
    person = person_of(request)
    dataset = bank().may("release", dataset_id)
    version = dataset.latest
    if version is None:
        raise MadangError("no_version", dataset=dataset_id)
    filled = {**form.defaults(dataset, version, person), **request.POST.dict()}
    for name in _OPTIONAL:
        filled.setdefault(name, "")
    shown_ = {
        "dataset": dataset, "title": dataset.card["title"], "fields": form.fields(version, filled), "filled": filled,
        "licences": form.licences(), "places": [form.Choice(key, _(label)) for key, label in form.PLACES],
        "restricted": thing_of(dataset).access == "restricted", "preview": None, "error": "",
        "quasi": [name.removeprefix("quasi:") for name, on in filled.items() if name.startswith("quasi:") and on],
    }  # fmt: skip
    if request.method == "POST":
        try:
            decision = form.decision_of(version, filled, person)
            if request.POST.get("do") == "decide":
                made = actions.decide(by=person, decision=decision)
                messages.success(request, _("%(n)s판으로 개방했습니다.") % {"n": made.n})
                return redirect("releases:edition", edition_id=decision.edition)
            shown_["preview"] = _preview(actions.preview(by=person, decision=decision))
        except MadangError as error:
            shown_["error"] = said(error)
    return render(request, "releases/new.html", shown_, status=400 if shown_["error"] else 200)


def _preview(made: Any) -> dict[str, Any]:
    names = [column.name for column in made.columns]
    first = made.table.slice(0, _FIRST).select(names).to_pylist()
    return {
        "heads": [column.label for column in made.columns], "lines": [[row[name] for name in names] for row in first],
        "rows": made.table.num_rows, "cells": made.cells, "hidden": made.hidden,
    }  # fmt: skip


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
        made = actions.refresh(by=person, edition=edition_id)
        messages.success(request, _("새 판을 개방했습니다.") if made else _("이미 최신 판입니다."))
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
