"""The first rows of a version, read without touching the rest."""

from __future__ import annotations

from typing import Any

import pyarrow.parquet as pq

from madang.access import View
from madang.bank import Version
from madang.declarations.standard import DatasetColumn
from madang.engine.rows import Query, Source, rows
from madang.web.desk.pages import Cells
from madang.web.shell.cells import shown
from madang.web.shell.masking import masked, personal_of


def first_rows(version: Version | None, limit: int, view: View) -> Cells:
    """The first `limit` rows of those that `view` shows as texts, in the order of the version's columns."""
    if version is None or not version.files:
        return Cells([], [], [])
    if view.own_rows:
        return _own_rows(version, limit, view)
    with pq.ParquetFile(version.files[0]) as file:
        names = set(file.schema_arrow.names)
        columns = [column for column in version.columns if column.name in names]
        asked = [*(["source_row"] if "source_row" in names else []), *(column.name for column in columns)]
        batch = next(file.iter_batches(batch_size=limit, columns=asked), None)
    if batch is None:
        return Cells(columns, [], [])
    held = {name: batch.column(name).to_pylist() for name in asked}
    numbers = held.get("source_row") or [None] * batch.num_rows
    hidden = personal_of(version.dataset, columns)
    rows = [[_cell(c, held[c.name][i], hidden) for c in columns] for i in range(batch.num_rows)]
    return Cells(columns, numbers, rows)


def _own_rows(version: Version, limit: int, view: View) -> Cells:
    query = Query(
        limit=limit, select=(*(c.name for c in version.columns if c.type != "geometry"), "source_row")
    )
    found = rows(Source(tuple(version.files)), query, view, version.columns)
    columns = [column for column in version.columns if column.type != "geometry"]
    cells = [
        [shown(value, counted=c.type == "integer") for c, value in zip(columns, row, strict=False)]
        for row in found.rows
    ]
    return Cells(columns, [int(str(row[-1])) for row in found.rows], cells)


def _cell(column: DatasetColumn, value: Any, hidden: set[str]) -> str | None:
    text = shown(value, counted=column.type == "integer")
    return text if text is None or not hidden & {column.name, column.label} else masked(text)
