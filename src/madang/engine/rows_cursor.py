"""Where a page ended, as a short text that the next request brings back.

It holds the values of the last row in the columns that the page is sorted by, which the reader has seen or may see,
and a mark of the question. One made up or of another question is refused, and could ask no more than a filter can.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
from collections.abc import Sequence
from datetime import date, datetime

from madang.messages import MadangError

_LONGEST = 8_000
_FURTHEST = 1 << 40


def made(about: object, last: Sequence[object], position: int) -> str:
    """The cursor behind a row whose values in the order of the page are `last`, the `position`-th of all rows found;
    `about` is what it belongs to."""
    body = [_mark(about), position, *map(_plain, last)]
    said = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read(cursor: str, about: object, count: int) -> tuple[list[object], int]:
    """The `count` values and the position of a cursor made with `about`; no values where it was made without.

    Raises MadangError("rows_cursor") for any other text.
    """
    try:
        if len(cursor) > _LONGEST:
            raise ValueError(len(cursor))
        padded = cursor + "=" * (-len(cursor) % 4)
        mark, position, *values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if mark != _mark(about) or type(position) is not int or not 0 <= position <= _FURTHEST:
            raise ValueError(mark)
        if len(values) not in (0, count):
            raise ValueError(len(values))
        return [_read(value) for value in values], position
    except (ValueError, TypeError, KeyError, binascii.Error, RecursionError):
        raise MadangError("rows_cursor") from None


def _mark(about: object) -> str:
    return hashlib.sha256(repr(about).encode()).hexdigest()[:12]


def _plain(value: object) -> object:
    if isinstance(value, float) and not math.isfinite(value):
        return {"f": repr(value)}
    return value.isoformat() if isinstance(value, date | datetime) else value


def _read(value: object) -> object:
    if isinstance(value, dict):
        return float(value["f"])
    if isinstance(value, str):
        value.encode()  # half of a character is no text: UnicodeEncodeError is a ValueError
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ValueError(value)
