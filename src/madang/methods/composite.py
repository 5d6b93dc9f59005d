"""Composite indicators: many indicators of n areas made one score, and how far its ranks hang on how that was done.

Steps and names of the handbook of OECD and JRC (Nardo et al. 2008): normalise, weigh, add up, then draw other sensible
choices of all three and see which ranks stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.composite_weights import equal_weights
from madang.methods.permutation import Progress

Floats = NDArray[np.float64]
Normalisation = Literal["z", "min-max", "rank"]
Aggregation = Literal["arithmetic", "geometric"]

_LEAST = 1.0  # of the scale: geometric means need values above 0
_MOST = 100.0


@dataclass(frozen=True, eq=False)
class Composite:
    """Of each of n areas: `score` (higher is better), `rank` (1 is best; equal scores share the better rank).

    `rank_median`, `rank_low`, `rank_high`: the middle and the 5-95 % band of its rank over the draws. `contribution`
    (n x k): what each indicator adds to the score, or to its logarithm where the mean is geometric. `correlation`
    (k x k): indicators close to 1 count the same thing twice.
    """

    score: Floats
    rank: NDArray[np.int64]
    rank_median: Floats
    rank_low: Floats
    rank_high: Floats
    contribution: Floats
    weights: Floats
    correlation: Floats
    normalisation: Normalisation
    aggregation: Aggregation
    draws: int


def composite(
    values: ArrayLike,
    higher_is_better: Sequence[bool],
    *,
    rng: np.random.Generator,
    weights: ArrayLike | None = None,
    normalisation: Normalisation = "min-max",
    aggregation: Aggregation = "arithmetic",
    draws: int = 1000,
    weight_certainty: float = 1.0,
    progress: Progress | None = None,
) -> Composite:
    """One score of n areas from k indicators, `values` (n x k), and the band of each rank.

    Each of the `draws` takes one of the three normalisations, one of the two means, and weights from a Dirichlet
    distribution around `weights` (k, by default equal) with parameters `weight_certainty` * k * weights: 1 and equal
    weights are any weights at all, larger stays nearer. Raises MadangError (composite_shape, composite_gaps,
    composite_same, composite_weights); gaps are for the caller to fill and to tell of. Memory: 8 bytes an area and draw,
    three times.
    """
    found = _table(values, higher_is_better)
    count = found.shape[1]
    shares = equal_weights(count) if weights is None else _shares(weights, count)
    scaled = {how: normalise(found, higher_is_better, how) for how in get_args(Normalisation)}
    score = aggregate(scaled[normalisation], shares, aggregation)[:, 0]
    ranks = _drawn_ranks(scaled, shares, draws, weight_certainty, rng, progress)
    low, median, high = np.quantile(ranks, [0.05, 0.5, 0.95], axis=1)
    parts = scaled[normalisation] if aggregation == "arithmetic" else np.log(scaled[normalisation])
    return Composite(
        score, _ranks(score[:, None])[:, 0], median, low, high, parts * shares, shares,
        np.corrcoef(found, rowvar=False).reshape(count, count), normalisation, aggregation, draws,
    )  # fmt: skip


def normalise(values: ArrayLike, higher_is_better: Sequence[bool], how: Normalisation) -> Floats:
    """`values` (n x k) on one scale on which higher is better, all above 0.

    "z": mean 100, standard deviation 10 (not below 1). "min-max": 1 to 100 between the 5th and the 95th percentile,
    what lies beyond drawn in. "rank": 1 to 100 by rank, equal values sharing the mean. Raises as `composite`.
    """
    found = _table(values, higher_is_better)
    good = np.where(higher_is_better, 1.0, -1.0) * found
    if how == "z":
        return np.asarray(np.maximum(100 + 10 * (good - good.mean(axis=0)) / good.std(axis=0), _LEAST))
    if how == "rank":
        return np.asarray(
            _LEAST + (_MOST - _LEAST) * (scipy.stats.rankdata(good, axis=0) - 1) / (len(good) - 1)
        )
    low, high = np.quantile(good, [0.05, 0.95], axis=0)
    within = high > low  # where nine tenths are alike only the ends are left
    low, high = np.where(within, low, good.min(axis=0)), np.where(within, high, good.max(axis=0))
    return np.asarray(_LEAST + (_MOST - _LEAST) * np.clip((good - low) / (high - low), 0.0, 1.0))


def aggregate(scaled: Floats, weights: ArrayLike, how: Aggregation) -> Floats:
    """Weighted means of `scaled` (n x k, above 0): n x m for `weights` m x k, each row summing to 1.

    A geometric mean lets a low indicator be made good by a high one less than an arithmetic mean does.
    """
    shares = np.atleast_2d(np.asarray(weights, np.float64))
    if how == "arithmetic":
        return np.asarray(scaled @ shares.T)
    return np.asarray(np.exp(np.log(scaled) @ shares.T))


def _drawn_ranks(
    scaled: dict[Normalisation, Floats],
    shares: Floats,
    draws: int,
    certainty: float,
    rng: np.random.Generator,
    progress: Progress | None,
) -> Floats:
    ways = [(how, mean) for how in get_args(Normalisation) for mean in get_args(Aggregation)]
    drawn = rng.dirichlet(np.maximum(certainty * len(shares) * shares, 1e-9), draws)
    way, parts, done = rng.integers(0, len(ways), draws), [], 0
    for number, (how, mean) in enumerate(ways):
        parts.append(_ranks(aggregate(scaled[how], drawn[way == number], mean)))
        done += parts[-1].shape[1]
        if progress:
            progress(done, draws, "draws")
    return np.concatenate(parts, axis=1).astype(np.float64)


def _ranks(scores: Floats) -> NDArray[np.int64]:
    return np.asarray(scipy.stats.rankdata(-np.round(scores, 9), method="min", axis=0), np.int64)


def _table(values: ArrayLike, higher_is_better: Sequence[bool]) -> Floats:
    found = np.asarray(values, np.float64)
    if found.ndim != 2 or found.shape[1] != len(higher_is_better) or len(found) < 2:
        raise MadangError(
            "composite_shape", shape=" x ".join(map(str, found.shape)), flags=len(higher_is_better)
        )
    if not np.isfinite(found).all():
        raise MadangError("composite_gaps", count=int((~np.isfinite(found)).sum()))
    same = np.flatnonzero(np.ptp(found, axis=0) == 0)
    if len(same):
        raise MadangError("composite_same", indicator=int(same[0]) + 1)
    return found


def _shares(weights: ArrayLike, count: int) -> Floats:
    found = np.asarray(weights, np.float64).reshape(-1)
    if len(found) != count or not np.isfinite(found).all() or (found < 0).any() or found.sum() <= 0:
        raise MadangError("composite_weights", given=len(found), indicators=count)
    return np.asarray(found / found.sum())
