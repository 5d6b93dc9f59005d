"""Columns of text looked at as bytes: what a million cells do not hold need not be asked of each."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def text_bytes(array: pa.Array) -> memoryview:
    """The texts of an array, one after another, without copying."""
    ends, data = _ends_and_data(array)
    return data[ends[0] : ends[-1]]


def holds(column: pa.ChunkedArray, pattern: re.Pattern[bytes]) -> bool:
    """Whether the bytes of any text match; texts are looked at joined, so a match may span two (seldom, and harmless)."""
    if not pa.types.is_string(column.type):
        return True
    return any(pattern.search(text_bytes(chunk)) is not None for chunk in column.chunks)


def begins(column: pa.ChunkedArray, first: bytes) -> bool:
    """Whether any text begins with one of the bytes."""
    if not pa.types.is_string(column.type):
        return True
    for chunk in column.chunks:
        ends, data = _ends_and_data(chunk)
        starts = ends[:-1][ends[1:] > ends[:-1]]
        if np.isin(np.frombuffer(data, np.uint8)[starts], np.frombuffer(first, np.uint8)).any():
            return True
    return False


def _ends_and_data(array: pa.Array) -> tuple[npt.NDArray[np.int64], memoryview]:
    array = array.cast(pa.large_string())
    _, offsets, data = array.buffers()
    if len(array) == 0 or data is None:
        return np.zeros(len(array) + 1, np.int64), memoryview(b"")
    ends = np.frombuffer(offsets, dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    return ends, memoryview(data)
