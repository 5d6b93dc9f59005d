"""Tells the audit trail from which address a request came."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from madang.web.audit.record import ADDRESS


def remember_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: within a request, `record` knows the address it came from."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = ADDRESS.set(request.META.get("REMOTE_ADDR", "")[:64])
        try:
            return get_response(request)
        finally:
            ADDRESS.reset(token)

    return middleware
