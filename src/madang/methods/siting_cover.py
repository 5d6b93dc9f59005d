"""Covering: the fewest sites that reach everybody (LSCP), and the shortest reach that p sites can hold (p-center).

Toregas, Swain, ReVelle & Bergman, Operations Research 19 (1971); p-center by coverings at growing distances: Minieka,
SIAM Review 12 (1970). Points that the same candidates reach are one row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from madang.methods.siting_dual import Floor
from madang.methods.siting_programme import Programme, all_closed
from madang.methods.siting_swap import Floats, Mask, Sites


@dataclass(frozen=True)
class Covering:
    """`sites` is None where none was found; `fewest`: no covering has fewer sites (inf: there is none)."""

    sites: Sites | None
    fewest: float


def cover(within: Mask, fixed: Mask, floor: Floor | None, seconds: float, most: float = np.inf) -> Covering:
    """The fewest candidates, `fixed` ones among them, that reach every demand point of `within` and meet `floor`.

    `within`: candidates x demand, every column with at least one candidate. `most`: a covering of so many sites is
    enough, any beyond is none.
    """
    number = len(within)
    open_rows = ~within[fixed].any(axis=0)
    programme = Programme(np.ones(number), np.ones(number, dtype=bool), fixed.astype(float), np.ones(number))
    if open_rows.any():
        _, chosen, kind, candidate = all_closed(
            within[:, open_rows], np.zeros(int(open_rows.sum()), np.int64)
        )
        rows = len(chosen)
        programme.add(kind, candidate, 1.0, np.ones(rows), np.full(rows, np.inf))
    add_floor(programme, floor)
    programme.add(np.zeros(number), np.arange(number), 1.0, fixed.sum(), min(most, number))
    if np.isfinite(most):
        relaxed = programme.solve(seconds, relaxed=True)
        if relaxed.infeasible or np.ceil(relaxed.bound - 1e-6) > most:
            return Covering(None, np.inf)
    start = _first_covering(within, fixed) if floor is None else None
    usable = start is not None and start.sum() <= most
    answer = programme.solve(seconds, start.astype(np.float64) if usable and start is not None else None)
    if answer.infeasible:
        return Covering(None, np.inf)
    sites = None if answer.values is None else np.flatnonzero(answer.values[:number] > 0.5)
    return Covering(sites, max(float(np.ceil(answer.bound - 1e-6)), float(fixed.sum()), 0.0))


def _first_covering(within: Mask, fixed: Mask) -> Mask:
    """Each time the candidate that reaches most of those not reached; then those that turn out to be spare go."""
    chosen = fixed.copy()
    missing = ~within[chosen].any(axis=0)
    while missing.any():
        best = int((within[:, missing]).sum(axis=1).argmax())
        chosen[best] = True
        missing &= ~within[best]
    times = within[chosen].sum(axis=0)
    for site in np.flatnonzero(chosen & ~fixed):
        if (times[within[site]] > 1).all():
            chosen[site] = False
            times = times - within[site]
    return chosen


def add_floor(programme: Programme, floor: Floor | None) -> None:
    """Rows and columns for the least weight within reach of every area; the first columns are the candidates."""
    if floor is None:
        return
    known = np.flatnonzero((floor.area >= 0) & (floor.weight > 0))
    area = floor.area[known].astype(np.int64)
    kind, chosen, row, candidate = all_closed(floor.within[:, known], area)
    weight = np.bincount(kind, floor.weight[known], minlength=len(chosen))
    columns = len(programme.cost) + np.arange(len(chosen))
    extend(programme, np.zeros(len(chosen)))
    size = len(chosen)
    programme.add(
        np.concatenate((np.arange(size), row)),
        np.concatenate((columns, candidate)),
        1.0,
        np.ones(size),
        np.full(size, np.inf),
    )
    whole = np.bincount(area, floor.weight[known], minlength=len(floor.needed))
    areas = len(floor.needed)
    slack = (whole - floor.needed) * (1 + 1e-9)
    programme.add(area[chosen], columns, weight, np.full(areas, -np.inf), slack)


def extend(programme: Programme, cost: Floats) -> None:
    """More continuous columns from 0 up."""
    more = len(cost)
    programme.cost = np.concatenate((programme.cost, cost))
    programme.integer = np.concatenate((programme.integer, np.zeros(more, dtype=bool)))
    programme.lower = np.concatenate((programme.lower, np.zeros(more)))
    programme.upper = np.concatenate((programme.upper, np.full(more, np.inf)))


@dataclass(frozen=True)
class Centre:
    """The chosen sites (None: p sites cannot reach everybody), the farthest distance and what it cannot fall below."""

    sites: Sites | None
    farthest: float
    bound: float


def centre(
    distance: Floats,
    number: int,
    fixed: Mask,
    floor: Floor | None,
    start: Sites,
    remaining: Callable[[], float],
    progress: Callable[[int, int, str], None],
) -> Centre:
    """Halve the distances that may be the answer until one is left or time is up.

    `distance`: candidates x demand, inf where unreachable, every column with a finite one; `start`: `number` sites
    that meet `floor` or whatever is known.
    """
    best, farthest = None, np.inf
    if floor is None or floor.met(start):
        reached = float(distance[start].min(axis=0).max())
        best, farthest = (start, reached) if np.isfinite(reached) else (None, np.inf)
    nearest_of_all = distance.min(axis=0).max()
    values = np.unique(
        distance[np.isfinite(distance) & (distance >= nearest_of_all) & (distance <= farthest)]
    )
    low, high = 0, len(values) - 1  # the answer is one of values[low … high]
    halvings = max(1, int(np.ceil(np.log2(len(values) + 1))))
    tries = 0
    while remaining() > 0 and (low < high or best is None):
        progress(min(tries, halvings), halvings, "reach")
        tries += 1
        middle = (low + high) // 2 if low < high else high
        found = cover(distance <= values[middle], fixed, floor, remaining(), most=number)
        if found.sites is not None and len(found.sites) <= number:
            best = _filled(found.sites, number, distance)
            farthest = float(distance[best].min(axis=0).max())
            high = int(np.searchsorted(values, farthest))
        elif np.isinf(found.fewest):
            if low >= high:
                return Centre(None, np.inf, np.inf)
            low = middle + 1
        else:
            break
    return Centre(best, farthest, float(values[low]))


def _filled(sites: Sites, number: int, distance: Floats) -> Sites:
    """Sites left over go where they shorten most ways."""
    chosen = sites
    while len(chosen) < min(number, len(distance)):
        nearest = distance[chosen].min(axis=0)
        gain = np.maximum(nearest - distance, 0).sum(axis=1)
        gain[chosen] = -1
        chosen = np.append(chosen, gain.argmax())
    return chosen
