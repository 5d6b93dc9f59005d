"""What a computation found: sentences whose numbers are cells of tables, tables, pictures, and what they are not for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc

from madang.messages import MadangError

if TYPE_CHECKING:
    from madang.results.report import Figure

Kind = Literal["text", "integer", "number", "percent", "money", "date", "month", "code"]
Value = str | int | float | None
Meaning = Literal["", "difference", "verdict"]
_KINDS = {"integer": pa.int64(), "number": pa.float64(), "percent": pa.float64(), "money": pa.int64()}


@dataclass(frozen=True)
class Column:
    """A column of a table: its name, what it is called, its kind, its unit, and how many decimals its numbers carry.

    `meaning`: a "difference" of two numbers may be below 0 and counts nobody, whatever its unit; a "verdict" is a text that is
    made of the numbers of its row (met, missed), and stays inside where they do.
    """

    name: str
    label: str
    kind: Kind = "text"
    unit: str = ""
    digits: int = 0
    meaning: Meaning = ""


@dataclass(frozen=True)
class Origin:
    """Which rows of an input stand behind a row of a table: those whose `columns` read as the row's own.

    `columns`: of the table -> of the input. `where` are further conditions on the input, as rows are asked for:
    column, operator (eq, ge, in …), value. `only`: the columns of the table of which this is so; () of all.

    With a `query` over the roles it is the rows that its answer names by ``dataset`` and ``source_row`` (and ``role``, where
    it is of several) in the lines that read as the row of the table in `columns` (ours -> the answer's).
    """

    role: str
    columns: Mapping[str, str] = field(default_factory=dict)
    where: tuple[tuple[str, str, Any], ...] = ()
    only: tuple[str, ...] = ()
    query: str = ""


@dataclass(frozen=True)
class Table:
    """A table of a result. `columns` name every column of `rows`; `origins` lead from a row to the rows of the inputs."""

    id: str
    title: str
    rows: pa.Table
    columns: tuple[Column, ...]
    origins: tuple[Origin, ...] = ()
    note: str = ""

    def origins_of(self, column: str) -> tuple[Origin, ...]:
        """What leads from the cells of a column to rows of the inputs; () where nothing does."""
        return tuple(each for each in self.origins if not each.only or column in each.only)

    def column(self, name: str) -> Column:
        """The column of this name. Raises MadangError("result_column")."""
        for each in self.columns:
            if each.name == name:
                return each
        raise MadangError("result_column", table=self.id, column=name)

    def value(self, row: int, column: str) -> Value:
        """One cell as a Python value."""
        found: Value = self.rows.column(column)[row].as_py()
        return found

    def extremes(self, column: str) -> tuple[int, int] | None:
        """The rows with the largest and with the smallest value of a column; None where it has none."""
        values = self.rows.column(column)
        known = len(values) - values.null_count
        order = pc.sort_indices(values, sort_keys=[("", "descending")])  # empty ones last
        return (order[0].as_py(), order[known - 1].as_py()) if known else None

    def _repr_html_(self) -> str:
        """The first rows, as a notebook shows them."""
        from madang.results.html import table_alone

        return table_alone(self)


@dataclass(frozen=True)
class Cell:
    """A number of a sentence: where it stands."""

    table: str
    column: str
    row: int = 0


@dataclass(frozen=True)
class Finding:
    """A sentence. Its ``{names}`` are cells; particles stand behind them as in every message: ``{shops}{이}``."""

    text: str
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Chart:
    """A picture of a table in Vega-Lite, without its data. The title says what is to be seen; `alt` says it in words.

    Both may have ``{names}`` of cells, as a `Finding` has.
    """

    title: str
    table: str
    spec: Mapping[str, Any]
    alt: str = ""
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """A table on the map: points by its columns lon and lat, or areas by dong_code; `value` is what is drawn.

    A column of words (kind "text") is drawn as a class for each word, in the order in which they first stand in the table: at
    most five, of more the first four and the others. "" is none of them and drawn pale; None is not known. When the result is
    opened they are withheld with the numbers of their rows, as a verdict is.

    A row without a value is withheld where a column of words named hidden says anything; else nothing is known of it.
    """

    title: str
    table: str
    kind: Literal["points", "areas"]
    value: str = ""


@dataclass(frozen=True)
class Result:
    """All of it. The first two findings are the answer; `method` says how, `caveats` what it must not be used for."""

    findings: tuple[Finding, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    layers: tuple[Layer, ...] = ()
    caveats: tuple[str, ...] = ()
    method: str = ""

    def table(self, table: str) -> Table:
        """The table with this id. Raises MadangError("result_table")."""
        for each in self.tables:
            if each.id == table:
                return each
        raise MadangError("result_table", table=table)

    @property
    def figures(self) -> tuple[Figure, ...]:
        """The pictures, drawn: each shows itself in a notebook."""
        from madang.results.report import figures_of

        return figures_of(self)

    def check(self) -> Result:
        """This result, where it holds together. Raises MadangError: result_empty, result_table, result_column, result_cell."""
        if not self.findings:
            raise MadangError("result_empty")
        if len({each.id for each in self.tables}) < len(self.tables):
            raise MadangError("result_table_twice")
        for table in self.tables:
            if [each.name for each in table.columns] != table.rows.schema.names:
                raise MadangError("result_columns", table=table.id)
            for origin in table.origins:
                for name in (*origin.columns, *origin.only):
                    table.column(name)
        said: tuple[Finding | Chart, ...] = (*self.findings, *self.charts)
        for cell in (cell for each in said for cell in each.cells.values()):
            self._check_cell(cell)
        for name in (*(each.table for each in self.charts), *(each.table for each in self.layers)):
            self.table(name)
        return self

    def _check_cell(self, cell: Cell) -> None:
        table = self.table(cell.table)
        table.column(cell.column)
        if not 0 <= cell.row < table.rows.num_rows:
            raise MadangError("result_cell", table=cell.table, column=cell.column, row=cell.row)


def table_of(
    table: str,
    title: str,
    rows: pa.Table | Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    origins: Sequence[Origin] = (),
    note: str = "",
) -> Table:
    """A table of rows that may have more columns than are to be kept, or of dicts; of none it has its columns all the same."""
    empty = pa.schema([(each.name, _KINDS.get(each.kind, pa.string())) for each in columns])
    kept = rows if isinstance(rows, pa.Table) else pa.Table.from_pylist(list(rows), None if rows else empty)
    names = [each.name for each in columns]
    return Table(table, title, kept.select(names), tuple(columns), tuple(origins), note)
