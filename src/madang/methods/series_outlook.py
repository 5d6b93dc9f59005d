"""What comes next of one series of an indicator, with an interval that its own back-test has seen.

The candidate (as last season, exponential smoothing, Theta, their median) with the least error at past origins is taken;
bounds are the errors it made there: split conformal prediction (Vovk, Gammerman & Shafer 2005; for forecasts Stankevičiūtė,
Alaa & van der Schaar 2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.methods.backtest import choose, origins_of, rolling_origin
from madang.methods.forecast import candidates

Array = npt.NDArray[Any]
LEVEL = 80  # percent of the interval
_ORIGINS = 16
_FEWEST = 9  # origins: with n errors the conformal quantile of 80 % is the ceil(0.8 (n + 1))-th, and below 9 rather the largest
_NAMES = ("ets", "theta", "combination")


@dataclass(frozen=True)
class SeriesOutlook:
    """Forecast and bounds (h,) in the unit of the series; `error` is the mean absolute scaled error in the back-test, below
    1 where it is closer than `naive_error` says last season is; `origins` are the forecasts that it was tested on."""

    mean: Array
    low: Array
    high: Array
    name: str
    error: float
    naive_error: float
    origins: int


def series_outlook(
    series: npt.ArrayLike, horizon: int, season: int, *, bounds: Sequence[float | None] = (0.0, None)
) -> SeriesOutlook | None:
    """The next `horizon` periods of `series` (t,) without a gap; None where it is too short to say how far it would be off.

    `bounds`: what the value cannot pass (percentages 0 and 100). At most 16 origins, three fits each: tenths of a second.
    """
    y = np.asarray(series, float)
    needed = season + 2 + horizon + _FEWEST - 1
    if len(y) < needed or not np.isfinite(y).all():
        return None
    low, high = (bounds[0], bounds[1])
    at = origins_of(len(y), horizon, season, _ORIGINS)
    test = rolling_origin(y[None, :], _NAMES, at, horizon=horizon, season=season)
    chosen = choose(test, "series")
    name = chosen.shipped
    mean = candidates([*_NAMES, "seasonal_naive"], y[None, :], horizon, season)[name][0]
    errors = np.sort(np.abs(test.actual - test.forecasts[name])[0], axis=0)
    place = min(int(np.ceil(LEVEL / 100 * (len(at) + 1))), len(at)) - 1
    width = np.maximum.accumulate(errors[place])  # what is further ahead is not surer
    return SeriesOutlook(
        _within(mean, low, high), _within(mean - width, low, high), _within(mean + width, low, high), name,
        float(chosen.mase[name]), float(chosen.mase["seasonal_naive"]), len(at),
    )  # fmt: skip


def _within(values: Array, low: float | None, high: float | None) -> Array:
    return np.clip(values, low, high)
