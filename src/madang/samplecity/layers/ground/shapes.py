"""From regions of cells to polygons with shared borders: no gaps, no overlaps, softened as surveyed borders are."""

from __future__ import annotations

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Grid

ROUNDS = (6, 3, 1, 0)  # how often borders are softened: less where that would make them cross
SIMPLER_M = 9.0


def polygons(grid: Grid, labels: Array, count: int, weight: Array | None = None) -> Array:
    """A polygon for each label 0 … count-1 (each must hang together); -1 is outside.

    `weight`: (count,) group of each label; borders between groups pull harder than borders inside one, so that they stay smooth.
    """
    padded = np.pad(labels.astype(np.int64), 1, constant_values=-1)
    group = np.append(weight if weight is not None else np.arange(count), -1)[padded]
    wide = padded.shape[1]
    corner = np.arange((padded.shape[0] - 1) * (wide - 1)).reshape(padded.shape[0] - 1, wide - 1)
    upright = padded[1:-1, :-1] != padded[1:-1, 1:]
    level = padded[:-1, 1:-1] != padded[1:, 1:-1]
    start = np.concatenate([corner[:-1][upright], corner[:, :-1][level]])
    end = np.concatenate([corner[1:][upright], corner[:, 1:][level]])
    strong = np.concatenate([
        (group[1:-1, :-1] != group[1:-1, 1:])[upright],
        (group[:-1, 1:-1] != group[1:, 1:-1])[level],
    ])  # fmt: skip
    used, ends = np.unique(np.concatenate([start, end]), return_inverse=True)
    a, b = ends[: len(start)], ends[len(start) :]
    row, column = np.divmod(used, wide - 1)
    points = np.column_stack([grid.west + column * grid.cell_m, grid.south + row * grid.cell_m]).astype(float)
    rough = points
    for rounds in ROUNDS:
        points = _softened(rough, a, b, np.where(strong, 12.0, 1.0), rounds)
        lines = shapely.linestrings(np.stack([points[a], points[b]], axis=1))
        merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
        found = _labelled(grid, shapely.get_parts(shapely.polygonize(merged)), labels, count)
        if found is not None:
            break
    assert found is not None, "borders of cells always close"
    return found


def _softened(points: Array, a: Array, b: Array, weight: Array, rounds: int) -> Array:
    """Each point moves towards the mean of those it is joined to."""
    total = np.bincount(a, weight, len(points)) + np.bincount(b, weight, len(points))
    for _ in range(rounds):
        mean = np.column_stack([
            np.bincount(a, weight * points[b, axis], len(points)) + np.bincount(b, weight * points[a, axis], len(points))
            for axis in (0, 1)
        ]) / total[:, None]  # fmt: skip
        points = 0.5 * points + 0.5 * mean
    return points


def _labelled(grid: Grid, faces: Array, labels: Array, count: int) -> Array | None:
    """The faces in the order of their labels, each known by a cell well inside it; None: they do not fit the labels."""
    inner = shapely.get_coordinates(shapely.point_on_surface(faces))
    label = labels[grid.cells(inner[:, 0], inner[:, 1])]
    order = np.argsort(shapely.area(faces), kind="stable")
    order = order[label[order] >= 0]
    found = np.empty(count, object)
    found[label[order]] = faces[order]
    if shapely.is_missing(found).any():
        return None
    simple = np.asarray(shapely.coverage_simplify(found, SIMPLER_M))
    if not shapely.coverage_is_valid(simple):
        return None
    whole = (labels >= 0).sum() * grid.cell_m**2
    return simple if abs(shapely.area(simple).sum() / whole - 1) < 0.03 else None


def union(shapes: Array, owner: Array, count: int) -> Array:
    """The shapes of each owner joined; their borders stay those of the parts."""
    found = np.empty(count, object)
    for number in range(count):
        found[number] = shapely.coverage_union_all(shapes[owner == number])
    return found
