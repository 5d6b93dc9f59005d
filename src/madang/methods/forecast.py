"""Forecasts of regular series (weekly, monthly) by candidates that back-tests choose from.

Rows are series, columns periods without a gap; zeros are written as zeros. Fitting is statsforecast's (exponential
smoothing: Hyndman et al. 2008; Theta: Assimakopoulos & Nikolopoulos 2000, Fiorucci et al. 2016; complex exponential
smoothing: Svetunkov, Kourentzes & Ord 2022; ARIMA: Hyndman & Khandakar 2008; rare counts: Croston 1972, Syntetos &
Boylan 2005, Teunter, Syntetos & Babai 2011). No forecast is below zero.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.messages import MadangError
from madang.methods import harmonic

Array = npt.NDArray[Any]
Progress = Callable[[int, int, str], None]

NAIVE = "seasonal_naive"
REGULAR = (NAIVE, "ets", "theta", "ces", "harmonic", "combination")
RARE = (NAIVE, "tsb", "croston", "harmonic")
FIVE = ("ets", "theta", "standard_theta", "ces", "arima")
_LONG = 24  # periods: a longer season is taken out by waves before models meet it, as they cannot fit it from few years
_ADI, _CV2 = 1.32, 0.49
_TSB_SMOOTHING = 0.1


def candidate(name: str, series: npt.ArrayLike, horizon: int, season: int) -> Array:
    """What candidate `name` foretells of `series` (n, t) for the next `horizon` periods: (n, horizon), 0 or more.

    A row that is too short for the candidate gets the seasonal naive forecast. Raises MadangError for a name that is
    no candidate, an empty series, or what is no number.
    """
    y = checked(series, season)
    if horizon < 1:
        raise MadangError("forecast_horizon", horizon=horizon)
    if name == NAIVE:
        return seasonal_naive(y, horizon, season)
    if name == "harmonic":
        return _harmonic(y, horizon, season)
    if name not in _builders():
        raise MadangError("forecast_candidate", name=name)
    return _fitted(name, y, horizon, season)


def candidates(
    names: Sequence[str],
    series: npt.ArrayLike,
    horizon: int,
    season: int,
    progress: Progress | None = None,
) -> dict[str, Array]:
    """Forecasts (n, horizon) of each of `names`; "combination" is the median of the others but the naive one.

    The median of good single models is hard to beat: Petropoulos & Svetunkov (2020), "A simple combination of
    univariate models", International Journal of Forecasting 36.
    """
    y = checked(series, season)
    found: dict[str, Array] = {}
    single = [name for name in names if name != "combination"]
    for number, name in enumerate(single):
        if progress:
            progress(number, len(single), name)
        found[name] = candidate(name, y, horizon, season)
    if "combination" in names:
        parts = [found[name] for name in single if name != NAIVE]
        if not parts:
            raise MadangError("forecast_combination")
        found["combination"] = np.asarray(np.median(parts, axis=0))
    return found


def five_models(series: npt.ArrayLike, horizon: int, season: int) -> Array:
    """The median of ETS, CES, ARIMA and two Thetas, (n, horizon): Petropoulos & Svetunkov (2020) with the standard Theta.

    For few series that matter: ARIMA takes a third of a second a series, the other four together a twentieth.
    """
    return candidates((*FIVE, "combination"), series, horizon, season)["combination"]


def seasonal_naive(series: Array, horizon: int, season: int) -> Array:
    """As one season ago; of a series shorter than a season the last value."""
    count = series.shape[1]
    ahead = np.arange(horizon)
    at = count - season + ahead % season if count >= season else np.full(horizon, count - 1)
    return np.asarray(series[:, at], float)


def is_rare(series: npt.ArrayLike) -> Array:
    """Whether counts (n, t) are intermittent: 1.32 periods or more for each one with a count.

    Syntetos, Boylan & Croston (2005), "On the categorization of demand patterns", Journal of the Operational Research
    Society 56.
    """
    y = np.asarray(series, float)
    return np.asarray((y > 0).mean(axis=1) <= 1 / _ADI)


def is_uneven(series: npt.ArrayLike) -> Array:
    """Whether counts (n, t), where there are any, differ: squared coefficient of variation of 0.49 or more (the same)."""
    y = np.asarray(series, float)
    some = y > 0
    count = np.maximum(some.sum(axis=1), 1)
    mean = y.sum(axis=1) / count
    variance = (np.where(some, y - mean[:, None], 0) ** 2).sum(axis=1) / count
    return np.asarray(variance >= _CV2 * np.maximum(mean, 1e-12) ** 2)


def checked(series: npt.ArrayLike, season: int) -> Array:
    """`series` as numbers (n, t). Raises MadangError where it is empty, has a gap, or `season` is below 1."""
    y = np.asarray(series, float)
    y = y[None, :] if y.ndim == 1 else y
    if y.ndim != 2 or y.shape[1] == 0:
        raise MadangError("forecast_empty")
    if season < 1:
        raise MadangError("forecast_season", season=season)
    if not np.isfinite(y).all():
        raise MadangError("forecast_gap", count=int((~np.isfinite(y)).sum()))
    return y


def _harmonic(y: Array, horizon: int, season: int) -> Array:
    if (y < 0).any() or y.shape[1] < 4:
        return seasonal_naive(y, horizon, season)
    found = harmonic.fit(y, season, horizon)
    return np.asarray(found.mean[:, -horizon:] * found.level[:, None])


@cache
def _builders() -> dict[str, Callable[[int], Any]]:
    from statsforecast import models as sf  # a second and a half: only where it is used

    return {
        "ets": lambda season: sf.AutoETS(season_length=season, model="ZZZ" if season > 1 else "ZZN"),
        "theta": lambda season: sf.DynamicOptimizedTheta(season_length=season),
        "standard_theta": lambda season: sf.Theta(season_length=season),
        "ces": lambda season: sf.AutoCES(season_length=season, model="Z" if season > 1 else "N"),
        "arima": lambda season: sf.AutoARIMA(season_length=season, seasonal=season > 1),
        "tsb": lambda season: sf.TSB(alpha_d=_TSB_SMOOTHING, alpha_p=_TSB_SMOOTHING),
        "croston": lambda season: sf.CrostonSBA(),
    }


def _fitted(name: str, y: Array, horizon: int, season: int) -> Array:
    """Every row by one model of statsforecast."""
    waves, short = np.ones((len(y), y.shape[1] + horizon)), season
    if season > _LONG and (y >= 0).all():
        short = 1
        if name not in ("tsb", "croston") and y.shape[1] >= season:
            waves = harmonic.fit(y, season, horizon).season
    model = _builders()[name](short)
    spare = seasonal_naive(y, horizon, season)
    adjusted = y / waves[:, : y.shape[1]]
    with _quiet():
        rows = [
            _of_row(model, np.ascontiguousarray(row), horizon, instead)
            for row, instead in zip(adjusted, spare / waves[:, y.shape[1] :], strict=True)
        ]
    return np.asarray(np.maximum(np.stack(rows) * waves[:, y.shape[1] :], 0))


def _of_row(model: Any, row: Array, horizon: int, instead: Array) -> Array:
    if row.min() == row.max():
        return np.full(horizon, row[0])
    try:
        found = np.asarray(model.forecast(y=row, h=horizon)["mean"], float)
    except Exception:  # the library's own, of no kind: a row too short, or no fit found
        return instead
    within = np.isfinite(found).all() and np.abs(found).max() <= 10 * max(np.abs(row).max(), 1.0)
    return found if within else instead


@contextmanager
def _quiet() -> Iterator[None]:
    """The libraries tell of divisions by zero and of optimisers that stop early, row by row."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        for module in ("statsforecast", "statsmodels"):
            warnings.filterwarnings("ignore", module=rf"{module}\.")
        yield
