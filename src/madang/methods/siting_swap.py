"""Vertex interchange for the p-median: the good solutions that bounds are then held against.

Whitaker (1983); the profit of a swap as gain, loss and their overlap: Resende & Werneck, "A fast swap-based local search
procedure for location problems", Annals of Operations Research 150 (2007). Here for whole blocks of candidates at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Sites = NDArray[np.intp]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
_CELLS = 1 << 19  # cells of a block: 4 MB


def summed(label: NDArray[np.integer], value: Floats, size: int) -> Floats:
    """The sum of `value` by `label` 0 … size-1."""
    return np.bincount(label, value, minlength=size).astype(np.float64)


def two_nearest(costs: Floats, sites: Sites) -> tuple[Sites, Floats, Floats]:
    """For every demand point: the position in `sites` of the cheapest one, its cost, and the second cheapest cost.

    `costs`: candidates x demand, finite. With one site the second cost is above every cost.
    """
    open_costs = costs[sites]
    first = open_costs.argmin(axis=0)
    points = np.arange(costs.shape[1])
    nearest = open_costs[first, points]
    open_costs[first, points] = np.inf
    second = open_costs.min(axis=0) if len(sites) > 1 else np.full(len(nearest), 2 * costs.max(initial=0) + 1)
    return first, nearest, second


def greedy(costs: Floats, number: int, fixed: Mask) -> Sites:
    """`number` sites, the `fixed` ones first, then each time the one that lowers the total cost most."""
    chosen = np.flatnonzero(fixed)
    nearest = costs[chosen].min(axis=0) if len(chosen) else costs.max(axis=0)
    sites = [int(site) for site in chosen]
    step = max(1, _CELLS // max(1, costs.shape[1]))
    while len(sites) < number:
        gain = np.concatenate(
            [
                np.maximum(nearest - costs[start : start + step], 0).sum(axis=1)
                for start in range(0, len(costs), step)
            ]
        )
        gain[sites] = -1
        sites.append(int(gain.argmax()))
        nearest = np.minimum(nearest, costs[sites[-1]])
    return np.array(sites, dtype=np.intp)


def interchange(costs: Floats, sites: Sites, fixed: Mask) -> tuple[Sites, float]:
    """`sites` after swaps of one site for another until none lowers the total cost, and that cost.

    `costs`: candidates x demand, finite; `fixed` candidates stay. The best swap of a block of candidates is made at
    once; the search ends after a full round without one. Memory: 8 MB besides `costs`.
    """
    sites = sites.copy()
    candidates, points = costs.shape
    step = max(1, _CELLS // max(1, points))
    first, nearest, second = two_nearest(costs, sites)
    blocks = -(-candidates // step)
    block, without = 0, 0
    while without < blocks:
        rows = slice(block * step, (block + 1) * step)
        found = _best_swap(costs[rows], len(sites), first, nearest, second, fixed[sites])
        if found is not None and found[2] > 1e-9 * nearest.sum() + 1e-12 * second.sum() + 1e-12:
            sites[found[1]] = block * step + found[0]
            first, nearest, second = two_nearest(costs, sites)
            without = 0
        else:
            without += 1
            block = (block + 1) % blocks
    return sites, float(nearest.sum())


def _best_swap(
    rows: Floats, number: int, first: Sites, nearest: Floats, second: Floats, stays: Mask
) -> tuple[int, int, float] | None:
    """Row to open, position to close, profit: the best of this block. An open row has no profit of its own."""
    if stays.all():
        return None
    capped = np.minimum(rows, second)
    gain = np.maximum(nearest - capped, 0).sum(axis=1)
    np.maximum(capped, nearest, out=capped)
    np.subtract(second, capped, out=capped)
    member = np.zeros((len(first), number))
    member[np.arange(len(first)), first] = 1
    loss = summed(first, second - nearest, number)
    profit = gain[:, None] - loss + capped @ member
    profit[:, stays] = -np.inf
    row, out = divmod(int(profit.argmax()), number)
    return row, out, float(profit[row, out])
