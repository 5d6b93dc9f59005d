"""Cells of a worksheet against the values they were written from: the same, or something a person typed."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from madang.declarations import DatasetColumn
from madang.intake.excel_guard import sheet_facts
from madang.intake.round_trip import as_text
from madang.intake.round_trip_types import is_starred

_CUT = 32_767  # characters that a worksheet keeps of a cell
_EPOCH = datetime(1899, 12, 30)
_DAY = timedelta(days=1)
_UNCOUNTED = re.compile(  # a formula that no program has worked out
    rb"""<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"""
)


def same(column: DatasetColumn, value: Any, cell: Any) -> bool:
    """Whether the cell of a worksheet says what the stored `value` says.

    Numbers are the same when 15 digits are (no spreadsheet shows more), times when they are to the millisecond, texts but
    for how their lines end and what is beyond the length a worksheet keeps.
    """
    if value is None or value == "":
        return cell == "" or (isinstance(cell, str) and not cell.strip())
    if isinstance(value, bool):
        return str(cell).lower() in (("true", "1", "1.0") if value else ("false", "0", "0.0"))
    if isinstance(value, int | float) and isinstance(cell, int | float) and not isinstance(cell, bool):
        return cell == value or format(cell, ".15g") == format(value, ".15g")
    if isinstance(value, datetime):
        return _is_time(cell, value)
    if isinstance(value, date):
        return _is_time(cell, datetime.combine(value, time()))
    if isinstance(value, str):
        lines, other = _lines(value), _lines(cell_text(cell) or "")
        return lines == other or (len(lines) > _CUT and lines[:_CUT].strip() == other)
    return as_text(value) == cell_text(cell)


def _is_time(cell: Any, value: datetime) -> bool:
    if isinstance(cell, datetime):
        found = cell
    elif isinstance(cell, date):
        found = datetime.combine(cell, time())
    elif isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < 3_000_000:
        found = _EPOCH + float(cell) * _DAY
    else:
        shown = cell_text(cell) or ""
        return shown.replace("T", " ") in (
            as_text(value),
            value.isoformat(" "),
            value.date().isoformat() if value.time() == time() else "",
        )
    return abs(found - value) < timedelta(milliseconds=1)


def _lines(said: str) -> str:
    return said.replace("\r\n", "\n").replace("\r", "\n").strip()


def still_masked(value: Any, cell: Any) -> bool:
    """Whether the cell of a starred column says what was given out for the stored `value`, or `value` itself."""
    shown, said = cell_text(cell), (as_text(value) or "").strip()
    if shown is None or not said:
        return shown is None and not said
    return shown == said or (is_starred(shown) and shown[0] in (said[0], "*"))


def cell_text(cell: Any) -> str | None:
    """The cell of a worksheet as a person would type it: 3 for 3.0, ISO dates; None where it is empty."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return repr(cell).removesuffix(".0") if abs(cell) >= 1e16 or not cell.is_integer() else str(int(cell))
    if isinstance(cell, datetime):
        rounded = cell + timedelta(microseconds=500)
        rounded = rounded.replace(microsecond=rounded.microsecond // 1000 * 1000)
        return rounded.date().isoformat() if rounded.time() == time() else rounded.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell).strip() or None


def uncounted(path: Path, sheet: str) -> set[tuple[int, int]]:
    """Cells of a sheet (row and column from 0) that hold a formula without its result: nobody knows what they say."""
    part = next(each.part for each in sheet_facts(path) if each.name == sheet)
    with zipfile.ZipFile(path) as book:
        found = _UNCOUNTED.findall(book.read(part))
    return {(int(row) - 1, _number(letters.decode())) for letters, row in found}


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
