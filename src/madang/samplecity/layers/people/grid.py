"""Residents by cell of 100 m: those of each 행정동 shared out among its buildings with homes."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.people.households import shared_out
from madang.samplecity.layers.people.model import GRID_M, GridPeople
from madang.samplecity.layers.streets.model import USES, Streets

TILT = {"house": (0.8, 0.95, 1.35), "villa": (0.9, 1.05, 0.9), "apartment": (1.1, 1.0, 0.85)}  # by age group
EAST, NORTH = (
    "가나다라마바사",
    "가나다라마바사아",
)  # squares of 100 km of the national grid, from 700 km E, 1,300 km N


def grid_people(city: City, residents: Array, homes: Array) -> GridPeople:
    """`residents` (dongs, ages of three groups) and `homes` (dongs) by cell; sums over a 행정동 are exact."""
    buildings = city.get(Streets).buildings
    lived = np.flatnonzero((buildings.households > 0) & buildings.standing(city.deliveries[0].day))
    cell = np.stack(
        [np.floor(np.asarray(axis)[lived] / GRID_M).astype(np.int64) for axis in (buildings.y, buildings.x)]
    )
    dong = np.asarray(buildings.dong)[lived]
    places, at = np.unique(np.concatenate([cell, dong[None]]), axis=1, return_inverse=True)
    at = at.ravel()
    count = np.asarray(buildings.households)[lived].astype(np.float64)
    rows = places.shape[1]
    here = shared_out(homes, np.bincount(at, weights=count, minlength=rows), places[2])
    tilt = np.array([TILT.get(name, (1.0, 1.0, 1.0)) for name in USES])[np.asarray(buildings.use)[lived]]
    ages = np.zeros((rows, 3), np.int64)
    wave = city.rng("people.grid").lognormal(0, (0.30, 0.06, 0.22), (rows, 3))
    for group in range(3):
        mean = np.bincount(at, weights=count * tilt[:, group], minlength=rows) / np.bincount(
            at, weights=count, minlength=rows
        )
        ages[:, group] = shared_out(residents[:, group], here * mean * wave[:, group], places[2])
    return GridPeople(places[1] * GRID_M, places[0] * GRID_M, places[2], ages, here)


def cell_names(west: Array, south: Array) -> list[str]:
    """Names of cells of 100 m as the national grid has them: "다사535516"."""
    x, y = (west // 100).astype(np.int64), (south // 100).astype(np.int64)
    return [
        f"{EAST[e // 1000 - 7]}{NORTH[n // 1000 - 13]}{e % 1000:03d}{n % 1000:03d}"
        for e, n in zip(x.tolist(), y.tolist(), strict=True)
    ]
