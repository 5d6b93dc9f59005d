"""The way back from a number: its cell, the run, the versions it read, and which of their rows stand behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from madang.access import Person
from madang.bank import Bank, Version
from madang.bank.seen import SeenBank
from madang.engine.rows import Filter, Page, Query, Source, count, rows
from madang.messages import MadangError
from madang.results import Cell, Origin, Table
from madang.runs.inputs import ADDED, DATASET, NAMES, Input, Inputs, Part
from madang.runs.ledger import Read, Run

SHOWN = 20  # rows that are shown of those behind a number


@dataclass(frozen=True)
class Behind:
    """Rows of one input that stand behind a row of a table: those of `dataset@version` that pass the `filters`.

    Where a query chose them, `total` says how many it did, and the filters let SHOWN of them pass, those after `since`.
    """

    read: Read
    filters: tuple[Filter, ...]
    total: int | None = None
    since: int = 0

    @property
    def query(self) -> Query:
        return Query(filters=self.filters, limit=SHOWN)

    def page(self, bank: Bank, by: Person) -> tuple[Version, Page, int]:
        """The version, the first rows, and how many there are, as `by` sees them. Raises as reading rows does."""
        seen = SeenBank(bank, by)
        version = seen.may("read", self.read.dataset).version(self.read.version)
        view = seen.view(version.dataset, version.columns, version=version.n)
        source = Source(tuple(version.files))
        columns = version.columns
        found = rows(source, self.query, view, columns)
        return version, found, count(source, self.query, view, columns) if self.total is None else self.total


def behind(
    run: Run, cell: Cell, bank: Bank | SeenBank, *, since: Mapping[str, int] | None = None
) -> list[Behind]:
    """What stands behind a cell: of every input that its table names, each dataset; of rows that a query chose, those
    after the first `since` of a dataset. Raises MadangError: result_table …"""
    table = run.result.table(cell.table)
    table.column(cell.column)
    if not 0 <= cell.row < table.rows.num_rows:
        raise MadangError("result_cell", table=cell.table, column=cell.column, row=cell.row)
    found: list[Behind | None] = []
    for origin in table.origins_of(cell.column):
        if origin.query:
            found += _chosen(run, table, origin, cell.row, bank, since or {})
        else:
            found += [_behind(read, table, origin, cell.row) for read in run.reads(origin.role)]
    return [each for each in found if each is not None]


def _chosen(
    run: Run, table: Table, origin: Origin, row: int, bank: Bank | SeenBank, since: Mapping[str, int]
) -> list[Behind]:
    """The rows of a role that the query of an origin names for a row of a table, by dataset."""
    values = {f"v{n}": table.value(row, ours) for n, ours in enumerate(origin.columns)}
    of = [
        f'"{theirs}" IS NOT DISTINCT FROM ${name}'
        for theirs, name in zip(origin.columns.values(), values, strict=True)
    ]
    if tells_roles(run):
        values["role"] = origin.role
        of.append("role = $role")
    most = max((0, *since.values())) + SHOWN
    found = inputs_of(run, bank).sql(
        f"""SELECT dataset, count(DISTINCT source_row) AS many, list(DISTINCT source_row ORDER BY source_row)[:{most}] AS first
            FROM ({origin.query}) WHERE {" AND ".join(of) or "true"} GROUP BY 1""",
        values=values,
    ).to_pylist()  # fmt: skip
    told = {line["dataset"]: line for line in found}
    return [
        _after(read, told[read.dataset]["first"], told[read.dataset]["many"], since.get(read.dataset, 0))
        for read in run.reads(origin.role)
        if read.dataset in told
    ]


def _after(read: Read, numbers: Sequence[int], many: int, since: int) -> Behind:
    shown = tuple(map(str, numbers[since : since + SHOWN]))
    return Behind(read, (Filter("source_row", "in", shown),), many, since)


def inputs_of(run: Run, bank: Bank | SeenBank) -> Inputs:
    """What a run read, to be asked again. Raises MadangError: dataset_missing, version_missing."""
    roles = {each.role: tuple(part_of(read, bank) for read in run.reads(each.role)) for each in run.inputs}
    return Inputs({role: Input(role, parts) for role, parts in roles.items()})


def tells_roles(run: Run) -> bool:
    """Whether the query of an origin says of which role its lines are: there are several."""
    return len({each.role for each in run.inputs if each.role not in NAMES}) > 1


def part_of(read: Read, bank: Bank | SeenBank) -> Part:
    """A version that a run read, by the names that the run had for its columns. Raises as `inputs_of`."""
    files = tuple(bank[read.dataset].version(read.version).files)
    return Part(read.dataset, read.version, read.title, read.as_of, read.columns, files)


def _behind(read: Read, table: Table, origin: Origin, row: int) -> Behind | None:
    """None where the row is of another dataset of the role."""
    filters = []
    for ours, theirs in origin.columns.items():
        value = table.value(row, ours)
        if theirs == DATASET:
            if value != read.dataset:
                return None
        elif theirs in read.columns or theirs not in ADDED:
            filters.append(_equal(read.columns.get(theirs, theirs), value))
    return Behind(read, (*filters, *filters_of(read, origin)))


def filters_of(read: Read, origin: Origin) -> tuple[Filter, ...]:
    """The further conditions of an origin on what was read."""
    return tuple(
        Filter(read.columns.get(name, name), operator, _plain(value))  # type: ignore[arg-type]
        for name, operator, value in origin.where
    )


def _equal(column: str, value: Any) -> Filter:
    return Filter(column, "null", True) if value is None else Filter(column, "eq", _plain(value))


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(map(_plain, value))
    return value
