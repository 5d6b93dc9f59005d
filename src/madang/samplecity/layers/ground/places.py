"""Landmarks: places that everybody knows."""

from __future__ import annotations

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.cover import TOWN, WATER, WORKS
from madang.samplecity.layers.ground.dongs import prefixed
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.model import Landmark
from madang.samplecity.layers.ground.water import Waters
from madang.samplecity.words import words

PULL = {"top": 0.02}  # how strongly the middle of the dong pulls, where not 0.5


def landmarks(city: City, frame: Frame, waters: Waters, height: Array, dong: Array, cover: Array, rail: object) -> dict[str, Landmark]:  # fmt: skip
    """Every landmark of `ground.toml` in each 구, in the dong and near what it is said to be near."""
    lore = [each["name"] for each in words("city")["dongs"]]
    grid_x, grid_y = (each.ravel() for each in frame.grid.centres())
    found: dict[str, Landmark] = {}
    for district in range(city.setting.districts):
        for said in words("ground")["landmarks"]:
            number = district * len(lore) + lore.index(said["dong"])
            cells = np.flatnonzero(dong == number)
            x, y = grid_x[cells], grid_y[cells]
            east, north = said.get("shift", (0, 0))
            north = -north if frame.turned(district) else north
            away = np.hypot(x - x.mean() - east * frame.side_m, y - y.mean() - north * frame.side_m)
            away = away / (frame.side_m * 0.03)
            score = (
                _score(said["near"], cells, frame, waters, height, cover) - PULL.get(said["near"], 0.5) * away
            )
            if said["near"] == "rail":
                score = score - shapely.distance(rail, shapely.points(x, y)) / 10
            for other in found.values():
                score = score - 5 * (np.hypot(x - other.x, y - other.y) < 45)
            best = int(np.argmax(score))
            name = prefixed(district, said["name"])
            found[name] = Landmark(name, said["kind"], float(x[best]), float(y[best]), number)
    return found


def _score(near: str, cells: Array, frame: Frame, waters: Waters, height: Array, cover: Array) -> Array:
    covered = cover.ravel()[cells]
    dry = (covered != WATER) * 1.0
    if near == "bridge":
        return np.asarray(-waters.river_m.ravel()[cells] / 20)
    if near == "brook":
        away = np.where(waters.channel == 0, 1e4, waters.distance_m).ravel()[cells]
        return np.asarray(-np.abs(away - 60) / 20 + 5 * dry)
    if near == "river":
        half = waters.channels[0].stream.width_m / 2
        return np.asarray(-np.abs(waters.river_m.ravel()[cells] - half - 40) / 40 + 5 * dry)
    if near == "top":
        return np.asarray(height.ravel()[cells] / 10)
    if near == "works":
        return np.asarray((covered == WORKS) * 3.0)
    return np.asarray((covered == TOWN) * 3.0 + 3 * dry)
