"""Counts as level x trend x season: a Poisson regression with a few waves a year, and a level that follows lately.

What it says can be read: how much the time of the year, the growth and the last weeks each make of a forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy
from numpy.lib.stride_tricks import sliding_window_view

Array = npt.NDArray[Any]

_WAVES = 2
# standard deviations of logarithms: growth in a season, size of a wave; what few counts are drawn to
_TREND_SD, _WAVE_SD = 0.3, 0.7
_STEPS = 15
_TIMES, _FAR = 2.0, 3.0  # times other years, standard deviations: what lies beyond shapes no season and trend
_PRIOR = 0.25  # periods
_DISCOUNTS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.995)


@dataclass(frozen=True)
class Harmonic:
    """Fitted parts of series (n), each a factor around 1, over `t` periods that were seen and `h` ahead."""

    mean: Array  # (n, t + h): trend x season, without the recent level
    season: Array  # (n, t + h): times the usual of a whole season
    growth: Array  # (n,): times as many after one season
    level: Array  # (n,): what lately came for each one that was expected
    discount: Array  # (n,): what a count weighs for each period that has passed since


def fit(series: npt.ArrayLike, season: int, ahead: int) -> Harmonic:
    """Fit every row of counts `series` (n, t) at once and continue it `ahead` periods; `season` periods make a year.

    Log-linear Poisson regression on two harmonic waves and a trend, both drawn to nothing by a normal prior (dynamic
    harmonic regression: Young, Pedregal & Tych 1999; Hyndman & Athanasopoulos, Forecasting, 3rd ed., 10.5); bursts are
    cut for it, and uneven rows trusted less (quasi-Poisson). The level is the gamma-Poisson model of Harvey & Fernandes
    (1989), "Time series models for count or qualitative observations", Journal of Business & Economic Statistics 7:
    each row has the discount under which its counts were most likely, so a quiet row keeps its mean and a rising one
    follows. Memory: n x t x 60 numbers in passing.
    """
    y = np.asarray(series, float)
    count = y.shape[-1]
    design = _design(count, ahead, season)
    found = _coefficients(y, design[:count], season)
    waves = found[:, 2:] @ design[:, 2:].T
    whole = found[:, 2:] @ _waves(np.arange(season, dtype=float), season).T
    usual = np.log(np.exp(whole).mean(axis=1, keepdims=True))
    mean = _means(found, design)
    discount = _likeliest(y, mean[:, :count])
    levels = _levels(y, mean[:, :count], discount)
    return Harmonic(mean, np.exp(waves - usual), np.exp(found[:, 1]), levels[:, -1], discount)


def one_step_errors(series: npt.ArrayLike, season: int) -> Array:
    """How far each count of `series` (n, t) was from what the counts before it led to expect, (n, t).

    Season and trend are those of all that is known; the level of each period is that of the period before.
    """
    y = np.asarray(series, float)
    design = _design(y.shape[1], 0, season)
    mean = _means(_coefficients(y, design, season), design)
    return np.asarray(y - mean * _levels(y, mean, _likeliest(y, mean))[:, :-1])


def _coefficients(y: Array, design: Array, season: int) -> Array:
    """Coefficients (n, p); rows whose waves do not earn their parameters (Akaike, quasi-likelihood) get none.

    Nor do rows that had their counts in one year only: that is no season yet.
    """
    cut = _without_bursts(y, season)
    penalty = np.tile(_penalty(design.shape[1]), (len(y), 1))
    usual = _means(_regression(cut, design, penalty), design)
    spread = np.maximum(((cut - usual) ** 2 / usual).mean(axis=1, keepdims=True), 1.0)
    full = _regression(cut, design, penalty * spread)
    plain = _regression(cut, design[:, :2], penalty[:, :2] * spread)
    waves = design.shape[1] - 2
    plain = np.pad(plain, ((0, 0), (0, waves)))
    gain = (_likelihood(cut, full, design) - _likelihood(cut, plain, design)) / spread[:, 0]
    return np.where(((gain > waves) & _in_two_years(y, season))[:, None], full, plain)


def _in_two_years(y: Array, season: int) -> Array:
    """Whether two seasons at least, from the last period back, have a fifth of the usual count of a season (n,)."""
    starts = np.unique(np.r_[0, np.arange(y.shape[1] % season, y.shape[1], season)])
    counts = np.add.reduceat(y, starts, axis=1)
    enough = counts >= 0.2 * counts.mean(axis=1, keepdims=True)
    return np.asarray((enough & (counts > 0)).sum(axis=1) >= 2)


def _likelihood(y: Array, found: Array, design: Array) -> Array:
    linear = np.clip(found @ design.T, -30, 30)
    return np.asarray((y * linear - np.exp(linear)).sum(axis=1))


def _without_bursts(y: Array, season: int) -> Array:
    """Counts cut at twice, and three standard deviations and one above, what the same weeks of other years had.

    What came in one year only is no season. The usual count (the mean of the lower nine tenths) is allowed always.
    """
    high = np.quantile(y, 0.9, axis=1, keepdims=True)
    low = y <= high
    usual = np.repeat(
        (y * low).sum(axis=1, keepdims=True) / low.sum(axis=1, keepdims=True), y.shape[1], axis=1
    )
    near = max(1, season // 26)
    padded = np.pad(y, ((0, 0), (near, near)), mode="edge")
    smooth = sliding_window_view(padded, 2 * near + 1, axis=1).mean(axis=2)
    for back in range(season, y.shape[1], season):
        usual[:, back:] = np.maximum(usual[:, back:], smooth[:, :-back])
        usual[:, :-back] = np.maximum(usual[:, :-back], smooth[:, back:])
    return np.asarray(np.minimum(y, _TIMES * usual + _FAR * np.sqrt(usual) + 1))


def _means(found: Array, design: Array) -> Array:
    return np.asarray(np.exp(np.clip(found @ design.T, -30, 30)))


def _likeliest(y: Array, mean: Array) -> Array:
    """The discount (n,) under which each row's counts were most likely, one step ahead: negative binomial."""
    gammaln = scipy.special.gammaln
    a, b = _steps(y, mean, np.array(_DISCOUNTS)[:, None])[:, :-1]
    now, m = y.T[:, None], mean.T[:, None]
    likely = gammaln(a + now) - gammaln(a) + a * np.log(b / (b + m)) + now * np.log(m / (b + m))
    return np.asarray(np.take(_DISCOUNTS, likely.sum(axis=0).argmax(axis=0)))


