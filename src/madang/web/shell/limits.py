"""How much one request may bring."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from madang.web.shell import errors
from madang.web.shell.whole import whole

F = TypeVar("F", bound=Callable[..., Any])


def large_upload(view: F) -> F:
    """Mark a view that takes more than a form: a file as one body, which it reads piece by piece itself."""
    view.large_upload = True  # type: ignore[attr-defined]
    return view


def bounded_body(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: a body above the limit is refused before anything reads it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        said = request.META.get("CONTENT_LENGTH") or "0"
        size = whole(said, otherwise=settings.MADANG_LARGEST_BODY + 1)
        if size > settings.MADANG_LARGEST_BODY and not _takes_more(request.path_info):
            return errors.too_large(request)
        return get_response(request)

    return middleware


def _takes_more(path: str) -> bool:
    try:
        return bool(getattr(resolve(path).func, "large_upload", False))
    except Resolver404:
        return False
