"""What is decided about a coordinate system, with its evidence, and the tests that the decisions rest on."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, erfc, sqrt

import numpy as np
from numpy.typing import NDArray

from madang.messages import text
from madang.places.crs import (
    CANDIDATES,
    METRES,
    WGS84,
    Floats,
    UnknownCrs,
    label,
    normal,
    to_lonlat,
    transform,
)

CHANCE = 0.01  # a rival is beaten where it would lose so clearly by chance at most so often
_FIRST_LOOK = 200  # rows on which readings are tried before all are read
_KOREA = (124.0, 32.5, 132.5, 39.0)
_OFF_M = 20.0  # a declared system that is off by so much is told
SAME_M = 3.0  # two readings that differ by less are one


Score = tuple[str, float, float | None, int]


@dataclass(frozen=True)
class CrsVerdict:
    """Which coordinate system numbers are in. `crs`: "EPSG:5174", "KATEC" or the declared WKT; None where undecided.

    `exchanged`: the first axis is north. `confidence` 0 to 1. `because`: a Korean clause. `scores`: (crs, share of the
    rows inside the area they claim or on land, median metres to that area, rows), best first; an exchanged reading has
    "yx " before its name. `candidates`: what a person may choose from, where undecided. `declared_off_m`: how far
    (median, m) the declared system is from the decided one; None where nothing was declared or decided.
    """

    crs: str | None
    exchanged: bool
    confidence: float
    because: str
    scores: tuple[Score, ...] = ()
    candidates: tuple[str, ...] = ()
    declared: str | None = None
    declared_off_m: float | None = None

    @property
    def warning(self) -> str:
        """The Korean sentence that the declared system is wrong and by how much; "" where it is not."""
        if self.crs is None or self.declared is None or (self.declared_off_m or 0.0) < _OFF_M:
            return ""
        declared, metres = label(normal(self.declared)), f"{self.declared_off_m:,.0f}"
        return text("crs_declared_off", declared=declared, crs=label(self.crs), metres=metres)


@dataclass(frozen=True, eq=False)
class Reading:
    """Numbers read as one system: where they fall. `rare`: needs evidence of its own."""

    crs: str
    exchanged: bool
    rare: bool
    lon: Floats
    lat: Floats

    @property
    def name(self) -> str:
        return f"yx {self.crs}" if self.exchanged else self.crs


def readings(x: Floats, y: Floats, declared: str | None) -> list[Reading]:
    """Every reading that puts at least half of the points near Korea, in the order of CANDIDATES, unexchanged first.

    Numbers of degrees (up to 360) are not read as metres: 127 m and 37 m from the zero point of a system may be land too.
    """
    degrees = bool(len(x)) and float(np.median(np.maximum(np.abs(x), np.abs(y)))) <= 360
    systems = [(each.crs, each.rare) for each in CANDIDATES if each.degrees == degrees]
    named = normal(declared) if declared else None
    if named and named not in [each.crs for each in CANDIDATES]:
        systems.append((named, False))
    some = np.linspace(0, len(x) - 1, min(len(x), _FIRST_LOOK)).astype(int)
    found: list[tuple[Reading, Reading]] = []
    for exchanged in (False, True):
        for crs, rare in systems:
            glimpse = _read(x[some], y[some], crs, exchanged, rare)
            if glimpse is None or not near_korea(glimpse.lon, glimpse.lat).any():
                continue
            if any(apart_m(glimpse, other) < SAME_M for other, _ in found):
                continue
            reading = _read(x, y, crs, exchanged, rare)
            if reading is not None and near_korea(reading.lon, reading.lat).mean() >= 0.5:
                found.append((glimpse, reading))
    return [reading for _, reading in found]


def _read(x: Floats, y: Floats, crs: str, exchanged: bool, rare: bool) -> Reading | None:
    try:
        lon, lat = to_lonlat(*((y, x) if exchanged else (x, y)), crs)
    except UnknownCrs:
        return None
    return Reading(crs, exchanged, rare, lon, lat)


def near_korea(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Whether points lie in the frame around Korea; False for NaN."""
    west, south, east, north = _KOREA
    inside: NDArray[np.bool_] = (lon > west) & (lon < east) & (lat > south) & (lat < north)
    return inside


def apart_m(one: Reading, other: Reading) -> float:
    """Median metres between two readings of the same numbers; infinite where they share no place."""
    return distance_m(one.lon, one.lat, other.lon, other.lat)


def distance_m(lon: Floats, lat: Floats, other_lon: Floats, other_lat: Floats) -> float:
    """Median metres (EPSG:5179) between two series of points; infinite where no pair is finite."""
    here, there = transform(lon, lat, WGS84, METRES), transform(other_lon, other_lat, WGS84, METRES)
    metres = np.hypot(here[0] - there[0], here[1] - there[1])
    metres = metres[np.isfinite(metres)]
    return float(np.median(metres)) if len(metres) else float("inf")


def declared_off(declared: str | None, x: Floats, y: Floats, chosen: Reading) -> float | None:
    """Median metres between the declared reading and the chosen one."""
    if declared is None:
        return None
    try:
        lon, lat = to_lonlat(x, y, declared)
    except UnknownCrs:
        return None
    metres = distance_m(lon, lat, chosen.lon, chosen.lat)
    return metres if np.isfinite(metres) else None


def luck(better: int, worse: int) -> float:
    """McNemar's exact test, one-sided: how often a fair coin favours the better of `better + worse` at least so much."""
    total = better + worse
    if total == 0:
        return 1.0
    if total > 1000:  # the normal curve, with the correction for whole numbers
        return 0.5 * erfc((better - worse - 1) / sqrt(2 * total))
    return float(sum(comb(total, k) for k in range(better, total + 1)) / 2**total)
