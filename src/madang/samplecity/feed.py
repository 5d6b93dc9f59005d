"""The live feed of the city: an HTTP server on this machine that answers as the services of public bodies do."""

from __future__ import annotations

import json
import threading
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from madang.samplecity.feed_answer import HTML, JSON, Answer, Feed
from madang.samplecity.feed_rows import KINDS

__all__ = ["Feed", "Server", "minute_now"]

_KOREA = timezone(timedelta(hours=9))
_KEPT = 5_000  # requests that /truth remembers
_AHEAD = 200  # requests to come whose trouble /truth tells


def minute_now() -> int:
    """Minutes since 1970 of the clock on the wall in Korea."""
    local = datetime.now(_KOREA).replace(tzinfo=UTC)
    return int(local.timestamp()) // 60


class Server(ThreadingHTTPServer):
    """Serves a feed on `port` of this machine (0: any free one). `serve_forever` runs until `stop`.

    `clock` tells the minute (since 1970, Korean time). What the server knows besides the feed is how often it was asked.
    """

    daemon_threads = True

    def __init__(self, feed: Feed, port: int = 0, clock: Callable[[], int] = minute_now) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.feed, self.clock = feed, clock
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        self._asked = 0
        self._used: Counter[tuple[str, int]] = Counter()
        self._told: deque[dict[str, Any]] = deque(maxlen=_KEPT)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def stop(self) -> None:
        """End `serve_forever` and every answer that is waited for. Not from the thread that serves."""
        self.stopping.set()
        self.shutdown()

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
            mine = (query.get("serviceKey", ""), now // 1440)
            self._used[mine] += 1
            used = self._used[mine]
        answer = self.feed.answer(kind, query, number, now, used)
        with self._lock:
            self._told.append(
                {"number": number, "path": path, "minute": now, "met": answer.met, "bytes": len(answer.body)}
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


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
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
