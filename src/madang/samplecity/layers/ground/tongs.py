"""통: the lived-in ground of a 법정동 part, halved again and again until each piece holds about 250 households."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.frame import Frame
from madang.samplecity.layers.ground.raster import components, fbm, kept_whole, spread

HOUSEHOLDS, PERSONS = 250, 2.3
LEAST_CELLS = 8


def halved(x: Array, y: Array, weight: Array, count: int) -> Array:
    """Pieces 0 … count-1 of equal weight, numbered so that neighbours in number are neighbours on the ground."""
    found = np.zeros(len(x), np.int64)
    _halve(np.arange(len(x)), x, y, weight, count, 0, found, False)
    return found


def _halve(
    cells: Array, x: Array, y: Array, weight: Array, count: int, first: int, found: Array, back: bool
) -> None:
    if count == 1 or len(cells) < 2:
        found[cells] = first
        return
    px, py, own = x[cells], y[cells], weight[cells]
    mx, my = np.average(px, weights=own), np.average(py, weights=own)
    xx, yy, xy = np.average((px - mx) ** 2, weights=own), np.average((py - my) ** 2, weights=own), np.average((px - mx) * (py - my), weights=own)  # fmt: skip
    turn = 0.5 * np.arctan2(2 * xy, xx - yy)
    along = (px - mx) * np.cos(turn) + (py - my) * np.sin(turn)
    order = np.argsort(along, kind="stable")
    low = count // 2
    share = np.cumsum(own[order])
    cut = int(np.clip(np.searchsorted(share, share[-1] * low / count), 1, len(cells) - 1))
    if back:
        order, cut, low = order[::-1], len(cells) - cut, count - low
    _halve(cells[order[:cut]], x, y, weight, low, first, found, False)
    _halve(cells[order[cut:]], x, y, weight, count - low, first + low, found, True)


def parts(city: City, frame: Frame, labels: Array, pieces: Array, weight: Array, wave_m: float, name: str) -> tuple[Array, Array]:  # fmt: skip
    """Each region of `labels` cut into `pieces` (by region) of about equal weight: new numbers by cell, region of each number."""
    rng = city.rng(f"ground.{name}")
    x, y = frame.grid.centres()
    x = x + 0.22 * wave_m * fbm(frame.grid, rng, wave_m, 3)
    y = y + 0.22 * wave_m * fbm(frame.grid, rng, wave_m, 3)
    found = np.full(labels.shape, -1, np.int32)
    order = np.argsort(labels.ravel(), kind="stable")
    ends = np.searchsorted(labels.ravel()[order], np.arange(len(pieces) + 1))
    first = 0
    for number, count in enumerate(pieces.tolist()):
        cells = order[ends[number] : ends[number + 1]]
        found.ravel()[cells] = first + halved(
            x.ravel()[cells], y.ravel()[cells], weight.ravel()[cells], count
        )
        first += count
    owner = np.repeat(np.arange(len(pieces)), pieces)
    return _large(_whole(found, owner, labels), owner, labels)


def _large(found: Array, owner: Array, labels: Array) -> tuple[Array, Array]:
    """Pieces of hardly any cells go to their neighbours; the others are counted anew."""
    sizes = np.bincount(found[found >= 0], minlength=len(owner))
    largest = np.zeros(int(owner.max()) + 1, np.int64)
    np.maximum.at(largest, owner, sizes)
    kept = (sizes >= LEAST_CELLS) | ((sizes == largest[owner]) & (sizes > 0))
    for number in np.flatnonzero(~kept & (sizes > 0)).tolist():
        own = labels == owner[number]
        found = (
            spread(np.where(own & (found == number), -1, np.where(own, found, -1)), own) * own + found * ~own
        )
    again = np.append(np.cumsum(kept) - 1, -1)
    return again[found], owner[kept]


def _whole(found: Array, owner: Array, labels: Array) -> Array:
    """Fragments go to a neighbour of the same region."""
    parts = components(found)
    sizes = np.bincount(parts.ravel())
    top = np.zeros(len(owner), np.int64)
    np.maximum.at(top, found.ravel()[found.ravel() >= 0], sizes[parts.ravel()[found.ravel() >= 0]])
    inside = found >= 0
    stray = inside & (sizes[parts] < top[np.where(inside, found, 0)])
    for number in np.unique(labels[stray]).tolist():
        rows, columns = np.nonzero(labels == number)
        window = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
        own = labels[window] == number
        base = int(np.flatnonzero(owner == number)[0])
        local = np.where(own & ~stray[window], found[window] - base, -1)
        local = kept_whole(spread(local, own))
        found[window] = np.where(own, local + base, found[window])
    return found
