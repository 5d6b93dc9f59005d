"""행정동: regions that grow from their middle until they have their size, and stop at the river, streams and ridges."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import AREA_KM2, SIDO_CODE, Array, City
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.raster import fbm, grown, kept_whole
from madang.samplecity.layers.ground.water import Waters
from madang.samplecity.words import words

COARSE = 130  # cells across a 구 on which sizes are sought
ROUNDS = 14


def district_codes(count: int) -> tuple[str, ...]:
    return tuple(f"{SIDO_CODE}{110 + 30 * number}" for number in range(count))


def district_names(count: int) -> tuple[str, ...]:
    known = words("city")["districts"]
    return tuple(known[at] if at < len(known) else f"{known[at % len(known)][:-1]}{at // len(known) + 1}구" for at in range(count))  # fmt: skip


def prefixed(district: int, name: str) -> str:
    """The name of a dong in the other 구: 웃나루동."""
    if not district:
        return name
    prefixes = words("ground")["prefixes"]
    again = (district - 1) // len(prefixes)
    return f"{prefixes[(district - 1) % len(prefixes)] * (again + 1)}{name}"


def dong_cells(city: City, frame: Frame, waters: Waters, height: Array) -> Array:
    """The number of the 행정동 of each cell, -1 outside the city."""
    found = np.full(frame.district.shape, -1, np.int16)
    wave = np.exp(0.45 * fbm(frame.grid, city.rng("ground.dongs"), 500 * frame.size, 4))
    cost = _cost(frame, waters, height) * wave
    count = len(words("city")["dongs"])
    for district in range(city.setting.districts):
        rows, columns = frame.window(district)
        inside = frame.district[rows, columns] == district
        side = np.where(inside, waters.north[rows, columns], -1).astype(np.int8)
        labels = _grown(city, frame, district, cost[rows, columns], side, (rows.start, columns.start))
        found[rows, columns] = np.where(inside, labels + district * count, found[rows, columns])
    return found


def _cost(frame: Frame, waters: Waters, height: Array) -> Array:
    """What a metre costs a growing region: much over water and steep slopes."""
    up, right = np.gradient(height, frame.grid.cell_m)
    slope = np.hypot(up, right)
    stream = np.exp(-((waters.distance_m / 25) ** 2))
    found: Array = 1 + 10 * stream + 5 * np.clip(slope / 0.3, 0, 2)
    return found


def _grown(
    city: City, frame: Frame, district: int, cost: Array, side: Array, start: tuple[int, int]
) -> Array:
    lore, ground = words("city")["dongs"], words("ground")
    places = np.array([ground["dongs"][each["name"]]["place"] for each in lore])
    points = frame.points(district, places)
    row, column = frame.grid.cells(points[:, 0], points[:, 1])
    row, column = row - start[0], column - start[1]
    shares = np.array([ground["dongs"][each["name"]]["km2"] for each in lore])
    shares = shares / shares.sum()
    step = max(1, max(cost.shape) // COARSE)
    rough_cost, rough_side = cost[::step, ::step], side[::step, ::step]
    seeds = _seeds(row // step, column // step, rough_side, side, row, column)
    speed = np.sqrt(shares / shares.mean())
    for _ in range(ROUNDS):
        labels = grown(seeds, rough_cost, speed, rough_side)
        sizes = np.bincount(labels[labels >= 0], minlength=len(lore)) / (labels >= 0).sum()
        speed = speed * np.clip(shares / np.maximum(sizes, 1e-4), 0.5, 2) ** 0.4
    seeds = _seeds(row, column, side, side, row, column)
    labels = grown(seeds, cost, speed, side)
    return kept_whole(labels, len(lore), seeds)


def _seeds(
    row: Array, column: Array, here: Array, side: Array, whole_row: Array, whole_column: Array
) -> Array:
    """Flat numbers of the seed cells; one that fell on the wrong bank or outside goes to the nearest right cell."""
    wanted = words("ground")["dongs"]
    turned = None
    found = []
    rows, columns = np.nonzero(here >= 0)
    del wanted, turned
    for at in range(len(row)):
        own = side[
            np.clip(whole_row[at], 0, side.shape[0] - 1), np.clip(whole_column[at], 0, side.shape[1] - 1)
        ]
        away = (rows - row[at]) ** 2 + (columns - column[at]) ** 2
        if own >= 0:
            away = np.where(here[rows, columns] == own, away, 1 << 30)
        best = int(np.argmin(away))
        found.append(rows[best] * here.shape[1] + columns[best])
    return np.array(found)


def targets(city: City) -> Array:
    """Residents of the 행정동 of all 구."""
    setting = city.setting
    one = np.array([each["people"] for each in words("city")["dongs"]], np.float64)
    found: Array = np.round(np.tile(one * setting.scale / setting.districts, setting.districts)).astype(
        np.int64
    )
    return found


def area_of_one(city: City) -> float:
    return AREA_KM2 * city.setting.scale / city.setting.districts
