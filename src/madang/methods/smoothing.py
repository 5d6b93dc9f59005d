"""Rates of small areas: drawn to the mean as far as few cases say little (empirical Bayes)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.weights import SpatialWeights

Floats = NDArray[np.float64]

_STEPS = 4  # of a coarse variance between one and its double


@dataclass(frozen=True, eq=False)
class SmoothedRates:
    """Of each of n areas: cases per head, raw and smoothed.

    `rate` = `own_weight` * `raw` + (1 - `own_weight`) * `prior_mean`. `low`, `high`: 95 % of the gamma distribution that
    prior and cases give; not a number where areas differ no more than chance makes them (`own_weight` 0). `raw` is not
    a number where nobody lives.
    """

    raw: Floats
    rate: Floats
    low: Floats
    high: Floats
    own_weight: Floats
    prior_mean: Floats
    prior_variance: Floats


def smooth_rates(
    cases: ArrayLike, population: ArrayLike, weights: SpatialWeights | None = None, *, coarse: bool = False
) -> SmoothedRates:
    """Empirical Bayes rates of n areas by the method of moments (Marshall 1991).

    Drawn to the mean of all areas; with `weights`, to that of the area and its neighbours (their number counts, not
    their weights). A variance below 0 is 0, as in the paper. `coarse`: it is one of four steps between a power of 2 and the
    next, 9 % off at most; else who sees exact rates of most areas works out the people of one that is hidden. Raises MadangError (rates_lengths, rates_values,
    rates_nobody) where lengths differ, a number is missing or negative, there are cases among nobody, or nobody at all.
    """
    c, n = _counts(cases, population)
    raw = np.divide(c, n, out=np.full(len(c), np.nan), where=n > 0)
    mean, variance = _moments(c, n, raw) if weights is None else _local_moments(c, n, raw, weights)
    if coarse:
        lifted = np.log2(variance, out=np.zeros(len(c)), where=variance > 0)
        variance = np.where(variance > 0, 2 ** (np.round(_STEPS * lifted) / _STEPS), 0.0)
    chance = np.divide(mean, n, out=np.full(len(c), np.inf), where=n > 0)
    own = np.divide(variance, variance + chance, out=np.zeros(len(c)), where=variance > 0)
    rate = np.where(own > 0, own * np.nan_to_num(raw) + (1 - own) * mean, mean)
    low, high = _interval(c, n, mean, variance)
    return SmoothedRates(raw, rate, low, high, own, mean, variance)


def standardised_rates(cases: ArrayLike, population: ArrayLike) -> Floats:
    """Rates of n areas in standard deviations that fit their population (Assunção and Reis 1999).

    Moran's I of these is their EBI: areas of few people no longer make or hide a pattern. Raises MadangError as
    `smooth_rates`, and (rates_nobody) for an area of nobody, and (hot_spots_same) where there are no cases.
    """
    c, n = _counts(cases, population)
    if (n == 0).any():
        raise MadangError("rates_nobody", count=int((n == 0).sum()))
    if c.sum() == 0:
        raise MadangError("hot_spots_same")
    raw, mean = c / n, c.sum() / n.sum()
    between = (n * (raw - mean) ** 2).sum() / n.sum() - mean / n.mean()
    variance = between + mean / n
    return np.asarray((raw - mean) / np.sqrt(np.where(variance < 0, mean / n, variance)))


def _moments(c: Floats, n: Floats, raw: Floats) -> tuple[Floats, Floats]:
    mean = c.sum() / n.sum()
    lived = n > 0
    spread = (n[lived] * (raw[lived] - mean) ** 2).sum() / n.sum()
    between = max(spread - mean / n[lived].mean(), 0.0)
    return np.full(len(c), mean), np.full(len(c), between)


def _local_moments(c: Floats, n: Floats, raw: Floats, weights: SpatialWeights) -> tuple[Floats, Floats]:
    matrix = weights.binary().matrix
    around = n + matrix @ n
    mean = np.divide(c + matrix @ c, around, out=np.zeros(len(c)), where=around > 0)
    rates, lived = np.nan_to_num(raw), (n > 0).astype(np.float64)
    square = n * rates**2 + matrix @ (n * rates**2)  # sum of n (r - m)^2 = sum of n r^2 - m^2 sum of n
    spread = np.divide(square, around, out=np.zeros(len(c)), where=around > 0) - mean**2
    per_area = np.divide(around, lived + matrix @ lived, out=np.ones(len(c)), where=around > 0)
    return mean, np.maximum(spread - mean / per_area, 0.0)


def _interval(c: Floats, n: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Prior gamma(mean^2 / variance, mean / variance); its posterior mean is the smoothed rate."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shape, per = mean**2 / variance + c, mean / variance + n
        bounds = scipy.stats.gamma.ppf([[0.025], [0.975]], shape, scale=1 / per)
    low, high = np.where(variance > 0, bounds, np.nan)
    return low, high


def _counts(cases: ArrayLike, population: ArrayLike) -> tuple[Floats, Floats]:
    c = np.asarray(cases, np.float64).reshape(-1)
    n = np.asarray(population, np.float64).reshape(-1)
    if len(c) != len(n):
        raise MadangError("rates_lengths", cases=len(c), population=len(n))
    unreadable = ~np.isfinite(c) | ~np.isfinite(n) | (c < 0) | (n < 0)
    if unreadable.any():
        raise MadangError("rates_values", count=int(unreadable.sum()))
    strangers = (n == 0) & (c > 0)
    if strangers.any() or n.sum() == 0:
        raise MadangError("rates_nobody", count=int(strangers.sum() or len(n)))
    return c, n
