"""Rows of totals in small tables, told by the label and the numbers alone.

`layout_checksum` finds a total by the rows that share its other labels; a small table often has none (동, 인구, 비고: the
remark is no label). Here a row counts whose first filled cell says 합계, 총계, 계 or 소계 and that has nothing else but
numbers: it is a total where each of them is the sum of the rows above, of those since the last total, or, for totals that
stand first, of the rows below. Where the numbers do not bear it out the row stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from madang.intake.layout_cells import column_kinds, kind
from madang.intake.layout_checksum import RATE, step
from madang.intake.raw import RawTable

MOST_ROWS = 20_000  # of a table that is searched like this
_WORDS = frozenset({"합계", "총계", "계", "소계", "총합계"})
_NUMBER = re.compile(r"[+-]?(?:\d{1,300}(?:\.\d{0,300})?|\.\d{1,300})(?:[eE][+-]?\d{1,2})?", re.ASCII)
_BLANKS = re.compile(r"[\s\u3000()\[\]<>]")


@dataclass
class Plain:
    """Rows that are totals (1-based in the source), and those that say so but are not: row, column, value, sum, parts."""

    out: list[int] = field(default_factory=list)
    kept: list[tuple[int, int, float, float, int]] = field(default_factory=list)


def plain_totals(table: RawTable, known: frozenset[int]) -> Plain:
    """The totals of a table of at most `MOST_ROWS` rows, beside the rows `known` to be totals already."""
    found = Plain()
    numbers: list[int] = []
    rows: list[list[str]] = []
    for batch in table.batches():
        numbers += batch.column(0).to_pylist()
        columns = [column.to_pylist() for column in batch.columns[1:]]
        rows += [["" if cell is None else cell for cell in cells] for cells in zip(*columns, strict=True)]
    named = [i for i, row in enumerate(rows) if _named(row)]
    if not named:
        return found
    kinds = column_kinds(rows[:300], len(table.columns))
    summed = [
        i for i, column in enumerate(table.columns) if kinds[i] == "number" and not RATE.search(column.label)
    ]
    parts = _Parts(rows, summed, named)
    for place, at in enumerate(named):
        if numbers[at] in known or not summed:
            continue
        before = named[place - 1] + 1 if place else 0
        after = named[place + 1] if place + 1 < len(named) else len(rows)
        ranges = ((0, at), (before, at), (at + 1, len(rows)), (at + 1, after))
        compared = [cells for start, stop in ranges if (cells := list(parts.compare(at, start, stop)))]
        if any(all(cell.fits for cell in cells) for cells in compared):
            found.out.append(numbers[at])
        elif compared:
            off = [cell for cell in compared[0] if not cell.fits and cell.beyond]
            found.kept += [(numbers[at], cell.column, cell.value, cell.sum, cell.parts) for cell in off]
    return found


def _named(row: Sequence[str]) -> bool:
    """Whether the first filled cell is a word of totals and the others are numbers, placeholders or such words."""
    filled = [cell for cell in row if cell.strip()]
    if not filled or not _is_word(filled[0]):
        return False
    others = [kind(cell) for cell in filled[1:] if not _is_word(cell)]
    return "number" in others and set(others) <= {"number", "placeholder"}


def _is_word(cell: str) -> bool:
    return _BLANKS.sub("", cell) in _WORDS


@dataclass(frozen=True)
class _Cell:
    """One number of a total beside the sum of its parts; `beyond`: it is larger than any single part, as sums are."""

    column: int
    value: float
    sum: float
    parts: int
    beyond: bool

    @property
    def fits(self) -> bool:
        rounding = 0.51 * self.parts * step(self.value, self.sum)
        return abs(self.value - self.sum) <= rounding + 1e-9 * abs(self.sum)


class _Parts:
    """The numbers of the rows that are no totals, ready to be summed over any range of rows."""

    def __init__(self, rows: Sequence[Sequence[str]], summed: Sequence[int], named: Sequence[int]) -> None:
        self.rows, self.summed = rows, summed
        plain = np.ones(len(rows), dtype=np.int64)
        plain[list(named)] = 0
        values = np.array([[_number(row[i]) for i in summed] for row in rows]).reshape(len(rows), len(summed))
        here = ~np.isnan(values) & (plain == 1)[:, None]
        filled = np.array([[row[i].strip() not in ("", "-") for i in summed] for row in rows]).reshape(
            values.shape
        )
        unread = filled & np.isnan(values) & (plain == 1)[:, None]
        self.sums = _running(np.where(here, values, 0.0))
        self.counts = _running(here.astype(np.float64))
        self.unread = _running(unread.astype(np.float64))
        self.largest = np.max(np.where(here, np.abs(values), -np.inf), axis=0, initial=-np.inf)

    def compare(self, at: int, start: int, stop: int) -> Iterator[_Cell]:
        """The numbers of row `at` beside the sums from `start` up to `stop`; none of columns with fewer than two parts."""
        for k, column in enumerate(self.summed):
            value = _number(self.rows[at][column])
            parts = int(self.counts[stop, k] - self.counts[start, k])
            if np.isnan(value) or parts < 2 or self.unread[stop, k] > self.unread[start, k]:
                continue
            total = float(self.sums[stop, k] - self.sums[start, k])
            yield _Cell(column, value, total, parts, abs(value) > self.largest[k])


def _running(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vstack([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])


def _number(cell: str) -> float:
    """A cell as a number, as `layout_checksum` reads it; NaN where it is none."""
    plain = re.sub(r"^[△▲−(]", "-", re.sub(r"[,\s%]", "", cell)).rstrip(")")
    return float(plain) if _NUMBER.fullmatch(plain) else float("nan")
