"""What is known of every request: from where it really came, how long it took, how many there were; never who or what."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from madang.web.shell.workspace import asker

_log = logging.getLogger("madang.request")
_WITH_PORT = re.compile(r"\[([^\]]*)\](?::[0-9]+)?|([0-9.]+):[0-9]+")  # [2001:db8::1]:443, 192.0.2.7:443
_BOUNDS_S = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Counts:
    """Requests of this process by route, method and status, and how long they took."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, str, int], int] = defaultdict(int)
        self._below: dict[str, list[int]] = defaultdict(lambda: [0] * (len(_BOUNDS_S) + 1))
        self._seconds: dict[str, float] = defaultdict(float)

    def add(self, route: str, method: str, status: int, seconds: float) -> None:
        place = next((number for number, bound in enumerate(_BOUNDS_S) if seconds <= bound), len(_BOUNDS_S))
        with self._lock:
            self._requests[route, method, status] += 1
            self._below[route][place] += 1
            self._seconds[route] += seconds

    def lines(self) -> Iterator[str]:
        """In the text format of Prometheus."""
        with self._lock:
            requests, seconds = dict(self._requests), dict(self._seconds)
            below = {route: list(counts) for route, counts in self._below.items()}
        yield "# TYPE madang_requests_total counter"
        for (route, method, status), count in sorted(requests.items()):
            yield f'madang_requests_total{{route="{route}",method="{method}",status="{status}"}} {count}'
        yield "# TYPE madang_request_seconds histogram"
        for route, counts in sorted(below.items()):
            total = 0
            for bound, count in zip((*_BOUNDS_S, "+Inf"), counts, strict=True):
                total += count
                yield f'madang_request_seconds_bucket{{route="{route}",le="{bound}"}} {total}'
            yield f'madang_request_seconds_sum{{route="{route}"}} {seconds[route]:.6f}'
            yield f'madang_request_seconds_count{{route="{route}"}} {total}'


COUNTS = Counts()


def real_address(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: behind our own proxies the address is the one the outermost of them saw; else what it says of
    itself in headers counts for nothing; where they say something the log tells once that nobody asked for it."""
    told = threading.Event()

    def middleware(request: HttpRequest) -> HttpResponse:
        if not settings.MADANG_PROXIES and not told.is_set() and "X-Forwarded-For" in request.headers:
            told.set()
            _log.warning(
                "A request came with X-Forwarded-For, and MADANG_PROXIES is 0. Behind a web server of your own everybody "
                "counts as one address: set MADANG_PROXIES to the number of such servers and start again."
            )
        if settings.MADANG_PROXIES:
            hops = [
                hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()
            ]
            if len(hops) >= settings.MADANG_PROXIES:
                request.META["REMOTE_ADDR"] = _without_port(hops[-settings.MADANG_PROXIES])[:64]
        return get_response(request)

    return middleware


def _without_port(hop: str) -> str:
    """The address alone: the port that some proxies write is another one for each connection of one client."""
    found = _WITH_PORT.fullmatch(hop)
    return (found[1] or found[2] or "") if found else hop


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: counts requests, and logs each as method, route, status, milliseconds and a hash of the person:
    no address, no path, no query, no name."""

    def middleware(request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = get_response(request)
        seconds = time.perf_counter() - start
        route = _route(request)
        COUNTS.add(route, _method(request), response.status_code, seconds)
        if _log.isEnabledFor(logging.INFO):
            said = {
                "method": _method(request),
                "route": route,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "person": _person(request),
            }
            _log.info(json.dumps(said))
        return response

    return middleware


def _route(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name or match.route if match else "none"


def _method(request: HttpRequest) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return str(request.method) if request.method in known else "OTHER"


def _person(request: HttpRequest) -> str:
    """The same person reads the same for as long as the site's key lasts, and nobody can tell who it is."""
    person = getattr(request, "madang_person", None) or asker()
    if person.is_anonymous:
        return "-"
    return hmac.new(settings.SECRET_KEY.encode(), person.id.encode(), hashlib.sha256).hexdigest()[:12]
