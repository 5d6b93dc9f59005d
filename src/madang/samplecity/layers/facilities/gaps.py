"""Planted gaps: circles in which no facility of a kind stands although people live there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.words import words


@dataclass(frozen=True)
class Gap:
    """Nothing of `kinds` stands within `radius_m` of (x, y), the middle of the people of a 행정동."""

    kinds: tuple[str, ...]
    dong: int
    x: float
    y: float
    radius_m: float
    reach_m: float  # from which people go to one of the kind
    people: int  # who live in the circle and more than the reach from its edge: none of the kind reaches them


def gaps_of(ground: Ground, scale: float) -> tuple[Gap, ...]:
    """The gaps told in ``facilities.toml``, in every district; smaller in a small city, whose distances are smaller too."""
    found = []
    for told in words("facilities")["gaps"]:
        for dong in np.flatnonzero(np.isin(first_names(ground), told["dongs"])):
            x, y = middle_of(ground, int(dong))
            radius, reach = (float(told[name]) * float(np.sqrt(scale)) for name in ("radius_m", "reach_m"))
            people = round(people_within(ground, x, y, radius - reach))
            found.append(Gap(tuple(told["kinds"]), int(dong), x, y, radius, reach, people))
    return tuple(found)


def first_names(ground: Ground) -> Array:
    """Of each 행정동 the name of its counterpart in the first district."""
    dongs = ground.dongs
    each = len(dongs) // len(ground.districts.code)
    return np.array([dongs.name[number % each] for number in range(len(dongs))])


def middle_of(ground: Ground, dong: int) -> tuple[float, float]:
    """The home nearest to the middle of the people of a 행정동."""
    x, y = ground.grid.centres()
    inside = (ground.dong == dong) & (ground.homes > 0)
    x, y, homes = x[inside], y[inside], ground.homes[inside]
    east, north = float(np.average(x, weights=homes)), float(np.average(y, weights=homes))
    nearest = int(np.argmin(np.hypot(x - east, y - north)))
    return float(x[nearest]), float(y[nearest])


def people_by_cell(ground: Ground) -> Array:
    """Residents of every cell."""
    people = np.asarray(ground.dongs.people, float)
    found: Array = np.where(ground.dong >= 0, ground.homes * people[ground.dong], 0.0)
    return found


def people_within(ground: Ground, x: float, y: float, radius_m: float) -> float:
    """Residents within a distance of a point."""
    east, north = ground.grid.centres()
    return float(people_by_cell(ground)[np.hypot(east - x, north - y) <= radius_m].sum())
