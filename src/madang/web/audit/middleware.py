"""Tells the audit trail from which address a request came, and enters which restricted tables it showed."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from madang.web.audit.record import ADDRESS, record
from madang.web.shell.workspace import TOUCHED, asker


def remember_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: within a request, `record` knows the address it came from; a restricted dataset that a page opened
    through `shell.workspace.bank()` is entered as read, with the page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        address = ADDRESS.set(request.META.get("REMOTE_ADDR", "")[:64])
        touched = TOUCHED.set(set())
        try:
            response = get_response(request)
            if response.status_code < 400:
                match = request.resolver_match
                for dataset in sorted(TOUCHED.get() or ()):
                    record(
                        asker(), "dataset.read", dataset, detail={"page": match.view_name if match else ""}
                    )
            return response
        finally:
            TOUCHED.reset(touched)
            ADDRESS.reset(address)

    return middleware
