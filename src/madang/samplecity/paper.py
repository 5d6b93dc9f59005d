"""Files as offices write them, with the defects planted in them.

A paper is what a layer wants to hand over: where it lies in the delivery, its table, its form, and its plants.
Writing it returns the defects with the physical row at which they stand, which is what intake has to find.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Column: TypeAlias = Any  # a NumPy array, an Arrow array or a sequence
Texts = dict[str, list[str]]  # header -> cells as they will stand in the file, "" where empty


@dataclass(frozen=True)
class Plant:
    """A defect to be planted: `value` is written into the cell of `column` (a header) in data row `row` (from 0).

    `rule` is the code by which intake reports it (`madang problems`, column 규칙), `severity` as intake has it.
    """

    row: int
    column: str
    value: str
    rule: str
    severity: str = "error"


@dataclass(frozen=True)
class Defect:
    """A planted defect as it lies in the file: what ``truth/defects.csv`` lists.

    `row` is the physical row of the file or sheet, from 1 (None: the table as a whole); `column` the header as written.
    """

    file: str
    row: int | None
    column: str
    rule: str
    severity: str
    value: str


class Paper(Protocol):
    """A file of a delivery."""

    path: str  # below the folder of the delivery

    def write(self, folder: Path) -> list[Defect]:
        """Write the file below `folder`; the defects that were planted in it."""
        ...


def texts_of(columns: Mapping[str, Column]) -> Texts:
    """The cells of columns as text: dates as 2026-09-30, times of day to the second, whole floats stay floats, None empty."""
    return {header: cells_of(column) for header, column in columns.items()}


def cells_of(column: Column) -> list[str]:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if isinstance(column, pa.Array):
        found: list[str] = pc.fill_null(column.cast(pa.string()), "").to_pylist()
        return found
    if isinstance(column, np.ndarray):
        if column.dtype.kind == "M":
            column = np.datetime_as_string(column)
            return ["" if value == "NaT" else value.replace("T", " ") for value in column.tolist()]
        if column.dtype.kind == "f":
            return ["" if value != value else repr(value) for value in column.tolist()]
        column = column.tolist()
    return [value if type(value) is str else _text(value) for value in column]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    return value.isoformat() if isinstance(value, date) else str(value)


@dataclass
class Planting:
    """The plants of a table: cells that are overwritten."""

    plants: list[Plant] = field(default_factory=list)

    def plant(self, row: int, column: str, value: str, rule: str, severity: str = "error") -> None:
        """Write `value` into a cell. A row that is handed in twice is planted on its copy, with the value that it has."""
        self.plants.append(Plant(int(row), column, value, rule, severity))

    def apply(self, cells: Mapping[str, Column]) -> None:
        """Overwrite the cells: texts, or arrays of numbers, which stay numbers."""
        for plant in self.plants:
            cells[plant.column][plant.row] = plant.value
