"""The rows of a table below its header: how one row agrees with the columns, notes at the end, the next table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from madang.intake.layout_cells import (
    Kind,
    are_periods,
    column_kinds,
    is_footnote,
    is_header_word,
    is_period,
    is_remark,
    is_unit,
    kind,
)

if TYPE_CHECKING:
    from madang.intake.layout_header import Choice

Row = tuple[int, Sequence[str]]  # physical row, cells
_CANDIDATES = 50  # rows looked at closely as a header of a further table


@dataclass(frozen=True)
class Stance:
    """How a row agrees with the kinds of the columns below it."""

    filled: int
    matched: int  # typed columns whose cell is of the column's kind
    against: int  # typed columns whose cell is words instead
    values: int  # cells that are numbers or digits and not names of periods

    @property
    def is_data(self) -> bool:
        return self.matched > 0 and self.matched >= self.against

    @property
    def is_header(self) -> bool:
        return self.against > self.matched


def filled(cells: Sequence[str]) -> int:
    """Number of cells with something in them."""
    return sum(1 for cell in cells if cell.strip())


def blank_rows(rows: Sequence[Row]) -> list[int]:
    return [number for number, cells in rows if not any(c.strip() for c in cells)]


def first_region(rows: Sequence[Row]) -> list[Row]:
    """The filled rows of the first stretch without blank rows that holds at least three rows of two cells; else all."""
    region: list[Row] = []
    for row in [*rows, (0, [])]:
        if filled(row[1]):
            region.append(row)
        elif sum(filled(cells) > 1 for _, cells in region) >= 3:
            return region
        else:
            region = []
    return [row for row in rows if filled(row[1])]


def strip_blank(rows: Sequence[Row]) -> list[Row]:
    """The rows without blank ones at the top and at the bottom."""
    marks = [index for index, row in enumerate(rows) if filled(row[1])]
    return list(rows[marks[0] : marks[-1] + 1]) if marks else []


def stance(cells: Sequence[str], kinds: Sequence[Kind], periods: Sequence[bool]) -> Stance:
    """Compare a row with the columns' kinds; `periods` marks columns whose own values are years or months."""
    matched = against = values = 0
    over_periods = are_periods(cells)
    for index, cell in enumerate(cells):
        found = kind(cell)
        period = found in ("number", "digits") and is_period(cell)
        if found in ("number", "digits") and not period:
            values += 1
        wanted: Kind = kinds[index] if index < len(kinds) else "empty"
        if wanted not in ("number", "digits", "code") or found in ("empty", "placeholder"):
            continue
        if period and not periods[index]:
            against += over_periods or not cell.strip().isdigit()
        elif found == "text" or (found in ("code", "digits") and wanted == "number"):
            against += 1
        else:
            matched += 1
    return Stance(filled(cells), matched, against, values)


def kinds_of(reference: Sequence[Row]) -> tuple[list[Kind], list[bool]]:
    """Kind of each column over the rows of reference, and whether its values are periods (years, months)."""
    cells = [row for _, row in reference]
    width = max((len(row) for row in cells), default=0)
    periods = []
    for index in range(width):
        values = [row[index] for row in cells if index < len(row) and row[index].strip()]
        periods.append(bool(values) and sum(map(is_period, values)) >= 0.5 * len(values))
    return column_kinds(cells, width), periods


def footnotes(rows: Sequence[Row]) -> list[Row]:
    """The notes at the end of `rows` (which may hold blank rows), from top to bottom, without blank rows.

    Notes begin with a mark (주:, 자료:, ※, 출처, *), or are rows of one cell after a blank row under a wider table, or
    a sentence or remark alone in the first column of one.
    """
    counts = [filled(cells) for _, cells in rows if filled(cells)]
    usual = median([count for count in counts[:60] if count > 1] or [1])
    start = len(rows)
    for index in range(len(rows) - 1, 0, -1):
        number, cells = rows[index]
        count = filled(cells)
        if not count:
            continue
        first = next(c for c in cells if c.strip())
        after_blank = filled(rows[index - 1][1]) == 0
        if is_footnote(first) and count <= max(1, usual * 0.4) and (usual > 1 or after_blank):
            start = index
        elif count == 1 and usual >= 3 and kind(first) == "text":
            if after_blank or (cells[0].strip() and is_remark(first)):
                start = index
        else:
            break
    return [row for row in rows[start:] if filled(row[1])]


def next_table(rows: Sequence[Row], body: Sequence[Row], choice: Choice) -> int | None:
    """The physical row where another table begins below this one's data, or None.

    A table begins where a row of words contradicts the columns above and is itself a header of what follows: after
    a blank row, or with another width, or (same width, no blank row) where at least two typed columns say so.
    """
    from madang.intake import layout_header as header

    blanks = set(blank_rows(rows))
    order = [number for number, _ in rows]
    place = {number: index for index, number in enumerate(order)}
    looked = 0
    for index, (number, cells) in enumerate(body):
        at = place[number]
        after_blank = at > 0 and order[at - 1] in blanks
        if index == 0 and not (after_blank and choice.lines):
            continue
        if not (after_blank or _could_begin(cells, choice)) or choice.is_line(cells):
            continue
        looked += 1
        if looked > _CANDIDATES:
            return None
        following = list(rows[at : at + 60])  # with its blank rows: they part it from a third table
        start = header.starts_table(following, choice, after_blank)
        if start:
            return number
    return None


def _could_begin(cells: Sequence[str], choice: Choice) -> bool:
    """Whether a row, with no blank row before it, reads as a header at all."""
    found = stance(cells, choice.kinds, choice.periods)
    if found.values or found.filled < 2 or any(is_footnote(c) or is_unit(c) for c in cells):
        return False
    years = any(kind(c) in ("number", "digits") for c in cells)
    if years and not any(list(cells[:1]) == list(line[:1]) for _, line in choice.lines):
        return False  # counts may look like years; only under the same first label are they taken for years
    typed = sum(k in ("number", "digits", "code") for k in choice.kinds)
    if len(cells) == choice.width:
        return found.is_header and found.against >= max(2, 0.5 * typed)
    words = sum(is_header_word(c) for c in cells if c.strip())
    contradicts = found.is_header and (found.against >= 2 or words >= 0.3 * found.filled)
    return contradicts or (not typed and words >= 0.5 * found.filled)
