"""A reason first: personal values are shown as they are only to who says why, and every time it is entered."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.shell.doors import form
from madang.web.shell.language import said
from madang.web.shell.workspace import asker, bank

_LASTS_S = 15 * 60
_KEPT, _MOST, _SHORTEST = "reasons", 20, 10
View = Callable[..., HttpResponseBase]


def with_reason(wanted: Callable[[HttpRequest], bool]) -> Callable[[View], View]:
    """Decorate a view (with `dataset` in its address) that can show personal values as they are.

    Where `wanted(request)` says they are asked for: whoever may not read them is refused, whoever gave no reason for
    this dataset in the last quarter of an hour gets a form, and each time they are shown it is entered with the
    reason. The view finds the reason in ``request.reason``; it is "" where everything stays masked. Put it outermost:

        @with_reason(lambda request: request.GET.get("personal") == "1")
        @page
        def rows(request, dataset): view = bank().view(found, columns, personal=bool(request.reason))
    """

    def decorate(view: View) -> View:
        ask = form(_ask)

        @wraps(view)
        def wrapped(request: HttpRequest, **address: Any) -> HttpResponseBase:
            request.reason = ""
            if not wanted(request):
                return view(request, **address)
            dataset = str(address["dataset"])
            reason = _given(request, dataset)
            if not reason or request.method == "POST":
                return ask(request, dataset=dataset)
            request.reason = reason
            return form(_entered)(request, view=view, address=address)

        return wrapped

    return decorate


def _entered(request: HttpRequest, view: View, address: dict[str, Any]) -> HttpResponseBase:
    """Show it, and enter that it was shown; the right is asked again each time."""
    dataset = str(address["dataset"])
    bank().may("read_personal", dataset)
    where = request.resolver_match.view_name if request.resolver_match else ""
    record(asker(), "dataset.read_personal", dataset, why=str(request.reason), detail={"page": where})
    return view(request, **address)


def _ask(request: HttpRequest, dataset: str) -> HttpResponseBase:
    """The form, and what was written into it."""
    found = bank().may("read_personal", dataset)
    wrong = ""
    if request.method == "POST":
        reason = " ".join(request.POST.get("reason", "").split())[:500]
        if len(reason) >= _SHORTEST:
            kept = dict(list(request.session.get(_KEPT, {}).items())[-_MOST:])
            request.session[_KEPT] = {**kept, dataset: [reason, time.time() + _LASTS_S]}
            return HttpResponseRedirect(request.get_full_path())
        wrong = said(MadangError("reason_short"))
    shown = {"dataset": found.id, "title": found.card["title"], "wrong": wrong}
    return render(request, "audit/reason.html", shown, status=400 if wrong else 200)


def _given(request: HttpRequest, dataset: str) -> str:
    reason, until = request.session.get(_KEPT, {}).get(dataset, ("", 0))
    return reason if until > time.time() else ""
