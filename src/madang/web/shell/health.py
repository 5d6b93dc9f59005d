"""For the machines that watch this one: does it live, can it work, how much does it do."""

from __future__ import annotations

import hmac
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import madang
from madang.messages import MadangError
from madang.web.shell.requests import COUNTS
from madang.web.shell.workspace import workspace

_gauges: dict[str, Callable[[], float]] = {}


def gauge(name: str, value: Callable[[], float]) -> None:
    """Add a number to the metrics, looked up when somebody asks: ``gauge("jobs_waiting", count)``."""
    _gauges[f"madang_{name}"] = value


@login_not_required
@never_cache
@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database and the workspace can be used; which of them not, and nothing more."""
    parts = {"database": _database(), "workspace": _workspace()}
    return JsonResponse({"ready": all(parts.values()), **parts}, status=200 if all(parts.values()) else 503)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers in the text format of Prometheus: for this computer, and for who shows MADANG_METRICS_TOKEN."""
    if not _may_measure(request):
        raise Http404
    lines = [f'madang_info{{version="{madang.__version__}"}} 1', *COUNTS.lines()]
    for name, value in sorted(_gauges.items()):
        lines += [f"# TYPE {name} gauge", f"{name} {value()}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: HttpRequest) -> bool:
    token = settings.MADANG_METRICS_TOKEN
    if token:
        return hmac.compare_digest(
            request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()
        )
    here = request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
    return here and "X-Forwarded-For" not in request.headers and "Forwarded" not in request.headers


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _workspace() -> bool:
    try:
        workspace()
    except (MadangError, OSError):
        return False
    return True
