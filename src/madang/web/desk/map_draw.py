"""Draws places as SVG paths: arrays of degrees in, short texts out. Knows no dataset and no page.

A picture is `WIDTH` units wide; longitudes are shrunk by the cosine of its middle latitude, so that shapes look right.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, log10, radians, sqrt
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Box = tuple[float, float, float, float]  # west, south, east, north in degrees

WIDTH = 1440  # units; about two to a pixel on a desktop
_TALLEST, _FLATTEST = 1.15, 0.5  # height of a picture by its width
_KM_PER_DEGREE = 111.2  # of latitude
_SMALLEST_KM = 0.4  # that a picture shows
_MARGIN = 0.04
_STEPS = (1.5, 3.0, 6.0)  # units that a simplified line may be off: the first that gives no more than
_MOST_CORNERS = 12_000
_SPECK = 3.0  # units: rings smaller than this in both directions are left out
_LETTER = 44.0  # units that a letter of a name takes, on a phone
LETTER_WIDE = 30.0  # the same on a desktop
HEX = 13.0  # units from the middle of a hexagon to a corner


@dataclass(frozen=True)
class Frame:
    """Where degrees stand in a picture of WIDTH by `height` units."""

    west: float
    north: float
    per_lon: float  # units per degree of longitude
    per_lat: float
    height: int

    @classmethod
    def around(cls, box: Box) -> Frame:
        """A frame that shows `box` with a margin, neither too tall nor too flat."""
        west, south, east, north = box
        shrink = cos(radians((south + north) / 2))
        wide = max((east - west) * shrink, _SMALLEST_KM / _KM_PER_DEGREE) * (1 + 2 * _MARGIN)
        tall = max(north - south, _SMALLEST_KM / _KM_PER_DEGREE) * (1 + 2 * _MARGIN)
        wide = max(wide, tall / _TALLEST)
        tall = max(tall, wide * _FLATTEST)
        units = WIDTH / wide
        return cls(
            (west + east) / 2 - wide / shrink / 2,
            (south + north) / 2 + tall / 2,
            units * shrink,
            units,
            round(tall * units),
        )

    @property
    def box(self) -> Box:
        """What the frame shows."""
        south = self.north - self.height / self.per_lat
        return self.west, south, self.west + WIDTH / self.per_lon, self.north

    @property
    def km(self) -> float:
        """How many kilometres wide the picture is."""
        return WIDTH / self.per_lat * _KM_PER_DEGREE

    def units(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Degrees as units from the upper left corner."""
        return (lon - self.west) * self.per_lon, (self.north - lat) * self.per_lat

    def shows(self, lon: Floats, lat: Floats) -> NDArray[np.bool_]:
        """Which points stand in the picture."""
        west, south, east, north = self.box
        return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)

    def scale_bar(self) -> tuple[int, str]:
        """A round distance: its length in units, and its words."""
        most = self.km / 4
        step = 10.0 ** np.floor(log10(most))
        km = float(step * max(each for each in (1, 2, 5) if each * step <= most))
        words = f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"
        return round(km / self.km * WIDTH), words


