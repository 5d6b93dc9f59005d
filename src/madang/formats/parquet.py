"""Parquet: the typed columns under their labels, written batch by batch."""

from __future__ import annotations

from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from madang.formats.shapes import geoparquet
from madang.formats.source import Source, unique
from madang.intake.raw import Progress


def write_parquet(source: Source, out: IO[bytes], progress: Progress, about: dict[str, str]) -> None:
    """One file, zstd; `about` stands in the file's key-value metadata. With shapes it is a GeoParquet file."""
    types = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(),
             "date": pa.date32(), "datetime": pa.timestamp("us"), "shape": pa.binary()}  # fmt: skip
    labels = unique([column.label for column in source.columns])
    fields = [(label, types[column.kind]) for label, column in zip(labels, source.columns, strict=True)]
    metadata = {f"madang.{key}": value for key, value in about.items()}
    shapes = {c.name: label for label, c in zip(labels, source.columns, strict=True) if c.kind == "shape"}
    if shapes:
        metadata["geo"] = geoparquet(source, shapes)
    schema = pa.schema(fields, metadata)
    done = 0
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for table in source.tables(labels):
            writer.write_table(table.cast(schema), row_group_size=_ROW_GROUP)
            done += table.num_rows
            progress(done, source.rows)


_ROW_GROUP = 122_880  # rows at most
