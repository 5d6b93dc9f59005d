"""Whether the rows of two versions have the same places: a digest that is worked out while a table is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from madang.intake.place_arrays import LEVELS, Ints, number_of, numbers

_SEEDS = (0x9E3779B97F4A7C15, 0xD1B54A32D192ED03)
_WRAP = 1 << 64
_ROWS = 200_000  # compared at a time

Words = NDArray[np.uint64]


@dataclass
class PlaceDigest:
    """128 bits of which row (by `source_row`) has which lon, lat, dong_code and geo_level.

    A sum over rows, so that parts and groups can be counted in any order and cut anywhere.
    """

    first: int = 0
    second: int = 0

    def add(self, table: pa.Table) -> None:
        """Count the rows of a table with source_row and the place columns."""
        columns = [
            np.asarray(table["source_row"]).astype(np.uint64),
            *(_bits(number_of(table[name].combine_chunks())) for name in ("lon", "lat")),
            numbers(table["dong_code"]).astype(np.uint64),
            _levels(table["geo_level"]),
        ]
        for name, seed in zip(("first", "second"), _SEEDS, strict=True):
            mixed = np.full(table.num_rows, seed, np.uint64)
            for column in columns:
                mixed = _mix(mixed ^ column)
            setattr(self, name, (getattr(self, name) + int(mixed.sum(dtype=np.uint64))) % _WRAP)

    def join(self, other: PlaceDigest) -> None:
        """Count the rows that another part counted."""
        self.first, self.second = (self.first + other.first) % _WRAP, (self.second + other.second) % _WRAP

    def __str__(self) -> str:
        return f"{self.first:016x}{self.second:016x}"


def changed_dongs(before: Sequence[Path], after: Sequence[Path]) -> int:
    """How many rows of two tables with the same rows have another 행정동; all of `after` where the rows differ."""
    rows = [sum(int(pq.read_metadata(path).num_rows) for path in files) for files in (before, after)]
    if rows[0] != rows[1]:
        return rows[1]
    pairs = zip(_dongs(before), _dongs(after), strict=True)
    return sum(int(np.count_nonzero(one != other)) for one, other in pairs)


def _dongs(files: Sequence[Path]) -> Iterator[Ints]:
    """The codes of all files as numbers, so many rows at a time wherever the files end; zeros where there is no column."""
    held: list[Ints] = []
    for path in files:
        with pq.ParquetFile(path) as file:
            name = "dong_code" if "dong_code" in file.schema_arrow.names else "source_row"
            for batch in file.iter_batches(_ROWS, columns=[name]):
                held.append(
                    numbers(batch.column(0)) if name == "dong_code" else np.zeros(batch.num_rows, np.int64)
                )
                together = np.concatenate(held)
                while len(together) >= _ROWS:
                    yield together[:_ROWS]
                    together = together[_ROWS:]
                held = [together]
    if held and len(held[0]):
        yield held[0]


def _levels(column: pa.ChunkedArray) -> Words:
    at = pc.fill_null(pc.index_in(column, value_set=pa.array(LEVELS)), 0)
    return np.asarray(at).astype(np.uint64)


def _bits(values: NDArray[np.float64]) -> Words:
    return np.where(np.isnan(values), np.nan, values + 0.0).view(np.uint64)  # one NaN, one zero


def _mix(words: Words) -> Words:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the word changes half of the others."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))