def lines(shapes: NDArray[Any], frame: Frame) -> str:
    """The outlines of polygons and the lines among `shapes` (EPSG:4326) as one path, rounded to whole units.

    Vertices that fall on one another go first, so borders that two areas share stay shared; then lines are simplified.
    Outer rings and holes run in opposite directions: a fill may be nonzero.
    """
    parts = shapely.get_parts(shapely.orient_polygons(shapely.get_parts(shapes)))
    kinds = shapely.get_type_id(parts)
    rings = np.concatenate((shapely.get_rings(parts[kinds == 3]), parts[(kinds == 1) | (kinds == 2)]))
    closed = np.arange(len(rings)) < len(rings) - ((kinds == 1) | (kinds == 2)).sum()
    points, of = shapely.get_coordinates(rings, return_index=True)
    x, y = frame.units(points[:, 0], points[:, 1])
    x, y = np.rint(x), np.rint(y)
    kept = np.ones(len(x), bool)
    kept[1:] = (of[1:] != of[:-1]) | (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    x, y, of = x[kept], y[kept], of[kept]
    whole = _large(x, y, of, len(rings))
    kept = whole[of]
    names, at = np.unique(of[kept], return_inverse=True)
    if not len(names):
        return ""
    drawn = shapely.linestrings(x[kept], y[kept], indices=at)
    for step in _STEPS:
        drawn = shapely.simplify(drawn, step)
        if shapely.get_num_coordinates(drawn).sum() <= _MOST_CORNERS:
            break
    return _path(drawn, closed[names])


def merged(shapes: NDArray[Any], groups: Ints, count: int, frame: Frame) -> NDArray[Any]:
    """Polygons (EPSG:4326) joined group by group (0 to `count` - 1; -1: left out), rounded to the units of a picture.

    Rounding lays the borders that neighbours share on one another, even where they gape a little. Holes are filled.
    """
    parts, of = shapely.get_parts(shapes, return_index=True)
    polygons = (shapely.get_type_id(parts) == 3) & (groups[of] >= 0)
    rings, of = shapely.get_exterior_ring(parts[polygons]), of[polygons]
    points, ring = shapely.get_coordinates(rings, return_index=True)
    x, y = (np.rint(each) for each in frame.units(points[:, 0], points[:, 1]))
    kept = np.ones(len(x), bool)
    kept[1:] = (ring[1:] != ring[:-1]) | (x[1:] != x[:-1]) | (y[1:] != y[:-1])
    kept &= (np.bincount(ring[kept], minlength=len(rings)) >= 4)[ring]
    names, at = np.unique(ring[kept], return_inverse=True)
    lon, lat = x[kept] / frame.per_lon + frame.west, frame.north - y[kept] / frame.per_lat
    whole = (
        shapely.make_valid(shapely.polygons(shapely.linearrings(lon, lat, indices=at)))
        if len(names)
        else rings
    )
    group = groups[of[names]]
    found = [shapely.union_all(whole[group == number]) for number in range(count)]
    return np.array([*found, None], dtype=object)[:-1]


def _large(x: Floats, y: Floats, of: Ints, count: int) -> NDArray[np.bool_]:
    """Which rings have two points, and a size that can be seen."""
    first, last = np.full((2, count), np.inf), np.full((2, count), -np.inf)
    for axis, values in enumerate((x, y)):
        np.minimum.at(first[axis], of, values)
        np.maximum.at(last[axis], of, values)
    several = np.bincount(of, minlength=count) >= 2
    found: NDArray[np.bool_] = several & ((last - first).max(axis=0) >= _SPECK)
    return found


def _path(drawn: NDArray[Any], closed: NDArray[np.bool_]) -> str:
    points, of = shapely.get_coordinates(drawn, return_index=True)
    points = points.astype(np.int64)
    steps = np.diff(points, axis=0, prepend=0)
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    texts = [f"{dx} {dy}" for dx, dy in steps.tolist()]
    pieces = []
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(points)], strict=True)):
        x, y = points[start]
        pieces.append(f"M{x} {y}l{' '.join(texts[start + 1 : end])}{'z' if closed[number] else ''}")
    return "".join(pieces)


@dataclass(frozen=True)
class Label:
    """A name on the map, in the middle of its place (units)."""

    x: int
    y: int
    words: str
    wide: bool = False  # only a wide screen has room for it


def labels(
    lon: Floats, lat: Floats, names: list[str], frame: Frame, letter: float = _LETTER
) -> tuple[Label, ...]:
    """Names where they stand wholly in the picture and on no name before them in the list; a `letter` is so wide."""
    x, y = frame.units(lon, lat)
    found: list[Label] = []
    boxes: list[tuple[float, float, float, float]] = []
    for a, b, name in zip(x.tolist(), y.tolist(), names, strict=True):
        half = letter * (len(name) + 1) / 2
        box = (a - half, b - letter, a + half, b + letter)
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= WIDTH and box[3] <= frame.height - 2 * letter
        if name and inside and not any(_touch(box, other) for other in boxes):
            boxes.append(box)
            found.append(Label(round(a), round(b), name))
    return tuple(found)


