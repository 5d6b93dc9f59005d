"""Pages for what went wrong, each with the next step; no traceback ever reaches a reader."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from madang.messages import MadangError


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the address leads to nothing. A MadangError behind it says what is missing."""
    cause = exception.__cause__ if exception else None
    reason = str(cause) if isinstance(cause, MadangError) else ""
    return render(request, "desk/not_found.html", {"reason": reason}, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the address cannot be understood."""
    return HttpResponse(render_to_string("desk/server_error.html", {"code": 400}), status=400)


def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the bank, which may be what failed."""
    return HttpResponse(render_to_string("desk/server_error.html", {"code": 500}), status=500)


def unavailable(request: HttpRequest, error: MadangError) -> HttpResponse:
    """503: the workspace cannot be opened, or the records of a dataset cannot be read."""
    said = {"code": 503, "reason": str(error), "damaged": error.code == "records_damaged"}
    return HttpResponse(render_to_string("desk/server_error.html", said), status=503)
