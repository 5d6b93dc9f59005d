"""The raster behind `locate`: which cells of a fine grid lie wholly inside one area, and which areas meet in the others.

Three levels: a coarse grid; where a border runs through one of its cells, 8 x 8 cells; where one runs through those,
4 x 4. An *outcome* stands in each cell: 0 no area, i area i - 1 for certain, above n a list of candidates that meet
there. Cells are marked from the borders themselves (end points and crossings with the grid lines, with a tolerance
far above rounding), the rest is filled along rows; so an unmarked cell holds no point of any border.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MIDDLE, FINE = 8, 4  # cells of the next level along one side of a cell
SIDE = MIDDLE * FINE  # finest cells along one side of a coarse cell
_TOLERANCE = 1e-6  # of a finest cell
_BATCH = 1_000_000  # crossings of borders with lines of the grid handled at once
_MOST = 20_000_000  # crossings in all: a border drawn to and fro over the whole extent gets a coarser grid
_AREA_BITS = 21
_MANY = 1 << _AREA_BITS


@dataclass(frozen=True)
class Grid:
    """A grid of `columns` x `rows` coarse cells from the corner (x0, y0); `x_scale`, `y_scale` finest cells per degree."""

    x0: float
    y0: float
    x1: float
    y1: float
    columns: int
    rows: int
    x_scale: float
    y_scale: float

    @classmethod
    def over(cls, polygons: NDArray[Any], cells: int) -> Grid:
        """About `cells` x `cells` coarse cells over the extent of `polygons`, fewer where their borders are very long."""
        bounds = shapely.total_bounds(polygons) if len(polygons) else np.zeros(4)
        x0, y0, x1, y1 = (float(edge) for edge in np.nan_to_num(bounds))
        least = 1e-8 * max(1.0, *(abs(edge) for edge in (x0, y0, x1, y1)))
        width, height = max(x1 - x0, least) * 1.0001, max(y1 - y0, least) * 1.0001
        longest = 2 * float(np.nansum(shapely.length(polygons))) / min(width, height) * SIDE
        cells = int(np.clip(_MOST / max(longest, 1.0), 1, cells))
        return cls(x0, y0, x1, y1, cells, cells, cells * SIDE / width, cells * SIDE / height)


@dataclass(frozen=True)
class Raster:
    """Outcomes by level; a negative value -b - 1 is block b of the next level."""

    coarse: NDArray[np.int32]  # (rows * columns,)
    middle: NDArray[np.int32]  # (blocks * 64,)
    fine: NDArray[np.int32] | NDArray[np.uint16]  # (blocks * 16,)
    starts: Ints  # candidates of outcome n + 1 + k: candidates[starts[k]:starts[k + 1]], ascending
    candidates: NDArray[np.int32]


def rasterise(polygons: NDArray[Any], grid: Grid) -> Raster:
    """The raster of `polygons` (valid, not overlapping; None is no area) over `grid`."""
    marks, toggles, signs = _borders(polygons, grid)
    count = len(polygons)
    cell = marks // max(count, 1)
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    cells = cell[first]
    outcomes, starts, candidates = _lists(marks - cell * count, np.append(first, len(marks)), count)
    levels = _Levels(count + len(starts))
    width = grid.columns * SIDE
    for row in range(grid.rows):
        low, high = row * SIDE * width, (row + 1) * SIDE * width
        marked = slice(*np.searchsorted(cells, (low, high)))
        toggled = slice(*np.searchsorted(toggles, (low + row * SIDE, high + (row + 1) * SIDE)))
        filled = _fill(toggles[toggled] - low - row * SIDE, signs[toggled], width)
        levels.add(filled, cells[marked] - low, outcomes[marked], grid.columns)
    return levels.raster(starts, candidates)


def _borders(polygons: NDArray[Any], grid: Grid) -> tuple[Ints, Ints, Floats]:
    """Marks (cell * n + area, ascending); where a row enters or leaves an area (ascending), with the sign and the area."""
    count, width, height = len(polygons), grid.columns * SIDE, grid.rows * SIDE
    marks, toggles, signs = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    for area, x, y in _segments(polygons, grid):
        segment, column, row = _touched(x, y)
        inside = (column >= 0) & (row >= 0) & (column < width) & (row < height)
        marks.append(_unique(((row * width + column) * count + area[segment])[inside]))
        segment, row, place = _crossings(y - 0.5, x)  # the middle line of each row of finest cells
        toggles.append(row * (width + 1) + np.clip(_floor(place) + 1, 0, width))
        enters = (
            y[segment, 1] < y[segment, 0]
        )  # outer rings run counter-clockwise: inside is right of a downward edge
        signs.append(np.where(enters, 1.0, -1.0) * (_MANY + area[segment]))
    toggle, sign = np.concatenate(toggles), np.concatenate(signs)
    order = np.argsort(toggle, kind="stable")
    return _unique(np.concatenate(marks)), toggle[order], sign[order]


def _segments(polygons: NDArray[Any], grid: Grid) -> Iterator[tuple[Ints, Floats, Floats]]:
    """Batches of border segments: area (k,), x (k, 2), y (k, 2) in finest cells from the corner of the grid."""
    parts, area = shapely.get_parts(shapely.orient_polygons(polygons), return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    joined = np.flatnonzero(ring[:-1] == ring[1:])
    owner = area[part][ring[joined]].astype(np.int64)
    x, y = (points[:, 0] - grid.x0) * grid.x_scale, (points[:, 1] - grid.y0) * grid.y_scale
    lines = 1 + np.abs(np.diff(x))[joined] + np.abs(np.diff(y))[joined]
    batch = (np.cumsum(lines) // _BATCH).astype(np.int64)
    edges = np.flatnonzero(np.diff(batch, prepend=-1))
    for low, high in zip(edges, [*edges[1:], len(batch)], strict=False):
        at = joined[low:high]
        yield owner[low:high], np.column_stack((x[at], x[at + 1])), np.column_stack((y[at], y[at + 1]))


def _touched(x: Floats, y: Floats) -> tuple[Ints, Ints, Ints]:
    """Every finest cell that a segment touches, as (segment, column, row): its end point and its crossings with the
    lines of the grid, each widened by the tolerance to all sides. Some are repeated.
    """
    by_column, column_line, height = _crossings(x, y)
    by_row, row_line, place = _crossings(y, x)
    segment = np.concatenate((np.arange(len(x)), by_column, by_row))
    spot_x: Floats = np.concatenate((x[:, 0], column_line, place), dtype=np.float64)
    spot_y: Floats = np.concatenate((y[:, 0], height, row_line), dtype=np.float64)
    left, right = (_floor(spot_x, off) for off in (-_TOLERANCE, _TOLERANCE))
    below, above = (_floor(spot_y, off) for off in (-_TOLERANCE, _TOLERANCE))
    wide, tall = left < right, below < above
    both = wide & tall
    return (
        np.concatenate((segment, segment[wide], segment[tall], segment[both])),
        np.concatenate((left, right[wide], left[tall], right[both])),
        np.concatenate((below, below[wide], above[tall], above[both])),
    )


def _crossings(along: Floats, beside: Floats) -> tuple[Ints, Ints, Floats]:
    """Where segments cross the lines along = 0, 1, 2 …: (segment, line, beside), one for each crossing.

    Half open, so a corner of a ring counts for one of its two segments or for both or neither, never wrongly.
    """
    low, high = along.min(axis=1), along.max(axis=1)
    first = _floor(low) + 1
    times = np.maximum(_floor(high) + 1 - first, 0)
    segment = np.repeat(np.arange(len(along)), times)
    line = first[segment] + np.arange(len(segment)) - np.repeat(np.cumsum(times) - times, times)
    start, step = along[segment, 0], along[segment, 1] - along[segment, 0]
    part = np.clip((line - start) / step, 0.0, 1.0)
    return segment, line, beside[segment, 0] + part * (beside[segment, 1] - beside[segment, 0])


def _unique(values: Ints) -> Ints:
    """Distinct values, ascending; by sorting, which is faster here than the hashing of numpy.unique."""
    ordered: Ints = np.sort(values)
    distinct: Ints = ordered[np.diff(ordered, prepend=-1) != 0]
    return distinct


def _floor(values: Floats, offset: float = 0.0) -> Ints:
    return np.floor(values + offset).astype(np.int64)


def _lists(owners: Ints, edges: Ints, count: int) -> tuple[Ints, Ints, NDArray[np.int32]]:
    """Outcome of each marked cell, whose candidates are owners[edges[c]:edges[c + 1]]; equal lists are one outcome."""
    salt = np.random.default_rng(0).integers(1, 1 << 62, size=count, dtype=np.int64)
    if not len(owners):
        return np.empty(0, np.int64), np.zeros(1, np.int64), np.empty(0, np.int32)
    _, example, which = np.unique(
        np.add.reduceat(salt[owners], edges[:-1]), return_index=True, return_inverse=True
    )
    sizes = edges[example + 1] - edges[example]
    starts = np.concatenate(([0], np.cumsum(sizes)))
    taken = np.repeat(edges[example] - starts[:-1], sizes) + np.arange(starts[-1])
    return which + count + 1, starts, owners[taken].astype(np.int32)


def _fill(toggles: Ints, signs: Floats, width: int) -> NDArray[np.int32]:
    """Outcomes of one row of coarse cells, as (SIDE, width) finest cells, right wherever no border runs."""
    turns = np.bincount(toggles, weights=signs, minlength=SIDE * (width + 1))
    inside: Ints = np.cumsum(turns.reshape(SIDE, width + 1)[:, :width], axis=1).astype(np.int64)
    area = (inside & (_MANY - 1)) + 1
    return np.where(inside >> _AREA_BITS == 1, area, 0).astype(np.int32)


class _Levels:
    """Gathers the three levels, one row of coarse cells after another."""

    def __init__(self, outcomes: int) -> None:
        self._type = np.uint16 if outcomes < 1 << 16 else np.int32
        self._coarse: list[NDArray[Any]] = []
        self._middle: list[NDArray[Any]] = []
        self._fine: list[NDArray[Any]] = []
        self._middles = self._fines = 0

    def add(self, filled: NDArray[np.int32], marked: Ints, outcomes: Ints, columns: int) -> None:
        """One row: outcomes by filling; the finest cells that are marked (within the row), and their outcomes."""
        border = np.zeros(filled.shape, dtype=bool)
        border.reshape(-1)[marked] = True
        filled.reshape(-1)[marked] = outcomes
        coarse = filled[SIDE // 2, SIDE // 2 :: SIDE].copy()
        split = _unique(marked % filled.shape[1] // SIDE)
        coarse[split] = -1 - self._middles - np.arange(len(split))
        self._coarse.append(coarse)
        cut = (MIDDLE, FINE, columns, MIDDLE, FINE)
        blocks = filled.reshape(cut)[:, :, split].transpose(2, 0, 3, 1, 4).reshape(-1, FINE * FINE)
        crossed = border.reshape(cut)[:, :, split].transpose(2, 0, 3, 1, 4).reshape(blocks.shape).any(axis=1)
        middle = blocks[:, 0].copy()
        middle[crossed] = -1 - self._fines - np.arange(np.count_nonzero(crossed))
        self._middle.append(middle)
        self._fine.append(blocks[crossed].astype(self._type))
        self._middles += len(split)
        self._fines += len(self._fine[-1])

    def raster(self, starts: Ints, candidates: NDArray[np.int32]) -> Raster:
        return Raster(
            np.concatenate(self._coarse),
            np.concatenate(self._middle),
            np.concatenate(self._fine).reshape(-1),
            starts,
            candidates,
        )
