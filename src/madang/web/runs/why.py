"""'이 숫자는 왜?': from a number of a run to the rows it was made of, and their places in the original files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from madang.bank import Version
from madang.engine.rows import Field, Fields, Query, Source, address, count, rows
from madang.engine.rows_query import NUMBERS
from madang.messages import MadangError
from madang.results import Cell
from madang.results.html import sentence_html
from madang.results.report import cell_text
from madang.runs import Run
from madang.runs.tables import ROWS
from madang.runs.way import telling
from madang.runs.why import Behind, behind
from madang.web.shell.cells import filter_said, label_of, shown
from madang.web.shell.language import said
from madang.web.shell.workspace import bank, workspace

_ROWS = 10
_LONGEST = 2_000  # letters of an address that every server between here and there takes
_ROW = "source_row"


@dataclass(frozen=True)
class Line:
    """A row: its number in the original, where that is, its cells (value, whether a number), how many problems it has."""

    row: int
    address: str
    cells: list[tuple[str | None, bool]]
    problems: int


@dataclass(frozen=True)
class Stop:
    """One input behind a number. `error` says why its rows cannot be shown."""

    role: str
    dataset: str
    title: str
    version: int
    as_of: str
    filters: tuple[str, ...] = ()
    total: int = 0
    heads: tuple[tuple[str, bool], ...] = ()
    lines: tuple[Line, ...] = ()
    since: int = 0  # rows before those that are shown
    rows: str = ""  # where all of them are, with all that can be done with rows
    error: str = ""

    @property
    def pages(self) -> tuple[int, int, int]:
        """The page that is shown, and those before and after it; 0 where there is none."""
        page = self.since // _ROWS + 1
        return page, page - 1, page + 1 if self.since + len(self.lines) < self.total else 0

    @property
    def last(self) -> int:
        return self.since + len(self.lines)


@dataclass(frozen=True)
class Chain:
    """From a number to its rows. `words` are the cells of its row that say what it is of."""

    number: str
    exact: str
    column: str
    words: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    table: str
    table_title: str
    stops: tuple[Stop, ...]


def chain(run: Run, cell: Cell, dataset: str = "", page: int = 1) -> Chain:
    """The whole way, with that page of the rows of that dataset and the first of the others.

    Raises MadangError: result_table, result_column, result_cell, run_broken.
    """
    result = run.result
    table = result.table(cell.table)
    since = {dataset: (page - 1) * _ROWS}
    found = behind(run, cell, workspace().bank, since=since)
    column = table.column(cell.column)
    value = table.value(cell.row, column.name)
    words = [
        (each.label, str(told))
        for each in table.columns
        if each.kind in ("text", "date", "month") and each.name != column.name
        and (told := table.value(cell.row, each.name)) is not None
    ]  # fmt: skip
    sentences = [sentence_html(each, result) for each in result.findings if cell in each.cells.values()]
    unit = column.unit or ("%" if column.kind == "percent" else "")
    exact = cell_text(value, column)
    return Chain(
        f"{exact}\u202f{unit}" if unit and value is not None else exact, exact, column.label, tuple(words),
        tuple(sentences), table.id, table.title, tuple(_stop(each, since.get(each.read.dataset, 0)) for each in found),
    )  # fmt: skip


def _stop(each: Behind, since: int) -> Stop:
    read = each.read
    stop = Stop(read.role, read.dataset, read.title, read.version, read.as_of)
    try:
        seen = bank()
        version = seen.may("read", read.dataset).version(read.version)
        view = seen.view(version.dataset, version.columns, version=version.n)
        source = Source(tuple(version.files), workspace().folder / "cache" / "rows" / read.dataset)
        fields = Fields(version.columns, view, pq.read_schema(version.files[0]).names)
        names = telling(each, fields)
        after = since - each.since  # a query has passed over those before by itself
        page = rows(
            source, Query((*names, _ROW), each.filters, limit=_ROWS, offset=after), view, version.columns
        )
        total = each.total
        if total is None:
            total = count(source, Query(filters=each.filters), view, version.columns)
    except MadangError as error:
        return replace(stop, error=said(error))
    named = {field.name: field for field in fields.every}
    words = (_("결과의 물음이 고른 행"),) if each.total is not None else tuple(f"{label_of(named[one.column]) if one.column in named else one.column} {filter_said(one)}" for one in each.filters)  # fmt: skip
    asked = urlencode([*address(Query(filters=each.filters)), ("version", str(version.n))])
    all_of_them = each.total is None and len(asked) <= _LONGEST
    return replace(
        stop, filters=words, total=total, heads=tuple((label_of(field), _numeric(field)) for field in page.columns[:-1]),
        lines=tuple(_lines(each, version, page.columns[:-1], page.rows)),
        since=since, rows=f"/data/{quote(read.dataset)}/rows/?{asked}" if all_of_them else "",
    )  # fmt: skip


def _numeric(field: Field) -> bool:
    return field.type in NUMBERS and field.type != "year" and not field.masked


def _lines(
    each: Behind, version: Version, fields: Sequence[Field], found: Sequence[tuple[Any, ...]]
) -> list[Line]:
    numbers = [int(row[-1]) for row in found]
    problems = _problems(version, numbers)
    own = {column.name for column in version.columns}
    column = next((one.column for one in reversed(each.filters) if one.column in own), "")
    at = f"/data/{quote(version.dataset.id)}/source/{version.deposit_id}/"
    made = _made(each, version)

    def where(number: int) -> str:
        if made:  # its rows were computed: from each of them the way goes on
            return f"{made}&row={number - 1}"
        return f"{at}?{urlencode({'row': number} | ({'column': column} if column else {}))}"

    return [
        Line(number, where(number),
             [(shown(value, counted=field.type == "integer"), _numeric(field)) for field, value in zip(fields, row[:-1], strict=True)],
             problems.get(number, 0))
        for number, row in zip(numbers, found, strict=True)
    ]  # fmt: skip


def _made(each: Behind, version: Version) -> str:
    """Where the number of a row of a declared table is explained, without its row; "" where no run computed it."""
    key = str(version.facts.get("run") or "")
    try:
        table = workspace().ledger[key].result.table(ROWS) if key else None
    except MadangError:
        return ""
    if table is None:
        return ""
    numbers = [
        column.name for column in table.columns if column.kind in ("integer", "number", "money", "percent")
    ]
    column = next(
        (name for name in numbers if name in each.read.columns),
        numbers[0] if numbers else table.columns[0].name,
    )
    return f"/runs/{key}/why/?{urlencode({'table': ROWS, 'column': column})}"


def _problems(version: Version, numbers: Sequence[int]) -> dict[int, int]:
    """How many problems the deposit of a version told of each of these rows."""
    path = version.dataset.folder / "deposits" / version.deposit_id / "problems.parquet"
    if not path.is_file() or not numbers:
        return {}
    told = pq.read_table(path, columns=["row"], filters=[("row", "in", list(numbers))])
    counted = told.group_by("row").aggregate([("row", "count")])
    return dict(zip(counted["row"].to_pylist(), counted["row_count"].to_pylist(), strict=True))
