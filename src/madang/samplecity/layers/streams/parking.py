"""Cars in public car parks, by the minute: never more than there are spaces."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.days import is_market_day, is_working
from madang.samplecity.layers.streams.sites import DAY, Signals, column, days_of
from madang.samplecity.layers.weather.climate import climate
from madang.samplecity.layers.weather.noise import smooth

OPEN, FULL, CLOSED = STATES = ("운영중", "만차", "마감")
_LEFT = 0.04  # share of the spaces with cars that stay over night where it is closed
# by kind: how full by night, on working days (centre hour, half width), on other days
_DAYS: dict[str, tuple[float, tuple[float, float, float], tuple[float, float, float]]] = {
    "market": (0.16, (0.52, 13.5, 3.4), (0.70, 14.0, 3.4)),
    "station": (0.12, (0.80, 13.2, 4.6), (0.34, 14.5, 4.5)),
    "office": (0.06, (0.82, 13.4, 3.3), (0.20, 14.0, 3.0)),
    "housing": (0.90, (-0.52, 13.5, 4.0), (-0.22, 14.5, 3.5)),
    "industry": (0.15, (0.78, 12.8, 4.4), (0.10, 12.0, 4.0)),
    "riverside": (0.05, (0.24, 15.0, 3.2), (0.86, 14.8, 2.8)),
}
_MARKET_DAY = 0.45  # more of the spaces of the market's car parks on market days


def occupied(signals: Signals, minutes: Array) -> Array:
    """Cars at `minutes` (since 1970): (minutes, car parks)."""
    days, which, at = days_of(minutes)
    found: Array = np.stack([day_occupied(signals, day) for day in days])[which, at]
    return found


def is_open(minutes: Array) -> Array:
    """Whether each car park is open at `minutes`: (minutes, car parks)."""
    at = np.mod(minutes, DAY)[:, None]
    found: Array = (at >= _clock("open")) & (at < _clock("close"))
    return found


def states(cars: Array, minutes: Array) -> Array:
    """운영중, 만차, 마감 (numbers in STATES)."""
    full = cars >= column("parking", "spaces")
    found: Array = np.where(is_open(minutes), np.where(full, 1, 0), 2)
    return found


@cache
def _clock(name: str) -> Array:
    return np.array([int(text[:2]) * 60 + int(text[3:]) for text in column("parking", name).tolist()])


@lru_cache(maxsize=64)
def day_occupied(signals: Signals, day: int) -> Array:
    """Cars in the minutes of a day: (1440, car parks)."""
    when = np.array([day]).astype("datetime64[D]")
    working, market = bool(is_working(when)[0]), bool(is_market_day(when)[0])
    wet = min(float(climate(signals.sky, when).rain_mm[0]), 30.0) / 30.0
    at, spaces = np.arange(DAY), column("parking", "spaces")
    minute = day * DAY + at
    found = np.zeros((DAY, len(spaces)), np.int64)
    for park, kind in enumerate(column("parking", "kind").tolist()):
        share = _share(kind, at / 60.0, working, market, wet)
        share = share + 0.045 * smooth(signals.seed, "park", minute, 25, park)
        share = share + 0.03 * smooth(signals.seed, "park.day", minute, 400, park)
        share = np.minimum(share, _LEFT + (1.0 - _LEFT) * _gate(at, park))
        found[:, park] = np.clip(np.round(share * spaces[park]), 0, spaces[park]).astype(np.int64)
    return found


def _share(kind: str, hour: Array, working: bool, market: bool, wet: float) -> Array:
    """Share of the spaces that are taken, before chance."""
    night, weekday, weekend = _DAYS[kind]
    more, centre, width = weekday if working else weekend
    bump = np.exp(-0.5 * ((hour - centre) / width) ** 4)
    if kind == "market":
        more = (more + _MARKET_DAY * market) * (1.0 - 0.35 * wet)
    if kind == "riverside":
        more = more * (1.0 - 0.8 * wet)
    found: Array = night + more * bump
    return found


def _gate(at: Array, park: int) -> Array:
    """0 while closed, 1 while open, with forty minutes in which cars come and go."""
    opens, closes = int(_clock("open")[park]), int(_clock("close")[park])
    if closes - opens >= DAY:
        return np.ones(len(at))
    found: Array = np.clip(np.minimum((at - opens) / 40.0, (closes - 1 - at) / 40.0), 0.0, 1.0)
    return found
