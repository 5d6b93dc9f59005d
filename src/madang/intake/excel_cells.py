"""Native cells of a workbook as text, and how many of a column were numbers, dates or booleans."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Any

CELL_LIMIT = 1_000_000  # characters of one cell that are kept
_NATIVE = {
    int: "number",
    float: "number",
    bool: "boolean",
    dt.date: "date",
    dt.datetime: "datetime",
    dt.time: "time",
    dt.timedelta: "time",
}


def cell_text(value: Any) -> str:
    """A cell as it is staged: 3.0 -> "3", 0.1 -> "0.1", True -> "TRUE", a date -> "2020-01-02", a time -> "09:30".

    Date-times are ``YYYY-MM-DDTHH:MM:SS`` (a date alone at midnight), durations ``HH:MM`` also beyond 24 hours; seconds
    are written only where there are any. None is "".
    """
    if type(value) is str:
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    return _moment(value)


def number_text(value: float) -> str:
    """A number as its shortest text that reads back the same, whole ones without ".0", never with an exponent up
    to 22 digits."""
    if value != value or value in (float("inf"), float("-inf")):
        return ""
    if value == int(value) and abs(value) < 1e22:
        return str(int(value))
    text = repr(value)
    if "e" in text and 1e-15 < abs(value) < 1:
        text = f"{value:.20f}".rstrip("0")
        return text if float(text) == value else repr(value)
    return text


def _moment(value: Any) -> str:
    if isinstance(value, dt.datetime):
        if (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0):
            return value.date().isoformat()
        return value.isoformat(timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S" if value.second else "%H:%M")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
        text = f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
        return f"{text}:{seconds % 60:02d}" if seconds % 60 else text
    return str(value)


def column_texts(values: Sequence[Any]) -> tuple[list[str], Counter[str]]:
    """The cells of one column as text, and how many were native of which kind (empty cells and text do not count)."""
    types = Counter(map(type, values))
    native: Counter[str] = Counter()
    for found, count in types.items():
        if found in _NATIVE:
            native[_NATIVE[found]] += count
    if set(types) <= {str}:
        return list(values), native
    return [value if type(value) is str else cell_text(value) for value in values], native
