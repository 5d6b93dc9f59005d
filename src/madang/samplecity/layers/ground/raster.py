"""What rasters of the ground need: noise, regions that hang together, growth over costs."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Grid

AROUND = ((0, 1), (0, -1), (1, 0), (-1, 0))


def fbm(grid: Grid, rng: np.random.Generator, wave_m: float, octaves: int, fade: float = 0.5) -> Array:
    """Smooth noise about 0 (most within -1 and 1): waves of `wave_m`, on them waves of half the length, and so on."""
    found, strength = np.zeros((grid.rows, grid.columns)), 1.0
    for _ in range(octaves):
        found += strength * _waves(grid, rng, wave_m)
        strength *= fade
        wave_m /= 2
    return found


def _waves(grid: Grid, rng: np.random.Generator, wave_m: float) -> Array:
    """Random values on a lattice, cubic B-splines between them."""
    rows, row_weights = _spline(grid.rows, grid.cell_m / wave_m, rng.uniform())
    columns, column_weights = _spline(grid.columns, grid.cell_m / wave_m, rng.uniform())
    values = rng.normal(0, 1.4, (int(rows.max()) + 4, int(columns.max()) + 4))
    along = sum(row_weights[k][:, None] * values[rows + k] for k in range(4))
    found: Array = sum(column_weights[k] * along[:, columns + k] for k in range(4))
    return found


def _spline(count: int, step: float, start: float) -> tuple[Array, list[Array]]:
    at = np.arange(count) * step + start
    low = np.floor(at).astype(np.int64)
    t = at - low
    weights = [
        (1 - t) ** 3,
        3 * t**3 - 6 * t**2 + 4,
        -3 * t**3 + 3 * t**2 + 3 * t + 1,
        t**3,
    ]
    return low, [each / 6 for each in weights]


def shifted(values: Array, row: int, column: int, fill: object) -> Array:
    """The value of the neighbour `row` up and `column` to the right of each cell."""
    found = np.full_like(values, fill)
    rows, columns = values.shape
    found[max(0, -row) : rows - max(0, row), max(0, -column) : columns - max(0, column)] = values[
        max(0, row) : rows - max(0, -row), max(0, column) : columns - max(0, -column)
    ]
    return found


def blurred(values: Array, cells: int) -> Array:
    """Values averaged over squares of `cells` to each side, three times: nearly a Gaussian blur."""
    found = values
    for axis in (0, 1, 0, 1, 0, 1):
        wide = [(0, 0), (0, 0)]
        wide[axis] = (cells + 1, cells)
        total = np.cumsum(np.pad(found, wide, mode="edge"), axis=axis)
        size = values.shape[axis]
        step = 2 * cells + 1
        found = (np.take(total, range(step, step + size), axis) - np.take(total, range(size), axis)) / step
    return found


def kept_whole(labels: Array) -> Array:
    """Labels (-1 nowhere) whose every region hangs together over sides of cells.

    Of each region the largest part stays; other parts go to the regions beside them, parts beside nothing go nowhere.
    """
    parts = components(labels)
    sizes = np.bincount(parts.ravel(), minlength=labels.size)
    owner = np.full(labels.size, -1, np.int64)
    owner[parts.ravel()] = labels.ravel()
    order = np.argsort(-sizes, kind="stable")
    _, first = np.unique(owner[order], return_index=True)
    kept = np.zeros(labels.size, bool)
    kept[order[first]] = True
    inside = labels >= 0
    found = np.where(kept[parts] & inside, labels, -1).astype(labels.dtype)
    return spread(found, inside)


def spread(labels: Array, where: Array) -> Array:
    """Labels grown, ring by ring, over the cells of `where` that have none."""
    found = labels.copy()
    while True:
        open_cells = where & (found < 0)
        if not open_cells.any():
            return found
        best = np.full_like(found, -1)
        for row, column in AROUND:
            best = np.maximum(best, shifted(found, row, column, -1))
        new = open_cells & (best >= 0)
        if not new.any():
            return found
        found[new] = best[new]


def components(labels: Array) -> Array:
    """A number for each part of equal labels that hangs together over sides: the lowest flat number of its cells."""
    rows, columns = labels.shape
    numbers = np.arange(labels.size)
    cells = numbers.reshape(rows, columns)
    right = labels[:, 1:] == labels[:, :-1]
    up = labels[1:] == labels[:-1]
    a = np.concatenate([cells[:, :-1][right], cells[:-1][up]])
    b = np.concatenate([cells[:, 1:][right], cells[1:][up]])
    root = numbers
    while True:
        low = np.minimum(root[a], root[b])
        new = root.copy()
        np.minimum.at(new, root[a], low)
        np.minimum.at(new, root[b], low)
        new = new[new]
        while not np.array_equal(new, new[new]):
            new = new[new]
        if np.array_equal(new, root):
            return root.reshape(rows, columns)
        root = new


def grown(cores: Array, cost: Array, side: Array) -> Array:
    """Regions grown from their cores (labels, -1 where there is none), cheapest first; none leaves its side.

    `cost`: of entering each cell; `side`: cells of another number than that of the core are not entered (-1: by nobody).
    """
    rows, columns = cost.shape
    wide = columns + 2
    padded_cost = np.pad(cost, 1, constant_values=1).ravel().tolist()
    padded_side = np.pad(side, 1, constant_values=-1).ravel().tolist()
    label = np.pad(cores, 1, constant_values=-1).ravel().tolist()
    rim = np.zeros(cores.shape, bool)
    for row, column in AROUND:
        rim |= (cores >= 0) & (shifted(cores, row, column, -1) < 0)
    at = np.flatnonzero(np.pad(rim, 1).ravel()).tolist()
    heap = [(0.0, cell, label[cell]) for cell in at]
    for cell in at:
        label[cell] = -1
    best = [np.inf] * len(label)
    steps = [(1, 1.0), (-1, 1.0), (wide, 1.0), (-wide, 1.0), (wide + 1, 1.4142), (wide - 1, 1.4142), (-wide + 1, 1.4142), (-wide - 1, 1.4142)]  # fmt: skip
    while heap:
        spent, cell, number = heappop(heap)
        if label[cell] >= 0:
            continue
        label[cell] = number
        own = padded_side[cell]
        for step, length in steps:
            other = cell + step
            if label[other] < 0 and padded_side[other] == own:
                there = spent + length * padded_cost[other]
                if there < best[other]:
                    best[other] = there
                    heappush(heap, (there, other, number))
    return np.array(label, np.int16).reshape(rows + 2, wide)[1:-1, 1:-1]


def filled(height: Array, outlets: Array, slope: float = 0.002) -> Array:
    """Heights raised so that from every cell water runs down to an outlet, by `slope` metres a cell at least (priority flood)."""
    rows, columns = height.shape
    wide = columns + 2
    level = np.pad(height.astype(np.float64), 1, constant_values=-np.inf).ravel().tolist()
    done = np.pad(np.zeros((rows, columns), bool), 1, constant_values=True).ravel().tolist()
    starts = np.flatnonzero(np.pad(outlets, 1).ravel()).tolist()
    heap = [(level[cell], cell) for cell in starts]
    for cell in starts:
        done[cell] = True
    heapify(heap)
    steps = (1, -1, wide, -wide, wide + 1, wide - 1, -wide + 1, -wide - 1)
    while heap:
        low, cell = heappop(heap)
        low += slope
        for step in steps:
            other = cell + step
            if not done[other]:
                done[other] = True
                level[other] = max(level[other], low)
                heappush(heap, (level[other], other))
    return np.array(level).reshape(rows + 2, wide)[1:-1, 1:-1]
