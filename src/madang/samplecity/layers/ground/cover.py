"""What covers the ground, where people live, where they work."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.dongs import targets
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.model import COVERS
from madang.samplecity.layers.ground.raster import fbm
from madang.samplecity.layers.ground.water import Waters

WATER, TOWN, WORKS, PADDY, FIELD, WOOD, GRASS, SAND = range(len(COVERS))
PEOPLE_OF_TOWN = 0.9  # in a cell of 400 m2 (22 a hectare): from here on a village is built-up ground
SPREAD = {"old": 9.0, "housing": 0.75, "apartments": 0.62, "industry": 0.34, "riverside": 0.5, "hill": 0.36, "farm": 0.26}  # fmt: skip


def slope_of(frame: Frame, height: Array) -> Array:
    up, right = np.gradient(height, frame.grid.cell_m)
    found: Array = np.hypot(up, right)
    return found


def suited(frame: Frame, waters: Waters, height: Array) -> Array:
    """How well a cell can be built on, 0 to 1."""
    river_half = waters.channels[0].stream.width_m / 2
    stream_half = waters.channels[-1].stream.width_m / 2
    dry = (waters.river_m > river_half + 45 * max(0.5, frame.size)) & (waters.distance_m > stream_half + 16)
    above = height - waters.bed_m
    steep = np.exp(-((slope_of(frame, height) / 0.13) ** 2))
    found: Array = dry * steep * np.exp(-((np.maximum(above - 12, 0) / (45 * frame.size**0.8)) ** 2))
    return found


def homes(
    city: City, frame: Frame, waters: Waters, height: Array, dong: Array, kinds: tuple[str, ...]
) -> Array:
    """Shares of the residents of each 행정동 by cell."""
    rng = city.rng("ground.homes")
    good = suited(frame, waters, height)
    wave = fbm(frame.grid, rng, 420 * max(frame.size, 0.4), 4)
    grain = np.exp(0.5 * fbm(frame.grid, rng, 120, 2))
    x, y = frame.grid.centres()
    found = np.zeros(dong.shape)
    for number, kind in enumerate(kinds):
        cells = np.flatnonzero(dong == number)
        value = good.ravel()[cells]
        if value.max(initial=0) <= 1e-4:
            value = np.full(len(cells), 1.0)
        px, py = x.ravel()[cells], y.ravel()[cells]
        fit = wave.ravel()[cells] + _near(px, py, value, kind, rng, frame)
        share = np.maximum(fit - np.quantile(fit[value > 0.05 * value.max()], max(0, 1 - SPREAD[kind])), 0) if kind != "old" else 1.0  # fmt: skip
        density = value**2 * (0.15 + share) * grain.ravel()[cells] if kind == "old" else value**1.5 * np.minimum(share, 0.8) * grain.ravel()[cells]  # fmt: skip
        if density.sum() <= 0:
            density = value
        found.ravel()[cells] = density / density.sum()
    return found.astype(np.float32)


def _near(x: Array, y: Array, value: Array, kind: str, rng: np.random.Generator, frame: Frame) -> Array:
    """Villages gather about a few places; towns about the middle of their buildable ground."""
    draw = rng.uniform(size=12)
    if kind in ("farm", "hill", "industry"):
        weight = np.cumsum(value**2)
        places = np.searchsorted(weight, draw[: 7 if kind == "farm" else 4] * weight[-1])
        wide = 170 * max(frame.size, 0.35)
        away = np.min([np.hypot(x - x[at], y - y[at]) for at in places], axis=0)
        return np.asarray(3.0 * np.exp(-((away / wide) ** 2)))
    mid_x, mid_y = np.average(x, weights=value), np.average(y, weights=value)
    return np.asarray(-1.2 * np.hypot(x - mid_x, y - mid_y) / (900 * frame.size))


def cover(city: City, frame: Frame, waters: Waters, height: Array, dong: Array, kinds: tuple[str, ...], lived: Array) -> Array:  # fmt: skip
    """The cover of each cell: number in COVERS."""
    rng = city.rng("ground.cover")
    wave = fbm(frame.grid, rng, 380 * max(frame.size, 0.3), 4)
    slope, above = slope_of(frame, height), height - waters.bed_m
    kind = np.array([*kinds, ""])[dong]
    found = np.where(slope + 0.05 * wave > 0.15, WOOD, np.where(above + 3 * wave > 14, FIELD, PADDY)).astype(
        np.int8
    )
    found[(found != WOOD) & (above > 60 * frame.size**0.8)] = WOOD
    built = suited(frame, waters, height) > 0.05
    town = np.isin(kind, ["old", "housing", "apartments"])
    dense = lived * np.append(targets(city), 0)[dong] > PEOPLE_OF_TOWN
    park = fbm(frame.grid, rng, 200 * max(frame.size, 0.4), 2) > 1.05
    found[town & built] = np.where(park & ~dense, GRASS, TOWN)[town & built]
    found[~town & dense] = TOWN
    works = (kind == "industry") & built & (slope < 0.08) & (found != TOWN) & (above < 18)
    found[works & (wave > -0.9)] = WORKS
    half = waters.channels[0].stream.width_m / 2
    found[(waters.river_m < half + 40 * max(0.5, frame.size))] = GRASS
    found[(waters.river_m < half + 22) & (wave > 0.55)] = SAND
    brook = waters.channels[-1].stream.width_m / 2
    found[(waters.distance_m < brook + 14) & (found != SAND)] = GRASS
    found[
        waters.distance_m <= np.maximum(np.where(waters.channel == 0, half, brook), frame.grid.cell_m * 0.75)
    ] = WATER
    found[waters.river_m <= half] = WATER
    return found


def jobs(
    frame: Frame, dong: Array, kinds: tuple[str, ...], lived: Array, covered: Array, centres: Array
) -> Array:
    """Where people work and shop, shares of the city. `centres`: rows of x, y, reach in metres, weight."""
    x, y = frame.grid.centres()
    weight = {"old": 0.9, "housing": 0.7, "apartments": 0.55, "industry": 0.3, "riverside": 0.25, "hill": 0.1, "farm": 0.06}  # fmt: skip
    cells = np.bincount(dong[dong >= 0].ravel(), minlength=len(kinds))
    found = lived * np.append(cells, 1)[dong] * np.array([*(weight[each] for each in kinds), 0])[dong]
    found = found + (covered == WORKS) * 2.2
    for cx, cy, reach, much in centres:
        found = found + much * np.exp(-(((x - cx) ** 2 + (y - cy) ** 2) / reach**2)) * (covered != WATER)
    found = np.where((dong >= 0) & (covered != WATER) & (covered != WOOD), found, 0)
    return np.asarray(found / found.sum(), np.float32)
