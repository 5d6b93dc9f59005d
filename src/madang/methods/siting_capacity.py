"""The p-median whose sites can serve only so much (capacitated p-median; Mulvey & Beck, EJOR 18, 1984)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.methods.siting_cover import extend
from madang.methods.siting_dual import Floor
from madang.methods.siting_programme import Programme
from madang.methods.siting_swap import Floats, Ints, Mask, Sites

_CELLS = 150_000  # more pairs than these, and each point is offered its nearest candidates only


@dataclass(frozen=True)
class Shared:
    """`sites` is None where none was found in time; `served[i]`: the candidate of each point; `bound` of the cost."""

    sites: Sites | None
    served: Ints
    cost: float
    bound: float
    infeasible: bool


def shared(
    distance: Floats,
    weight: Floats,
    capacity: Floats,
    number: int,
    fixed: Mask,
    floor: Floor | None,
    split: bool,
    seconds: float,
) -> Shared:
    """`distance`: candidates x demand, inf where unreachable, every column with a finite one; `weight` > 0.

    `split`: a point may be shared among sites, `served` then names the one with most of it. Above 150,000 pairs only
    each point's nearest candidates are offered: `bound` is -inf then and infeasible proves nothing.
    """
    candidates, points = distance.shape
    offered = np.isfinite(distance)
    whole = int(offered.sum()) <= _CELLS
    if not whole:
        nearest = max(2, _CELLS // points)
        offered &= (
            distance
            <= np.partition(distance, min(nearest, candidates) - 1, axis=0)[min(nearest, candidates) - 1]
        )
    site, point = np.nonzero(offered)
    cost = distance[site, point] * weight[point]
    programme = _programme(site, point, cost, weight, capacity, number, fixed, split)
    if floor is not None:
        _share_floor(programme, site, point, floor)
    answer = programme.solve(seconds)
    if answer.values is None:
        return Shared(None, np.empty(0, np.int64), np.inf, answer.bound, answer.infeasible and whole)
    part = answer.values[candidates:]
    served = np.full(points, -1, dtype=np.int64)
    order = np.argsort(part, kind="stable")
    served[point[order]] = site[order]
    total = float(cost @ part) if split else float((distance[served, np.arange(points)] * weight).sum())
    chosen = np.flatnonzero(answer.values[:candidates] > 0.5)
    return Shared(chosen, served, total, min(answer.bound, total) if whole else -np.inf, False)


def _programme(
    site: Ints,
    point: Ints,
    cost: Floats,
    weight: Floats,
    capacity: Floats,
    number: int,
    fixed: Mask,
    split: bool,
) -> Programme:
    candidates, points, cells = len(capacity), len(weight), len(site)
    columns = candidates + np.arange(cells)
    programme = Programme(
        np.zeros(candidates), np.ones(candidates, bool), fixed.astype(float), np.ones(candidates)
    )
    extend(programme, cost)
    programme.upper[candidates:] = 1.0
    programme.integer[candidates:] = not split
    programme.add(point, columns, 1.0, np.ones(points), np.ones(points))
    rows = np.arange(cells)
    programme.add(
        np.concatenate((rows, rows)),
        np.concatenate((columns, site)),
        np.repeat([1.0, -1.0], cells),
        np.full(cells, -np.inf),
        np.zeros(cells),
    )
    programme.add(
        np.concatenate((site, np.arange(candidates))),
        np.concatenate((columns, np.arange(candidates))),
        np.concatenate((weight[point], -capacity)),
        np.full(candidates, -np.inf),
        np.zeros(candidates),
    )
    programme.add(np.zeros(candidates), np.arange(candidates), 1.0, number, number)
    return programme


def _share_floor(programme: Programme, site: Ints, point: Ints, floor: Floor) -> None:
    """Weight served within reach, by area: at least what is needed."""
    near = np.flatnonzero(floor.within[site, point] & (floor.area[point] >= 0))
    columns = len(programme.cost) - len(site) + near
    programme.add(
        floor.area[point[near]],
        columns,
        floor.weight[point[near]],
        floor.needed * (1 - 1e-9),
        np.full(len(floor.needed), np.inf),
    )
