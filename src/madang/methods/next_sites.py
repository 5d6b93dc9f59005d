"""Where the next facilities reach most people whom none reaches yet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.coverage import points_of
from madang.methods.travel import Network, walking

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_BLOCK = 1 << 22  # ways held at once


@dataclass(frozen=True)
class Pairs:
    """Cells and facilities within a distance of each other, one row for each pair."""

    cell: Ints
    facility: Ints
    metres: Floats
    cells: int
    facilities: int


def pairs_within(
    x: ArrayLike, y: ArrayLike, facility_x: ArrayLike, facility_y: ArrayLike, most_m: float
) -> Pairs:
    """Pairs within straight `most_m`, in metres of one plane; 40 bytes for each pair. Raises MadangError("distance_impossible")."""
    if not most_m > 0:
        raise MadangError("distance_impossible", metres=most_m)
    cells, sites = points_of(x, y), points_of(facility_x, facility_y)
    known, placed = (np.flatnonzero(~np.isnan(each).any(axis=1)) for each in (cells, sites))
    if not len(known) or not len(placed):
        nothing = np.zeros(0, np.int64)
        return Pairs(nothing, nothing, np.zeros(0), len(cells), len(sites))
    found = scipy.spatial.cKDTree(cells[known]).sparse_distance_matrix(
        scipy.spatial.cKDTree(sites[placed]), most_m, output_type="ndarray"
    )
    return Pairs(known[found["i"]], placed[found["j"]], found["v"], len(cells), len(sites))


def pairs_by_cost(cost_m: ArrayLike, most_m: float) -> Pairs:
    """Pairs within `most_m` of a matrix (cells, facilities) of ways; NaN and infinite: no way."""
    cost = np.asarray(cost_m, np.float64)
    cell, facility = np.nonzero(cost <= most_m)
    return Pairs(cell.astype(np.int64), facility.astype(np.int64), cost[cell, facility], *cost.shape)


def pairs_walking(net: Network, cells_xy: ArrayLike, facilities_xy: ArrayLike, most_m: float) -> Pairs:
    """Pairs within `most_m` on foot (`travel.walking`), facilities some hundred at a time; none may be without a place."""
    cells, sites = np.asarray(cells_xy, np.float64), np.asarray(facilities_xy, np.float64)
    step = max(1, _BLOCK // max(1, len(cells)))
    parts = []
    for start in range(0, len(sites) if len(cells) else 0, step):
        ways = walking(net, cells, sites[start : start + step], limit_m=most_m).distance_m
        cell, facility = np.nonzero(ways <= most_m)
        parts.append(np.column_stack([cell, facility + start, ways[cell, facility]]))
    told = np.vstack(parts) if parts else np.zeros((0, 3))
    return Pairs(told[:, 0].astype(np.int64), told[:, 1].astype(np.int64), told[:, 2], len(cells), len(sites))


@dataclass(frozen=True)
class NextSites:
    """Sites in the order in which they are taken, each the one that reaches most people not reached yet."""

    site: Ints
    gain: Floats  # people whom it adds in its turn
    alone: Floats  # (all sites) people whom each would add if it came first
    left: float  # people still out of reach after the last


def next_sites(pairs: Pairs, people: ArrayLike, count: int) -> NextSites:
    """The best next sites one after another: greedy, at least 63 % of what any `count` sites could add (Nemhauser 1978).

    `pairs`: cells and candidate sites within reach of each other; `people` (cells): those whom nothing reaches yet (0 for
    the others). Fewer than `count` where nothing is left to add. Of equal sites the first is taken. For proof of the best
    set use the siting models. Raises MadangError: "lengths_differ", "people_impossible".
    """
    left = np.array(people, np.float64)
    if len(left) != pairs.cells:
        raise MadangError("lengths_differ", names="pairs, people")
    if not (left >= 0).all():
        raise MadangError("people_impossible", count=int((~(left >= 0)).sum()))
    ones = np.ones(len(pairs.cell))
    reached = scipy.sparse.csr_matrix((ones, (pairs.facility, pairs.cell)), (pairs.facilities, pairs.cells))
    by_cell = reached.tocsc()
    gain = reached @ left
    alone = gain.copy()
    chosen: list[int] = []
    gains: list[float] = []
    while len(chosen) < count and gain.size and gain.max() > 1e-9:
        best = int(gain.argmax())
        chosen.append(best)
        gains.append(float(gain[best]))
        cells = reached.indices[reached.indptr[best] : reached.indptr[best + 1]]
        cells = cells[left[cells] > 0]
        gain -= by_cell[:, cells] @ left[cells]
        left[cells] = 0.0
        gain[best] = 0.0
    return NextSites(np.array(chosen, np.int64), np.array(gains), alone, float(left.sum()))
