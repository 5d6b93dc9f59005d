"""Planted gaps: circles in which no facility of a kind stands although people live there; whom facilities reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.people.model import GRID_M, People
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


@dataclass(frozen=True)
class LivedCells:
    """Who lives in the cells of 100 m of the grid that is handed over; all of a cell are counted at its centre."""

    x: Array
    y: Array
    dong: Array  # in which the centre lies, -1 where it lies outside the city
    people: Array

    def take(self, rows: Array) -> LivedCells:
        return LivedCells(self.x[rows], self.y[rows], self.dong[rows], self.people[rows])

    def beyond(self, x: Array, y: Array, reach_m: float) -> LivedCells:
        """Those farther than the reach from every one of the points."""
        if not len(x):
            return self
        tree = shapely.STRtree(shapely.points(x, y))
        _, far = tree.query_nearest(shapely.points(self.x, self.y), return_distance=True, all_matches=False)
        return self.take(far > reach_m)

    def within(self, x: Array, y: Array, reach_m: float) -> tuple[Array, Array]:
        """Pairs of the number of a point and of a cell that it reaches."""
        tree = shapely.STRtree(shapely.points(self.x, self.y))
        point, cell = tree.query(shapely.points(x, y), predicate="dwithin", distance=reach_m)
        return point, cell

    def reached(self, x: Array, y: Array, reach_m: float) -> Array:
        """How many people each point reaches."""
        point, cell = self.within(x, y, reach_m)
        found = np.bincount(point, weights=self.people[cell], minlength=len(x))
        return np.round(found).astype(np.int64)


def cells_of(city: City) -> LivedCells:
    """The cells of the grid, those on a border with the people of all their 행정동."""
    grid = city.get(People).grid
    corner, at = np.unique(np.stack([grid.west, grid.south]), axis=1, return_inverse=True)
    people = np.bincount(at.ravel(), weights=grid.ages.sum(axis=1)).astype(np.int64)
    x, y = corner + GRID_M / 2
    return LivedCells(x, y, city.get(Ground).dongs_at(x, y), people)


def gaps_of(ground: Ground, scale: float) -> tuple[Gap, ...]:
    """The gaps told in ``facilities.toml``, in every district; smaller in a small city, whose distances are smaller too."""
    found = []
    for told in words("facilities")["gaps"]:
        for dong in np.flatnonzero(np.isin(first_names(ground), told["dongs"])):
            x, y = middle_of(ground, int(dong))
            radius, reach = (float(told[name]) * float(np.sqrt(scale)) for name in ("radius_m", "reach_m"))
            found.append(Gap(tuple(told["kinds"]), int(dong), x, y, radius, reach))
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
