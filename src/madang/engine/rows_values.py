"""Values as people write them into an address, read as the type of a column."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from madang.engine.rows_query import Field
from madang.messages import MadangError, text

_EXAMPLES = {
    "integer": "1200, 1,200, 3만 5천", "number": "12.5, 1,200, 1.5억", "percent": "12.5", "year": "2026",
    "boolean": "true, false", "date": "2026-06-30", "datetime": "2026-06-30T09:30", "month": "2026-06", "time": "09:30",
}  # fmt: skip
_YES, _NO = {"true", "1", "y", "yes", "예", "참", "o"}, {"false", "0", "n", "no", "아니오", "거짓", "x"}
_PLAIN = re.compile(r"[+-]?\d*\.?\d+(?:[eE][+-]?\d{1,3})?%?")
_LARGE = re.compile(r"(?:([\d.천백]+)조)?(?:([\d.천백]+)억)?(?:([\d.천백]+)만)?([\d.천백]+)?")
_SMALL = re.compile(r"(?:(\d*\.?\d+)천)?(?:(\d*\.?\d+)백)?(\d*\.?\d+)?")
_POWERS, _SMALL_POWERS = (10**12, 10**8, 10**4, 1), (1000, 100, 1)
_DAY = re.compile(r"(\d{4})\s?[-./년]\s?(\d{1,2})\s?[-./월]\s?(\d{1,2})\s?[일.]?|(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})\s?[-./년]?\s?(\d{1,2})\s?월?")
_TIME = re.compile(r"([01]?\d|2[0-4])\s?[:시]\s?([0-5]?\d)?\s?분?")
_WIDEST = 2**63 - 1


def typed(field: Field, written: str) -> str | int | float | bool:
    """`written` as the type of `field`: numbers with commas or 만·억, days as 2026-06-30, 2026.6.30 or 20260630.

    Days and times come back as ISO texts. Raises MadangError("rows_value").
    """
    plain = unicodedata.normalize("NFC", written)
    if field.type == "text":
        return plain
    try:
        return _READ[field.type](plain.strip())
    except (ValueError, InvalidOperation, KeyError):
        kind = text(f"type_{field.type}") if field.type in _EXAMPLES else field.type
        raise MadangError(
            "rows_value", column=field.label, value=written, kind=kind, example=_EXAMPLES.get(field.type, "")
        ) from None


def boolean(written: str) -> bool:
    """Raises ValueError."""
    word = written.strip().lower()
    if word in _YES | _NO:
        return word in _YES
    raise ValueError(written)


def _number(written: str) -> int | float:
    squeezed = re.sub(r"[\s,]", "", written).replace("−", "-")
    found = Decimal(squeezed.removesuffix("%")) if _PLAIN.fullmatch(squeezed) else _counted(squeezed)
    if found == found.to_integral_value() and abs(found) <= _WIDEST:
        return int(found)
    wide = float(found)
    if not math.isfinite(wide):
        raise ValueError(written)
    return wide


def _counted(squeezed: str) -> Decimal:
    """3만5천, 1.5억, 2억3천만."""
    sign = -1 if squeezed.startswith("-") else 1
    match = _LARGE.fullmatch(squeezed.lstrip("+-"))
    if not match or not any(match.groups()):
        raise ValueError(squeezed)
    total = Decimal(0)
    for part, power in zip(match.groups(), _POWERS, strict=True):
        small = _SMALL.fullmatch(part or "")
        if not small:
            raise ValueError(squeezed)
        for digits, times in zip(small.groups(), _SMALL_POWERS, strict=True):
            total += Decimal(digits or 0) * times * power
    return sign * total


def _day(written: str) -> str:
    match = _DAY.fullmatch(written)
    if not match:
        raise ValueError(written)
    year, month, day = (int(part) for part in match.groups() if part)
    return date(year, month, day).isoformat()


def _moment(written: str) -> str:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return f"{_day(written)}T00:00:00"
    if moment.tzinfo is not None:
        raise ValueError(written)
    return moment.isoformat()


def _month(written: str) -> str:
    match = _MONTH.fullmatch(written)
    if not match or not 1 <= int(match[2]) <= 12:
        raise ValueError(written)
    return f"{match[1]}-{int(match[2]):02d}"


def _time(written: str) -> str:
    match = _TIME.fullmatch(written)
    if not match:
        raise ValueError(written)
    return f"{int(match[1]):02d}:{int(match[2] or 0):02d}"


_READ = {
    "integer": _number, "number": _number, "percent": _number, "year": lambda written: _number(written.removesuffix("년")),
    "boolean": boolean, "date": _day, "datetime": _moment, "month": _month, "time": _time,
}  # fmt: skip
