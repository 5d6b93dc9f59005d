"""Rows in the order of their source, with bounded memory.

A version lies sorted by place and key. DuckDB's own sort of a million wide rows of text needs more memory than it is
given here and does not always spill, so the rows are dealt into parts by `source_row` first, each small enough to be
sorted by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

BATCH = 65_536  # rows
_CELLS = 3_000_000  # of a part
_FEWEST, _MOST_PARTS = 10_000, 250  # rows of a part; parts, each an open file while dealing
KEY = "__order"  # the name under which a relation gives its source_row

Keys = npt.NDArray[np.int64]


def in_source_order(
    con: duckdb.DuckDBPyConnection, relation: str, columns: list[str], *, width: int, spill: Path
) -> Iterator[pa.Table]:
    """Tables of `columns` (SQL, with names) of a `relation`, one after another, rows rising by KEY.

    Rows of one key keep the order of the files. `width` is how many cells a row comes from; parts lie in `spill`
    until they are read.
    """
    batches = con.execute(f"SELECT {KEY} FROM {relation}").to_arrow_reader(BATCH)
    keys = np.concatenate([np.empty(0, np.int64), *(_keys(batch.column(0)) for batch in batches)])
    rows_of_a_part = max(_FEWEST, _CELLS // max(width, 1), len(keys) // _MOST_PARTS)
    listed = ", ".join([KEY, *columns])
    reader = con.execute(f"SELECT {listed} FROM {relation}").to_arrow_reader(BATCH)
    if len(keys) < 2 or bool((np.diff(keys) >= 0).all()):
        for batch in reader:
            yield pa.Table.from_batches([batch]).drop_columns([KEY])
    elif len(keys) <= rows_of_a_part:
        yield _sorted(reader.read_all())
    else:
        for part in _dealt(reader, np.unique(np.sort(keys)[::rows_of_a_part]), spill):
            with pa.OSFile(str(part), "rb") as source, pa.ipc.open_file(source) as file:
                yield _sorted(file.read_all())
            part.unlink()


def _dealt(reader: pa.RecordBatchReader, bounds: Keys, spill: Path) -> list[Path]:
    """Deal rows into one Arrow file per bound: those from it to the next."""
    parts = [spill / f"part{number}.arrow" for number in range(len(bounds))]
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with ExitStack() as open_files:
        writers = [
            open_files.enter_context(
                pa.ipc.new_file(
                    open_files.enter_context(pa.OSFile(str(part), "wb")), reader.schema, options=options
                )
            )
            for part in parts
        ]
        for batch in reader:
            part_of = np.searchsorted(bounds, _keys(batch.column(KEY)), side="right") - 1
            order = np.argsort(part_of, kind="stable")
            dealt = batch.take(pa.array(order))
            found, starts = np.unique(part_of[order], return_index=True)
            for number, start, end in zip(found, starts, [*starts[1:], batch.num_rows], strict=True):
                writers[number].write_batch(dealt.slice(start, end - start))
    return parts


def _sorted(table: pa.Table) -> pa.Table:
    order = np.argsort(_keys(table.column(KEY)), kind="stable")
    return table.drop_columns([KEY]).take(pa.array(order)).combine_chunks()


def _keys(column: pa.Array | pa.ChunkedArray) -> Keys:
    keys: Keys = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    return keys.astype(np.int64, copy=False)
