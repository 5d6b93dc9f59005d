"""Where the rows of a version are, read from its files: bounded, whatever their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from madang.bank import Version
from madang.web.desk.map_draw import Box, Floats

_MOST_ROWS = 2_000_000  # looked at; of more rows row groups evenly spread
_MOST_SHAPES = 5_000
_MOST_SHAPE_BYTES = 60_000_000
_OUTER = 0.005  # of the points at each side that may stand outside the picture
_FAR = 1.5  # times their middle that all points may extend, before the outer ones are left out
_BESIDE = 0.1  # of the middle that is shown at each side where they are left out


@dataclass(frozen=True)
class Rows:
    """`lon`, `lat` (EPSG:4326, NaN where there is none) of the rows looked at, and how many lie in each 행정동."""

    lon: Floats
    lat: Floats
    dongs: dict[str, int]
    sampled: int = 0  # rows looked at, 0 where all were
    value: Floats | None = None  # of the column asked for

    @property
    def placed(self) -> NDArray[np.bool_]:
        """Which rows have a position."""
        found: NDArray[np.bool_] = np.isfinite(self.lon) & np.isfinite(self.lat)
        return found

    def counts(self, digits: int) -> dict[str, int]:
        """Rows by the first `digits` of their 행정동."""
        found: dict[str, int] = {}
        for code, count in self.dongs.items():
            found[code[:digits]] = found.get(code[:digits], 0) + count
        return found


def rows_of(files: Sequence[Path], most: int = _MOST_ROWS, value: str = "") -> Rows | None:
    """The positions of the rows of `files`, with the numbers of column `value`; None where they have no column for them."""
    pieces: list[pa.Table] = []
    total = sum(pq.read_metadata(path).num_rows for path in files)
    every = max(1, -(-total // most))
    at = 0
    for path in files:
        with pq.ParquetFile(path) as file:
            names = [name for name in ("lon", "lat", "dong_code") if name in file.schema_arrow.names]
            if len(names) < 3:
                return None
            names += [value] if value in file.schema_arrow.names else []
            chosen = [i for i in range(file.num_row_groups) if (at + i) % every == 0]
            at += file.num_row_groups
            pieces.append(file.read_row_groups(chosen, columns=names, use_threads=False))
    if not pieces:
        return None
    table = pa.concat_tables(pieces)
    counted = (
        table.group_by("dong_code", use_threads=False)
        .aggregate([([], "count_all")])
        .filter(pc.is_valid(pc.field("dong_code")))
    )
    dongs = dict(zip(counted["dong_code"].to_pylist(), counted["count_all"].to_pylist(), strict=True))
    measured = _floats(table[value]) if value in table.column_names else None
    sampled = table.num_rows if every > 1 else 0
    return Rows(_floats(table["lon"]), _floats(table["lat"]), dongs, sampled, measured)


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(pc.fill_null(column.cast(pa.float64()), np.nan).to_numpy())


def middle_box(lon: Floats, lat: Floats) -> Box:
    """What a picture of points shows: all of them, or without the outermost where these lie far away."""
    found = []
    for values in (lon, lat):
        low, high = np.quantile(values, [_OUTER, 1 - _OUTER])
        first, last = values.min(), values.max()
        near = last - first <= _FAR * (high - low) or high == low == first == last
        beside = _BESIDE * (high - low)
        found.append((first, last) if near else (max(first, low - beside), min(last, high + beside)))
    (west, east), (south, north) = found
    return float(west), float(south), float(east), float(north)


def shapes_of(version: Version) -> NDArray[Any] | None:
    """The lines and polygons of a version in EPSG:4326; None where it has none, or more than a picture shows."""
    name = next((column.name for column in version.columns if column.type == "geometry"), None)
    if name is None or version.rows > _MOST_SHAPES:
        return None
    raw: list[bytes | None] = []
    size = 0
    for path in version.files:
        for batch in pq.ParquetFile(path).iter_batches(1_000, columns=[name]):
            raw += batch.column(0).to_pylist()
            size += batch.nbytes
            if size > _MOST_SHAPE_BYTES:
                return None
    shapes = shapely.from_wkb(np.array([*raw, None], dtype=object), on_invalid="ignore")[:-1]
    shapes = shapes[~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)]
    return shapes if len(shapes) and (shapely.get_dimensions(shapes) > 0).any() else None
