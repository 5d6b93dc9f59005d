"""The live feed of the city: an HTTP server on this machine that answers as the services of public bodies do."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from madang.samplecity.feed_answer import HTML, JSON, Answer, Feed
from madang.samplecity.feed_rows import KINDS

__all__ = ["Feed", "Server", "minute_now"]

_KOREA = timezone(timedelta(hours=9))
_KEPT = 5_000  # requests that /truth remembers
_AHEAD = 200  # requests to come whose trouble /truth tells
_LONGEST = 200  # characters of a path that /truth remembers
_SILENT_SECONDS = 30.0  # after which a caller that says nothing is hung up on
_THREADS = 64  # answers under way at once; more callers wait in line


def minute_now() -> int:
    """Minutes since 1970 of the clock on the wall in Korea."""
    local = datetime.now(_KOREA).replace(tzinfo=UTC)
    return int(local.timestamp()) // 60


class Server(ThreadingHTTPServer):
    """Serves a feed on `port` of this machine (0: any free one). `serve_forever` runs until `stop`.

    `clock` tells the minute (since 1970, Korean time). What the server knows besides the feed is how often it was asked.
    """

    daemon_threads = True
    request_queue_size = _THREADS  # the line

    def __init__(self, feed: Feed, port: int = 0, clock: Callable[[], int] = minute_now) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.feed, self.clock = feed, clock
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._asked = 0
        self._day = 0
        self._used: Counter[str] = Counter()  # requests of each key on that day
        self._room = threading.BoundedSemaphore(_THREADS)
        self._told: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @property
    def keys_today(self) -> int:
        """How many keys were used on the day of the last request."""
        return len(self._used)

    def stop(self) -> None:
        """End `serve_forever` and every answer that is waited for. Not from the thread that serves."""
        self.stopping.set()
        self.shutdown()

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer in a thread of its own, when one is free."""
        while not self._room.acquire(timeout=0.2):
            if self.stopping.is_set():
                self.shutdown_request(request)
                return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """One answer, and room for the next."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def reply(self, path: str, query: dict[str, str]) -> Answer:
        """The answer to a request; it counts unless it asks for the truth."""
        kind = path.strip("/")
        if kind == "truth":
            return Answer(json.dumps(self.truth(), ensure_ascii=False).encode(), JSON)
        if kind == "":
            links = "".join(f"<li>/{each}</li>" for each in (*KINDS, "truth"))
            return Answer(f"<html><body><ul>{links}</ul></body></html>".encode(), HTML)
        now = self.clock()
        with self._lock:
            self._asked += 1
            number = self._asked
            if now // 1440 != self._day:
                self._day = now // 1440
                self._used.clear()
            key = query.get("serviceKey", "")
            self._used[key] += 1
            used = self._used[key]
        answer = self.feed.answer(kind, query, number, now, used)
        with self._lock:
            self._told.append(
                {
                    "number": number,
                    "path": path[:_LONGEST],
                    "minute": now,
                    "met": answer.met,
                    "bytes": len(answer.body),
                }
            )
        return answer

    def truth(self) -> dict[str, Any]:
        """What went wrong and what will: the rates, the last requests, and the next ones that meet something."""
        with self._lock:
            asked, told = self._asked, list(self._told)
        trouble = self.feed.trouble
        return {
            "seed": trouble.seed,
            "rates": dict(trouble.rates),
            "late": trouble.late,
            "quota": self.feed.quota,
            "requests": told,
            "next": [
                {"number": number, "meets": name}
                for number, name in trouble.expected(asked + 1, asked + _AHEAD)
            ],
        }


def _of_this_machine(host: str) -> bool:
    """Whether a Host names this machine: a page elsewhere whose name leads here ("DNS rebinding") may not read along."""
    with suppress(ValueError):
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        return name == "localhost" or name.endswith(".localhost") or ip_address(name).is_loopback
    return False


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = _SILENT_SECONDS

    def do_GET(self) -> None:
        if not _of_this_machine(self.headers.get("Host", "")):
            self.send_error(403)
            return
        split = urlsplit(self.path)
        answer = self.server.reply(split.path, dict(parse_qsl(split.query)))
        if answer.wait_seconds and self.server.stopping.wait(answer.wait_seconds):
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: /truth has it."""