def _touch(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def dots(lon: Floats, lat: Floats, frame: Frame) -> str:
    """Points as a path of dots; those that fall on one another once."""
    x, y = frame.units(lon, lat)
    places = np.unique(np.rint(np.column_stack((x, y))).astype(np.int64), axis=0)
    return "".join(f"M{a} {b}h0" for a, b in places.tolist())


def hexagons(lon: Floats, lat: Floats, frame: Frame) -> tuple[Floats, Floats, Ints]:
    """Points counted in hexagons: x and y (units) of the middle of each that has any, and how many it has."""
    number, place = _in_hexagons(lon, lat, frame)
    counts = np.bincount(number)
    found = np.flatnonzero(counts)
    return *place(found), counts[found]


def hexagon_means(lon: Floats, lat: Floats, value: Floats, frame: Frame) -> tuple[Floats, Floats, Floats]:
    """The same with the mean of the values of the points in each."""
    number, place = _in_hexagons(lon, lat, frame)
    counts, sums = np.bincount(number), np.bincount(number, value)
    found = np.flatnonzero(counts)
    return *place(found), sums[found] / counts[found]


def _in_hexagons(
    lon: Floats, lat: Floats, frame: Frame
) -> tuple[Ints, Callable[[Ints], tuple[Floats, Floats]]]:
    """The number of the hexagon of each point, and what gives the middles of numbers."""
    across, down = HEX * sqrt(3), HEX * 3
    x, y = frame.units(lon, lat)
    column, row = x / across, y / down  # of the hexagons that stand on a grid; the others stand between them
    even = np.rint(column), np.rint(row)
    odd = np.floor(column) + 0.5, np.floor(row) + 0.5
    near = [((column - c) * across) ** 2 + ((row - r) * down) ** 2 for c, r in (even, odd)]
    nearest = near[0] <= near[1]
    doubled_column = np.rint(2 * np.where(nearest, even[0], odd[0])).astype(np.int64)
    doubled_row = np.rint(2 * np.where(nearest, even[1], odd[1])).astype(np.int64)
    width = int(2 * WIDTH / across) + 4
    return doubled_row * width + doubled_column, lambda at: (at % width / 2 * across, at // width / 2 * down)


def hexagon_path(x: Floats, y: Floats) -> str:
    """Hexagons around middles as one path."""
    side, half = round(HEX * sqrt(3) / 2), HEX / 2
    ring = f"l{side} {half:g}v{HEX:g}l-{side} {half:g}l-{side}-{half:g}v-{HEX:g}z"
    starts = np.rint(np.column_stack((x, y - HEX))).astype(np.int64)
    return "".join(f"M{a} {b}{ring}" for a, b in starts.tolist())


def breaks(most: int, classes: int = 5, least: int = 1) -> list[int]:
    """First numbers of up to `classes` classes of counts from `least` to `most`, round and evenly far apart in the
    ladder 1, 2, 5, 10 …; counts a little higher or lower next month fall into the same classes."""
    ladder = [least]
    ladder += [n for k in range(len(str(most))) for n in (10**k, 2 * 10**k, 5 * 10**k) if least < n <= most]
    chosen = np.linspace(0, len(ladder) - 1, min(classes, len(ladder))).round().astype(int)
    return [ladder[i] for i in dict.fromkeys(chosen.tolist())]


def classed(counts: Ints, starts: list[int]) -> Ints:
    """0-based class of each count."""
    found: Ints = np.searchsorted(np.array(starts), counts, side="right") - 1
    return found


def class_words(starts: list[int], number: int) -> str:
    """A class as a legend says it: "5–9", "50 이상"."""
    if number + 1 == len(starts):
        return f"{starts[number]:,} 이상"
    last = starts[number + 1] - 1
    return f"{starts[number]:,}" if last == starts[number] else f"{starts[number]:,}–{last:,}"
