"""Levels and flows of the river: the rain of the hours before, later the further down the river one stands."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.streams.rain import day_rain
from madang.samplecity.layers.streams.sites import DAY, Signals, column, days_of
from madang.samplecity.layers.weather.climate import climate
from madang.samplecity.layers.weather.noise import normal

MEMORY = 3  # days of rain that a level remembers minute by minute
WET_DAYS = 30  # days of rain that the water below the ground remembers
EXPONENT = 0.75  # level over rain: a wide bed fills slower the higher the water
_PEAK_MIN, _SHAPE = 130.0, 2.0  # of the unit hydrograph, without the delay of the gauge
_RECESSION_MIN = 1000.0
_BASEFLOW = 0.35  # at most, over the base of the gauge: what the ground gives after wet weeks
_FAST = 0.72  # share of the water that runs off at once


def level_m(signals: Signals, minutes: Array) -> Array:
    """Levels at `minutes` (since 1970), in metres, never below the base of the gauge: (minutes, gauges)."""
    days, which, at = days_of(minutes)
    found: Array = np.stack([day_level(signals, day) for day in days])[which, at]
    return found


def flow_m3s(level: Array) -> Array:
    """Flow by the rating curve of each gauge: (minutes, gauges), m³/s."""
    a, zero, power = column("river", "rating").T
    found: Array = a * np.maximum(level - zero, 0.0) ** power
    return found


@cache
def hydrograph() -> Array:
    """What one mm/h of rain in one minute is at the river in the minutes after: sums to 1."""
    after = np.arange(MEMORY * DAY, dtype=float)
    fast = after**_SHAPE * np.exp(-_SHAPE * after / _PEAK_MIN)
    slow = np.exp(-after / _RECESSION_MIN) * (1.0 - np.exp(-after / _PEAK_MIN))
    found: Array = _FAST * fast / fast.sum() + (1.0 - _FAST) * slow / slow.sum()
    return found


@lru_cache(maxsize=64)
def day_level(signals: Signals, day: int) -> Array:
    """Levels of the minutes of a day, to the centimetre: (1440, gauges)."""
    rain = np.concatenate([day_rain(signals, day - back) for back in range(MEMORY + 1, -1, -1)])
    mm_h = 60.0 * rain @ column("rain", "catchment")
    size = 1 << (len(mm_h) + MEMORY * DAY - 1).bit_length()
    water = np.fft.irfft(np.fft.rfft(mm_h, size) * np.fft.rfft(hydrograph(), size), size)
    delay, gain, base = (column("river", name) for name in ("delay_min", "gain_m", "base_m"))
    start = len(rain) - DAY
    moved = np.stack([water[start - wait : start - wait + DAY] for wait in delay.tolist()], axis=1)
    minutes = day * DAY + np.arange(DAY)
    ripple = np.stack([normal(signals.seed, "ripple", minutes, n) for n in range(len(base))], axis=1)
    wet = _wetness(signals, day)[:, None]
    rise = gain * np.maximum(moved, 0.0) ** EXPONENT + _BASEFLOW * base * (1.0 - np.exp(-wet / 100.0))
    found: Array = np.round(base + np.maximum(rise + 0.006 * ripple, 0.0), 2)
    return found


def _wetness(signals: Signals, day: int) -> Array:
    """What the rain of weeks has left in the ground, in mm: it drains by a tenth a day. Looks only back."""
    before = np.arange(day - MEMORY - WET_DAYS, day - MEMORY + 1)
    rain = climate(signals.sky, before.astype("datetime64[D]")).rain_mm
    fading = 0.9 ** np.arange(WET_DAYS)[::-1]
    first, last = float(rain[:-1] @ fading), float(rain[1:] @ fading)
    found: Array = first + (last - first) * np.arange(DAY) / DAY
    return found
