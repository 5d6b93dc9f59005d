"""Coordinates as lists or arrays to WKB (ISO, little endian, x and y only), unchecked: what is unsound stays so."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

_DEEPEST = 16  # collections within collections
_HEAD = struct.Struct("<BI")
_COUNT = struct.Struct("<I")
_EWKB = 0x20000000, 0x40000000, 0x80000000  # SRID, M, Z


class BrokenShape(Exception):
    """A shape that cannot be put together; the message is a code of the vocabulary."""


@dataclass
class Encoder:
    """Turns coordinates into WKB. `heights` counts the shapes whose third (or fourth) coordinate was left out,
    `specks` the rings of the last shape that are a single point, which no parser takes and which are left out."""

    heights: int = 0
    specks: int = 0
    _flat: bool = True

    def encode(self, kind: object, coordinates: Any, parts: Sequence[Any] = ()) -> bytes:
        """WKB of a shape named as in GeoJSON; b"" where it has no coordinates. `parts`: (kind, coordinates, parts) of
        each member of a GeometryCollection. Raises BrokenShape."""
        self._flat, self.specks = True, 0
        try:
            made = (
                self._collection(parts, 0) if kind == "GeometryCollection" else self._one(kind, coordinates)
            )
        except (TypeError, ValueError, IndexError, OverflowError) as error:
            raise BrokenShape("layer_shape_unreadable") from error
        self.heights += not self._flat
        return made

    def _one(self, kind: object, coordinates: Any) -> bytes:
        writer = _WRITERS.get(kind) if isinstance(kind, str) else None
        if writer is None:
            raise BrokenShape("layer_shape_unknown")
        if coordinates is None or len(coordinates) == 0:
            return b""
        return writer(self, coordinates)

    def _collection(self, parts: Sequence[Any], depth: int) -> bytes:
        if depth > _DEEPEST:
            raise BrokenShape("layer_shape_unreadable")
        made = [
            self._collection(inner, depth + 1)
            if kind == "GeometryCollection"
            else self._one(kind, coordinates)
            for kind, coordinates, inner in parts
        ]
        return _many(7, [each for each in made if each])

    def points(self, raw: Any) -> Points:
        """(n, 2) positions; further dimensions are dropped and remembered."""
        if isinstance(raw, np.ndarray):
            found = raw
        else:
            try:
                found = np.array(raw, np.float64)
            except ValueError:  # positions of two and of three numbers in one line
                found = np.array([position[:2] for position in raw], np.float64)
                self._flat = False
        if found.ndim != 2 or found.shape[1] < 2:
            raise BrokenShape("layer_shape_unreadable")
        if found.shape[1] > 2:
            self._flat = False
        return np.ascontiguousarray(found[:, :2], "<f8")

    def _point(self, position: Any) -> bytes:
        return _HEAD.pack(1, 1) + self.points([position]).tobytes()

    def _line(self, positions: Any) -> bytes:
        points = self.points(positions)
        return _HEAD.pack(1, 2) + _COUNT.pack(len(points)) + points.tobytes()

    def _polygon(self, rings: Any) -> bytes:
        made = [_HEAD.pack(1, 3), b""]
        for place, ring in enumerate(rings):
            if len(ring) == 0:
                continue
            points = self.points(ring)
            if len(points) == 1 or (len(points) == 2 and (points[0] == points[1]).all()):
                self.specks += 1
                if place == 0:
                    return b""  # and its holes with it
                continue
            made += [_COUNT.pack(len(points)), points.tobytes()]
        made[1] = _COUNT.pack((len(made) - 2) // 2)
        return b"".join(made) if len(made) > 2 else b""

    def _points(self, positions: Any) -> bytes:
        return _many(4, [_HEAD.pack(1, 1) + point.tobytes() for point in self.points(positions)])

    def _lines(self, lines: Any) -> bytes:
        return _many(5, [self._line(line) for line in lines if len(line)])

    def _polygons(self, polygons: Any) -> bytes:
        return _many(6, [made for made in map(self._polygon, polygons) if made])


_WRITERS: dict[str, Callable[[Encoder, Any], bytes]] = {
    "Point": Encoder._point,
    "LineString": Encoder._line,
    "Polygon": Encoder._polygon,
    "MultiPoint": Encoder._points,
    "MultiLineString": Encoder._lines,
    "MultiPolygon": Encoder._polygons,
}


def _many(code: int, members: Sequence[bytes]) -> bytes:
    return _HEAD.pack(1, code) + _COUNT.pack(len(members)) + b"".join(members) if members else b""


def is_plain(wkb: bytes) -> bool:
    """Whether foreign WKB is whole and made of the seven usual shapes, without a deep nest of collections.

    Anything else is not handed to GEOS, whose reader follows a nest until its stack is exhausted.
    """
    try:
        end, waiting = 0, [1]  # members still to come, level by level
        while waiting:
            if not waiting[-1]:
                waiting.pop()
                continue
            waiting[-1] -= 1
            end, members = _skip(wkb, end)
            if members:
                waiting.append(members)
            if len(waiting) > _DEEPEST or end > len(wkb):
                return False
    except (struct.error, IndexError, ValueError):
        return False
    return True


def _skip(wkb: bytes, at: int) -> tuple[int, int]:
    """Where the shape at `at` ends, or its members begin, and how many members it has."""
    order = "<" if wkb[at] == 1 else ">"
    (code,) = struct.unpack_from(f"{order}I", wkb, at + 1)
    flags = [bool(code & flag) for flag in _EWKB]
    iso, kind = divmod(code & 0xFFFF, 1000)
    if not 1 <= kind <= 7 or iso > 3:
        raise ValueError(kind)
    width = 8 * (2 + max((flags[1] + flags[2]), (0, 1, 1, 2)[iso]))
    at += 5 + 4 * flags[0]
    if kind == 1:
        return at + width, 0
    (count,) = struct.unpack_from(f"{order}I", wkb, at)
    at += 4
    if kind == 2:
        return at + count * width, 0
    if kind > 3:
        return at, count
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", wkb, at)
        at += 4 + points * width
    return at, 0
