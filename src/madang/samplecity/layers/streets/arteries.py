"""Where the main roads run: avenues over the bridges, roads along the river, a ring, and the streets between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Ground, Landmark
from madang.samplecity.layers.streets.curves import EAST, NORTH, RING, Curve

_STEP_M = 10.0


def _waves(rng: np.random.Generator, t: Array, high: float, wave: float) -> Array:
    """A line that swings up to about `high` with waves of about `wave`."""
    found = np.zeros(len(t))
    for part in (1.0, 0.5, 0.27):
        found += part * np.sin(2 * np.pi * (t / (wave * part) + rng.random()))
    swung: Array = found * (high / 1.4)
    return swung


def _rolled(values: Array, width: int) -> Array:
    """The greatest value within `width` rows either way, smoothed."""
    padded = np.pad(values, width, mode="edge")
    most: Array = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1).max(axis=1)
    return _smooth(most, width)


def _smooth(values: Array, width: int) -> Array:
    padded = np.pad(values, width, mode="edge")
    kernel = np.hanning(2 * width + 3)[1:-1]
    smooth: Array = np.convolve(padded, kernel / kernel.sum(), "valid")
    return smooth


@dataclass(frozen=True)
class Frame:
    """The extent of the city, and its river as the lines of its banks over x."""

    west: float
    south: float
    east: float
    north: float
    x: Array
    bank_north: Array
    bank_south: Array


def frame(ground: Ground) -> Frame:
    west, south, east, north = (float(v) for v in _bounds(ground))
    margin = 0.05 * (east - west)
    x = np.arange(west - margin, east + margin + _STEP_M, _STEP_M)
    if not ground.streams:
        middle = np.full(len(x), (south + north) / 2)
        return Frame(west, south, east, north, x, middle + 30, middle - 30)
    river = max(ground.streams, key=lambda stream: stream.width_m)
    line = river.shape
    points = np.array([line.interpolate(s).coords[0] for s in np.arange(0, line.length, 5.0)])
    at = np.clip(np.searchsorted(x, points[:, 0]), 0, len(x) - 1)
    high, low = np.full(len(x), -np.inf), np.full(len(x), np.inf)
    np.maximum.at(high, at, points[:, 1])
    np.minimum.at(low, at, points[:, 1])
    known = np.isfinite(high)
    high = np.interp(x, x[known], high[known])
    low = np.interp(x, x[known], low[known])
    aside = river.width_m / 2 + 45
    width = max(2, round(60 / _STEP_M))
    return Frame(
        west, south, east, north, x, _rolled(high, width) + aside, -_rolled(-low, width) - aside
    )  # fmt: skip


def _bounds(ground: Ground) -> Array:
    bounds = np.array([shape.bounds for shape in ground.dongs.shape])
    found: Array = np.r_[bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)]
    return found


def main_roads(ground: Ground, rng: np.random.Generator) -> list[Curve]:
    """The main roads, those of rank 1 first; where two run together the earlier has the ground."""
    edge = frame(ground)
    across = _side_bridges(edge, ground)
    found = [*_ring(edge, rng), *_avenues(edge, ground, rng), *across, *_banks(edge), *_streets(edge, rng)]
    return sorted(found, key=lambda curve: curve.rank)


def _ring(edge: Frame, rng: np.random.Generator) -> list[Curve]:
    width, height = edge.east - edge.west, edge.north - edge.south
    x = edge.west + 0.5 * width
    y = float(np.interp(x, edge.x, (edge.bank_north + edge.bank_south) / 2))
    y = float(np.clip(y, edge.south + 0.42 * height, edge.south + 0.58 * height))
    angle = np.linspace(0, 2 * np.pi, 721)
    a, b = max(0.2, 0.44 - 0.88 / _wide(edge)[0]) * width, 0.36 * height  # between two avenues
    radius = a * b / np.hypot(b * np.cos(angle), a * np.sin(angle))
    radius *= 1 + 0.05 * np.sin(2 * angle + rng.random() * 6) + 0.03 * np.sin(3 * angle + rng.random() * 6)
    return [Curve(RING, 1, angle, radius, bridge=True, rural=True, centre=(x, y))]


def _across(edge: Frame, places: Array, rank: int, rng: np.random.Generator, sway: float) -> list[Curve]:
    """Roads from south to north at shares of the width."""
    y = np.arange(edge.south - 300, edge.north + 300, _STEP_M)
    width = edge.east - edge.west
    return [
        Curve(NORTH, rank, y, edge.west + place * width + _waves(rng, y, sway, 0.7 * (edge.north - edge.south)),
              bridge=rank == 1, rural=rank == 1 or at % 3 == 1)
        for at, place in enumerate(places)
    ]  # fmt: skip


def _along(edge: Frame, shares: Array, rank: int, rng: np.random.Generator, sway: float) -> list[Curve]:
    """Roads from west to east: the share above 0 is that of the way from the river to the northern edge, below 0 to the
    southern; the nearer the river the more they follow it."""
    found = []
    for at, share in enumerate(shares):
        real, rim = (edge.bank_north, edge.north) if share > 0 else (edge.bank_south, edge.south)
        bank = _smooth(real, len(real) // 8)
        flat = bank.mean()
        level = flat + abs(share) * (rim - flat)
        y = (
            level
            + (bank - flat) * (1 - abs(share)) ** 1.5
            + _waves(rng, edge.x, sway, 0.8 * (edge.east - edge.west))
        )
        y = np.maximum(y, real + 80) if share > 0 else np.minimum(y, real - 80)
        found.append(Curve(EAST, rank, edge.x, _smooth(y, 6), bridge=False, rural=rank == 1 or at % 3 == 1))
    return found


def _even(count: int, low: float, high: float) -> Array:
    return low + (np.arange(count) + 0.5) / count * (high - low)


def _avenues(edge: Frame, ground: Ground, rng: np.random.Generator) -> list[Curve]:
    width, height = edge.east - edge.west, edge.north - edge.south
    across, along = _wide(edge)
    north = _across(edge, _even(across, 0.06, 0.94), 1, rng, min(110, 0.014 * width))
    north = _over_bridges(north, ground, 0.6 * width / across)
    shares = _even(along, 0.1, 0.95)
    return north + _along(edge, np.r_[shares, -shares], 1, rng, min(90, 0.012 * height))


def _wide(edge: Frame) -> tuple[int, int]:
    """How many wide roads go across the river, and along it on each side."""
    width, height = edge.east - edge.west, edge.north - edge.south
    return max(2, round(width / 1900)), max(1, round(height / 2 / 2600))


def _bridges(ground: Ground) -> list[tuple[Landmark, bool]]:
    """The bridges that everybody knows, and whether the river below runs rather north or south than east or west."""
    marks = [mark for mark in ground.landmarks.values() if mark.kind == "bridge"]
    if not marks or not ground.streams:
        return []
    river = max(ground.streams, key=lambda stream: stream.width_m).shape
    found = []
    for mark in marks:
        at = river.project(shapely.Point(mark.x, mark.y))
        one, two = river.interpolate(max(at - 80, 0)), river.interpolate(at + 80)
        found.append((mark, bool(abs(two.y - one.y) > 1.2 * abs(two.x - one.x))))
    return found


def _side_bridges(edge: Frame, ground: Ground) -> list[Curve]:
    """Roads from west to east over bridges where the river runs north or south."""
    reach = 0.13 * (edge.east - edge.west)
    return [
        Curve(EAST, 2, edge.x, mark.y + 40 * np.sin((edge.x - mark.x) / 700), bridge=True, rural=True,
              span=(mark.x - reach, mark.x + reach))
        for mark, northward in _bridges(ground)
        if northward
    ]  # fmt: skip


def _over_bridges(avenues: list[Curve], ground: Ground, most: float) -> list[Curve]:
    """Avenues bent so that each takes the nearest of the bridges that everybody knows."""
    bridges = [mark for mark, northward in _bridges(ground) if not northward]
    found = list(avenues)
    free = set(range(len(avenues)))
    for mark in sorted(bridges, key=lambda mark: mark.x):
        off = {at: mark.x - float(np.interp(mark.y, avenues[at].t, avenues[at].f)) for at in sorted(free)}
        if not off:
            break
        nearest = min(off, key=lambda at: abs(off[at]))
        if abs(off[nearest]) > most:
            continue
        free.discard(nearest)
        curve = avenues[nearest]
        bend = np.exp(-(((curve.t - mark.y) / (2.4 * abs(off[nearest]) + 400)) ** 2))
        found[nearest] = replace(curve, f=curve.f + off[nearest] * bend)
    return found


def _banks(edge: Frame) -> list[Curve]:
    return [
        Curve(EAST, 2, edge.x, bank, bridge=False, rural=True, bank=True)
        for bank in (edge.bank_north, edge.bank_south)
    ]


def _streets(edge: Frame, rng: np.random.Generator) -> list[Curve]:
    width, height = edge.east - edge.west, edge.north - edge.south
    wide = _wide(edge)
    across = wide[0] * max(2, min(5, round(width / wide[0] / 480)))
    along = wide[1] * max(2, min(5, round(height / 2 / wide[1] / 480)))
    places = _between(across, wide[0], 0.06, 0.94)
    shares = _between(along, wide[1], 0.1, 0.95)
    north = _across(edge, places, 2, rng, min(60, 0.01 * width))
    return north + _along(edge, np.r_[shares, -shares], 2, rng, min(60, 0.01 * height))


def _between(count: int, wide: int, low: float, high: float) -> Array:
    """Even places of which those of the wide roads are left out."""
    each = count // wide
    size = (high - low) / wide
    offsets = (np.arange(each) + 0.5) / each - 0.5
    offsets = offsets + 0.5 / each if each % 2 else offsets
    places = (low + (np.arange(wide) + 0.5) * size)[:, None] + offsets * size
    keep = np.abs(places - (low + (np.arange(wide) + 0.5) * size)[:, None]) > 0.15 * size / each
    found: Array = places[keep]
    return found
