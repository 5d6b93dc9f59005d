"""What the sensors tell instead of the truth: values that mean a fault, zeros, gaps, values that stand still.

Faults are a function of (seed, site, day) too: files and the live feed tell the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.streams import parking, rain, river, traffic
from madang.samplecity.layers.streams.sites import DAY, Signals, codes, column, days_of
from madang.samplecity.layers.weather.noise import hashed

KINDS = ("rain", "river", "traffic", "parking")
FINE, FAULT, ZERO, STUCK, GAP, TOO_MANY, NO_STATE = range(7)
NAMES = ("", "fault_value", "zero", "stuck", "gap", "more_than_spaces", "no_state")
FAULT_VALUES = {"rain": -9999.0, "river": -990.0, "traffic": -1.0, "parking": -1.0}
CRUMBS = 0.01  # share of levels told as 2.6400000000000006

# by kind: what happens, its chance for a site on a day, how many minutes it lasts at least and at most
_HAPPENS: dict[str, tuple[tuple[int, float, int, int], ...]] = {
    "rain": ((STUCK, 0.12, 30, 90), (GAP, 0.35, 4, 25), (FAULT, 0.85, 1, 4)),
    "river": ((STUCK, 0.30, 30, 90), (GAP, 0.40, 4, 25), (ZERO, 0.45, 1, 3), (FAULT, 0.80, 1, 4)),
    "traffic": ((STUCK, 0.06, 30, 70), (GAP, 0.10, 10, 40), (NO_STATE, 0.08, 1, 3), (FAULT, 0.25, 1, 5)),
    "parking": ((STUCK, 0.15, 40, 150), (GAP, 0.25, 4, 20), (TOO_MANY, 0.45, 1, 5), (FAULT, 0.15, 1, 3)),
}


@dataclass(frozen=True)
class Told:
    """What sensors told: arrays (minutes, sites). Where `there` is False nothing came at all."""

    value: Array  # mm | m | km/h | cars
    second: Array | None  # m³/s (river, nan where the level is no level) | vehicles (traffic)
    state: Array | None  # number in the STATES of traffic or parking; -1: unreadable
    there: Array
    fault: Array  # number in NAMES


def told(signals: Signals, kind: str, minutes: Array) -> Told:
    """What the sensors of `kind` told at `minutes` (since 1970)."""
    days, which, at = days_of(minutes)
    each = [_day(signals, kind, day) for day in days]

    def of(name: str) -> Array:
        found: Array = np.stack([getattr(day, name) for day in each])[which, at]
        return found

    second = of("second") if each[0].second is not None else None
    state = of("state") if each[0].state is not None else None
    return Told(of("value"), second, state, of("there"), of("fault"))


@lru_cache(maxsize=64)
def day_faults(signals: Signals, kind: str, day: int) -> Array:
    """What is wrong at the minutes of a day, numbers in NAMES: (minutes, sites)."""
    steps, sites = DAY, len(codes(kind))
    found = np.zeros((steps, sites), np.int8)
    quiet = kind in ("rain", "river") and signals.is_planted(day)
    for what, chance, least, most in _HAPPENS[kind]:
        if quiet and what in (STUCK, GAP):
            continue
        name = f"{kind}.{NAMES[what]}"
        happens, when, lasts = (
            hashed(signals.seed, f"{name}.{part}", np.arange(sites), day)
            for part in ("happens", "when", "lasts")
        )
        for site in np.flatnonzero(happens < chance).tolist():
            length = least + int((most - least + 1) * lasts[site])
            start = 1 + int((steps - length - 1) * when[site])
            found[start : start + length, site] = what
    return found


@lru_cache(maxsize=64)
def _day(signals: Signals, kind: str, day: int) -> Told:
    fault = day_faults(signals, kind, day)
    value, second = _true(signals, kind, day)
    value = _stand_still(value, fault)
    if kind == "parking":
        value = np.where(fault == TOO_MANY, column("parking", "spaces") + 3 + value % 17, value)
    value = np.where(fault == ZERO, 0.0, np.where(fault == FAULT, FAULT_VALUES[kind], value))
    state = None
    if kind == "river":
        crumbs = hashed(signals.seed, "crumbs", np.arange(value.size), day).reshape(value.shape) < CRUMBS
        second = np.round(river.flow_m3s(value), 2)
        second[(fault == FAULT) | (fault == ZERO)] = np.nan
        value = np.where(crumbs & (fault == FINE), np.nextafter(value, np.inf), value)
    elif kind == "traffic":
        second = np.where(fault == FAULT, 0, np.asarray(second))
        state = np.where(fault == NO_STATE, -1, traffic.states(value))
    elif kind == "parking":
        state = parking.states(value, day * DAY + np.arange(DAY))
    return Told(value, second, state, fault != GAP, fault)


def _true(signals: Signals, kind: str, day: int) -> tuple[Array, Array | None]:
    if kind == "rain":
        return rain.day_rain(signals, day), None
    if kind == "river":
        return river.day_level(signals, day), None
    if kind == "traffic":
        return traffic.day_traffic(signals, day)
    return parking.day_occupied(signals, day), None


def _stand_still(value: Array, fault: Array) -> Array:
    """The value of the step before the sensor stood still, as long as it does."""
    steps = np.arange(len(value))[:, None]
    last = np.maximum.accumulate(np.where(fault == STUCK, 0, steps), axis=0)
    found: Array = np.take_along_axis(value, np.where(fault == STUCK, last, steps), axis=0)
    return found
