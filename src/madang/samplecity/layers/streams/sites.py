"""Where something is measured every minute: what ``streams.toml`` says of gauges, roads and car parks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np

from madang.samplecity.city import Array, Setting, deliveries
from madang.samplecity.layers.weather.climate import Sky, sky_of
from madang.samplecity.layers.weather.noise import hashed
from madang.samplecity.words import words

SECTIONS = 30  # of roads, half of them wide (rank 1)
DAY = 1440  # minutes


@dataclass(frozen=True)
class Incident:
    """Something that blocks a section of road: minutes since 1970, in the city's own time."""

    section: int
    begin: int
    end: int
    planted: bool


@dataclass(frozen=True)
class Signals:
    """What decides every value of every minute: the sky, and what was planted. Equal ones give equal values."""

    sky: Sky
    incidents: tuple[Incident, ...] = ()

    @property
    def seed(self) -> int:
        return self.sky.seed

    def is_planted(self, day: int) -> bool:
        """Whether rain was planted on this day (days since 1970), or on the one before: no sensor breaks down then."""
        return any(day - number_of(each.day) in (0, 1) for each in self.sky.planted)


def signals_of(setting: Setting) -> Signals:
    """The signals of a city, with an incident on the evening of the first and the morning of the second delivery's days."""
    first, second = deliveries(setting)
    evening = number_of(first.day - timedelta(days=2)) * DAY + 18 * 60 + 10
    morning = number_of(second.day - timedelta(days=2)) * DAY + 8 * 60 + 5
    one = int(hashed(setting.seed, "incident.section", np.array([1]))[0] * SECTIONS)
    other = (one + 7) % SECTIONS
    return Signals(
        sky_of(setting),
        (Incident(one, evening, evening + 75, True), Incident(other, morning, morning + 45, True)),
    )


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - date(1970, 1, 1)).days


def minute_of(text: str) -> int:
    """Minutes since 1970 of ``202609281810``, ``2026-09-28T18:10`` or ``2026-09-28 18:10``. ValueError: it is none of them."""
    if text.isdigit() and len(text) == 12:
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]}T{text[8:10]}:{text[10:]}"
    return int(np.datetime64(text.replace(" ", "T"), "m").astype(np.int64))


def days_of(minutes: Array) -> tuple[list[int], Array, Array]:
    """The days that `minutes` lie on; of each minute the number of its day among them, and the minute of the day."""
    found, which = np.unique(np.floor_divide(minutes, DAY), return_inverse=True)
    return found.tolist(), which, np.mod(minutes, DAY)


@cache
def column(kind: str, name: str) -> Array:
    """One property of all sites of a kind."""
    values: list[Any] = [site[name] for site in words("streams")[kind]]
    return np.array(values)


def codes(kind: str) -> list[str]:
    """The numbers of the sites of a kind (rain, river, traffic, parking), in the order of the columns of their values."""
    if kind == "traffic":
        return [f"99110{1 if at < SECTIONS // 2 else 2}{at + 1:04d}" for at in range(SECTIONS)]
    return [str(site["code"]) for site in words("streams")[kind]]


def names(kind: str) -> list[str]:
    """Their names; sections of roads have none but their number."""
    return codes(kind) if kind == "traffic" else [str(site["name"]) for site in words("streams")[kind]]
