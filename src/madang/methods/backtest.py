"""Back-tests by rolling origin: each candidate foretells what was already known to happen, and the best is shipped.

Tashman (2000), "Out-of-sample tests of forecasting accuracy", International Journal of Forecasting 16.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.messages import MadangError
from madang.methods.accuracy import naive_scale
from madang.methods.forecast import NAIVE, Progress, candidates, checked

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Backtest:
    """What each candidate said at `origins` (k: how many periods were known) of the next h periods, and what came."""

    origins: Array  # (k,)
    actual: Array  # (n, k, h)
    forecasts: Mapping[str, Array]  # by candidate, each (n, k, h)
    scale: Array  # (n, k): `naive_scale` of what was known; NaN where a series never moved

    def mase(self, name: str) -> Array:
        """Mean absolute scaled error (n, k) of a candidate at each origin."""
        error = np.abs(self.actual - self.forecasts[name]).mean(axis=2)
        return np.asarray(error / self.scale)


@dataclass(frozen=True)
class Choice:
    """The candidate that a group of series is forecast with, and every candidate's mean scaled error."""

    group: str
    shipped: str
    mase: Mapping[str, float]
    series: int
    judged: int  # series that ever moved within what was known; the others have no scale
    origins: int

    @property
    def naive_kept(self) -> bool:
        """Whether nothing was closer than "as one season ago", or nothing could be judged."""
        return self.shipped == NAIVE

    @property
    def relative(self) -> float:
        """Error of what is shipped for each one of the seasonal naive forecast; below 1 it is better."""
        return self.mase[self.shipped] / self.mase[NAIVE]


def origins_of(periods: int, horizon: int, season: int, count: int, step: int = 1) -> Array:
    """The last `count` origins, `step` periods apart, that have `horizon` periods after them and over a season before.

    Fewer where the series is short. Raises MadangError where there is not one.
    """
    last = periods - horizon
    found = last - step * np.arange(count)[::-1]
    found = found[found >= season + 2]
    if horizon < 1:
        raise MadangError("forecast_horizon", horizon=horizon)
    if not len(found):
        raise MadangError("forecast_short", periods=periods, needed=season + 2 + horizon)
    return found


def rolling_origin(
    series: npt.ArrayLike,
    names: Sequence[str],
    origins: npt.ArrayLike,
    *,
    horizon: int,
    season: int,
    progress: Progress | None = None,
) -> Backtest:
    """Fit every candidate anew at every origin on what was known then; counts `series` (n, t).

    The seasonal naive forecast is always among them. Raises what `candidates` raises.
    """
    y = checked(series, season)
    at = np.asarray(origins, int)
    asked = list(dict.fromkeys([NAIVE, *names]))
    found = {name: np.empty((len(y), len(at), horizon)) for name in asked}
    for number, known in enumerate(at.tolist()):
        if progress:
            progress(number, len(at), "origins")
        for name, values in candidates(asked, y[:, :known], horizon, season).items():
            found[name][:, number] = values
    actual = np.stack([y[:, known : known + horizon] for known in at.tolist()], axis=1)
    scale = np.stack([naive_scale(y[:, :known], season) for known in at.tolist()], axis=1)
    return Backtest(at, actual, found, scale)


def choose(test: Backtest, group: str) -> Choice:
    """The candidate with the least mean MASE, if that is below the seasonal naive's; else the naive, which says so.

    Series are weighed alike; those that never moved are left out.
    """
    known = np.isfinite(test.scale).any(axis=1)
    mase = {name: _mean(test.mase(name)) for name in test.forecasts}
    best = min(mase, key=lambda name: (not np.isfinite(mase[name]), mase[name]))
    shipped = best if mase[best] < mase[NAIVE] else NAIVE
    return Choice(group, shipped, mase, len(test.actual), int(known.sum()), len(test.origins))


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
