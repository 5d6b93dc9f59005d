"""Hollows planted in the built-up area: where rain will stand, whatever the drains can take."""

from __future__ import annotations

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.dongs import prefixed
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.model import Hollow
from madang.samplecity.layers.ground.raster import blurred, components, fbm, filled
from madang.samplecity.layers.ground.water import Waters
from madang.samplecity.words import words


def sunk(
    city: City, frame: Frame, waters: Waters, height: Array, dong: Array, homes: Array, rail: object
) -> tuple[Array, tuple[Hollow, ...]]:
    """Heights with the hollows of `ground.toml` in each 구, and the hollows as they came out."""
    rng = city.rng("ground.hollows")
    wave = fbm(frame.grid, rng, 120, 2)
    x, y = frame.grid.centres()
    good = blurred(homes, max(1, round(60 / frame.grid.cell_m)))
    plans, ground = [], height.copy()
    main = waters.channel == 0
    half = np.where(main, waters.channels[0].stream.width_m, waters.channels[-1].stream.width_m) / 2
    dry = waters.distance_m > half + 22
    lore = [each["name"] for each in words("city")["dongs"]]
    taken = np.zeros(height.shape, bool)
    for district in range(city.setting.districts):
        for said in words("ground")["hollows"]:
            number = district * len(lore) + lore.index(said["dong"])
            radius = max(42.0, said["radius_m"] * frame.size**0.5)
            at = _site(said, frame, waters, height, good, dong == number, taken, rail, radius)
            away = np.hypot(x - x.ravel()[at], y - y.ravel()[at]) * (1 + 0.12 * wave)
            ring = (away >= radius) & (away < radius + 60)
            rim = float(np.quantile(height[ring], 0.6))
            ground = np.where((away < radius + 60) & dry, np.maximum(ground, rim), ground)
            taken |= away < 2.2 * radius
            plans.append((said, number, district, away, radius))
    ground = filled(ground, _outlets(frame, waters))
    for said, _, _, away, radius in plans:
        ground = ground - dry * said["depth_m"] * np.maximum(0, 1 - (away / radius) ** 4)
    found = (_found(frame, ground, *plan) for plan in plans)
    return ground, tuple(each for each in found if each is not None)


def _outlets(frame: Frame, waters: Waters) -> Array:
    found: Array = waters.river_m <= np.maximum(
        waters.channels[0].stream.width_m / 2, frame.grid.cell_m * 0.75
    )
    found[[0, -1]] = found[:, [0, -1]] = True
    return found


def _site(said: dict[str, object], frame: Frame, waters: Waters, height: Array, good: Array, inside: Array, taken: Array, rail: object, radius: float) -> int:  # fmt: skip
    """The flat number of the middle: low, buildable ground of the dong (a crossing of the railway if so wished)."""
    cells = np.flatnonzero(inside)
    score = good.ravel()[cells] / good.ravel()[cells].max() * 6 - (height - waters.bed_m).ravel()[cells] * 0.5
    score = (
        score
        - 9.0 * (waters.distance_m.ravel()[cells] < radius + 75 + 60 * frame.size)
        - 20.0 * taken.ravel()[cells]
    )
    x, y = frame.grid.centres()
    points = shapely.points(x.ravel()[cells], y.ravel()[cells])
    if said["kind"] == "지하차도":
        score = score - shapely.distance(rail, points) / 8
    else:
        score = score - shapely.distance(shapely.points(x.ravel()[cells].mean(), y.ravel()[cells].mean()), points) / (900 * frame.size)  # fmt: skip
    return int(cells[int(np.argmax(score))])


def _found(frame: Frame, ground: Array, said: dict[str, str], number: int, district: int, away: Array, radius: float) -> Hollow | None:  # fmt: skip
    """What stands under water when the hollow is full, found by filling the ground around it."""
    grid = frame.grid
    rows, columns = np.nonzero(away < 2.5 * radius)
    window = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    here = ground[window]
    edge = np.zeros(here.shape, bool)
    edge[[0, -1]] = edge[:, [0, -1]] = True
    pond = filled(here, edge, 0.0) - here
    wet = pond > 0.05
    if not wet.any():
        return None  # in the smallest cities a stream may run where it would have been
    parts = components(wet.astype(np.int8))
    wet &= parts.ravel()[int(np.argmax(pond))] == parts
    row, column = np.nonzero(wet)
    west = grid.west + (column + columns.min()) * grid.cell_m
    south = grid.south + (row + rows.min()) * grid.cell_m
    shape = shapely.union_all(shapely.box(west, south, west + grid.cell_m, south + grid.cell_m))
    deepest = int(np.argmax(pond[wet]))
    return Hollow(
        prefixed(district, said["name"]), said["kind"], shape, float(pond[wet].max()),
        float(pond[wet].sum() * grid.cell_m**2), number,
        float(west[deepest] + grid.cell_m / 2), float(south[deepest] + grid.cell_m / 2)
    )  # fmt: skip
