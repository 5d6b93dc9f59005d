"""The coordinate system of a layer of shapes, by how well its shapes cover the areas of the register.

An area that is 300 m off loses a third of its overlap (share of the common in the joint surface) where dongs are small,
and a little everywhere; shape by shape it loses against the right reading, which is what is counted. Shapes that are no
areas of the register (parks, roads, points) are judged by a point of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from madang.messages import text
from madang.places.crs import METRES, WGS84, Floats, from_lonlat, label, to_lonlat, transform
from madang.places.crs_evidence import decide_points
from madang.places.crs_verdict import (
    CHANCE,
    CrsVerdict,
    Reading,
    Score,
    apart_m,
    declared_off,
    luck,
    readings,
)
from madang.places.register import Register
from madang.places.sound import sound

_SAMPLE, _FEW = 120, 24  # shapes; those that a first look and the test of a shift take
_OVERLAP = 0.6  # of the median shape; below, the shapes are no areas of the register
_MARGIN = 0.01  # a difference of overlap that counts
_FEWEST = 7  # shapes; fewer must lose at least half as much again
_SHIFT_M = 150


def decide_layer(
    shapes: Sequence[Any] | NDArray[Any] | pa.Array,
    keys: Sequence[str | None] | pa.Array | None,
    register: Register,
    declared: str | None = None,
) -> CrsVerdict:
    """In which system `shapes` (WKB or shapely, in their own coordinates) are; a sample of 120 areas is used.

    `keys`: codes of the area each shape lies in, used for shapes that are no areas themselves, as `expected` in
    `decide_points`. `declared`: what the file says ("EPSG:5174" or WKT); `declared_off_m` and `warning` of the verdict
    tell how far that is off. Scores hold the median overlap instead of the share of rows.
    """
    whole = _shapely(shapes)
    x, y = _points(whole)
    surfaces = np.isin(shapely.get_type_id(whole), (3, 6)) & np.isfinite(x)
    if surfaces.sum() > len(whole) / 2 and len(register.dongs):
        verdict = _by_overlap(whole[surfaces], x[surfaces], y[surfaces], register, declared)
        if verdict is not None:
            return verdict
    return decide_points(x, y, keys, register, declared)


def _shapely(shapes: Sequence[Any] | NDArray[Any] | pa.Array) -> NDArray[Any]:
    values = shapes.to_pylist() if isinstance(shapes, pa.Array | pa.ChunkedArray) else list(shapes)
    held = np.empty(len(values), dtype=object)
    held[:] = values
    if any(isinstance(each, bytes) for each in values):
        held = shapely.from_wkb(held, on_invalid="ignore")
    return held


def _points(shapes: NDArray[Any]) -> tuple[Floats, Floats]:
    """The centre of each shape; NaN where there is none."""
    held = shapes.copy()
    held[shapely.is_empty(held)] = None
    points = shapely.centroid(held)
    points[shapely.is_empty(points)] = None
    return shapely.get_x(points), shapely.get_y(points)


def _by_overlap(
    shapes: NDArray[Any], x: Floats, y: Floats, register: Register, declared: str | None
) -> CrsVerdict | None:
    """None where no reading lets the shapes cover areas of the register."""
    found = readings(x, y, declared)
    on_land = [float((register.locator.locate(each.lon, each.lat) >= 0).mean()) for each in found]
    found = [each for each, share in zip(found, on_land, strict=True) if share > 0.5 * max(on_land)]
    if not found:
        return None
    areas = _Areas(register)
    few = [float(np.median(areas.overlap(_read(shapes[_some(shapes, _FEW)], each)))) for each in found]
    found = [each for each, share in zip(found, few, strict=True) if share >= 0.3 * max(few)]
    some = _some(shapes, _SAMPLE)
    overlap = np.array([areas.overlap(_read(shapes[some], each)) for each in found])
    order = sorted(range(len(found)), key=lambda at: (-float(np.median(overlap[at])), found[at].rare, at))
    best = order[0]
    middle = float(np.median(overlap[best]))
    if middle < _OVERLAP:
        return None
    fits = [found[at] for at in order if at == best or not _beaten(overlap[best], overlap[at])]
    scores: tuple[Score, ...] = tuple(
        (
            found[at].name,
            round(float(np.median(overlap[at])), 4),
            round(apart_m(found[at], found[best]), 1),
            len(some),
        )
        for at in order[:8]
    )
    usual = [each for each in fits if not each.rare] or fits
    if len(usual) > 1 and apart_m(usual[0], usual[-1]) > 3:
        systems = ", ".join(label(each.crs) for each in usual)
        because = text("crs_undecided", systems=systems)
        return CrsVerdict(None, False, 0.0, because, scores, tuple(each.crs for each in usual), declared)
    chosen = usual[0]
    off = _shift_m(shapes[_some(shapes, 2 * _FEW)], chosen, areas)
    if off:
        because = text("crs_shifted", crs=label(chosen.crs), metres=off)
        return CrsVerdict(None, False, 0.0, because, scores, (chosen.crs,), declared)
    because = text("crs_by_shapes", crs=label(chosen.crs), of=len(some), overlap=f"{100 * middle:.0f}")
    verdict = CrsVerdict(chosen.crs, chosen.exchanged, round(min(0.99, middle + 0.1), 3), because, scores)
    return replace(verdict, declared=declared, declared_off_m=declared_off(declared, x, y, chosen))


def _beaten(best: Floats, rival: Floats) -> bool:
    """Whether shape by shape the rival overlaps worse, beyond chance; of few shapes, by a wide margin."""
    if len(best) >= _FEWEST:
        better, worse = int((best > rival + _MARGIN).sum()), int((rival > best + _MARGIN).sum())
        return better > worse and luck(better, worse) < CHANCE
    lost, lost_more = 1 - float(np.median(best)), 1 - float(np.median(rival))
    return lost_more > 1.5 * lost and lost_more - lost > 2 * _MARGIN


def _read(shapes: NDArray[Any], reading: Reading) -> NDArray[Any]:
    """The shapes as `reading` has them, in longitude and latitude, valid; None where they have no image."""
    order = [1, 0] if reading.exchanged else [0, 1]

    def turned(points: Floats) -> Floats:
        return np.column_stack(to_lonlat(points[:, order[0]], points[:, order[1]], reading.crs))

    read = shapely.transform(shapes, turned)
    read[~np.isfinite(shapely.bounds(read)).all(axis=1)] = None
    read = sound(read)
    return np.asarray(shapely.simplify(read, _fine(read)))


def _fine(shapes: Any) -> Any:
    """How far outlines may be straightened: a two-thousandth of their extent."""
    return 0.0005 * np.sqrt(np.nan_to_num(shapely.area(shapes)))


def _some(shapes: NDArray[Any], number: int) -> NDArray[np.int64]:
    """Positions of at most so many shapes, evenly spread."""
    return np.unique(np.linspace(0, len(shapes) - 1, min(len(shapes), number)).astype(np.int64))


def _shift_m(shapes: NDArray[Any], chosen: Reading, areas: _Areas) -> int:
    """150 if the shapes overlap better when shifted by so many metres in some direction, else 0."""
    if len(shapes) < _FEWEST:
        return 0
    read = _read(shapes, chosen)
    overlap = areas.overlap(read)
    for angle in np.arange(8) * np.pi / 4:
        step = _SHIFT_M * np.cos(angle), _SHIFT_M * np.sin(angle)

        def moved(points: Floats, step: tuple[float, float] = step) -> Floats:
            east, north = from_lonlat(points[:, 0], points[:, 1], METRES)
            return np.column_stack(transform(east + step[0], north + step[1], METRES, WGS84))

        there = areas.overlap(shapely.transform(read, moved))
        better, worse = int((there > overlap + _MARGIN).sum()), int((overlap > there + _MARGIN).sum())
        if better > worse and luck(better, worse) < CHANCE / 16:
            return _SHIFT_M
    return 0


class _Areas:
    """The areas of a register at each level, joined when they are first asked for."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._codes = np.array([code or "" for code in register.located_codes.to_pylist()], dtype=str)
        self._joined: dict[str, Any] = {}

    def overlap(self, shapes: NDArray[Any]) -> Floats:
        """The common surface of each shape and its area, as a share of their joint surface (0 to 1).

        Its area is the 행정동 at the centre of the shape, or the 시군구 or 시도 there if the shape is that much larger.
        """
        at = self._register.locator.locate(*_points(shapes))
        shares = np.zeros(len(shapes))
        sizes = shapely.area(shapes)
        for row in np.flatnonzero(at >= 0):
            target = self._register.locator.polygons[at[row]]
            for digits in (5, 2):
                if sizes[row] > 1.5 * shapely.area(target):
                    target = self._above(str(self._codes[at[row]]), digits) or target
            common = shapely.area(shapely.intersection(shapes[row], target))
            shares[row] = common / (sizes[row] + shapely.area(target) - common)
        return shares

    def _above(self, code: str, digits: int) -> Any:
        """The joint surface of all areas whose codes begin with so many digits of `code`."""
        start = code[:digits]
        if len(start) < digits:
            return None
        if start not in self._joined:
            members = np.flatnonzero(np.char.startswith(self._codes, start))
            parts = self._register.locator.polygons[members]
            whole = shapely.union_all(parts[~shapely.is_missing(parts)])
            self._joined[start] = shapely.simplify(whole, _fine(whole))
        return self._joined[start]
