"""The main roads as smooth curves: west to east, south to north, and one ring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Ground

EAST, NORTH, RING = "east", "north", "ring"
_STEP_M = 10.0


@dataclass(frozen=True)
class Curve:
    """A line that cuts the city in two. `t` rises along it: x (east), y (north), or the angle round `centre` (ring);
    `f` is the other coordinate there, or the radius."""

    kind: str
    rank: int
    t: Array
    f: Array
    bridge: bool  # may cross the river
    rural: bool  # goes on where nobody lives
    centre: tuple[float, float] = (0.0, 0.0)
    bank: bool = False

    def _own(self, x: Array, y: Array) -> tuple[Array, Array]:
        if self.kind == EAST:
            return x, y
        if self.kind == NORTH:
            return y, x
        dx, dy = x - self.centre[0], y - self.centre[1]
        return np.mod(np.arctan2(dy, dx), 2 * np.pi), np.hypot(dx, dy)

    def beyond(self, x: Array, y: Array) -> Array:
        """How far points lie to the north of it (east), the east (north), outside (ring), roughly in metres."""
        t, value = self._own(x, y)
        slope = np.interp(t, self.t, self._slope)
        found: Array = (value - np.interp(t, self.t, self.f)) / np.sqrt(1 + slope**2)
        return found

    def left(self, x: Array, y: Array) -> Array:
        """Whether points lie on its left, seen in its direction."""
        beyond = self.beyond(x, y)
        return beyond > 0 if self.kind == EAST else beyond < 0

    @cached_property
    def _slope(self) -> Array:
        slope: Array = np.gradient(self.f, self.t)
        return slope / np.maximum(self.f, 1.0) if self.kind == RING else slope

    @cached_property
    def points(self) -> Array:
        """Its table as points."""
        if self.kind == RING:
            x, y = self.f * np.cos(self.t), self.f * np.sin(self.t)
            return np.column_stack([x + self.centre[0], y + self.centre[1]])
        found: Array = np.column_stack((self.t, self.f) if self.kind == EAST else (self.f, self.t))
        return found

    @cached_property
    def lengths(self) -> Array:
        """The way from its start to each row of its table."""
        steps = np.hypot(*np.diff(self.points, axis=0).T)
        return np.r_[0.0, np.cumsum(steps)]

    def chainage(self, x: Array, y: Array) -> Array:
        """The way along it, in metres, to the places beside points."""
        found: Array = np.interp(self._own(x, y)[0], self.t, self.lengths)
        return found

    def at(self, chainage: Array, aside: Array) -> Array:
        """Points at ways along it, `aside` metres to the left."""
        x = np.interp(chainage, self.lengths, self.points[:, 0])
        y = np.interp(chainage, self.lengths, self.points[:, 1])
        ahead = np.column_stack([np.interp(chainage + 5, self.lengths, self.points[:, at]) for at in (0, 1)])
        behind = np.column_stack([np.interp(chainage - 5, self.lengths, self.points[:, at]) for at in (0, 1)])
        along = ahead - behind
        along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
        return np.column_stack([x - along[:, 1] * aside, y + along[:, 0] * aside])


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
    most = np.lib.stride_tricks.sliding_window_view(padded, 2 * width + 1).max(axis=1)
    padded = np.pad(most, width, mode="edge")
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
    return np.r_[bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)]


def main_roads(ground: Ground, rng: np.random.Generator) -> list[Curve]:
    """The main roads, those of rank 1 first; where two run together the earlier has the ground."""
    edge = frame(ground)
    found = [*_ring(edge, rng), *_avenues(edge, rng), *_banks(edge), *_streets(edge, rng)]
    return sorted(found, key=lambda curve: curve.rank)


def _ring(edge: Frame, rng: np.random.Generator) -> list[Curve]:
    width, height = edge.east - edge.west, edge.north - edge.south
    x = edge.west + 0.5 * width
    y = float(np.interp(x, edge.x, (edge.bank_north + edge.bank_south) / 2))
    y = float(np.clip(y, edge.south + 0.42 * height, edge.south + 0.58 * height))
    angle = np.linspace(0, 2 * np.pi, 721)
    a, b = 0.385 * width, 0.37 * height
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
        bank, rim = (edge.bank_north, edge.north) if share > 0 else (edge.bank_south, edge.south)
        flat = bank.mean() + np.sign(share) * 0
        level = flat + abs(share) * (rim - flat)
        y = (
            level
            + (bank - flat) * (1 - abs(share)) ** 1.5
            + _waves(rng, edge.x, sway, 0.8 * (edge.east - edge.west))
        )
        found.append(Curve(EAST, rank, edge.x, y, bridge=False, rural=rank == 1 or at % 3 == 1))
    return found


def _even(count: int, low: float, high: float) -> Array:
    return low + (np.arange(count) + 0.5) / count * (high - low)


def _avenues(edge: Frame, rng: np.random.Generator) -> list[Curve]:
    width, height = edge.east - edge.west, edge.north - edge.south
    across = max(2, round(width / 2400))
    along = max(1, round(height / 2 / 2600))
    north = _across(edge, _even(across, 0.06, 0.94), 1, rng, min(110, 0.014 * width))
    shares = _even(along, 0.1, 0.95)
    return north + _along(edge, np.r_[shares, -shares], 1, rng, min(90, 0.012 * height))


def _banks(edge: Frame) -> list[Curve]:
    return [
        Curve(EAST, 2, edge.x, bank, bridge=False, rural=True, bank=True)
        for bank in (edge.bank_north, edge.bank_south)
    ]


def _streets(edge: Frame, rng: np.random.Generator) -> list[Curve]:
    width, height = edge.east - edge.west, edge.north - edge.south
    apart = max(1, round(width / 2400)), max(1, round(height / 2 / 2600))
    across = max(2, apart[0]) * max(2, min(5, round(width / max(2, apart[0]) / 480)))
    along = apart[1] * max(2, min(5, round(height / 2 / apart[1] / 480)))
    places = _between(across, max(2, apart[0]), 0.06, 0.94)
    shares = _between(along, apart[1], 0.1, 0.95)
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
