"""An open result as a story: what of a run everybody may read. Made inside, kept with its edition, read outside alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa

from madang.declarations.standard import DatasetColumn
from madang.engine.rows import Filter
from madang.messages import MadangError, text
from madang.release import result_map
from madang.release.result_small import tells
from madang.release.shown import WITHHELD
from madang.release.space import Bools
from madang.results import Cell, Chart, Finding, Origin, Result, Table, result_of, told_of
from madang.results.map_picture import Borders
from madang.runs.inputs import ADDED, DATASET
from madang.runs.ledger import Read, Run

MOST_CELLS = 60_000  # of all tables together
_FORM = 1


@dataclass(frozen=True)
class Used:
    """What the run read, as the public knows it. `edition`: where the same version is open; "" where it is not."""

    role: str
    label: str
    title: str
    as_of: str
    edition: str = ""


@dataclass(frozen=True)
class Story:
    """A result that is open. `hidden`: by table, the rows whose numbers are not shown, `emptied` the columns of which none
    is; `findings_withheld` and `tables_withheld` are how many sentences and tables are not."""

    run: str
    analysis: str
    title: str
    question: str
    why: str
    theme: str
    at: str
    not_for: tuple[str, ...]
    parameters: tuple[tuple[str, str], ...]
    inputs: tuple[Used, ...]
    result: Result
    hidden: Mapping[str, frozenset[int]]
    findings_withheld: int
    tables_withheld: int
    datasets: Mapping[str, str]  # of open inputs: edition -> what its rows are told apart by in the run
    borders: Borders = field(default_factory=dict)  # of the areas on its maps
    emptied: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day that its inputs speak of, ISO; "" where none is known."""
        known = [each.as_of for each in self.inputs if each.as_of]
        return min(known, default=""), max(known, default="")

    @property
    def as_of(self) -> str:
        """The earliest day that its inputs speak of, ISO; "" where none is known."""
        return self.days[0]

    @property
    def main(self) -> Table:
        """The table that is open as rows, too: that of the first picture."""
        pictures = self.result.charts
        return self.result.table(pictures[0].table) if pictures else self.result.tables[0]

    def withholds(self, cell: Cell) -> bool:
        """Whether a cell is empty because what it says stays inside."""
        column = self.result.table(cell.table).column(cell.column)
        emptied = self.emptied.get(cell.table, frozenset())
        return tells(column) and (cell.row in self.hidden.get(cell.table, ()) or column.name in emptied)

    @property
    def cells_hidden(self) -> int:
        found = 0
        for table in self.result.tables:
            rows, emptied = (len(of.get(table.id, ())) for of in (self.hidden, self.emptied))
            found += rows * sum(map(tells, table.columns)) + (table.rows.num_rows - rows) * emptied
        return found

    def to_json(self) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in _TEXTS}
        return {
            "form": _FORM, **told, "not_for": list(self.not_for), "parameters": [list(each) for each in self.parameters],
            "inputs": [vars(each) for each in self.inputs], "result": told_of(self.result),
            "tables": {each.id: each.rows.to_pydict() for each in self.result.tables},
            "hidden": {table: sorted(rows) for table, rows in self.hidden.items() if rows},
            "emptied": {table: sorted(columns) for table, columns in self.emptied.items()},
            "findings_withheld": self.findings_withheld, "tables_withheld": self.tables_withheld,
            "datasets": dict(self.datasets), "borders": result_map.told(self.borders),
        }  # fmt: skip

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Story:
        """The story that `to_json` told. Raises MadangError("release_result_unreadable")."""
        try:
            order = {
                each["id"]: [column["name"] for column in each["columns"]]
                for each in told["result"]["tables"]
            }
            tables = {  # JSON keeps no order of columns
                name: pa.table({column: columns[column] for column in order[name]}) for name, columns in told["tables"].items()
            }  # fmt: skip
            return cls(
                **{name: str(told[name]) for name in _TEXTS}, not_for=tuple(told["not_for"]),
                parameters=tuple((name, value) for name, value in told["parameters"]),
                inputs=tuple(Used(**each) for each in told["inputs"]), result=result_of(told["result"], tables),
                hidden={table: frozenset(rows) for table, rows in told["hidden"].items()},
                findings_withheld=int(told["findings_withheld"]), tables_withheld=int(told["tables_withheld"]),
                datasets=dict(told["datasets"]), borders=result_map.read(told.get("borders", {})),
                emptied={table: frozenset(columns) for table, columns in told.get("emptied", {}).items()},
            )  # fmt: skip
        except (KeyError, TypeError, ValueError, pa.ArrowException) as error:
            raise MadangError("release_result_unreadable", reason=str(error)) from error


_TEXTS = ("run", "analysis", "title", "question", "why", "theme", "at")


def let_out(
    result: Result,
    without: Sequence[str],
    hidden: Mapping[str, Bools],
    sums: Collection[tuple[str, str]],
    opened: Mapping[tuple[str, int], str],
    run: Run,
) -> tuple[Result, int]:
    """What of a result leaves, and how many of its sentences do not: those with a cell of a hidden row, of a table that
    stays inside, or of one of the `sums` that tell of hidden rows. Ways back are kept to the versions in `opened` (dataset, version -> edition).

    Raises MadangError("release_result_large").
    """
    tables = tuple(
        _shown(each, _masks(each, hidden[each.id], sums), opened, run)
        for each in result.tables
        if each.id not in without
    )
    if sum(each.rows.num_rows * each.rows.num_columns for each in tables) > MOST_CELLS:
        raise MadangError("release_result_large", table=text("release_result_all"), most=f"{MOST_CELLS:,}")
    there = {each.id for each in tables}
    findings = tuple(each for each in result.findings if _may_leave(each, there, hidden, sums))
    charts = tuple(
        each if _may_leave(each, there, hidden, sums) else _untold(each, result)
        for each in result.charts
        if each.table in there
    )
    gone = len(result.findings) - len(findings)
    layers = tuple(each for each in result.layers if each.table in there)
    return Result(findings, tables, charts, layers, result.caveats, result.method), gone


