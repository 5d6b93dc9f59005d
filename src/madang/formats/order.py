"""Rows in the order of their source, with bounded memory.

A version lies sorted by place and key. DuckDB's own sort of a million wide rows of text needs more than a gigabyte
(it does not always spill), so the rows are dealt into parts by `source_row` first, each small enough to be
sorted by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

_CELLS = 3_000_000  # of a part
_FEWEST, _MOST_PARTS = 10_000, 250  # rows of a part; parts, each an open file while dealing
KEY = "__order"  # the name under which a relation gives its source_row

Keys = npt.NDArray[np.int64]


def in_source_order(
    tables: Iterator[pa.Table], keys: list[pa.Array], *, width: int, spill: Path
) -> Iterator[pa.Table]:
    """The rows of `tables`, which have a column KEY, rising by it and without it; `keys` are all values of KEY.

    Rows of one key keep their order. `width` is how many cells a row comes from; parts lie in `spill` until they
    are read.
    """
    known = np.concatenate([np.empty(0, np.int64), *map(_keys, keys)])
    rows_of_a_part = max(_FEWEST, _CELLS // max(width, 1), len(known) // _MOST_PARTS)
    if bool((np.diff(known) >= 0).all()):
        yield from (table.drop_columns([KEY]) for table in tables)
    elif len(known) <= rows_of_a_part:
        yield _sorted(pa.concat_tables(tables))
    else:
        for part in _dealt(tables, np.unique(np.sort(known)[::rows_of_a_part]), spill):
            with pa.OSFile(str(part), "rb") as source, pa.ipc.open_file(source) as file:
                yield _sorted(file.read_all())
            part.unlink()


def _dealt(tables: Iterator[pa.Table], bounds: Keys, spill: Path) -> list[Path]:
    """Deal rows into one Arrow file per bound: those from it to the next."""
    parts = [spill / f"part{number}.arrow" for number in range(len(bounds))]
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    first = next(tables)
    with ExitStack() as opened:
        files = [opened.enter_context(pa.OSFile(str(part), "wb")) for part in parts]
        writers = [
            opened.enter_context(pa.ipc.new_file(file, first.schema, options=options)) for file in files
        ]
        for table in chain([first], tables):
            part_of = np.searchsorted(bounds, _keys(table.column(KEY)), side="right") - 1
            order = np.argsort(part_of, kind="stable")
            dealt = table.take(pa.array(order))
            found, starts = np.unique(part_of[order], return_index=True)
            for number, start, end in zip(found, starts, [*starts[1:], table.num_rows], strict=True):
                writers[number].write_table(dealt.slice(start, end - start))
    return parts


def _sorted(table: pa.Table) -> pa.Table:
    order = np.argsort(_keys(table.column(KEY)), kind="stable")
    return table.drop_columns([KEY]).take(pa.array(order)).combine_chunks()


def _keys(column: pa.Array | pa.ChunkedArray) -> Keys:
    keys: Keys = column.to_numpy(zero_copy_only=False) if isinstance(column, pa.Array) else column.to_numpy()
    return keys.astype(np.int64, copy=False)
