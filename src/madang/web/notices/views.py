"""What I was told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_POST

from madang.web.accounts.people import person_of
from madang.web.notices import actions
from madang.web.shell.doors import page
from madang.web.shell.whole import whole

_SHOWN = 100


@page
def notices(request: HttpRequest) -> HttpResponse:
    """The newest hundred, unseen ones marked."""
    found = list(actions.of(person_of(request))[:_SHOWN])
    fresh = [notice for notice in found if notice.is_fresh]
    newest = found[0].pk if found else 0
    return render(request, "notices/notices.html", {"notices": found, "fresh": len(fresh), "newest": newest})


@require_POST
def mark_seen(request: HttpRequest) -> HttpResponse:
    """All that the page showed has been seen."""
    if upto := whole(request.POST.get("upto")):
        actions.seen(person_of(request), upto=upto)
    return HttpResponseRedirect("/notices/")
