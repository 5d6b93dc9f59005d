"""Cells out of reach that lie side by side, as the gaps that a map shows and a list names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.coverage import points_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class GapRegions:
    """Gaps, most people first."""

    region: Ints  # (cells) number of the gap, -1 for a cell in none
    people: Floats  # (gaps)
    cells: Ints  # (gaps) how many cells
    x: Floats  # (gaps) middle of the people
    y: Floats


def gap_regions(
    x: ArrayLike, y: ArrayLike, people: ArrayLike, uncovered: ArrayLike, cell_m: float = 100.0
) -> GapRegions:
    """Join cells of `uncovered` (cells, bool; `Coverage.uncovered_cells`) that touch, also at a corner.

    `x`, `y` (cells): centres on a grid of `cell_m`, in metres of one plane. Cells with nobody in them join nothing, so a park
    between two quarters leaves two gaps. Raises MadangError: "lengths_differ", "distance_impossible".
    """
    points, count, out = points_of(x, y), np.asarray(people, np.float64), np.asarray(uncovered, bool)
    if not len(points) == len(count) == len(out):
        raise MadangError("lengths_differ", names="x, y, people, uncovered")
    if not cell_m > 0:
        raise MadangError("distance_impossible", metres=cell_m)
    rows = np.flatnonzero(out & (count > 0) & ~np.isnan(points).any(axis=1))
    region = np.full(len(points), -1, np.int64)
    if not len(rows):
        nothing = np.zeros(0)
        return GapRegions(region, nothing, nothing.astype(np.int64), nothing, nothing)
    pairs = scipy.spatial.cKDTree(points[rows]).query_pairs(1.5 * cell_m, output_type="ndarray")
    touching = scipy.sparse.coo_matrix(
        (np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), (len(rows),) * 2
    )
    number, label = scipy.sparse.csgraph.connected_components(touching, directed=False)
    whole: Floats = np.bincount(label, count[rows], number).astype(np.float64)
    order = np.argsort(-whole, kind="stable")
    region[rows] = np.argsort(order)[label]
    size = np.bincount(label, minlength=number)
    east, north = (np.bincount(label, count[rows] * points[rows, axis], number) / whole for axis in (0, 1))
    return GapRegions(region, whole[order], size[order], east[order], north[order])
