"""Speed and volume on sections of road, every minute: commuting, the market, rain, and what blocks the way."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.days import is_market_day, is_working
from madang.samplecity.layers.streams.rain import day_rain
from madang.samplecity.layers.streams.sites import DAY, SECTIONS, Incident, Signals, days_of
from madang.samplecity.layers.weather.noise import hashed, smooth
from madang.samplecity.words import words

STATES: tuple[str, ...] = ("원활", "서행", "정체")
SLOW_KMH, JAM_KMH = 30.0, 15.0  # below: 서행, 정체
FREE_KMH = {1: 56.0, 2: 46.0}  # by rank of the road, at night
CAPACITY = {1: 66.0, 2: 34.0}  # vehicles in a minute, both lanes of a direction
WET_PER_MM_H = 0.013  # of the speed that each mm/h of rain takes
FEWER_WHEN_WET = 0.004  # of the vehicles that each mm/h keeps at home
MARKET_SHARE = 0.42  # more vehicles on market days near the market
_CHANCE = 0.012  # that a section is blocked on a day without a planted incident


def traffic(signals: Signals, minutes: Array) -> tuple[Array, Array]:
    """Speed in km/h and vehicles of each of `minutes`: (minutes, sections) each."""
    days, which, at = days_of(minutes)
    found = [day_traffic(signals, day) for day in days]
    speed = np.stack([each[0] for each in found])[which, at]
    return speed, np.stack([each[1] for each in found])[which, at]


def states(speed: Array) -> Array:
    """원활, 서행, 정체 (numbers in STATES)."""
    found: Array = (speed < SLOW_KMH).astype(np.int64) + (speed < JAM_KMH)
    return found


@cache
def ranks() -> Array:
    return np.where(np.arange(SECTIONS) < SECTIONS // 2, 1, 2)


@cache
def characters() -> tuple[list[str], Array]:
    """What each section is for; how full it is in the morning, in the evening, by day: (sections, 3)."""
    kinds = words("streams")["traffic"]
    each = [kinds[at % len(kinds)] for at in range(SECTIONS)]
    return [kind["kind"] for kind in each], np.array(
        [[kind[k] for k in ("morning", "evening", "day")] for kind in each]
    )


@lru_cache(maxsize=64)
def day_traffic(signals: Signals, day: int) -> tuple[Array, Array]:
    """Speed and vehicles of a day: (1440, sections) each."""
    at = np.arange(DAY)
    full = _fullness(signals, day, at)
    rain = mm_per_hour(signals, day)[:, None]
    full *= 1.0 - FEWER_WHEN_WET * np.minimum(rain, 50.0)
    free = np.array([FREE_KMH[rank] for rank in ranks().tolist()])
    capacity = np.array([CAPACITY[rank] for rank in ranks().tolist()])
    minute = day * DAY + at
    shake = np.stack([smooth(signals.seed, "speed", minute, 10, n) for n in range(SECTIONS)], axis=1)
    speed = (
        free / (1.0 + 0.85 * full**4) * np.exp(-WET_PER_MM_H * np.minimum(rain, 50.0)) * np.exp(0.035 * shake)
    )
    blocked = _blocked(signals, day, at)
    speed = speed * (1.0 - 0.82 * blocked)
    vehicles = capacity * full * (1.0 - 0.6 * blocked)
    return np.round(np.clip(speed, 3.0, None), 1), np.round(vehicles).astype(np.int64)


def mm_per_hour(signals: Signals, day: int) -> Array:
    """Rain at the main gauge in the fifteen minutes before each minute of a day, as mm/h."""
    rain = np.concatenate([day_rain(signals, day - 1)[-15:, 0], day_rain(signals, day)[:, 0]])
    sums = np.cumsum(rain)
    found: Array = np.round(4.0 * (sums[15:] - sums[:DAY]), 6)
    return found


def _fullness(signals: Signals, day: int, at: Array) -> Array:
    """Vehicles over capacity: (1440, sections)."""
    kinds, share = characters()
    when = np.array([day]).astype("datetime64[D]")
    hour = (at / 60.0)[:, None]
    morning, evening, noon = share.T
    if is_working(when)[0]:
        full = (
            0.05
            + morning * _bump(hour, 8.1, 0.85)
            + evening * _bump(hour, 18.3, 1.15)
            + noon * _bump(hour, 13.0, 4.6)
        )
    else:
        full = 0.05 + 0.9 * noon * _bump(hour, 15.0, 4.4) + 0.12 * evening * _bump(hour, 18.0, 1.5)
    if is_market_day(when)[0]:
        near = np.array([kind == "market" for kind in kinds])
        full = full * (1.0 + MARKET_SHARE * near * _bump(hour, 11.5, 3.0))
    minute = day * DAY + at
    wave = np.stack([smooth(signals.seed, "full", minute, 20, n) for n in range(SECTIONS)], axis=1)
    found: Array = np.clip(full * np.exp(0.05 * wave), 0.01, 1.25)
    return found


def _bump(hour: Array, centre: float, width: float) -> Array:
    found: Array = np.exp(-0.5 * ((hour - centre) / width) ** 2)
    return found


def incidents(signals: Signals, day: int) -> list[Incident]:
    """What blocks a section on a day: what was planted, and now and then something else."""
    start, end = day * DAY, (day + 1) * DAY
    found = [each for each in signals.incidents if each.begin < end and each.end > start]
    chance = hashed(signals.seed, "incident", np.arange(SECTIONS), day)
    when = hashed(signals.seed, "incident.when", np.arange(SECTIONS), day)
    lasts = hashed(signals.seed, "incident.lasts", np.arange(SECTIONS), day)
    for section in np.flatnonzero(chance < _CHANCE).tolist():
        begin = start + 360 + int(840 * when[section])
        found.append(Incident(section, begin, begin + 20 + int(40 * lasts[section]), planted=False))
    return found


def _blocked(signals: Signals, day: int, at: Array) -> Array:
    """How far each section is blocked, 0 to 1: the queue takes ten minutes to grow and twenty to go."""
    found = np.zeros((len(at), SECTIONS))
    minute = day * DAY + at
    for each in incidents(signals, day):
        grows = (minute - each.begin) / 10.0
        goes = 1.0 - (minute - each.end) / 20.0
        found[:, each.section] = np.maximum(
            found[:, each.section], np.clip(np.minimum(grows, goes), 0.0, 1.0)
        )
    return found
