"""Heights: valleys that fall to the river, hills between them, and every cell drains."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.raster import fbm, filled
from madang.samplecity.layers.ground.water import Waters
from madang.samplecity.words import words

BANK_M = 3.2  # of the river over its water
BROOK_M = 1.3


def relief(city: City, frame: Frame, waters: Waters) -> Array:
    """Heights (rows, columns) from which water runs down everywhere."""
    size, grid = frame.size, frame.grid
    rng = city.rng("ground.relief")
    reach = np.maximum(size, 0.25)
    away, river = waters.distance_m, waters.river_m
    main = waters.channel == 0
    half = np.where(main, waters.channels[0].stream.width_m / 2, waters.channels[-1].stream.width_m / 2)
    bank = np.where(main, BANK_M, BROOK_M)
    shore = np.clip((away - half + 10) / (25 + 30 * reach), 0, 1)
    outer = np.maximum(away - half, 0)
    base = waters.bed_m + bank * shore + 6.0 * size * np.maximum(outer / (1500 * size) - 0.1, 0)
    hills = _hills(city, frame, rng)
    apart = 1 - np.exp(-((outer / (420 * size)) ** 1.6))
    plain = 1 - np.exp(-((np.maximum(river - 120 * size, 0) / (600 * size)) ** 2))
    rough = fbm(grid, rng, 900 * size, 6, 0.55) * 5.0 * size
    fine = fbm(grid, rng, 160, 3) * 0.30
    ground = (
        base
        + apart * plain * np.maximum(hills + rough * np.clip(hills / (40 * size), 0.12, 3), -1.0)
        + shore * fine
    )
    wet = away <= np.maximum(half, grid.cell_m * 0.75)
    ground = np.where(wet, waters.bed_m - np.where(main, 1.5, 0.3), ground)
    outlets = np.zeros(ground.shape, bool)
    outlets[[0, -1]] = outlets[:, [0, -1]] = True
    outlets |= wet & main
    return filled(ground, outlets)


def _hills(city: City, frame: Frame, rng: np.random.Generator) -> Array:
    """Hills as broken domes, rising towards the edges of the city."""
    x, y = frame.grid.centres()
    found = np.zeros(x.shape)
    wave = fbm(frame.grid, rng, 1400 * frame.size, 5)
    bend_x = fbm(frame.grid, rng, 1800 * frame.size, 3) * 260 * frame.size
    bend_y = fbm(frame.grid, rng, 1800 * frame.size, 3) * 260 * frame.size
    for district in range(city.setting.districts):
        for hill in words("ground")["hills"]:
            centre = frame.points(district, np.array([hill["place"]]))[0]
            across = np.hypot(
                (x + bend_x - centre[0]) / hill["wide"], (y + bend_y - centre[1]) / hill["tall"]
            )
            dome = np.exp(-((across / (frame.side_m * 0.1)) ** 2) / 2)
            found = np.maximum(found, 0) + hill["height_m"] * frame.size**0.8 * dome * (1 + 0.22 * wave)
    return found
