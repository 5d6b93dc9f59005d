"""Where shops stand: in which building, on which floor, how large."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import Lives
from madang.samplecity.layers.shops.trades import trades
from madang.samplecity.layers.streets.model import USES, Streets

_ROOM = {"shop": 1.0, "office": 0.35, "villa": 0.03, "apartment": 0.02, "house": 0.015, "factory": 0.02}
_NEAR = {"market": (3.0, 250.0), "station": (2.0, 350.0)}  # how much more room, and within how many metres


@dataclass(frozen=True)
class Room:
    """How much room for shops buildings have, those of each 행정동 side by side, oldest first."""

    order: Array  # numbers of buildings, by 행정동, then by age
    summed: Array  # weights summed up in that order
    first: Array  # of each 행정동 in that order, and one more
    day: Array  # from which each may be used, days since 1970, in that order
    years: Array
    capacity: Array  # (dongs, years)


def room(city: City) -> Room:
    """The buildings that may hold shops, weighted by use, size, jobs around, and the market and the station near by."""
    ground, buildings = city.get(Ground), city.get(Streets).buildings
    uses = np.array([_ROOM.get(use, 0.0) for use in USES])
    row, column = ground.grid.cells(buildings.x, buildings.y)
    jobs = ground.jobs[row, column]
    weight = uses[buildings.use] * np.sqrt(np.maximum(buildings.floor_area_m2, 20.0))
    weight = weight * (0.15 + jobs / max(float(ground.jobs[ground.jobs > 0].mean()), 1e-12))
    for mark in ground.landmarks.values():
        more, metres = _NEAR.get(mark.kind, (0.0, 1.0))
        away = np.hypot(buildings.x - mark.x, buildings.y - mark.y)
        weight = weight * (1 + more * np.exp(-((away / metres) ** 2)))
    order = np.lexsort((buildings.opened, buildings.dong))
    dong, opened = buildings.dong[order], buildings.opened[order].astype("datetime64[D]")
    year = opened.astype("datetime64[Y]").astype(np.int64) + 1970
    weight = weight[order] + 1e-9
    years = np.arange(1985, city.deliveries[1].day.year + 1)
    number = len(ground.dongs)
    built = np.array([np.bincount(dong[year <= each], weight[year <= each], number) for each in years]).T
    whole = np.bincount(dong, weight, number)
    people = ground.dongs.people / ground.dongs.people.sum()
    wanted = 0.5 * whole / whole.sum() + 0.5 * people
    capacity = wanted[:, None] * built / np.maximum(whole, 1e-12)[:, None]
    first = np.searchsorted(dong, np.arange(number + 1))
    return Room(order, np.cumsum(weight), first, opened.astype(np.int64), years, capacity)


def buildings_of(city: City, found: Room, lives: Lives) -> Array:
    """A building for each shop: in its 행정동, and built before the shop opened."""
    opened = lives.opened.astype("datetime64[D]").astype(np.int64)
    apart = 10_000_000  # more than the days of anybody's calendar
    key = found.day + apart * np.repeat(np.arange(len(found.first) - 1), np.diff(found.first))
    after = np.searchsorted(key, opened + apart * lives.dong, side="right")
    first = found.first[lives.dong]
    after = np.maximum(after, first + 1)  # nothing built as yet: the oldest
    low = np.where(first > 0, found.summed[first - 1], 0.0)
    high = found.summed[after - 1]
    drawn = low + city.rng("shops.buildings").random(len(lives)) * (high - low)
    at = np.clip(np.searchsorted(found.summed, drawn, side="right"), first, after - 1)
    chosen: Array = found.order[at]
    return chosen


def floors_of(city: City, building: Array) -> tuple[Array, Array]:
    """Floors (-1 below ground) and units."""
    rng = city.rng("shops.floors")
    most = np.maximum(city.get(Streets).buildings.floors[building], 1)
    drawn = rng.random(len(building))
    up = 2 + np.floor(rng.random(len(building)) * 4).astype(np.int64)
    floor = np.where(drawn < 0.66, 1, np.where(drawn < 0.93, np.minimum(up, most), np.where(most > 1, -1, 1)))
    return floor, rng.integers(1, 13, len(building))


def areas_of(city: City, trade: Array) -> Array:
    """Floor areas around what is usual in the trade, to a hundredth; some were never measured (0)."""
    rng = city.rng("shops.areas")
    usual = np.array([each.area_m2 for each in trades()])[trade]
    drawn = np.round(usual * np.exp(rng.normal(0, 0.5, len(trade))), 2)
    return np.where(rng.random(len(trade)) < 0.3, np.round(drawn), drawn)
