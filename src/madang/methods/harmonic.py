"""Counts as level x trend x season: a Poisson regression with a few waves a year, and a level that follows lately.

What it says can be read: how much the time of the year, the growth and the last weeks each make of a forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_WAVES = 2
_TREND_SD, _WAVE_SD = (
    0.3,
    0.7,
)  # of the logarithm: growth in a season, size of a wave; what few counts are drawn to
_STEPS = 15
_PRIOR_COUNT = 2.0  # counts as expected that stand before the recent ones


@dataclass(frozen=True)
class Harmonic:
    """Fitted parts of series (n), each a factor around 1, over `t` periods that were seen and `h` ahead."""

    mean: Array  # (n, t + h): trend x season, without the recent level
    season: Array  # (n, t + h): times the usual of a whole season
    growth: Array  # (n,): times as many after one season
    level: Array  # (n,): what lately came for each one that was expected
    lately: Array  # (n,): discounted count of what came lately
    expected: Array  # (n,): discounted count of what was expected


def fit(series: npt.ArrayLike, season: int, ahead: int) -> Harmonic:
    """Fit every row of counts `series` (n, t) at once and continue it `ahead` periods; `season` periods make a year.

    Log-linear Poisson regression on two harmonic waves and a trend, both drawn to nothing by a normal prior (dynamic
    harmonic regression: Young, Pedregal & Tych 1999; Hyndman & Athanasopoulos, Forecasting, 3rd ed., 10.5). The level
    is the gamma-Poisson steady model with a discount (Harvey & Fernandes 1989): recent counts weigh most, a fifth of a
    season ago a third of it. Memory: n x t x 36 numbers in passing.
    """
    y = np.asarray(series, float)
    count = y.shape[-1]
    design = _design(count, ahead, season)
    penalty = _penalty(design.shape[1])
    found = _regression(y, design[:count], penalty)
    waves = found[:, 2:] @ design[:, 2:].T
    whole = found[:, 2:] @ _whole_season(season).T
    usual = np.log(np.exp(whole).mean(axis=1, keepdims=True))
    mean = np.exp(np.clip(found @ design.T, -30, 30))
    keep = discount(season) ** np.arange(count - 1, -1, -1.0)
    lately, expected = y @ keep, mean[:, :count] @ keep
    level = (lately + _PRIOR_COUNT) / (expected + _PRIOR_COUNT)
    return Harmonic(mean, np.exp(waves - usual), np.exp(found[:, 1]), level, lately, expected)


def discount(season: int) -> float:
    """What a count weighs for each period that has passed since: memory of a fifth of a season, two periods at least."""
    return 1 - 1 / max(2.0, season / 5)


def _design(count: int, ahead: int, season: int) -> Array:
    """Columns: one, years from the middle of what was seen (flat beyond its end by half a season), waves."""
    at = np.arange(count + ahead, dtype=float)
    trend = (np.minimum(at, count - 1 + season / 2) - (count - 1) / 2) / season
    return np.column_stack([np.ones(len(at)), trend, _waves(at, season)])


def _waves(at: Array, season: int) -> Array:
    angles = [2 * np.pi * wave * at / season for wave in range(1, 1 + min(_WAVES, (season - 1) // 2))]
    parts = [part for angle in angles for part in (np.cos(angle), np.sin(angle))]
    return np.column_stack(parts) if parts else np.zeros((len(at), 0))


def _whole_season(season: int) -> Array:
    return _waves(np.arange(season, dtype=float), season)


def _penalty(columns: int) -> Array:
    sd = np.array([10.0, _TREND_SD] + [_WAVE_SD] * (columns - 2))
    return 1 / sd**2


def _regression(y: Array, design: Array, penalty: Array) -> Array:
    """Coefficients (n, p) by damped Newton steps on the penalised Poisson likelihood of all rows at once."""
    start = np.log(np.maximum(y.mean(axis=1), 0.5 / y.shape[1]))
    centre = np.zeros((len(y), design.shape[1]))
    centre[:, 0] = start
    found = centre.copy()
    for _ in range(_STEPS):
        mean = np.exp(np.clip(found @ design.T, -30, 30))
        gradient = (y - mean) @ design - penalty * (found - centre)
        hessian = np.einsum("tp,nt,tq->npq", design, mean, design, optimize=True) + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        found = found + np.clip(step, -1, 1)
        if np.abs(step).max(initial=0) < 1e-8:
            break
    return found
