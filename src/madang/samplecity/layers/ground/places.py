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


def landmarks(city: City, frame: Frame, waters: Waters, height: Array, dong: Array, cover: Array, homes: Array) -> dict[str, Landmark]:  # fmt: skip
    """Every landmark of `ground.toml` in each 구, in the dong and near what it is said to be near."""
    lore = [each["name"] for each in words("city")["dongs"]]
    x, y = frame.grid.centres()
    found: dict[str, Landmark] = {}
    for district in range(city.setting.districts):
        for said in words("ground")["landmarks"]:
            number = district * len(lore) + lore.index(said["dong"])
            name = prefixed(district, said["name"])
            cells = np.flatnonzero(dong == number)
            score = _score(said["near"], cells, frame, waters, height, cover, homes)
            point = frame.points(district, np.array([words("ground")["dongs"][said["dong"]]["place"]]))[0] + np.array(said.get("shift", [0, 0])) * frame.side_m  # fmt: skip
            away = np.hypot(x.ravel()[cells] - point[0], y.ravel()[cells] - point[1]) / (frame.side_m * 0.03)
            taken = [np.hypot(x.ravel()[cells] - each.x, y.ravel()[cells] - each.y) < 45 for each in found.values() if each.dong == number]  # fmt: skip
            score = score - (0.02 if said["near"] in ("top",) else 0.5) * away - 5 * np.any(taken, axis=0) if taken else score - (0.02 if said["near"] == "top" else 0.5) * away  # fmt: skip
            best = cells[int(np.argmax(score))]
            found[name] = Landmark(name, said["kind"], float(x.ravel()[best]), float(y.ravel()[best]), number)
    return found


def _score(
    near: str, cells: Array, frame: Frame, waters: Waters, height: Array, cover: Array, homes: Array
) -> Array:
    dry = (cover.ravel()[cells] != WATER) * 1.0
    if near == "bridge":
        return np.asarray(-waters.river_m.ravel()[cells] / 20)
    if near == "brook":
        away = np.where(waters.channel == 0, 1e4, waters.distance_m).ravel()[cells]
        return np.asarray(-away / 20)
    if near == "river":
        half = waters.channels[0].stream.width_m / 2
        return np.asarray(-np.abs(waters.river_m.ravel()[cells] - half - 40) / 40 + 5 * dry)
    if near == "top":
        return np.asarray(height.ravel()[cells] / 10)
    if near == "works":
        return np.asarray((cover.ravel()[cells] == WORKS) * 3.0)
    return np.asarray((cover.ravel()[cells] == TOWN) * 3.0 + 3 * dry)


__all__ = ["landmarks", "shapely"]
