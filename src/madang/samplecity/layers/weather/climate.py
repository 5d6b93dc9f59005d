"""The sky as a pure function of (seed, day): any day, past or to come, without state.

Dry cold winters with some snow, 장마 from late June through July, showers and heat in August, typhoons in August and September.
Rain comes in systems that last for days, so wet days follow wet days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from madang.samplecity.city import Array, Setting, deliveries
from madang.samplecity.layers.weather.model import Weather
from madang.samplecity.layers.weather.noise import hashed, normal, smooth

# by month: share of days on which a rain system begins; mean rain (mm) on a day of it
_BEGINS = (0.13, 0.13, 0.15, 0.16, 0.16, 0.16, 0.20, 0.22, 0.15, 0.10, 0.13, 0.13)
_MEAN_MM = (3.2, 4.0, 5.5, 8.0, 8.5, 11.0, 14.0, 13.0, 11.0, 7.0, 5.0, 3.0)
LONGEST = 5  # days of a rain system
_TYPHOONS = 2  # of a year at most, each with six chances in ten


@dataclass(frozen=True)
class Planted:
    """Rain that was planted: on the day itself, the day before and the day after; the days around them are dry."""

    day: date
    before_mm: float
    rain_mm: float
    after_mm: float


@dataclass(frozen=True)
class Sky:
    """What decides the weather of every day."""

    seed: int
    planted: tuple[Planted, ...] = ()


def sky_of(setting: Setting) -> Sky:
    """The sky over a city: a typhoon on the last day but one of the first delivery, an autumn rain in the second."""
    first, second = deliveries(setting)
    return Sky(
        setting.seed,
        (
            Planted(first.day - timedelta(days=1), 9.4, 171.2, 3.6),
            Planted(second.day - timedelta(days=1), 0.0, 47.8, 0.0),
        ),
    )


def climate(sky: Sky, day: Array) -> Weather:
    """The weather of `day` (datetime64[D], in any order)."""
    number = day.astype("datetime64[D]").astype(np.int64)
    rain = np.round(_rain(sky, number), 1)
    wet = rain > 0
    mean = _mean(sky.seed, number, wet)
    planted = _near_planted(sky, number)
    mean = np.where(planted, np.maximum(mean, 9.0), mean)
    span = np.where(wet, 5.2, 10.4) + 1.6 * smooth(sky.seed, "weather.span", number, 2)
    span = np.clip(span - 1.5 * np.cos(_season(number) * 2 + 0.6), 2.5, 17.0)
    above = 0.5 + 0.06 * smooth(sky.seed, "weather.lean", number, 1)
    cold = np.clip((2.0 - mean) / 1.5, 0.0, 1.0) * ~planted
    snow = np.where(wet, rain * cold * (0.6 + 0.6 * hashed(sky.seed, "weather.snow", number)), 0.0)
    return Weather(
        day=day.astype("datetime64[D]"),
        rain_mm=rain,
        snow_cm=np.where(snow >= 0.1, np.round(np.minimum(snow, 18.0), 1), 0.0),
        mean_c=np.round(mean, 1),
        low_c=np.round(mean - span * (1 - np.clip(above, 0.3, 0.7)), 1),
        high_c=np.round(mean + span * np.clip(above, 0.3, 0.7), 1),
        wind_ms=_wind(sky.seed, number, rain),
        humidity_pct=_humidity(sky.seed, number, rain),
        sunshine_hours=_sunshine(sky.seed, number, rain),
    )


def _season(number: Array) -> Array:
    """The time of year as an angle: 0 on the coldest day, about 20 January."""
    when = number.astype("datetime64[D]")
    day = (when - when.astype("datetime64[Y]").astype("datetime64[D]")).astype(np.int64)
    found: Array = 2.0 * np.pi * (day - 20) / 365.25
    return found


def _mean(seed: int, number: Array, wet: Array) -> Array:
    """Mean of the day in ℃: the season, and spells of some days that are stronger in winter."""
    winter = np.cos(_season(number))
    spell = (
        1.3 * smooth(seed, "weather.days", number, 2)
        + 1.5 * smooth(seed, "weather.week", number, 6)
        + 0.9 * smooth(seed, "weather.month", number, 35)
    )
    clouds = np.where(wet, np.where(winter > 0, 0.4, -1.6), 1.3 * (winter < -0.5))
    found: Array = 13.1 - 13.4 * winter + spell * (1.0 + 0.45 * winter) + clouds
    return found


def _rain(sky: Sky, number: Array) -> Array:
    """mm of each day: the systems that began on it and on the days before, typhoons, what was planted."""
    seed = sky.seed
    total = np.zeros(number.shape)
    for back in range(LONGEST):
        start = number - back
        begins, mean, longest = _system(seed, start)
        lasts = 1 + np.floor(longest * hashed(seed, "rain.lasts", start)).astype(np.int64)
        there = (hashed(seed, "rain.begins", start) < begins) & (lasts > back)
        amount = -np.log1p(-hashed(seed, "rain.mm", start, back))
        total += np.where(there, mean * amount**1.35 * 0.9, 0.0)
    total = np.where(total < 0.3, 0.0, total) + _typhoons(seed, number)
    for each in sky.planted:
        away = number - np.datetime64(each.day, "D").astype(np.int64)
        total = np.where(_around(away), 0.0, total)
        for shift, amount_mm in ((-1, each.before_mm), (0, each.rain_mm), (1, each.after_mm)):
            total = np.where(away == shift, amount_mm, total)
    return total


def _around(away: Array) -> Array:
    found: Array = (away >= -4) & (away <= 1)
    return found


def _near_planted(sky: Sky, number: Array) -> Array:
    near = np.zeros(number.shape, bool)
    for each in sky.planted:
        near |= _around(number - np.datetime64(each.day, "D").astype(np.int64))
    return near


def _system(seed: int, start: Array) -> tuple[Array, Array, Array]:
    """Of rain systems that may begin on days: how likely, mm a day, how long at most."""
    when = start.astype("datetime64[D]")
    month = when.astype("datetime64[M]").astype(np.int64) % 12
    begins, mean = np.array(_BEGINS)[month], np.array(_MEAN_MM)[month]
    first, last = monsoon(seed, when.astype("datetime64[Y]").astype(np.int64) + 1970)
    front = (when >= first) & (when <= last)
    begins, mean = np.where(front, 0.30, begins), np.where(front, 15.0, mean)
    return begins, mean, np.where(front, LONGEST, 2)


def monsoon(seed: int, year: Array) -> tuple[Array, Array]:
    """First and last day of the 장마 of years: from late June, for about a month."""
    june = (np.asarray(year) - 1970).astype("datetime64[Y]").astype("datetime64[M]") + 5
    first = (
        june.astype("datetime64[D]") + 18 + np.floor(9 * hashed(seed, "rain.front", year)).astype(np.int64)
    )
    return first, first + 25 + np.floor(13 * hashed(seed, "rain.front.lasts", year)).astype(np.int64)


def _typhoons(seed: int, number: Array) -> Array:
    year = number.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    august = ((year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + 7).astype("datetime64[D]")
    total = np.zeros(number.shape)
    for at in range(_TYPHOONS):
        comes = hashed(seed, "typhoon.comes", year, at) < 0.6
        day = (
            august.astype(np.int64)
            + 4
            + np.floor(48 * hashed(seed, "typhoon.day", year, at)).astype(np.int64)
        )
        amount = 60.0 + 90.0 * hashed(seed, "typhoon.mm", year, at)
        for shift, share in ((-1, 0.25), (0, 1.0), (1, 0.12)):
            total += np.where(comes & (number == day + shift), amount * share, 0.0)
    return total


def _wind(seed: int, number: Array, rain: Array) -> Array:
    calm = 2.1 + 0.5 * np.cos(_season(number)) + 0.5 * smooth(seed, "weather.wind", number, 2)
    found: Array = np.round(np.clip(calm + np.minimum(rain, 150) / 35.0, 0.3, 14.0), 1)
    return found


def _humidity(seed: int, number: Array, rain: Array) -> Array:
    dry = 60.0 - 11.0 * np.cos(_season(number)) + 6.0 * smooth(seed, "weather.humid", number, 2)
    found: Array = np.round(
        np.clip(dry + np.where(rain > 0, 12.0 + np.minimum(rain, 30) / 3.0, 0.0), 20.0, 99.0), 1
    )
    return found


def _sunshine(seed: int, number: Array, rain: Array) -> Array:
    possible = 12.1 - 2.5 * np.cos(_season(number) + 0.5)
    clear = np.clip(0.62 + 0.3 * normal(seed, "weather.sun", number), 0.0, 0.96)
    found: Array = np.round(possible * np.where(rain > 0, clear * np.exp(-rain / 6.0) * 0.5, clear), 1)
    return found
