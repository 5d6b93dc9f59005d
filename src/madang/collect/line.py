"""One HTTP request over a connection that is pinned to a checked address, with a deadline for all of it."""

from __future__ import annotations

import ssl
import threading
import time
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from socket import SHUT_RDWR, socket
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from madang.collect.address import Place
from madang.collect.fetched import Retry
from madang.messages import MadangError

CHUNK = 1 << 16
_CONNECT_S = 15.0
_SILENCE_S = 60.0  # between two pieces
_AGENT = "Madang (collect)"
_BREAKS = (HTTPError, HTTPException, OSError, ValueError)


class _Watch:
    """Cuts a connection at its deadline: an answer that drips never lets a time-out of the socket run out."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._wire: socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def hold(self, wire: socket) -> None:
        """Watch this connection, by a handle of its own that survives TLS."""
        self._wire = wire.dup()
        if self.over:
            self._cut()

    def _cut(self) -> None:
        self.over = True
        if self._wire is not None:
            with suppress(OSError):
                self._wire.shutdown(SHUT_RDWR)

    def end(self) -> None:
        self._timer.cancel()
        if self._wire is not None:
            self._wire.close()


@dataclass
class Reply:
    """An answer whose body is still to be read: `pieces` gives it, decompressed, at most `most` bytes of it."""

    status: int
    headers: Mapping[str, str]
    raw: Any
    watch: _Watch
    host: str

    @property
    def length(self) -> int | None:
        """How long the body says it is."""
        said = self.headers.get("Content-Length", "")
        return int(said) if said.isascii() and said.isdigit() and len(said) < 19 else None

    def pieces(self, most: int) -> Iterator[bytes]:
        """The body. Raises MadangError: collect_too_large, collect_encoding; Retry: collect_cut, collect_slow."""
        coding = self.headers.get("Content-Encoding", "").strip().lower()
        if coding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise MadangError("collect_encoding", host=self.host, coding=coding[:40])
        if coding in ("", "identity") and (self.length or 0) > most:
            raise _too_large(self.host, most)
        unpack = None if coding in ("", "identity") else zlib.decompressobj(47 if "gzip" in coding else 15)
        size = 0
        for piece in self._arriving():
            for part in _unpacked(piece, unpack, self.host):
                size += len(part)
                if size > most:
                    raise _too_large(self.host, most)
                yield part
        if unpack is not None and not unpack.eof:
            raise Retry("collect_cut", host=self.host, size=f"{size:,}")

    def _arriving(self) -> Iterator[bytes]:
        size = 0
        try:
            while True:
                piece = self.raw.read(CHUNK, decode_content=False)
                if self.watch.over:
                    raise Retry("collect_slow", host=self.host)
                if not piece:
                    return
                size += len(piece)
                yield piece
        except _BREAKS as error:
            code = "collect_slow" if self.watch.over or _is_timeout(error) else "collect_cut"
            raise Retry(code, host=self.host, size=f"{size:,}") from error


def _unpacked(piece: bytes, unpack: Any, host: str) -> Iterator[bytes]:
    """The piece itself, or what it unpacks to, never much at once."""
    if unpack is None:
        yield piece
        return
    try:
        while piece:
            part = unpack.decompress(piece, CHUNK)
            piece = unpack.unconsumed_tail
            if part:
                yield part
            elif not piece:
                return
    except zlib.error as error:
        raise MadangError("collect_encoding", host=host, coding="gzip") from error


@contextmanager
def asked(place: Place, headers: Mapping[str, str], *, seconds: float, ca_file: str = "") -> Iterator[Reply]:
    """Ask one place. Everything, the body too, must be over within `seconds`.

    Raises MadangError: collect_tls; Retry: collect_unreachable, collect_slow, collect_cut.
    """
    watch = _Watch(max(0.1, seconds))
    connection = _connection(place, watch, min(seconds, _CONNECT_S), ca_file)
    raw: Any = None
    try:
        sent = {
            "Host": place.named,
            "User-Agent": _AGENT,
            "Accept-Encoding": "identity",
            "Accept": "*/*",
            **headers,
        }
        try:
            connection.connect()
            connection.sock.settimeout(min(seconds, _SILENCE_S))
            connection.request("GET", place.target, headers=sent, preload_content=False, decode_content=False)
            raw = connection.getresponse()
        except _BREAKS as error:
            raise _refused(place, error, watch) from error
        yield Reply(raw.status, raw.headers, raw, watch, place.host)
    finally:
        watch.end()
        if raw is not None:
            raw.close()
        connection.close()


def _connection(place: Place, watch: _Watch, connect_s: float, ca_file: str) -> Any:
    """A connection to the address of `place`; the name is for the certificate only."""
    base: Any = HTTPSConnection if place.scheme == "https" else HTTPConnection

    class Watched(base):  # type: ignore[misc]
        def _new_conn(self) -> socket:
            wire: socket = super()._new_conn()
            watch.hold(wire)
            return wire

    if place.scheme == "http":
        return Watched(place.ip, place.port, timeout=connect_s)
    trusted = ssl.create_default_context(cafile=ca_file or None)
    names = {"server_hostname": place.host, "assert_hostname": place.host, "ssl_context": trusted}
    return Watched(place.ip, place.port, timeout=connect_s, cert_reqs="CERT_REQUIRED", **names)


def _refused(place: Place, error: Exception, watch: _Watch) -> MadangError:
    """What stopped a request before its answer, in our words: those of the library name the address with its secrets."""
    if watch.over or _is_timeout(error):
        return Retry("collect_slow", host=place.host)
    if isinstance(error, ssl.SSLError) or "certificate" in str(error).lower():
        return MadangError("collect_tls", host=place.host)
    if isinstance(error, ConnectionError) or "NewConnection" in type(error).__name__:
        return Retry("collect_unreachable", host=place.named)
    return Retry("collect_cut", host=place.host, size="0")


def _is_timeout(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or "Timeout" in type(error).__name__


def _too_large(host: str, most: int) -> MadangError:
    return MadangError("collect_too_large", host=host, most=f"{most // 2**20:,}")


def left(deadline: float) -> float:
    """Seconds until `deadline` of the monotonic clock."""
    return deadline - time.monotonic()
