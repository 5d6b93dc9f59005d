"""행정동: regions that grow from their middle until they have their size, and stop at the river, streams and ridges."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import SIDO_CODE, Array, City
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.raster import blurred, fbm, grown, kept_whole
from madang.samplecity.layers.ground.water import Waters
from madang.samplecity.words import words

COARSE = 110  # cells across a 구 on which sizes are sought
ROUNDS = 80
BLOCK_M = 170.0


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
    wave = np.exp(0.4 * fbm(frame.grid, city.rng("ground.dongs"), 500 * frame.size, 4))
    cost = _cost(frame, waters, height) * wave
    block = blocks(city, frame, waters)
    wild = height - waters.bed_m > 22 * frame.size**0.8
    bend = (
        np.stack([fbm(frame.grid, city.rng("ground.bend"), 1500 * frame.size, 4) for _ in range(2)])
        * 110
        * frame.size
    )
    fixed = waters.distance_m < 30
    block[wild] = -1 - np.arange(wild.sum())  # on hills a border need not follow streets
    count = len(words("city")["dongs"])
    for district in range(city.setting.districts):
        rows, columns = frame.window(district)
        inside = frame.district[rows, columns] == district
        side = np.where(inside, waters.north[rows, columns], -1).astype(np.int8)
        labels = _grown(
            frame,
            district,
            cost[rows, columns],
            side,
            block[rows, columns],
            fixed[rows, columns],
            bend[:, rows, columns],
            (rows.start, columns.start),
        )
        found[rows, columns] = np.where(inside, labels + district * count, found[rows, columns])
    return found


def _cost(frame: Frame, waters: Waters, height: Array) -> Array:
    """What a metre costs a growing region: much over water and steep slopes."""
    up, right = np.gradient(height, frame.grid.cell_m)
    slope = np.hypot(up, right)
    stream = np.exp(-((waters.distance_m / 25) ** 2))
    found: Array = 1 + 10 * stream + 5 * np.clip(slope / 0.3, 0, 2)
    return found


def _grown(frame: Frame, district: int, cost: Array, side: Array, block: Array, fixed: Array, bend: Array, start: tuple[int, int]) -> Array:  # fmt: skip
    """The 행정동 of a 구: cores of the right sizes first, then borders that settle where a crossing costs most."""
    lore, ground = words("city")["dongs"], words("ground")
    places = frame.points(district, np.array([ground["dongs"][each["name"]]["place"] for each in lore]))
    shares = np.array([ground["dongs"][each["name"]]["km2"] for each in lore])
    cell = frame.grid.cell_m
    rows, columns = np.indices(side.shape)
    x = frame.grid.west + (columns + start[1] + 0.5) * cell + bend[0]
    y = frame.grid.south + (rows + start[0] + 0.5) * cell + bend[1]
    row, column = frame.grid.cells(places[:, 0], places[:, 1])
    row, column = (
        np.clip(row - start[0], 0, side.shape[0] - 1),
        np.clip(column - start[1], 0, side.shape[1] - 1),
    )
    own = np.where(side[row, column] >= 0, side[row, column], _nearest_side(side, row, column))
    step = max(1, max(side.shape) // COARSE)
    thin = (slice(None, None, step), slice(None, None, step))
    weight, places = _balanced(x[thin], y[thin], side[thin], places, own, shares)
    labels, margin = _power(x, y, side, places, own, weight)
    sizes = np.bincount(labels[labels >= 0], minlength=len(lore)) * cell**2
    core = np.where((labels >= 0) & (margin > np.append(0.22 * np.sqrt(sizes), 0)[labels]), labels, -1)
    labels = grown(core, cost, side)
    return kept_whole(_evened(_by_block(labels, block, len(lore)), len(lore), fixed, 1))


def _nearest_side(side: Array, row: Array, column: Array) -> Array:
    rows, columns = np.nonzero(side >= 0)
    at = [int(np.argmin((rows - r) ** 2 + (columns - c) ** 2)) for r, c in zip(row, column, strict=True)]
    return side[rows[at], columns[at]]


def _power(x: Array, y: Array, side: Array, places: Array, own: Array, weight: Array) -> tuple[Array, Array]:
    """The place that each cell belongs to (of its side), and how far it is from the border of that place's region."""
    best, second = np.full(x.shape, np.inf), np.full(x.shape, np.inf)
    found, other = np.full(x.shape, -1, np.int16), np.full(x.shape, -1, np.int16)
    for number, (px, py) in enumerate(places):
        power = np.where(side == own[number], (x - px) ** 2 + (y - py) ** 2 - weight[number], np.inf)
        wins, next_best = power < best, power < second
        second = np.where(wins, best, np.where(next_best, power, second))
        other = np.where(wins, found, np.where(next_best, number, other))
        best, found = (np.where(wins, power, best), np.where(wins, number, found).astype(np.int16))
    apart = np.hypot(*(places[found] - places[other]).T).T
    with np.errstate(invalid="ignore"):
        margin = np.where(np.isfinite(second), (second - best) / (2 * np.maximum(apart, 1)), 1e9)
    return found, margin


