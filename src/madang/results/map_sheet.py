"""A map in pixels: the piece of the earth that is drawn, its shapes, and where the places of its rows are.

Degrees become pixels by the cosine of the middle latitude, so a city is as long as it is wide; borders finer than
half a pixel are left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from madang.results.map_classes import OUTSIDE
from madang.results.map_picture import MapPicture

_LEAST = 0.004  # degrees across, some 400 m: of a map of one point
_HIGH, _EDGE, _FINE = 560.0, 6.0, 0.5  # pixels
FEW = 60  # places that are drawn large
_COVERED = 0.3  # the part of the map that many places may cover


@dataclass(frozen=True)
class View:
    """The piece of the earth that is drawn: its western and northern edge, pixels a degree, and its size in pixels."""

    west: float
    north: float
    across: float
    down: float
    width: float
    height: float
    left: float = 0.0

    @classmethod
    def of(cls, box: Sequence[float], room: float) -> View:
        west, south, east, north = box
        squeeze = math.cos(math.radians((south + north) / 2))
        wide, high = max((east - west) * squeeze, _LEAST), max(north - south, _LEAST)
        scale = min((room - 2 * _EDGE) / wide, (_HIGH - 2 * _EDGE) / high)
        height = high * scale + 2 * _EDGE
        left = (room - wide * scale) / 2
        return cls((west + east) / 2 - wide / squeeze / 2, (south + north) / 2 + high / 2, scale * squeeze, scale,
                   room, height, left)  # fmt: skip

    def pixels(self, at: Any) -> Any:
        """(n, 2) longitude and latitude as pixels."""
        return np.column_stack(
            [self.left + (at[:, 0] - self.west) * self.across, _EDGE + (self.north - at[:, 1]) * self.down]
        )


@dataclass(frozen=True)
class Sheet:
    """A map in pixels: the shapes of its ground, and where the places of its rows are."""

    picture: MapPicture
    view: View

    @cached_property
    def shapes(self) -> Any:
        """The ground, its neighbours' common borders alike."""
        found = [self.picture.borders[code].shape for code in self.picture.ground]
        if not found:
            return np.empty(0, object)
        moved = shapely.transform(np.array([*found, None], object)[:-1], self.view.pixels)
        return simpler(moved, _FINE)

    @cached_property
    def middles(self) -> Any:
        """(rows, 2) where the place of each drawn row is: of an area the point that is farthest from its border."""
        told = self.picture
        if told.layer.kind == "points":
            lon, lat = told.places
            return self.view.pixels(np.column_stack([lon[told.drawn], lat[told.drawn]]))
        return self.inside

    @cached_property
    def inside(self) -> Any:
        """(ground, 2) the point of each area that is farthest from its border."""
        circles = [shapely.maximum_inscribed_circle(each, tolerance=1) for each in self.shapes]
        return shapely.get_coordinates(shapely.get_point(circles, 0)) if circles else np.empty((0, 2))

    @property
    def steps(self) -> list[int]:
        return [self.picture.steps[n] for n in self.picture.drawn]

    @cached_property
    def radii(self) -> Any:
        """How large the circle of each step is; of many places smaller, so that they do not cover the map. No word is larger."""
        count = len(self.picture.drawn)
        few = count <= FEW
        large = math.sqrt(_COVERED * self.view.width * self.view.height / (math.pi * max(count, 1)))
        most = 12.0 if few else min(4.0, max(1.0, large))
        if self.picture.kinds:
            return np.full(OUTSIDE + 1, 0.7 * most)
        return most * np.linspace(5 / 12 if few else 0.4, 1.0, 6)


def box_of(picture: MapPicture) -> Sequence[float]:
    """West, south, east and north of all that is drawn."""
    shapes = [picture.borders[code].shape for code in picture.ground]
    boxes = shapely.bounds(np.array([*shapes, None], object)[:-1]).reshape(-1, 4)
    if picture.layer.kind == "points":
        lon, lat = (each[picture.drawn] for each in picture.places)
        boxes = np.vstack([boxes, np.column_stack([lon, lat, lon, lat])])
    return [*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0)]


def simpler(shapes: Any, fine: float) -> Any:
    """Areas without what is finer than `fine`, common borders alike; in parts where they cross themselves, as rounding
    makes them, and a dot where nothing is left."""
    return _sound(shapely.coverage_simplify(_sound(shapes, fine), fine), fine)


def _sound(shapes: Any, dot: float) -> Any:
    bad = ~shapely.is_valid(shapes)
    mended = shapely.buffer(shapes[bad], 0)
    dots = shapely.buffer(shapely.envelope(shapes[bad]), dot)
    whole = shapes.copy()
    whole[bad] = np.where(shapely.is_empty(mended), dots, mended)
    return whole
