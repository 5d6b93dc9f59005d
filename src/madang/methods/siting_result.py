"""What a siting answers: the chosen sites, how good they are proven to be, and who is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from madang.methods.siting_evidence import CoverageCurve, coverage_curve, ranked
from madang.methods.siting_median import PROVEN
from madang.methods.siting_question import Question
from madang.methods.siting_swap import Floats, Ints, Sites

Model = Literal["lscp", "mclp", "p_median", "p_center", "capacitated_p_median"]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Siting:
    """Chosen sites and how good they are proven to be.

    sites: candidates, the `existing` ones first, then by what each adds. assignment[i]: the site of demand point i, -1
    where none reaches it; distance[i]: its distance, inf there. objective: sites (lscp), weight covered (mclp), summed
    weight x distance (p_median, capacitated), farthest distance (p_center). bound: no choice can do better. gap:
    |objective - bound| / |objective|; proven: gap at most a millionth. unreachable: points that no candidate reaches at
    all (within the reach for lscp and mclp), with their weight: they are outside the model. unserved_weight: weight that
    the chosen sites do not reach (mclp: within the reach). marginal: what the objective loses without each site.
    """

    model: Model
    sites: Ints
    existing: int
    assignment: Ints
    distance: Floats
    objective: float
    bound: float
    gap: float
    proven: bool
    seconds: float
    unreachable: int
    unreachable_weight: float
    unserved_weight: float
    marginal: Floats
    curve: CoverageCurve


@dataclass(frozen=True)
class Choice:
    """`worth`: sites x points, by which the sites are ranked; `served`: given where it is not the nearest."""

    sites: Sites
    worth: Floats
    marginal: Floats
    objective: float
    bound: float
    reach: float | None = None
    served: Ints | None = None


def answer(model: Model, asked: Question, choice: Choice, began: float, clock: Clock) -> Siting:
    existing = np.flatnonzero(asked.fixed)
    sites = ranked(choice.worth, choice.sites, existing)
    marginal = choice.marginal[np.searchsorted(choice.sites, sites)]
    cells = asked.distance[sites]
    nearest = sites[cells.argmin(axis=0)] if choice.served is None else choice.served
    way = asked.distance[np.maximum(nearest, 0), np.arange(len(nearest))].astype(np.float64)
    nearest = np.where(np.isfinite(way) & (nearest >= 0), nearest, -1)
    way = np.where(nearest >= 0, way, np.inf)
    assignment = np.full(len(asked.reachable), -1, dtype=np.int64)
    assignment[asked.reachable] = nearest
    whole = np.full(len(asked.reachable), np.inf)
    whole[asked.reachable] = way
    able = asked.distance if choice.reach is None else asked.distance <= choice.reach
    reached = np.isfinite(able).any(axis=0) if choice.reach is None else able.any(axis=0)
    lost = asked.all_weight.sum() - asked.weight[reached].sum()
    limit = np.inf if choice.reach is None else choice.reach
    gap = abs(choice.objective - choice.bound) / max(abs(choice.objective), 1e-12)
    gap = 0.0 if abs(choice.objective - choice.bound) < 1e-9 else gap
    every = np.full((len(asked.reachable), len(sites)), np.inf)
    every[asked.reachable] = cells.T
    return Siting(
        model,
        sites.astype(np.int64),
        len(existing),
        assignment,
        whole,
        choice.objective,
        choice.bound,
        gap,
        gap <= PROVEN,
        clock() - began,
        len(asked.reachable) - int(reached.sum()),
        float(max(lost, 0.0)),
        float(asked.all_weight[~((whole <= limit) & np.isfinite(whole))].sum()),
        marginal,
        coverage_curve(every, asked.all_weight, np.arange(len(sites)), choice.reach),
    )
