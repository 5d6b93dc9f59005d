"""The main roads as smooth curves: west to east, south to north, and one ring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from madang.samplecity.city import Array

EAST, NORTH, RING = "east", "north", "ring"


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
    span: tuple[float, float] = (-np.inf, np.inf)  # of `t`, where the road is

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

    def spans(self, x: Array, y: Array) -> Array:
        """Whether the road is beside points."""
        t = self._own(x, y)[0]
        found: Array = (t >= self.span[0]) & (t <= self.span[1])
        return found

    def left(self, x: Array, y: Array) -> Array:
        """Whether points lie on its left, seen in its direction."""
        beyond = self.beyond(x, y)
        return beyond > 0 if self.kind == EAST else beyond < 0

    @cached_property
    def _slope(self) -> Array:
        slope: Array = np.gradient(self.f, self.t)
        found: Array = slope / np.maximum(self.f, 1.0) if self.kind == RING else slope
        return found

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
        found: Array = np.r_[0.0, np.cumsum(steps)]
        return found

    def chainage(self, x: Array, y: Array) -> Array:
        """The way along it, in metres, to the places beside points."""
        found: Array = np.interp(self._own(x, y)[0], self.t, self.lengths)
        return found

    def _point(self, chainage: Array) -> Array:
        return np.column_stack([np.interp(chainage, self.lengths, self.points[:, at]) for at in (0, 1)])

    def along(self, chainage: Array) -> Array:
        """Its direction at ways along it, as unit vectors."""
        way: Array = self._point(chainage + 5) - self._point(chainage - 5)
        found: Array = way / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
        return found

    def at(self, chainage: Array, aside: Array) -> Array:
        """Points at ways along it, `aside` metres to the left."""
        along = self.along(chainage)
        found: Array = (
            self._point(chainage) + np.column_stack([-along[:, 1], along[:, 0]]) * np.asarray(aside)[:, None]
        )
        return found

    def onto(self, points: Array) -> Array:
        """The places on it beside points."""
        return self._point(self.chainage(points[:, 0], points[:, 1]))
