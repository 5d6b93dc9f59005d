"""Where letters speak of: a building of the 행정동, what stands near it, and how people say it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.layers.voices.topics import Topic, common

_NEAR_M = 350.0  # a landmark is spoken of up to here
_FEATURES = {"river": "river", "market": "market", "kickboard": "station"}  # topics that gather at something


@dataclass(frozen=True)
class Places:
    """The places of letters: the number of the building, a point, and three ways to say it."""

    building: Array
    x: Array
    y: Array
    full: list[str]  # 버들로 12 앞
    bare: list[str]  # 버들로 12
    vicinity: list[str]  # 버들동


def places(city: City, topics: tuple[Topic, ...], topic: Array, dong: Array, name: str) -> Places:
    """A place for each letter of `topic` from `dong`; `name` is that of the randomness."""
    rng, ground, buildings = city.rng(f"voices.{name}"), city.get(Ground), city.get(Streets).buildings
    draw, number = rng.random(len(topic)), np.zeros(len(topic), np.int64)
    starts = np.searchsorted(np.sort(buildings.dong), np.arange(len(ground.dongs) + 1))
    for feature in ("", *sorted(set(_FEATURES.values()))):
        ids = [at for at, each in enumerate(topics) if _FEATURES.get(each.id, "") == feature]
        mine = np.isin(topic, ids)
        order = np.lexsort((_away(feature, ground, buildings.x, buildings.y), buildings.dong))
        first, count = starts[dong[mine]], np.diff(starts)[dong[mine]]
        near = draw[mine] ** (3 if feature else 1)
        number[mine] = order[np.minimum(first + (near * count).astype(np.int64), len(order) - 1)]
    angle, away = rng.random(len(topic)) * 2 * np.pi, 3 + rng.random(len(topic)) * 25
    x, y = buildings.x[number] + away * np.cos(angle), buildings.y[number] + away * np.sin(angle)
    off = ground.dongs_at(x, y) != dong
    x, y = np.where(off, buildings.x[number], x), np.where(off, buildings.y[number], y)
    full, bare = _said(rng.integers(0, 2**31, (len(topic), 4)), city, number, dong)
    names = ground.dongs.name
    return Places(number, x, y, full, bare, [names[each] for each in dong.tolist()])


def _away(feature: str, ground: Ground, x: Array, y: Array) -> Array:
    """How far buildings are from what a topic gathers at; for other topics they keep their order."""
    if feature == "river":
        lines = shapely.union_all([stream.shape for stream in ground.streams])
        return np.asarray(shapely.distance(shapely.points(x, y), lines))
    marks = [mark for mark in ground.landmarks.values() if mark.kind == feature]
    if not feature or not marks:
        return np.zeros(len(x))
    return np.asarray(np.min([np.hypot(x - mark.x, y - mark.y) for mark in marks], axis=0))


def _said(picks: Array, city: City, number: Array, dong: Array) -> tuple[list[str], list[str]]:
    """The places as people say them, with and without what stands before, beside or behind it."""
    told = common().told["place"]
    spots, road_spots, known = told["spots"], told["road_spots"], told["known"]
    streets, ground = city.get(Streets), city.get(Ground)
    roads, buildings, names = streets.roads.name, streets.buildings, ground.dongs.name
    marks = list(ground.landmarks.values())
    nearest, near = _nearest(ground, buildings.x[number], buildings.y[number])
    full, bare = [], []
    rows = zip(number.tolist(), dong.tolist(), picks.tolist(), nearest.tolist(), near.tolist(), strict=True)
    for at, home, (way, spot, which, prefix), mark, is_near in rows:
        way %= 100
        road = roads[buildings.road[at]]
        if is_near and way < 35:
            base = marks[mark].name
        elif buildings.name[at] and way < 60:
            base = buildings.name[at] + (
                f" {buildings.block[at]}" if buildings.block[at] and prefix % 3 else ""
            )
        elif way < 75:
            sub = f"-{buildings.sub[at]}" if buildings.sub[at] else ""
            base = f"{road} {buildings.main[at]}{sub}"
        elif way < 88:
            bare.append(road)
            full.append(f"{road} {road_spots[spot % len(road_spots)]}")
            continue
        else:
            base = f"{names[home]} {known[which % len(known)]}"
        if prefix % 10 < 2 and not base.startswith(names[home]):
            base = f"{names[home]} {base}"
        bare.append(base)
        full.append(f"{base} {spots[spot % len(spots)]}")
    return full, bare


def _nearest(ground: Ground, x: Array, y: Array) -> tuple[Array, Array]:
    """The number of the nearest landmark of each point, and whether it is near enough to be spoken of."""
    marks = list(ground.landmarks.values())
    points = shapely.points([mark.x for mark in marks], [mark.y for mark in marks])
    found = shapely.STRtree(points).query_nearest(shapely.points(x, y), all_matches=False)
    nearest = np.zeros(len(x), np.int64)
    nearest[found[0]] = found[1]
    away = np.hypot(
        x - np.array([mark.x for mark in marks])[nearest], y - np.array([mark.y for mark in marks])[nearest]
    )
    return nearest, away < _NEAR_M
