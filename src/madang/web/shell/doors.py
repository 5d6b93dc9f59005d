"""The doors into the pages: a view decorated here works on one workspace and says errors as pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods, require_safe

from madang.messages import MadangError
from madang.web.shell import errors
from madang.web.shell.workspace import one_workspace

View = Callable[..., HttpResponseBase]
_MISSING = (
    "dataset_missing", "version_missing", "snapshot_missing", "no_version", "as_of_missing", "origin_missing",
)  # fmt: skip
_WRONG = ("day_unreadable",)


def is_missing(error: MadangError) -> bool:
    """Whether an error says that the address leads to nothing."""
    return error.code in _MISSING


def page(view: View) -> View:
    """A page that only reads. What is not there is a 404, what is not allowed a 403, an address that says nonsense a 400,
    a broken workspace a 503."""
    return require_safe(_told(view))


def form(view: View) -> View:
    """A page with a form: as `page`, and takes POST."""
    return require_http_methods(["GET", "HEAD", "POST"])(_told(view))


def _told(view: View) -> View:
    @wraps(view)
    def wrapped(request: HttpRequest, **address: str | int) -> HttpResponseBase:
        try:
            with one_workspace():
                return view(request, **address)
        except MadangError as error:
            if is_missing(error):
                raise Http404 from error
            if error.code == "access_denied":
                return errors.forbidden(request, error)
            if error.code in _WRONG:
                return errors.bad_request(request, error)
            return errors.unavailable(request, error)

    return wrapped
