"""The p-median as a small mixed-integer programme: one column for each set of nearest sites that may all stay closed.

A demand point pays its nearest cost, and one more step of cost for every set of its nearest sites that is closed
altogether (radius formulation: García, Labbé & Marín, INFORMS Journal on Computing 23, 2011). Points that share a set
share its column (Goldengorin & Krushinsky, "Complexity evaluation of benchmark instances for the p-median problem",
Mathematical and Computer Modelling 53, 2011), so ten thousand points need far fewer columns than points.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.methods.siting_swap import Floats, Ints, Mask, summed


@dataclass(frozen=True)
class Closed:
    """Columns for sets of sites that are all closed, and the rows that say so.

    `weight[s]`: what it costs that set s is closed. Row s: `z[s] - z[before[s]] + Σ y[new sites of s] >= at_least[s]`;
    `before` is -1 and `at_least` 1 where the set is the first of its chain. `starts`, `sites`: the new sites by row.
    `point`, `step`, `column`: which point pays which step of cost for which set.
    """

    weight: Floats
    before: Ints
    starts: Ints
    sites: Ints
    base: float
    point: Ints
    step: Floats
    column: Ints

    @property
    def at_least(self) -> Floats:
        return (self.before < 0).astype(np.float64)


def closed_sets(costs: Floats, fixed: Mask, cap: Floats, seed: int = 0) -> Closed:
    """The sets for `costs` (candidates x demand, finite), none of them with a `fixed` site.

    A point pays at most `cap[i]`: where the solution reaches a cap, the programme is a bound and not the answer.
    Sets are told apart by sums of random 64-bit numbers. Memory: about 40 bytes for each cell below its cap.
    """
    point, site, cost = _ordered(costs, cap)
    start = np.concatenate(([True], point[1:] != point[:-1]))
    following = np.append(cost[1:], 0.0)
    last = np.append(start[1:], True)
    following[last] = cap[point[last]]
    step = following - cost
    key = np.random.default_rng(seed).integers(0, 1 << 63, len(costs), dtype=np.uint64)
    running = np.cumsum(key[site], dtype=np.uint64)
    first = np.flatnonzero(start)
    group = np.cumsum(start) - 1
    before_point = np.append(np.uint64(0), running)[first]
    name = running - before_point[group]
    held = np.cumsum(fixed[site])
    opened = held - np.append(0, held)[first][group] > 0
    valid = np.flatnonzero((step > 0) & ~opened)
    _, chosen, column = np.unique(name[valid], return_index=True, return_inverse=True)
    weight = summed(column, step[valid], len(chosen))
    previous = np.where(
        np.append(-1, point[valid][:-1]) == point[valid], np.append(-1, valid[:-1]), first[group[valid]] - 1
    )
    fresh = previous < first[group[valid]]
    before = np.where(fresh, -1, np.append(-1, column[:-1]))
    length = (valid - previous)[chosen]
    starts = np.concatenate(([0], np.cumsum(length)))
    offset = np.arange(starts[-1]) - np.repeat(starts[:-1], length)
    sites = site[np.repeat(previous[chosen] + 1, length) + offset]
    lowest = costs.min(axis=0)
    base = float(np.minimum(lowest, cap).sum())
    return Closed(weight, before[chosen], starts, sites, base, point[valid], step[valid], column)


def _ordered(costs: Floats, cap: Floats) -> tuple[Ints, Ints, Floats]:
    """Cells below the cap of their point: point, candidate, cost; by point, nearest first."""
    point, site = np.nonzero((costs < cap).T)
    cost = costs[site, point]
    order = np.lexsort((cost, point))
    return point[order], site[order], cost[order]