def _levels(y: Array, mean: Array, discount: Array) -> Array:
    """The level before each period and after the last, (n, t + 1)."""
    a, b = _steps(y, mean, discount[None])
    return np.asarray((a / b)[:, 0].T)


def _steps(y: Array, mean: Array, discount: Array) -> Array:
    """Discounted counts that came and that were expected, before each period and after the last: (2, t + 1, d, n), for
    each of the discounts (d, n) or (d, 1).

    Both begin with, and go back to, a quarter of a usual period: a level of 1 that the next period outweighs.
    """
    start = np.maximum(_PRIOR * mean.mean(axis=1), 1e-6)
    back = (1 - discount) * start
    found = np.empty((2, y.shape[1] + 1, *back.shape))
    found[:, 0] = start
    came = np.stack([y.T, mean.T])[:, :, None]
    for at in range(y.shape[1]):
        found[:, at + 1] = discount * (found[:, at] + came[:, at]) + back
    return found


def _design(count: int, ahead: int, season: int) -> Array:
    """Columns: one, years from the middle of what was seen (flat beyond its end by half a season), waves."""
    at = np.arange(count + ahead, dtype=float)
    trend = (np.minimum(at, count - 1 + season / 2) - (count - 1) / 2) / season
    return np.column_stack([np.ones(len(at)), trend, _waves(at, season)])


def _waves(at: Array, season: int) -> Array:
    angles = [2 * np.pi * wave * at / season for wave in range(1, 1 + min(_WAVES, (season - 1) // 2))]
    parts = [part for angle in angles for part in (np.cos(angle), np.sin(angle))]
    return np.column_stack(parts) if parts else np.zeros((len(at), 0))


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
        mean = _means(found, design)
        gradient = (y - mean) @ design - penalty * (found - centre)
        hessian = (mean[:, None] * design.T) @ design + penalty[:, :, None] * np.eye(design.shape[1])
        step = np.linalg.solve(hessian, gradient[..., None])[..., 0]
        found = found + np.clip(step, -1, 1)
        if np.abs(step).max(initial=0) < 1e-8:
            break
    return found