def _balanced(
    x: Array, y: Array, side: Array, places: Array, own: Array, shares: Array
) -> tuple[Array, Array]:
    """Weights with which every place gets its share of the cells of its side, and the places, moved to their middles a little."""
    cells = np.array([(side == each).sum() for each in own])
    wanted = shares / np.array([shares[own == each].sum() for each in own]) * cells
    area = abs((x[0, -1] - x[0, 0]) * (y[-1, 0] - y[0, 0])) / x.size
    weight, places = np.zeros(len(shares)), places.copy()
    for turn in range(ROUNDS):
        labels, _ = _power(x, y, side, places, own, weight)
        inside = labels >= 0
        sizes = np.bincount(labels[inside], minlength=len(shares))
        weight = weight + (0.7 if turn < ROUNDS // 2 else 0.35) * area * (wanted - sizes)
        if turn % 6 == 5 and turn < ROUNDS // 2:
            middle = [
                np.bincount(labels[inside], each[inside], len(shares)) / np.maximum(sizes, 1)
                for each in (x, y)
            ]
            moved = places + 0.25 * (np.column_stack(middle) - places)
            places = np.where((sizes > 0)[:, None], moved, places)
    return weight, places


def _by_block(labels: Array, block: Array, count: int) -> Array:
    """Each block of streets goes whole to the region that has most of it: borders of dongs run along streets."""
    inside = labels >= 0
    key = np.unique(block[inside], return_inverse=True)[1]
    votes = np.bincount(key * count + labels[inside], minlength=(key.max() + 1) * count).reshape(-1, count)
    found = labels.copy()
    found[inside] = votes.argmax(1)[key]
    return found


def _evened(labels: Array, count: int, fixed: Array, cells: int) -> Array:
    """Teeth of borders worn down: each cell goes to the region that most cells around belong to."""
    best, found = np.zeros(labels.shape), labels.copy()
    for number in range(count):
        share = blurred((labels == number).astype(np.float64), cells)
        more = share > best + 1e-9
        best[more], found[more] = share[more], number
    return np.where((labels < 0) | fixed, labels, found)


def blocks(city: City, frame: Frame, waters: Waters) -> Array:
    """Blocks of streets by cell: squares of a bent grid, shifted row by row, cut by river and streams."""
    grid, rng = frame.grid, city.rng("ground.blocks")
    x, y = grid.centres()
    bend = 900 * frame.size
    turn = 0.5 * fbm(grid, rng, 3000 * frame.size, 1)
    wide = BLOCK_M * max(frame.size, 0.35)
    px = x + bend * 0.12 * fbm(grid, rng, bend, 3) + 0.2 * wide * fbm(grid, rng, 2 * wide, 2)
    py = y + bend * 0.12 * fbm(grid, rng, bend, 3) + 0.2 * wide * fbm(grid, rng, 2 * wide, 2)
    mx, my = x.mean(), y.mean()
    across = (px - mx) * np.cos(turn) + (py - my) * np.sin(turn)
    up = (py - my) * np.cos(turn) - (px - mx) * np.sin(turn)
    row = np.floor(up / (wide * 0.8)).astype(np.int64)
    column = np.floor(across / wide).astype(np.int64)
    key = ((row - row.min()) * 4096 * 16 + (column - column.min())) * 4 + waters.bank * 2 + waters.north
    return np.asarray(key * (len(waters.channels) + 1) + waters.channel)


def targets(city: City) -> Array:
    """Residents of the 행정동 of all 구."""
    setting = city.setting
    one = np.array([each["people"] for each in words("city")["dongs"]], np.float64)
    found: Array = np.round(np.tile(one * setting.scale / setting.districts, setting.districts)).astype(
        np.int64
    )
    return found
