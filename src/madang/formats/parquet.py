"""Parquet: the typed columns under their labels, written batch by batch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from madang.formats.shapes import as_points, geoparquet, points_geoparquet
from madang.formats.source import LAT, LON, Source, unique
from madang.intake.raw import Progress


def write_parquet(source: Source, out: IO[bytes], progress: Progress, about: dict[str, str]) -> None:
    """One file, zstd; `about` stands in the file's key-value metadata. With shapes it is a GeoParquet file.

    Where `source` has hidden lon and lat, they stand as points in a last column `geometry`.
    """
    labels = unique([*(column.label for column in source.columns), *(["geometry"] if source.hidden else [])])
    fields = [(label, _TYPES[column.kind]) for label, column in zip(labels, source.columns, strict=False)]
    metadata = {f"madang.{key}": value for key, value in about.items()}
    shapes = {c.name: label for label, c in zip(labels, source.columns, strict=False) if c.kind == "shape"}
    if source.hidden:
        fields.append((labels[-1], pa.binary()))
        metadata["geo"] = points_geoparquet(source, labels[-1])
    elif shapes:
        metadata["geo"] = geoparquet(source, shapes)
    schema = pa.schema(fields, metadata)
    done = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for table in _tables(source, labels):
            writer.write_table(table.cast(schema), row_group_size=_ROW_GROUP)
            done += table.num_rows
            progress(done, source.rows)


def _tables(source: Source, labels: list[str]) -> Iterator[pa.Table]:
    """The rows under their labels, with their points where there are any."""
    if not source.hidden:
        yield from source.tables(labels)
        return
    for table in source.tables([*labels[:-1]], hidden=True):
        points = as_points(table.column(LON), table.column(LAT))
        yield table.drop_columns([LON, LAT]).append_column(labels[-1], points)


_TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
          "date": pa.date32(), "datetime": pa.timestamp("us"), "shape": pa.binary()}  # fmt: skip
_ROW_GROUP = 122_880  # rows at most
