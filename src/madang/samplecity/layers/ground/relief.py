"""Heights: valleys that fall to the river, hills between them, and every cell drains."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.raster import blurred, fbm, filled
from madang.samplecity.layers.ground.water import Waters
from madang.samplecity.words import words

BANK_M = 3.2  # of the river over its water
BROOK_M = 1.3


def relief(city: City, frame: Frame, waters: Waters) -> Array:
    """Heights (rows, columns) from which water runs down everywhere."""
    size, grid = frame.size, frame.grid
    rng = city.rng("ground.relief")
    reach = max(size, 0.25)
    away, river = waters.distance_m, waters.river_m
    main = waters.channel == 0
    half = np.where(main, waters.channels[0].stream.width_m / 2, waters.channels[-1].stream.width_m / 2)
    outer = np.maximum(away - half, 0)
    shore = np.clip((outer + 8) / (25 + 30 * reach), 0, 1)
    near = np.exp(-((outer / (120 * reach)) ** 2))
    bed = near * waters.own_bed_m + (1 - near) * _between(waters, outer, reach, grid.cell_m)
    bank = np.where(main, BANK_M, BROOK_M) * near + 2.2 * (1 - near)
    base = bed + bank * shore + 5.0 * size * np.maximum(outer / (1500 * size) - 0.1, 0)
    apart = 1 - np.exp(-((outer / (380 * size)) ** 1.6))
    plain = 1 - np.exp(-((np.maximum(river - 120 * size, 0) / (600 * size)) ** 2))
    hills = _hills(city, frame, rng)
    ridges = 1 - np.abs(np.clip(fbm(grid, rng, 1100 * size, 5, 0.55), -1.6, 1.6)) / 0.8
    rough = fbm(grid, rng, 900 * size, 6, 0.55) * 3.2 * size
    rise = np.maximum(hills * (1 + 0.42 * ridges) + rough * np.clip(hills / (40 * size), 0.15, 2), -0.8)
    ground = base + apart * plain * rise + shore * fbm(grid, rng, 160, 3) * 0.3
    wet = away <= np.maximum(half, grid.cell_m * 0.75)
    ground = np.where(wet, waters.own_bed_m - np.where(main, 1.5, 0.3), ground)
    outlets = np.zeros(ground.shape, bool)
    outlets[[0, -1]] = outlets[:, [0, -1]] = True
    outlets |= wet & main
    return filled(ground, outlets)


def _between(waters: Waters, outer: Array, reach: float, cell_m: float) -> Array:
    """The height of the water as it would be between the channels, the smoother the further away."""
    found = waters.bed_m
    for wide in (70 * reach, 260 * reach):
        far = 1 - np.exp(-((outer / (1.6 * wide)) ** 2))
        found = (1 - far) * found + far * blurred(found, max(1, round(wide / cell_m)))
    return found


def _hills(city: City, frame: Frame, rng: np.random.Generator) -> Array:
    """Hills as broken domes."""
    x, y = frame.grid.centres()
    found = np.zeros(x.shape)
    bend_x = fbm(frame.grid, rng, 1700 * frame.size, 4) * 330 * frame.size
    bend_y = fbm(frame.grid, rng, 1700 * frame.size, 4) * 330 * frame.size
    for district in range(city.setting.districts):
        for hill in words("ground")["hills"]:
            centre = frame.points(district, np.array([hill["place"]]))[0]
            across = np.hypot(
                (x + bend_x - centre[0]) / hill["wide"], (y + bend_y - centre[1]) / hill["tall"]
            )
            found += hill["height_m"] * frame.size**0.8 * np.exp(-((across / (frame.side_m * 0.1)) ** 2) / 2)
    return found
