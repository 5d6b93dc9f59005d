"""A web server on this machine that misbehaves as told: each path is a trouble, and what it was asked is kept."""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

GOOD = "이름,수\n가나,1\n다라,2\n".encode()
SIGN_IN = b"<!DOCTYPE html><html><title>Sign in</title><form><input type='password'></form></html>"
ERROR_PAGE = "<html><head><title>점검 중입니다</title></head><body>점검</body></html>".encode()
LARGE = b"id,name\n" + b"".join(b"%d,name-%d\n" % (n, n) for n in range(60_000))


@dataclass
class Asked:
    """One request."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]


@dataclass
class Rogue:
    """What the server knows: where it is, what it was asked, and answers that a test adds."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, Callable[[Asked, Any], None]] = field(default_factory=dict)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def says(self, path: str, *bodies: Any, type: str = "application/json") -> None:
        """Answer `path` with these bodies, one after another, the last one for ever (status 200)."""
        left = list(bodies)

        def answer(asked: Asked, handler: Any) -> None:
            body = left.pop(0) if len(left) > 1 else left[0]
            raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
            plain(handler, raw, type)

        self.answers[path] = answer


@contextmanager
def running() -> Iterator[Rogue]:
    """The server, stopped after the block."""
    rogue = Rogue()

    class Handler(_Handler):
        known = rogue

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    rogue.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield rogue
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    known: Rogue
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        asked = Asked(split.path, dict(parse_qsl(split.query)), dict(self.headers.items()))
        self.known.asked.append(asked)
        self.close_connection = True
        answer = self.known.answers.get(split.path) or TROUBLES.get(split.path)
        try:
            if answer is None:
                plain(self, b"nothing here", "text/plain", status=404)
            else:
                answer(asked, self)
        except (BrokenPipeError, ConnectionResetError):
            pass  # whoever asked hung up

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def plain(handler: Any, body: bytes, type: str = "text/csv", *, status: int = 200, **headers: str) -> None:
    """An answer as it should be."""
    handler.send_response(status)
    handler.send_header("Content-Type", type)
    handler.send_header("Content-Length", str(len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


def _good(asked: Asked, handler: Any) -> None:
    if asked.headers.get("If-None-Match") == '"one"':
        plain(handler, b"", status=304, ETag='"one"')
    else:
        plain(handler, GOOD, ETag='"one"', Last_Modified="Sat, 21 Nov 2026 00:00:00 GMT")


def _dripping(asked: Asked, handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(600):
        handler.wfile.write(b"x")
        handler.wfile.flush()
        time.sleep(0.05)


def _dripping_head(asked: Asked, handler: Any) -> None:
    for _ in range(600):
        handler.wfile.write(b"H")
        handler.wfile.flush()
        time.sleep(0.05)


def _cut(asked: Asked, handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(LARGE)))
    handler.end_headers()
    handler.wfile.write(LARGE[:50_000])


def _resumable(asked: Asked, handler: Any) -> None:
    """Breaks off after a part each time, and goes on where it is asked to."""
    said = asked.headers.get("Range", "")
    start = int(said[6:-1]) if said and asked.headers.get("If-Range") == '"large"' else 0
    handler.send_response(206 if start else 200)
    handler.send_header("ETag", '"large"')
    handler.send_header("Accept-Ranges", "bytes")
    handler.send_header("Content-Length", str(len(LARGE) - start))
    if start:
        handler.send_header("Content-Range", f"bytes {start}-{len(LARGE) - 1}/{len(LARGE)}")
    handler.end_headers()
    handler.wfile.write(LARGE[start : start + 300_000])


def _endless(asked: Asked, handler: Any) -> None:
    handler.send_response(200)
    handler.end_headers()
    while True:
        handler.wfile.write(b"a,b\n" * 16_384)


def _huge(asked: Asked, handler: Any) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(10**12))
    handler.end_headers()


def _bomb(asked: Asked, handler: Any) -> None:
    """200 MB of zeros, packed piece by piece."""
    packer = zlib.compressobj(9, wbits=31)
    body = b"".join(packer.compress(bytes(2**20)) for _ in range(200)) + packer.flush()
    plain(handler, body, Content_Encoding="gzip")


def _zipped(asked: Asked, handler: Any) -> None:
    plain(handler, gzip.compress(GOOD), Content_Encoding="gzip")


def _to(address: str, status: int = 302) -> Callable[[Asked, Any], None]:
    def answer(asked: Asked, handler: Any) -> None:
        plain(handler, b"", status=status, Location=address)

    return answer


TROUBLES: dict[str, Callable[[Asked, Any], None]] = {
    "/good.csv": _good,
    "/drip": _dripping,
    "/drip-head": _dripping_head,
    "/cut": _cut,
    "/resume.csv": _resumable,
    "/endless": _endless,
    "/huge": _huge,
    "/bomb": _bomb,
    "/zipped.csv": _zipped,
    "/moved": _to("/good.csv"),
    "/loop": _to("/loop"),
    "/metadata": _to("http://169.254.169.254/latest/meta-data/"),
    "/to-file": _to("file:///etc/passwd"),
    "/to-home": _to("http://127.0.0.1:1/"),
    "/sign-in": lambda asked, handler: plain(handler, SIGN_IN, "text/html"),
    "/error-page": lambda asked, handler: plain(handler, ERROR_PAGE, "text/csv"),
    "/empty": lambda asked, handler: plain(handler, b" \n"),
    "/cp949.csv": lambda asked, handler: plain(handler, GOOD.decode().encode("cp949"), "text/csv; charset=utf-8"),
    "/named": lambda asked, handler: plain(
        handler, GOOD, Content_Disposition="attachment; filename*=UTF-8''%EA%B0%80%EA%B2%8C.csv"
    ),
    "/denied": lambda asked, handler: plain(handler, b"", status=403),
    "/broken": lambda asked, handler: plain(handler, b"", status=503, Retry_After="120"),
    "/brotli": lambda asked, handler: plain(handler, b"xx", Content_Encoding="br"),
}  # fmt: skip
