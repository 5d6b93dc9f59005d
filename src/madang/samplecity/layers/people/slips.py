"""Where people slip: rows, columns and numbers drawn for the planted defects."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import TypeVar, cast

import numpy as np

from madang.samplecity.paper import Column, cells_of
from madang.samplecity.text_paper import TextPaper

Value = TypeVar("Value")


class Spots:
    """Draws rows of a table of `rows` rows, none twice while there are others; the first `least` rows are spared."""

    def __init__(self, rng: np.random.Generator, rows: int, least: int = 0) -> None:
        self.rng = rng
        self._order = (rng.permutation(max(1, rows - least)) + min(least, rows - 1)).tolist()
        self._at = 0

    def row(self) -> int:
        found: int = self._order[self._at % len(self._order)]
        self._at += 1
        return found

    def rows(self, count: int) -> list[int]:
        return [self.row() for _ in range(count)]

    def one(self, values: Sequence[Value]) -> Value:
        return values[int(self.rng.integers(len(values)))]

    def number(self, least: int, most: int) -> int:
        return int(self.rng.integers(least, most + 1))


def word_for_number(
    paper: TextPaper, row: int, column: str, word: str, rule: str = "cell_not_integer"
) -> None:
    """A word in a cell that must have a number: it cannot be read, and then the number is missing as well."""
    paper.plant(row, column, word, rule)
    paper.plant(row, column, word, "required_missing")


def handed_in_twice(paper: TextPaper, rows: Sequence[int]) -> None:
    """The rows stand a second time at the end: the same key, and the same in everything."""
    columns = cast(MutableMapping[str, Column], paper.columns)
    first = next(iter(columns))
    count = len(columns[first])
    for header, column in columns.items():
        cells = column if isinstance(column, list) else cells_of(column)
        columns[header] = cells + [cells[row] for row in rows]
    for at, row in enumerate(rows):
        for rule in ("key_duplicate", "row_duplicate"):
            paper.plant(count + at, first, columns[first][row], rule)
