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

_LONGEST = 4_000


def made(about: object, last: Sequence[object]) -> str:
    """The cursor behind a row whose values in the order of the page are `last`; `about` is what it belongs to."""
    body = json.dumps([_mark(about), *map(_plain, last)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def read(cursor: str, about: object, count: int) -> list[object]:
    """The values of a cursor made with `about`. Raises MadangError("rows_cursor") for any other text."""
    try:
        if len(cursor) > _LONGEST:
            raise ValueError(len(cursor))
        padded = cursor + "=" * (-len(cursor) % 4)
        body = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        mark, *values = body
        if mark != _mark(about) or len(values) != count:
            raise ValueError(mark)
        return [_read(value) for value in values]
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
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise ValueError(value)
