"""Tells every page who asks."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from madang.web.accounts.people import person_of
from madang.web.shell.workspace import ASKER


def know_who_asks(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: `shell.workspace.asker()` is the person of this request, looked up when somebody wants to know."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = ASKER.set(lambda: person_of(request))
        try:
            return get_response(request)
        finally:
            ASKER.reset(token)

    return middleware
