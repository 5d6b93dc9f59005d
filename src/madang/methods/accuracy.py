"""How good forecasts were: errors against what happened, on scales that can be compared between series.

Arrays of any shape with the periods ahead on the last axis; NaN in, NaN out. Hyndman & Koehler (2006), "Another look at
measures of forecast accuracy", International Journal of Forecasting 22; Makridakis & Hibon (2000), the M3-Competition.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from madang.messages import MadangError

Array = npt.NDArray[Any]


def naive_scale(train: npt.ArrayLike, season: int) -> Array:
    """The mean absolute error, in units of the series, that "as one season ago" made within `train` (…, t).

    NaN where the series has no more than one season, or never moved: errors cannot be put in proportion to it.
    """
    past = np.asarray(train, float)
    if season < 1:
        raise MadangError("forecast_season", season=season)
    if past.shape[-1] <= season:
        return np.full(past.shape[:-1], np.nan)
    found = np.abs(past[..., season:] - past[..., :-season]).mean(axis=-1)
    return np.asarray(np.where(found > 0, found, np.nan))


def mase(actual: npt.ArrayLike, forecast: npt.ArrayLike, train: npt.ArrayLike, season: int) -> Array:
    """Mean absolute scaled error over the last axis: mean |actual - forecast| / `naive_scale` (Hyndman & Koehler 2006).

    Below 1: closer than "as one season ago" was within `train`. NaN where that scale has no meaning.
    """
    error = np.abs(np.asarray(actual, float) - np.asarray(forecast, float)).mean(axis=-1)
    return np.asarray(error / naive_scale(train, season))


def smape(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> Array:
    """Symmetric MAPE in percent over the last axis, as the M3 paper defines it: mean 200 |y - f| / (y + f), 0 for 0/0.

    Sums are of absolute values, so that it stays between 0 and 200.
    """
    y, f = np.asarray(actual, float), np.asarray(forecast, float)
    size = np.abs(y) + np.abs(f)
    return np.asarray((200 * np.abs(y - f) / np.where(size == 0, 1, size)).mean(axis=-1))


def bias(actual: npt.ArrayLike, forecast: npt.ArrayLike) -> Array:
    """Mean of forecast - actual over the last axis: above 0, too much was foretold."""
    return np.asarray((np.asarray(forecast, float) - np.asarray(actual, float)).mean(axis=-1))


def pinball(actual: npt.ArrayLike, quantile: npt.ArrayLike, level: float) -> Array:
    """Mean pinball loss over the last axis of a forecast quantile, 0 < `level` < 1 (Koenker & Bassett 1978)."""
    over = np.asarray(actual, float) - np.asarray(quantile, float)
    return np.asarray(np.maximum(level * over, (level - 1) * over).mean(axis=-1))


def coverage(actual: npt.ArrayLike, lower: npt.ArrayLike, upper: npt.ArrayLike) -> Array:
    """The share over the last axis of what happened that lay within [lower, upper]."""
    y = np.asarray(actual, float)
    within = (y >= np.asarray(lower, float)) & (y <= np.asarray(upper, float))
    return np.asarray(within.mean(axis=-1))
