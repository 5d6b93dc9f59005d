"""What is gone of the deposits: told with the way back to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from madang.messages import MadangError
from madang.web.shell.language import said

View = Callable[..., HttpResponseBase]


def passing(view: View) -> View:
    """A page of something that will be gone: no browser keeps it, and where it is gone the way leads back to the deposits."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, **address: str | int) -> HttpResponseBase:
        try:
            return view(request, **address)
        except Http404 as error:
            cause = error.__cause__
            reason = said(cause) if isinstance(cause, MadangError) else ""
            return render(request, "deposits/missing.html", {"reason": reason}, status=404)

    return wrapped
