"""Where the city lies: its raster, its outline, the frame in which each 구 is laid out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import AREA_KM2, ORIGIN, Array, City
from madang.samplecity.layers.ground.model import Grid
from madang.samplecity.layers.ground.raster import blurred, components, fbm, kept_whole, spread

CELL_M = 20.0
FILLED = 0.63  # share of the frames that is city: the rest lies beyond its outline


@dataclass(frozen=True)
class Frame:
    """Squares of `side_m` metres, one for each 구 from west to east; places in a square run from 0 to 1 both ways."""

    grid: Grid
    side_m: float
    district: Array  # int16 (rows, columns), -1 outside the city

    @property
    def size(self) -> float:
        """Lengths of a city relative to one of 60 km2: rivers and hills grow with it."""
        return float(self.side_m / (AREA_KM2 * 1e6 / FILLED) ** 0.5)

    def turned(self, district: int) -> bool:
        """Every second 구 is laid out upside down, that neighbours are no copies."""
        return district % 2 == 1

    def points(self, district: int, places: Array) -> Array:
        """Places (n, 2) in a square as points of the city."""
        places = np.asarray(places, np.float64).copy()
        if self.turned(district):
            places[:, 1] = 1 - places[:, 1]
        places[:, 0] += district
        found: Array = places * self.side_m + (self.grid.west, self.grid.south)
        return found

    def window(self, district: int) -> tuple[slice, slice]:
        """Rows and columns in which a 구 lies."""
        rows, columns = np.nonzero(self.district == district)
        return slice(int(rows.min()), int(rows.max()) + 1), slice(int(columns.min()), int(columns.max()) + 1)


def frame(city: City) -> Frame:
    """The raster and the outline of the city."""
    setting = city.setting
    side = (AREA_KM2 * 1e6 * setting.scale / setting.districts / FILLED) ** 0.5
    rows, columns = round(side / CELL_M), round(side * setting.districts / CELL_M)
    grid = Grid(*ORIGIN, CELL_M, rows, columns)
    x, y = grid.centres()
    u, v = (x - grid.west) / side, (y - grid.south) / side
    rng = city.rng("ground.outline")
    wave = fbm(grid, rng, side * 0.4, 7, 0.6)
    ends = np.minimum(u, setting.districts - u)
    across = np.minimum(v, 1 - v)
    edge = (np.maximum(ends, 0.002) ** -1.2 + np.maximum(across, 0.002) ** -1.2) ** (-1 / 1.2)
    edge = edge + 0.05 * np.minimum(1, edge / 0.09) * wave / np.hypot(
        1, wave / 2
    )  # at the frame the noise ends: no border is straight there
    wanted = round(AREA_KM2 * 1e6 * setting.scale / CELL_M**2)
    whole = blurred(
        _highest(edge, wanted).astype(np.float64), max(1, round(side * 0.016 / CELL_M))
    )  # no thin necks
    inside = _highest(whole + 0.1 * fbm(grid, rng, side * 0.07, 4), wanted)
    middle = np.clip(np.floor(u + 0.05 * fbm(grid, rng, side * 0.3, 5)), 0, setting.districts - 1)
    district = kept_whole(np.where(inside, middle, -1).astype(np.int16))
    parts = components(np.where(district >= 0, 0, -1))
    rim = np.unique(np.concatenate([parts[[0, -1]].ravel(), parts[:, [0, -1]].ravel()]))
    district = spread(district, (district >= 0) | ~np.isin(parts, rim))  # no holes
    return Frame(grid, side, district)


def _highest(values: Array, count: int) -> Array:
    """The `count` cells of the highest values."""
    return np.asarray(values >= np.partition(values.ravel(), values.size - count)[values.size - count])
