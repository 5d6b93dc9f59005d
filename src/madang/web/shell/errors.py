"""Pages for what went wrong, each with the next step; no traceback ever reaches a reader."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from madang.messages import MadangError
from madang.web.shell import context
from madang.web.shell.language import said


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the address leads to nothing. A MadangError behind it says what is missing."""
    cause = exception.__cause__ if exception else None
    reason = said(cause) if isinstance(cause, MadangError) else ""
    return render(request, "shell/not_found.html", {"reason": reason}, status=404)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known who asks, and not allowed."""
    reason = said(exception) if isinstance(exception, MadangError) else ""
    return render(request, "shell/forbidden.html", {"reason": reason}, status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address cannot be understood; a MadangError says what of it."""
    return _plain({"code": 400, "reason": said(exception) if isinstance(exception, MadangError) else ""})


def too_large(request: HttpRequest) -> HttpResponse:
    """413: more than a form may bring."""
    return _plain({"code": 413})


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the bank, which may be what failed."""
    return _plain({"code": 500})


def unavailable(request: HttpRequest, error: MadangError) -> HttpResponse:
    """503: the workspace cannot be opened, or the records of a dataset cannot be read."""
    shown: dict[str, object] = {
        "code": 503,
        "reason": said(error),
        "damaged": error.code == "records_damaged",
    }
    return _plain(shown)


def _plain(said: dict[str, object]) -> HttpResponse:
    """A page that needs nothing of the bank and nothing of the request."""
    body = render_to_string("shell/server_error.html", {**context.city(), **said})
    return HttpResponse(body, status=cast(int, said["code"]))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: a form without its token, most often a page that was open too long."""
    return forbidden(request)
