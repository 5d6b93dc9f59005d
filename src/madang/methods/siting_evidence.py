"""What stands beside a choice of sites: what each is worth, what comes of the first k of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from madang.methods.siting_swap import Floats, Ints, Sites, summed


@dataclass(frozen=True)
class CoverageCurve:
    """What the first k sites achieve, k = 1, 2, …: `covered` share of all weight within `reach` (nan without one);
    `mean_distance` and `farthest` of the points that the k sites reach, `reached` their share of all weight."""

    covered: Floats
    mean_distance: Floats
    farthest: Floats
    reached: Floats


def coverage_curve(
    distance: ArrayLike, weight: ArrayLike, sites: ArrayLike, reach: float | None
) -> CoverageCurve:
    """The curve over `sites` in their order. `distance`: demand x candidates, inf where unreachable."""
    cells, weights = (
        np.asarray(distance)[:, np.asarray(sites, dtype=np.int64)],
        np.asarray(weight, dtype=np.float64),
    )
    nearest = np.minimum.accumulate(cells, axis=1).astype(np.float64)
    finite = np.isfinite(nearest)
    safe = np.where(finite, nearest, 0)
    total = max(float(weights.sum()), 1e-300)
    reached = weights @ finite
    return CoverageCurve(
        weights @ (nearest <= reach) / total if reach is not None else np.full(nearest.shape[1], np.nan),
        np.divide(weights @ safe, reached, out=np.full(len(reached), np.nan), where=reached > 0),
        safe.max(axis=0),
        reached / total,
    )


def ranked(worth: Floats, sites: Sites, existing: Ints) -> Sites:
    """The existing sites first, then the others by `worth(costs)` added step by step; `worth`: sites x points, lower is
    better, summed over points."""
    order = [int(at) for at in np.flatnonzero(np.isin(sites, existing))]
    now = worth[order].min(axis=0) if order else worth.max(axis=0)
    while len(order) < len(sites):
        gain = np.maximum(now - worth, 0).sum(axis=1)
        gain[order] = -1
        order.append(int(gain.argmax()))
        now = np.minimum(now, worth[order[-1]])
    return sites[order]


def remove_one(costs: Floats) -> Floats:
    """How much the summed nearest cost grows without each row of `costs` (sites x points); inf for the only site."""
    if len(costs) < 2:
        return np.full(len(costs), np.inf)
    first = costs.argmin(axis=0)
    lowest = np.partition(costs, 1, axis=0)[:2]
    return summed(first, lowest[1] - lowest[0], len(costs))


def farthest_without(distance: Floats) -> Floats:
    """How much the farthest nearest distance grows without each row; inf where somebody is not reached any more."""
    if len(distance) < 2:
        return np.full(len(distance), np.inf)
    first = distance.argmin(axis=0)
    lowest = np.partition(distance, 1, axis=0)[:2]
    now = float(lowest[0].max(initial=0))
    without = np.full(len(distance), now)
    np.maximum.at(without, first, lowest[1])
    return without - now


class Chosen(Protocol):
    """Any result with chosen candidates."""

    @property
    def sites(self) -> Ints: ...


def varied_weights(weight: ArrayLike, error: float, runs: int, rng: np.random.Generator) -> list[Floats]:
    """`weight` times independent log-normal factors of mean 1 and relative standard deviation `error`, `runs` times."""
    weights = np.asarray(weight, dtype=np.float64)
    sigma = float(np.sqrt(np.log1p(error**2)))
    return [weights * rng.lognormal(-(sigma**2) / 2, sigma, len(weights)) for _ in range(runs)]
