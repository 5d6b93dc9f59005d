"""How often one may ask in a minute: counted over all processes of this machine, in a small file of the cache.

A process takes requests in handfuls, so that only one in many waits for the file, and remembers whom it refused, so that
they cost nothing. Where the file cannot be written each process counts for itself: nobody waits for it, and nobody gets
more than the limit from each.
"""

from __future__ import annotations

import ipaddress
import logging
import sqlite3
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.http import HttpRequest

_WINDOW_S = 60
_SHARE = 50  # a handful is the limit by so much
_FORGET = 10  # windows after which counts go
_MOST_KNOWN = 10_000
_PATIENCE_S = 2
_log = logging.getLogger("madang.often")
_lock = threading.Lock()
_TABLE = (
    "CREATE TABLE IF NOT EXISTS asked (who TEXT, window INTEGER, count INTEGER, PRIMARY KEY (who, window))"
)


@dataclass
class _Here:
    """What this process knows of one who asks, in one window."""

    window: int
    left: int = 0  # of the handful
    taken: int = 0  # all it took from the file, or counted itself
    refused: int = -1  # the limit at which it was refused


_taken: dict[tuple[Path, str], _Here] = {}
_told: dict[Path, int] = {}  # the window in which it was said that a file cannot be written


def wait_for(place: Path, who: str, limit: int, *, now: float | None = None) -> int:
    """Count a request of `who`; 0 where it is within `limit` a minute, else the seconds until the next minute begins."""
    at = time.time() if now is None else now
    window = int(at // _WINDOW_S)
    wait = max(1, int((window + 1) * _WINDOW_S - at) + 1)
    with _lock:
        here = _known(place, who, window)
        if here.left > 0:
            here.left -= 1
            return 0
        if limit <= here.refused:
            return wait
    handful = max(1, limit // _SHARE)
    granted = _more(place, who, window, handful, limit)  # may wait for the file: others do not wait for this
    with _lock:
        if granted is None:
            granted = min(handful, limit - here.taken)
        if granted <= 0:
            here.refused = limit
            return wait
        here.taken += granted
        here.left += granted - 1
    return 0


def address_of(request: HttpRequest) -> str:
    """Who asks, where nobody signs in: the address; of IPv6 the network, since one house has all addresses of its own.
    An address of IPv4 is the same however it is written."""
    said = request.META.get("REMOTE_ADDR", "")
    try:
        found = ipaddress.ip_address(said)
    except ValueError:
        return said[:64]
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))


def _known(place: Path, who: str, window: int) -> _Here:
    here = _taken.get((place, who))
    if here is None or here.window != window:
        if len(_taken) >= _MOST_KNOWN:
            _forget(window)
        here = _taken[place, who] = _Here(window)
    return here


def _forget(window: int) -> None:
    for each in [key for key, here in _taken.items() if here.window != window]:
        del _taken[each]
    if len(_taken) >= _MOST_KNOWN:
        _taken.clear()


def _more(place: Path, who: str, window: int, handful: int, limit: int) -> int | None:
    """How many of a handful are left for this window, of all processes; None where the file cannot tell now.

    Only a file that is no database goes: one that is locked, or on a full disk, holds the counts of the others.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(place, timeout=_PATIENCE_S, isolation_level=None)
        try:
            return _counted(db, who, window, handful, limit)
        finally:
            db.close()
    except (sqlite3.Error, OSError) as error:
        if _told.get(place) != window:  # once a minute
            _told[place] = window
            _log.warning("Requests are counted by this process alone: %s: %s", place.name, error)
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            with suppress(OSError):
                place.unlink(missing_ok=True)
        return None


def _counted(db: sqlite3.Connection, who: str, window: int, handful: int, limit: int) -> int:
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN IMMEDIATE")
    db.execute(_TABLE)
    db.execute("DELETE FROM asked WHERE window < ?", (window - _FORGET,))
    found = db.execute("SELECT count FROM asked WHERE who = ? AND window = ?", (who, window)).fetchone()
    asked = int(found[0]) if found else 0
    granted = min(handful, limit - asked)
    if granted > 0:
        db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (who, window, asked + granted))
    db.execute("COMMIT")
    return granted
