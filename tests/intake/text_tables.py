"""Text tables turned into typed ones by DuckDB's own casts: a stand-in for conform where only recognition and
quality are under test."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from madang.declarations.standard import STORAGE, DatasetColumn
from madang.intake.recognise import Recognition


def as_sample(rows: Sequence[Sequence[str]]) -> pa.Table:
    """Rows of text as a staged sample: columns c0 … cN."""
    width = max((len(row) for row in rows), default=0)
    return pa.table(
        {
            f"c{i}": pa.array([row[i] if i < len(row) else "" for row in rows], pa.string())
            for i in range(width)
        }
    )


def as_dataset_columns(labels: Sequence[str], found: Recognition) -> list[DatasetColumn]:
    """A column for every header, named and typed by the standard where it is mapped, as text where it is not."""
    columns = []
    for index, label in enumerate(labels):
        told = found.mapping.get(index)
        if told is None:
            columns.append(DatasetColumn(label or f"열_{index + 1}", label, "text"))
        else:
            columns.append(
                DatasetColumn(told.name, label, told.type, told.unit, told.name, privacy=told.privacy)
            )
    return columns


def typed_rows(rows: Sequence[Sequence[str]], columns: Sequence[DatasetColumn]) -> list[tuple[object, ...]]:
    """The cells cast to the types of `columns`; what does not cast, and "", is null."""
    chosen = ", ".join(
        f"TRY_CAST(nullif(trim(c{i}), '') AS {STORAGE[column.type]})" for i, column in enumerate(columns)
    )
    with duckdb.connect(config={"threads": 1}) as con:
        con.register("given", as_sample(rows))
        return con.execute(f"SELECT {chosen} FROM given").fetchall()
