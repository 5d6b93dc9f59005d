"""Columns of staged cells: outer blanks off, empty cells null, and a reading applied to many cells at once."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.intake.values import Reading, extract_sql, value_sql
from madang.intake.values_shapes import read_shapes
from madang.intake.values_text import BLANKS

# Two bytes at the start or the end of a cell that can belong to a blank of BLANKS; others need no second look.
_PAIRS_FIRST = ((0xC2, 0xA0), (0xE3, 0x80), (0xE2, 0x80), (0xE2, 0x81), (0xEF, 0xBB))
_PAIRS_LAST = (
    (0xC2, 0xA0),
    (0x80, 0x80),
    (0x80, 0x8B),
    (0x80, 0x8C),
    (0x80, 0x8D),
    (0x81, 0xA0),
    (0xBB, 0xBF),
)


def _suspects(pairs: Sequence[tuple[int, int]], blank_first: bool) -> np.ndarray:
    table = np.zeros((256, 256), dtype=bool)
    for first, second in pairs:
        table[second, first] = True  # a pair of bytes read as one little-endian number
    for char in " \t\n\r\v\f":
        if blank_first:
            table[:, ord(char)] = True
        else:
            table[ord(char), :] = True
    return table.reshape(-1)


_FIRST = _suspects(_PAIRS_FIRST, blank_first=True)
_LAST = _suspects(_PAIRS_LAST, blank_first=False)


def tidy(cells: pa.Array, *, exact: bool = False) -> pa.Array:
    """Text cells without outer blanks (space, NBSP, full-width, zero-width); an empty one is null. Usually no copy.

    `exact` leaves outer blanks where they are.
    """
    if cells.offset or cells.null_count:
        cells = pa.concat_arrays([pc.fill_null(cells, ""), pa.array([], pa.string())])
    _, offset_buffer, data_buffer = cells.buffers()
    size = data_buffer.size if data_buffer is not None else 0
    if size == 0 or len(cells) == 0:
        return pa.nulls(len(cells), pa.string())
    offsets = np.frombuffer(offset_buffer, np.int32, len(cells) + 1)
    if not exact and _has_outer_blanks(offsets, np.frombuffer(data_buffer, np.uint8)):
        return _empty_to_null(pc.utf8_trim(cells, characters=BLANKS))
    return _empty_to_null(cells)


def _empty_to_null(cells: pa.Array) -> pa.Array:
    _, offset_buffer, data_buffer = cells.buffers()
    offsets = np.frombuffer(offset_buffer, np.int32, len(cells) + 1)
    filled = offsets[1:] > offsets[:-1]
    if filled.all():
        return cells
    bits = pa.py_buffer(np.packbits(filled, bitorder="little"))
    return pa.Array.from_buffers(pa.string(), len(cells), [bits, offset_buffer, data_buffer])


def _has_outer_blanks(offsets: np.ndarray, data: np.ndarray) -> bool:
    """Whether some cell may begin or end with a blank (now and then it is another character)."""
    filled = offsets[1:] > offsets[:-1]
    starts, ends = offsets[:-1][filled], offsets[1:][filled]
    if len(starts) == 0:
        return False
    if len(data) < 2:
        return bool(data[0] <= 32)
    pairs = np.ndarray((len(data) - 1,), "<u2", data, strides=(1,))  # every two neighbouring bytes
    heads = starts if starts[-1] < len(pairs) else np.minimum(starts, len(pairs) - 1)
    tails = ends - 2 if ends[0] > 1 else np.maximum(ends - 2, 0)
    return bool(_FIRST[pairs[heads]].any() or _LAST[pairs[tails]].any())


def read_cells(con: duckdb.DuckDBPyConnection, cells: Sequence[pa.Array], reading: Reading) -> pa.Array:
    """The values of tidied `cells` under `reading`, in their order; null where a cell has none.

    The usual forms are read cell by cell, the rest once per distinct text. `con` must keep the order
    (`duck.connect(ordered=True)`).
    """
    texts = pa.chunked_array(cells, pa.string()).combine_chunks()
    if reading.type == "geometry":
        return read_shapes(texts, reading.crs)
    if reading.extract:
        words = texts.dictionary_encode()
        texts = _evaluate(con, words.dictionary, extract_sql("x", reading)).take(words.indices)
    if reading.type == "text" and not reading.missing:
        return texts
    values = _evaluate(con, texts, value_sql("x", reading, quick=True))
    if values.null_count == texts.null_count:
        return values
    left = pc.and_(pc.is_null(values), pc.is_valid(texts))
    rest = texts.filter(left).dictionary_encode()
    found = _evaluate(con, rest.dictionary, value_sql("x", reading))
    return pc.replace_with_mask(values, left, found.take(rest.indices))


def _evaluate(con: duckdb.DuckDBPyConnection, texts: pa.Array, value: str) -> pa.Array:
    con.register("cells_to_read", pa.table({"x": texts}))
    try:
        result = con.execute(f"SELECT {value} AS v FROM cells_to_read").to_arrow_table()["v"]
    finally:
        con.unregister("cells_to_read")
    return result.combine_chunks()