def _may_leave(
    said: Finding | Chart, there: set[str], hidden: Mapping[str, Bools], sums: Collection[tuple[str, str]]
) -> bool:
    return all(
        each.table in there and not hidden[each.table][each.row] and (each.table, each.column) not in sums
        for each in said.cells.values()
    )


def _masks(table: Table, hidden: Bools, sums: Collection[tuple[str, str]]) -> dict[str, Bools]:
    """By column that tells something, which of its cells are empty."""
    return {each.name: hidden | ((table.id, each.name) in sums) for each in table.columns if tells(each)}


def _untold(chart: Chart, result: Result) -> Chart:
    """A picture called as its table, where its own title has a number that stays inside."""
    return replace(chart, title=result.table(chart.table).title, alt="", cells={})


def _shown(
    table: Table, empty: Mapping[str, Bools], opened: Mapping[tuple[str, int], str], run: Run
) -> Table:
    """A table without the numbers of hidden rows and what is said of them, days as texts, and the ways back that lead to what is open."""
    rows = table.rows
    for place, column in enumerate(table.columns):
        cells = rows.column(place).combine_chunks()
        if pa.types.is_temporal(cells.type):
            cells = cells.cast(pa.string())
        elif pa.types.is_decimal(cells.type):  # a sum that DuckDB made
            cells = cells.cast(pa.float64())
        if column.name in empty and empty[column.name].any():
            cells = pa.array(
                cells.to_numpy(zero_copy_only=False),
                cells.type,
                mask=empty[column.name] | cells.is_null().to_numpy(zero_copy_only=False),
                from_pandas=True,
            )
        rows = rows.set_column(place, column.name, cells)
    ways = tuple(
        way
        for origin in table.origins
        for read in run.inputs
        if read.role == origin.role and (way := _way(origin, read, opened))
    )
    return replace(table, rows=rows.replace_schema_metadata(None), origins=ways)


def _way(origin: Origin, read: Read, opened: Mapping[tuple[str, int], str]) -> Origin | None:
    """An origin by the columns of the edition in which the version is open; None where it is not, or where rows are
    named by a query: outside nobody can ask it, and without it other rows would stand behind the number."""
    edition = opened.get((read.dataset, read.version))
    if not edition or origin.query:
        return None

    def named(column: str) -> str:
        return read.columns.get(column, column)

    columns = {
        ours: theirs if theirs == DATASET else named(theirs)
        for ours, theirs in origin.columns.items()
        if theirs == DATASET or theirs in read.columns or theirs not in ADDED
    }
    where = tuple((named(column), operator, _plain(value)) for column, operator, value in origin.where)
    return Origin(edition, columns, where, origin.only)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def filters_of(story: Story, origin: Origin, table: Table, row: int) -> tuple[Filter, ...] | None:
    """Which rows of an open edition stand behind a row of a table; None where it is of another dataset."""
    found = []
    for ours, theirs in origin.columns.items():
        value = table.value(row, ours)
        if theirs == DATASET:
            if value != story.datasets.get(origin.role):
                return None
        elif value is None:
            found.append(Filter(theirs, "null", True))
        else:
            found.append(Filter(theirs, "eq", value))
    for column, operator, value in origin.where:
        found.append(Filter(column, operator, tuple(value) if isinstance(value, list) else value))  # type: ignore[arg-type]
    return tuple(found)


# the first table as the edition's own rows ------------------------------------------------------------------


def as_rows(
    table: Table, hidden: Bools, emptied: Collection[str] = ()
) -> tuple[pa.Table, tuple[DatasetColumn, ...]]:
    """A table of a result as the rows of an edition: beside each column with hidden cells stands why they are empty. `hidden`:
    its rows that show no numbers; `emptied`: its columns that show none."""
    count = table.rows.num_rows
    arrays: dict[str, Any] = {"source_row": pa.array(np.arange(1, count + 1))}
    columns = []
    for column in table.columns:
        name = (
            f"{column.name}_"
            if column.name in ("source_row", *ADDED, "geometry") and column.name != "dong_code"
            else column.name
        )
        cells = table.rows.column(column.name)
        arrays[name] = cells.cast(pa.string()) if pa.types.is_null(cells.type) else cells
        columns.append(DatasetColumn(name, column.label, _type(arrays[name].type), unit=column.unit or None))
        empty = hidden | (column.name in emptied)
        if tells(column) and empty.any():
            label = text("release_note_label", column=column.label)
            columns.append(
                DatasetColumn(f"{name}_note", label, "text", description=text("release_note_description"))
            )
            arrays[f"{name}_note"] = pa.array([WITHHELD] * count, pa.string(), mask=~empty)
    return pa.table(arrays), tuple(columns)


def _type(kind: pa.DataType) -> Any:
    if pa.types.is_boolean(kind):
        return "boolean"
    return "integer" if pa.types.is_integer(kind) else "number" if pa.types.is_floating(kind) else "text"
