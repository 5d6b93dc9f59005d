"""How often one may ask in a minute: counted over all processes of this machine, in a small file of the cache.

A process takes requests in handfuls, so that only one in many waits for the file.
"""

from __future__ import annotations

import ipaddress
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

from django.http import HttpRequest

_WINDOW_S = 60
_SHARE = 50  # a handful is the limit by so much
_FORGET = 10  # windows after which counts go
_lock = threading.Lock()
_taken: dict[tuple[Path, str], tuple[int, int]] = {}  # (file, who) -> (window, requests left of the handful)
_TABLE = (
    "CREATE TABLE IF NOT EXISTS asked (who TEXT, window INTEGER, count INTEGER, PRIMARY KEY (who, window))"
)


def wait_for(place: Path, who: str, limit: int, *, now: float | None = None) -> int:
    """Count a request of `who`; 0 where it is within `limit` a minute, else the seconds until the next minute begins."""
    at = time.time() if now is None else now
    window = int(at // _WINDOW_S)
    with _lock:
        known, left = _taken.get((place, who), (0, 0))
        if known == window and left > 0:
            _taken[place, who] = (window, left - 1)
            return 0
        handful = max(1, limit // _SHARE)
        granted = _more(place, who, window, handful, limit)
        if granted > 0:
            if len(_taken) > 10_000:
                _taken.clear()
            _taken[place, who] = (window, granted - 1)
            return 0
    return max(1, int((window + 1) * _WINDOW_S - at) + 1)


def address_of(request: HttpRequest) -> str:
    """Who asks, where nobody signs in: the address; of IPv6 the network, since one house has all addresses of its own."""
    said = request.META.get("REMOTE_ADDR", "")
    try:
        found = ipaddress.ip_address(said)
    except ValueError:
        return said[:64]
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def _more(place: Path, who: str, window: int, handful: int, limit: int) -> int:
    """How many of a handful are left for this window. A file that cannot be written stops nobody."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(place, timeout=2, isolation_level=None)
        try:
            return _counted(db, who, window, handful, limit)
        finally:
            db.close()
    except (sqlite3.Error, OSError):
        with suppress(OSError):
            place.unlink(missing_ok=True)
        return handful


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
