"""The rows of a version that somebody takes away: those a question finds, as the person may see them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from madang.access import View
from madang.declarations.standard import RESERVED, DatasetColumn
from madang.engine.duck import connect
from madang.engine.rows_fields import Fields
from madang.engine.rows_query import Query
from madang.engine.rows_sql import condition, quoted, shown
from madang.formats.source import PLACES

_GEOMETRY = "geometry"


def taken(
    files: Sequence[Path], query: Query, view: View, columns: Sequence[DatasetColumn], target: Path
) -> tuple[list[Path], list[DatasetColumn], bool]:
    """The files, columns and places of what `query` finds under `view`, ready for `export`.

    Where all rows and cells are shown as they are, these are the version's own files; else they are copied to the
    Parquet file `target`, masked cells as starred texts. Shapes stay but where something is masked: with a point
    goes the address that is starred. The order is that of the source, whatever the question says.
    Raises as `madang.engine.rows.rows`.
    """
    whole = not (query.filters or query.search or view.masked or view.own_rows)
    chosen = _chosen(columns, query, view)
    if whole:
        return list(files), chosen, True
    names = tuple(pq.read_schema(files[0]).names)
    fields = Fields(columns, view, names)
    found = condition(query, fields, view, names)
    kept = [column for column in chosen if column.name in names]
    cells = [
        f"{quoted(column.name) if column.type == _GEOMETRY else shown(fields.named(column.name))} AS {quoted(column.name)}"
        for column in kept
    ]
    cells += [quoted(name) for name in ("source_row", *(() if view.masked else PLACES)) if name in names]
    listed, place = ", ".join(map(_path, files)), _path(target)
    with connect(temp_dir=target.parent / "spill", ordered=False) as con:
        con.execute(
            f"COPY (SELECT {', '.join(cells)} FROM read_parquet([{listed}]){found.where}) TO {place} (FORMAT parquet, COMPRESSION lz4)",
            found.values,
        )
    return [target], kept, not view.masked


def _path(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _chosen(columns: Sequence[DatasetColumn], query: Query, view: View) -> list[DatasetColumn]:
    """The columns asked for, in their order, without shapes that would tell what is starred."""
    named = {column.name: column for column in columns}
    asked = [named[name] for name in query.select if name in named] or list(columns)
    return [
        column
        for column in asked
        if not (column.type == _GEOMETRY and view.masked)
        and (column.name not in RESERVED or column.type == _GEOMETRY)
    ]
