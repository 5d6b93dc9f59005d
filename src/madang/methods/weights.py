"""Who is whose neighbour: spatial weights of areas and points as a sparse matrix, and how they were made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import scipy
import shapely
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Floats = NDArray[np.float64]
Rule = Literal["queen", "rook", "nearest", "band"]


@dataclass(frozen=True, eq=False)
class SpatialWeights:
    """Weights between n areas; row i holds the neighbours of area i and their weights, never i itself.

    `matrix`: n x n, CSR. `rule` and `size` say how neighbours were found: "queen" (a border or a corner in common) and
    "rook" (a border), `size` the metres of a gap that still counts as touching; "nearest", `size` how many; "band",
    `size` the distance. `row_standardised`: each row sums to 1, so that a lag is the mean of the neighbours; otherwise
    every neighbour weighs 1. `islands`: (m, 2), areas that had no neighbour and the nearest one they were tied to.
    """

    matrix: Any  # scipy's csr_array
    rule: Rule
    size: float
    row_standardised: bool
    islands: NDArray[np.int64]

    @property
    def areas(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def neighbours(self) -> NDArray[np.int64]:
        """How many neighbours each area has."""
        return np.asarray(np.diff(self.matrix.indptr), np.int64)

    def standardised(self) -> SpatialWeights:
        """The same neighbours, each row summing to 1."""
        binary = self.binary()
        share = np.repeat(1.0 / np.maximum(self.neighbours, 1), self.neighbours)
        matrix = scipy.sparse.csr_array(
            (share, binary.matrix.indices, binary.matrix.indptr), shape=self.matrix.shape
        )
        return replace(self, matrix=matrix, row_standardised=True)

    def binary(self) -> SpatialWeights:
        """The same neighbours, each weighing 1."""
        ones = np.ones(self.matrix.nnz)
        matrix = scipy.sparse.csr_array(
            (ones, self.matrix.indices, self.matrix.indptr), shape=self.matrix.shape
        )
        return replace(self, matrix=matrix, row_standardised=False)


def contiguity(
    polygons: ArrayLike, rule: Literal["queen", "rook"] = "queen", gap_m: float = 0.0
) -> SpatialWeights:
    """Neighbours of n `polygons` (shapely, one plane in metres such as EPSG:5179): those that touch or overlap.

    "queen": a point in common is enough; "rook": a stretch of border. Borders that were drawn apart meet within
    `gap_m` metres. An area that touches none is tied to the nearest one, both ways, and told in `islands`.
    Row-standardised. Raises MadangError (weights_too_few, weights_no_shape) for fewer than two areas, or one without
    a shape. 3,500 areas take about a second or two and memory in proportion to the shapes.
    """
    areas = np.array(polygons, dtype=object).reshape(-1)
    _enough(len(areas))
    empty = shapely.is_missing(areas) | shapely.is_empty(areas)
    if empty.any():
        raise MadangError("weights_no_shape", count=int(empty.sum()))
    tree = shapely.STRtree(areas)
    if gap_m > 0:
        one, other = tree.query(areas, predicate="dwithin", distance=gap_m)
    else:
        one, other = tree.query(areas, predicate="intersects")
    one, other = one[one < other], other[one < other]
    if rule == "rook":
        near = shapely.buffer(areas[other], gap_m) if gap_m > 0 else shapely.boundary(areas[other])
        shared = shapely.length(shapely.intersection(shapely.boundary(areas[one]), near))
        one, other = one[shared > 4 * gap_m], other[shared > 4 * gap_m]
    alone = np.setdiff1d(np.arange(len(areas)), np.concatenate([one, other]))
    islands = np.empty((0, 2), np.int64)
    if len(alone):
        asked, nearest = tree.query_nearest(areas[alone], exclusive=True, all_matches=False)
        islands = np.column_stack([alone[asked], nearest])
    return _both_ways(one, other, len(areas), rule, gap_m, islands)


def nearest(x: ArrayLike, y: ArrayLike, count: int) -> SpatialWeights:
    """The `count` nearest points of each of n points at `x`, `y` (one plane, metres): A may be near B and not B near A.

    Row-standardised. Raises MadangError (weights_lengths, weights_no_shape, weights_too_few) where lengths differ, a
    coordinate is not a number, or there are not more than `count` points. Of points at the same distance any are taken.
    """
    points = _points(x, y, count + 1)
    _, found = scipy.spatial.KDTree(points).query(points, k=count + 1)
    own = found == np.arange(len(points))[:, None]
    own[~own.any(axis=1), -1] = True  # more points on the same spot than neighbours: the last one gives way
    indices = found[~own].astype(np.int64)
    pointers = np.arange(len(points) + 1) * count
    matrix = scipy.sparse.csr_array(
        (np.ones(len(indices)), indices, pointers), shape=(len(points), len(points))
    )
    matrix.sort_indices()
    none = np.empty((0, 2), np.int64)
    return SpatialWeights(matrix, "nearest", count, False, none).standardised()


def distance_band(x: ArrayLike, y: ArrayLike, within: float) -> SpatialWeights:
    """Neighbours of n points at `x`, `y` (one plane, metres): all others at most `within` away.

    A point that has none is tied to the nearest one, both ways, and told in `islands`. Row-standardised. Raises as
    `nearest` does. Memory: some 40 bytes for each pair of neighbours.
    """
    points = _points(x, y, 2)
    tree = scipy.spatial.KDTree(points)
    one, other = tree.query_pairs(within, output_type="ndarray").reshape(-1, 2).T
    alone = np.setdiff1d(np.arange(len(points)), np.concatenate([one, other]))
    islands = np.empty((0, 2), np.int64)
    if len(alone):
        _, found = tree.query(points[alone], k=2)
        islands = np.column_stack([alone, found[:, 1]])  # none is as near to it as it is to itself
    return _both_ways(one, other, len(points), "band", within, islands)


def _both_ways(
    one: NDArray[Any], other: NDArray[Any], areas: int, rule: Rule, size: float, islands: NDArray[np.int64]
) -> SpatialWeights:
    rows = np.concatenate([one, other, islands[:, 0], islands[:, 1]])
    columns = np.concatenate([other, one, islands[:, 1], islands[:, 0]])
    matrix = scipy.sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(areas, areas))
    matrix.sum_duplicates()  # two islands may be nearest to each other
    return SpatialWeights(matrix, rule, size, False, islands).standardised()


def _points(x: ArrayLike, y: ArrayLike, least: int) -> Floats:
    easting, northing = np.asarray(x, np.float64).reshape(-1), np.asarray(y, np.float64).reshape(-1)
    if len(easting) != len(northing):
        raise MadangError("weights_lengths", given=len(northing), areas=len(easting))
    _enough(len(easting), least)
    points = np.column_stack([easting, northing])
    unplaced = int((~np.isfinite(points)).any(axis=1).sum())
    if unplaced:
        raise MadangError("weights_no_shape", count=unplaced)
    return points


def _enough(areas: int, least: int = 2) -> None:
    if areas < least:
        raise MadangError("weights_too_few", areas=areas, least=least)
