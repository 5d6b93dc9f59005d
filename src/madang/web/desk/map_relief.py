"""The relief of a city: a table of heights as a picture of light and shadow, in the PNG that browsers read."""

from __future__ import annotations

import struct
import zlib
from math import cos, radians

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Version
from madang.web.desk.map_draw import Box, Floats

_MOST_ROWS = 2_000_000
_WIDEST = 500  # pixels
_FINER = 0.5  # pixels to a height, along a side: each is the mean of about four
_NAMES = ("elevation", "height", "altitude", "표고", "고도", "해발")
_STEEPER = 3.0  # heights are drawn so much higher than they are
_DEEPEST, _SOFT = 96, 0.32  # of 255: how opaque it is at most; the light that makes it two thirds of that
_SHADOW = 48  # the grey of shadows
_FILLED = 6  # pixels over which gaps between heights are closed


def relief_of(version: Version) -> tuple[bytes, Box] | None:
    """A PNG of shadow and light, and the box it covers; None where the table has no heights at points."""
    names = version.files and pq.read_schema(version.files[0]).names
    height = next((name for name in names or () if name.lower().startswith(_NAMES)), None)
    if height is None or not {"lon", "lat"} <= set(names) or version.rows > _MOST_ROWS:
        return None
    asked = ["lon", "lat", height]
    table = pa.concat_tables(
        [pq.read_table(path, columns=asked, use_threads=False) for path in version.files]
    )
    lon, lat, metres = (
        np.asarray(pc.fill_null(table[name].cast(pa.float64()), np.nan).to_numpy()) for name in asked
    )
    there = np.isfinite(lon) & np.isfinite(lat) & np.isfinite(metres)
    if there.sum() < 100:
        return None
    grid, box, cell_m = _gridded(lon[there], lat[there], metres[there])
    return _png(shaded(grid, cell_m)), box


def _gridded(lon: Floats, lat: Floats, metres: Floats) -> tuple[Floats, Box, float]:
    """Heights as a raster, north above; NaN where there are none. Also its box and the size of a pixel."""
    west, east, south, north = lon.min(), lon.max(), lat.min(), lat.max()
    shrink = cos(radians((south + north) / 2))
    wide, tall = (east - west) * shrink, north - south
    columns = int(min(_WIDEST, max(8, np.sqrt(len(lon) * wide / max(tall, 1e-9)) * _FINER)))
    rows = int(min(_WIDEST, max(8, columns * tall / max(wide, 1e-9))))
    at_x = np.minimum(((lon - west) / max(east - west, 1e-9) * columns).astype(int), columns - 1)
    at_y = np.minimum(((north - lat) / max(north - south, 1e-9) * rows).astype(int), rows - 1)
    place = at_y * columns + at_x
    count = np.bincount(place, minlength=rows * columns)
    total = np.bincount(place, metres, minlength=rows * columns)
    with np.errstate(invalid="ignore"):
        grid = np.where(count > 0, total / count, np.nan).reshape(rows, columns)
    box = (float(west), float(south), float(east), float(north))
    return _smooth(_without_spikes(_closed(grid))), box, wide / columns * 111_200


def _closed(grid: Floats) -> Floats:
    """The raster with small gaps filled from beside."""
    for _ in range(_FILLED):
        gaps = np.isnan(grid)
        if not gaps.any():
            break
        around = _beside(grid, np.nan)
        known = np.isfinite(around)
        with np.errstate(invalid="ignore"):
            mean = np.where(known, around, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        grid = np.where(gaps & known.any(axis=0), mean, grid)
    return grid


def _beside(grid: Floats, outside: float) -> Floats:
    """The neighbours above, below, left and right of each pixel."""
    wide = np.pad(grid, 1, constant_values=outside)
    return np.stack((wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:]))


def _without_spikes(grid: Floats) -> Floats:
    """The raster with each pixel as the middle one of itself and its eight neighbours: single wrong heights vanish."""
    rows, columns = grid.shape
    wide = np.pad(grid, 1, mode="edge")
    near = np.stack([wide[y : y + rows, x : x + columns] for y in range(3) for x in range(3)])
    found: Floats = np.where(np.isnan(near).any(axis=0), grid, np.sort(near, axis=0)[4])
    return found


def _smooth(grid: Floats) -> Floats:
    """The raster with steps between pixels taken off."""
    around = np.concatenate((_beside(grid, np.nan), np.stack((grid, grid))))
    known = np.isfinite(around)
    mean = np.where(known, around, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    found: Floats = np.where(np.isnan(grid), np.nan, mean)
    return found


def shaded(grid: Floats, cell_m: float) -> Floats:
    """How much lighter (above 0) or darker than level ground each pixel is, with light from the north-west; -1 to 1."""
    down, right = np.gradient(np.nan_to_num(grid, nan=float(np.nanmin(grid))), max(cell_m, 1e-6) / _STEEPER)
    slope = np.sqrt(1 + down**2 + right**2)
    level = np.sqrt(0.5)  # light stands at 45 degrees
    light = (level + (right + down) * 0.5) / slope
    found: Floats = np.where(np.isnan(grid), 0.0, np.clip(light - level, -1, 1))
    return found


def _png(light: Floats) -> bytes:
    """Dark or white by the sign, the more opaque the more the light differs from that on level ground."""
    rows, columns = light.shape
    grey = np.where(light > 0, 255, _SHADOW).astype(np.uint8)
    opaque = np.rint(_DEEPEST * (1 - np.exp(-np.abs(light) / _SOFT))).astype(np.uint8)
    lines = np.zeros((rows, 1 + 2 * columns), np.uint8)
    lines[:, 1::2], lines[:, 2::2] = grey, opaque // 2 * 2
    head = struct.pack(">IIBBBBB", columns, rows, 8, 4, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines.tobytes(), 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
