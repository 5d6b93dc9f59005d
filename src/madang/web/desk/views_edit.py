"""The pages that change a dataset: its card, and going back to an earlier version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from madang.declarations.card import THEMES
from madang.messages import MadangError
from madang.web.desk.actions import edit_card, mark_of, roll_back
from madang.web.shell import words
from madang.web.shell.doors import form
from madang.web.shell.language import said
from madang.web.shell.whole import is_whole
from madang.web.shell.workspace import asker, bank, workspace

_LISTS = ("readers", "not_for", "known_defects")


@form
def card(request: HttpRequest, dataset: str) -> HttpResponseBase:
    """The card of a dataset, to change."""
    found = bank().may("edit", dataset)
    values, wrong = dict(found.card), ""
    if request.method == "POST":
        values = {**values, **_written(request)}
        try:
            edit_card(
                ws=workspace(), dataset=dataset, changes=values, seen=request.POST.get("seen", ""), by=asker()
            )
        except MadangError as error:
            if error.code != "card_moved" and not error.code.startswith("card_"):
                raise
            wrong = said(error)
        else:
            messages.success(request, _("데이터 카드를 고쳤습니다. 앞의 카드도 남아 있습니다."))
            return HttpResponseRedirect(reverse("desk:dataset", args=[dataset]))
    shown = {
        "dataset": {"id": dataset, "title": str(found.card["title"])},
        "values": {
            **dict.fromkeys(("title", "description", "theme", "licence", "access", "rhythm_days"), ""),
            **values,
        },
        "lists": {name: "\n".join(map(str, values.get(name) or ())) for name in _LISTS},
        "seen": request.POST.get("seen") or mark_of(found.card),
        "themes": THEMES,
        "theme": str(values.get("theme") or "").split(" - ")[0],
        "licences": words.LICENCES.items(),
        "accesses": words.ACCESS.items(),
        "wrong": wrong,
    }
    return render(request, "desk/card_form.html", shown, status=400 if wrong else 200)


def _written(request: HttpRequest) -> dict[str, Any]:
    """What stands in the form, as a card keeps it."""
    said_of = {
        name: request.POST.get(name, "").strip() for name in ("title", "description", "licence", "access")
    }
    rhythm = request.POST.get("rhythm_days", "").strip()
    lists = {
        name: [line.strip() for line in request.POST.get(name, "").splitlines() if line.strip()]
        for name in _LISTS
    }
    days: Any = int(rhythm) if is_whole(rhythm, digits=6) else rhythm or None
    theme = request.POST.get("theme", "").strip()
    kept = request.POST.get("theme_was", "")
    return {
        **said_of,
        "theme": kept if theme and kept.startswith(theme) else theme,
        "rhythm_days": days,
        **lists,
    }


@form
def rollback(request: HttpRequest, dataset: str, n: int) -> HttpResponse:
    """Going back to version n: asked for a reason, done, told."""
    found = bank().may("edit", dataset)
    version, wrong = found.version(n), ""
    if request.method == "POST":
        try:
            made = roll_back(
                ws=workspace(), dataset=dataset, n=n, why=request.POST.get("why", ""), by=asker()
            )
        except MadangError as error:
            if error.code not in ("rollback_reason", "rollback_same"):
                raise
            wrong = said(error)
        else:
            told = _("{n}판의 내용이 {made}판이 되었습니다. 그 사이의 판도 남아 있습니다.").format(
                n=n, made=made
            )
            messages.success(request, told)
            return HttpResponseRedirect(reverse("desk:dataset", args=[dataset]))
    shown = {
        "dataset": {"id": dataset, "title": str(found.card["title"])},
        "version": version,
        "live": found.latest,
        "why": request.POST.get("why", ""),
        "wrong": wrong,
    }
    return render(request, "desk/rollback.html", shown, status=400 if wrong else 200)
