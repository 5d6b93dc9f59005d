"""The order of rows in an open result: where numbers are hidden, rows stand by their names, not by the hidden numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.release.result_small import tells
from madang.release.space import Bools
from madang.results import Cell, Chart, Column, Finding, Result, Table

_FIRST = (
    "date",
    "month",
    "code",
)  # a day sorts as a day, a code as its register; then what is called in words
_Said = TypeVar("_Said", Finding, Chart)


def by_name(result: Result, hidden: Mapping[str, Bools]) -> tuple[Result, dict[str, Bools]]:
    """The result and its hidden rows, tables with hidden rows sorted by what names their rows; sentences follow theirs."""
    result = _with_verdicts(result)
    orders = {
        each.id: _order(each, hidden[each.id])
        for each in result.tables
        if each.id in hidden and hidden[each.id].any()
    }
    places = {table: np.argsort(order) for table, order in orders.items()}
    tables = tuple(
        replace(each, rows=each.rows.take(pa.array(orders[each.id]))) if each.id in orders else each
        for each in result.tables
    )
    sorted_ = replace(
        result,
        tables=tables,
        findings=tuple(_followed(each, places) for each in result.findings),
        charts=tuple(_followed(each, places) for each in result.charts),
    )
    return sorted_, {
        table: mask[orders[table]] if table in orders else mask for table, mask in hidden.items()
    }


def _with_verdicts(result: Result) -> Result:
    """Words that are drawn on a map are crossed out there in hidden rows: so they say something of them in the table, too."""
    drawn = {(each.table, each.value) for each in result.layers}

    def meant(table: Table, column: Column) -> Column:
        worded = column.kind == "text" and (table.id, column.name) in drawn
        return replace(column, meaning="verdict") if worded else column

    tables = (
        replace(each, columns=tuple(meant(each, one) for one in each.columns)) for each in result.tables
    )
    return replace(result, tables=tuple(tables))


def _order(table: Table, hidden: Bools) -> Any:
    """Hidden rows stand before others of the same name, so that these do not tell between which values they were."""
    names = [each for each in table.columns if not tells(each)]
    names.sort(key=lambda each: _FIRST.index(each.kind) if each.kind in _FIRST else len(_FIRST))
    columns = {str(place): _sortable(table.rows.column(each.name)) for place, each in enumerate(names)}
    keys = pa.table({**columns, "shown": pa.array(~hidden)})
    return pc.sort_indices(keys, [(name, "ascending") for name in keys.column_names]).to_numpy()


def _sortable(cells: pa.ChunkedArray) -> pa.ChunkedArray:
    return cells if pa.types.is_temporal(cells.type) else cells.cast(pa.string())


def _followed(said: _Said, places: Mapping[str, Any]) -> _Said:
    cells = {
        name: Cell(each.table, each.column, int(places[each.table][each.row]))
        if each.table in places
        else each
        for name, each in said.cells.items()
    }
    return replace(said, cells=cells)
