"""Pages of results that are kept alive: the list, and what is done with one."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from madang.access import Person, Thing, check
from madang.messages import MadangError
from madang.runs.living import Livings
from madang.web.accounts.people import person_of
from madang.web.runs import living_actions as actions
from madang.web.runs.living_shown import all_shown
from madang.web.shell.doors import form as form_page
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace

_MISSING = ("living_missing", "run_missing")


@page
def living(request: HttpRequest) -> HttpResponse:
    """Everything that is kept alive and that the person may read."""
    person = _staff(request)
    ws = workspace()
    return render(request, "runs/living.html", {"livings": all_shown(ws.ledger, Livings(ws.folder), person)})


@form_page
def keep(request: HttpRequest, key: str) -> HttpResponse:
    """Keep a result alive."""
    person = _staff(request)

    def kept() -> str:
        run = workspace().ledger.seen(key, by=person)
        actions.keep(run, request.POST.get("every", "now"), by=person)
        return _(
            "이 결과를 살려 둡니다. 데이터에 새 판이 오면 같은 값으로 다시 셈하고, 달라지면 알려 드립니다."
        )

    return _done(request, kept)


@form_page
def do(request: HttpRequest, id_: str) -> HttpResponse:
    """Change how often, stop, follow."""
    person, what = _staff(request), request.POST.get("do", "")

    def done() -> str:
        match what:
            case "change":
                actions.change(id_, request.POST.get("every", ""), by=person)
                return _("주기를 바꾸었습니다.")
            case "stop":
                actions.stop(id_, by=person)
                return _("더 살려 두지 않습니다. 지금까지의 결과는 남습니다.")
            case "follow" | "unfollow":
                actions.follow(id_, by=person, wants=what == "follow")
                if what == "follow":
                    return _("결과가 달라지면 알려 드립니다.")
                return _("더 알려 드리지 않습니다.")
        raise Http404

    return _done(request, done)


def _done(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    """Back to where it was asked, with what was done or why not."""
    if request.method != "POST":
        raise Http404
    try:
        messages.success(request, act())
    except MadangError as error:
        if error.code in _MISSING:
            raise Http404 from error
        if error.code == "access_denied":
            raise
        messages.error(request, said(error))
    key = request.POST.get("run", "")
    return redirect("runs:run", key=key) if key.isalnum() else redirect("runs:living")


def _staff(request: HttpRequest) -> Person:
    person = person_of(request)
    check(person, "read", Thing("workspace"))
    return person
