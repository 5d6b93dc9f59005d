"""Rain by the minute. The minutes of a day at the main gauge add up to what the weather says of the day."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.streams.sites import DAY, Signals, column, days_of, number_of
from madang.samplecity.layers.weather.climate import climate
from madang.samplecity.layers.weather.noise import hashed, smooth

_BURSTS = 4
_PLANTED = ((560.0, 150.0, 0.55), (800.0, 95.0, 1.0), (900.0, 60.0, 0.7))  # centre (minute), width, strength


def rain_mm(signals: Signals, minutes: Array) -> Array:
    """Rain in the minute that ends with each of `minutes` (since 1970), in mm: an array (minutes, gauges)."""
    days, which, at = days_of(minutes)
    found: Array = np.stack([day_rain(signals, day) for day in days])[which, at]
    return found


@lru_cache(maxsize=64)
def day_rain(signals: Signals, day: int) -> Array:
    """Rain of the minutes of a day: (1440, gauges), in steps of 0.1 mm."""
    total = float(climate(signals.sky, np.array([day]).astype("datetime64[D]")).rain_mm[0])
    share, later = column("rain", "share"), column("rain", "later_min")
    found = np.zeros((DAY, len(share)))
    if total <= 0:
        return found
    planted = any(number_of(each.day) == day for each in signals.sky.planted)
    spread = (
        np.zeros(len(share))
        if planted
        else 0.12 * (hashed(signals.seed, "gauge", np.arange(len(share)), day) - 0.5)
    )
    for gauge in range(len(share)):
        shape = np.cumsum(_shape(signals, day, int(later[gauge]), planted))
        amount = total if gauge == 0 else total * share[gauge] * (1.0 + spread[gauge])
        steps = np.floor(shape / shape[-1] * round(amount * 10) + 1e-6)
        found[:, gauge] = np.diff(steps, prepend=0.0) / 10.0
    return found


def _shape(signals: Signals, day: int, later: int, planted: bool) -> Array:
    """How the rain of a day is spread over its minutes: some bursts, gusts of minutes within them."""
    at = np.arange(DAY) - later
    bursts: tuple[tuple[float, float, float], ...] = _PLANTED
    if not planted:
        one = hashed(signals.seed, "burst", np.arange(3 * _BURSTS), day)
        bursts = tuple(
            (40.0 + 1360.0 * one[n], 15.0 + 110.0 * one[n + _BURSTS], one[n + 2 * _BURSTS] ** 2)
            for n in range(_BURSTS)
        )
    shape = sum(
        strength / width * np.exp(-0.5 * ((at - centre) / width) ** 2) for centre, width, strength in bursts
    )
    gusts = np.exp(0.5 * smooth(signals.seed, "gust", day * DAY + at, 6))
    found: Array = np.asarray(shape) * gusts + 1e-12
    return found
