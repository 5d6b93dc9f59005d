"""Coordinate systems by evidence: which reading puts rows into the areas that the rows themselves claim.

Readings are compared row by row. Only rows that one reading puts inside and the other does not tell them apart; a
rival is beaten where a fair coin would favour the better one so clearly at most once in a hundred (McNemar). 5174,
2097 and 5181 are some 300 m apart, so a few rows, or rows that claim no more than a 시군구, often cannot tell: then the
verdict is undecided and lists the readings that fit equally well. A reading that would fit better if shifted by a
few hundred metres is no known system and is not accepted either.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import ArrayLike, NDArray

from madang.messages import text
from madang.places.crs import METRES, WGS84, Floats, from_lonlat, label, transform
from madang.places.crs_verdict import (
    CHANCE,
    SAME_M,
    CrsVerdict,
    Reading,
    Score,
    apart_m,
    declared_off,
    luck,
    near_korea,
    readings,
)
from madang.places.register import Register

__all__ = ["CrsVerdict", "decide_points"]

_SAMPLE = 3000
_FEWEST = 5  # rows with a claim; below, only the land speaks
_LEAST_SHARE = 0.5
_LAND_SHARE = 0.9
_FAR_M = 1000  # readings nearer to each other than this are not told apart by the land alone
_SHIFTS_M = (200, 400)
_DOUBT = 0.05  # of chance, below which a rare reading that fits better makes the usual one doubtful
_EXACT_M, _EXACT_TIMES = 30, 5

Bools = NDArray[np.bool_]


def decide_points(
    x: ArrayLike,
    y: ArrayLike,
    expected: Sequence[str | None] | pa.Array | None,
    register: Register,
    declared: str | None = None,
    known: tuple[ArrayLike, ArrayLike] | None = None,
) -> CrsVerdict:
    """In which system the points (x, y) are, judged by the areas that the rows claim; a sample of 3,000 is used.

    `expected`: for each row the digits of the area its own codes or address name (10 행정동, 5 시군구, 2 시도; "" or None
    where not known). `known`: longitude and latitude of rows whose place is known otherwise (NaN elsewhere): then a
    median displacement below 30 m decides, if that of the runner-up is above five times as long. `declared` stands where evidence does not
    speak against it. Rows without finite numbers or with a zero are left out; equal rows count once.
    """
    points = _Points.of(x, y, expected, known, register)
    found = readings(points.x, points.y, declared)
    if not found:
        return CrsVerdict(None, False, 0.0, text("crs_nowhere"), declared=declared)
    stands = _reading_of(declared, points, found)
    verdict = _by_places(points, found) or _by_areas(points, found, register, stands)
    chosen = next(
        (each for each in found if (each.crs, each.exchanged) == (verdict.crs, verdict.exchanged)), None
    )
    off = declared_off(declared, points.x, points.y, chosen) if chosen else None
    return replace(verdict, declared=declared, declared_off_m=off)


def _reading_of(declared: str | None, points: _Points, found: list[Reading]) -> Reading | None:
    """The reading that the declared system is, be it by another name."""
    if declared is None:
        return None
    near = [(declared_off(declared, points.x, points.y, each), at) for at, each in enumerate(found)]
    told = min(((metres, at) for metres, at in near if metres is not None), default=None)
    return found[told[1]] if told and told[0] < SAME_M else None


@dataclass(frozen=True)
class _Points:
    """The rows that are looked at. `claim`: the claimed digits as a number, `digits`: how many (0: no claim)."""

    x: Floats
    y: Floats
    claim: NDArray[np.int64]
    digits: NDArray[np.int64]
    lon: Floats
    lat: Floats

    @classmethod
    def of(
        cls,
        x: ArrayLike,
        y: ArrayLike,
        expected: Sequence[str | None] | pa.Array | None,
        known: tuple[ArrayLike, ArrayLike] | None,
        register: Register,
    ) -> _Points:
        across, up = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
        nothing = np.full(len(across), np.nan)
        lon, lat = (np.asarray(axis, dtype=np.float64) for axis in known) if known else (nothing, nothing)
        claims = _claims(expected, register, len(across))
        usable = np.flatnonzero(np.isfinite(across) & np.isfinite(up) & (across != 0) & (up != 0))
        rows = np.column_stack((across[usable], up[usable], claims[0][usable]))
        usable = usable[np.sort(np.unique(rows, axis=0, return_index=True)[1])] if len(rows) else usable
        told = (claims[1] > 0) | np.isfinite(lon)
        if told[usable].sum() >= _FEWEST:
            usable = usable[told[usable]]
        at = usable[np.linspace(0, len(usable) - 1, min(len(usable), _SAMPLE)).astype(int)]
        return cls(across[at], up[at], claims[0][at], claims[1][at], lon[at], lat[at])


def _claims(
    expected: Sequence[str | None] | pa.Array | None, register: Register, number: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Claimed digits as numbers and how many: as many of them as the register knows areas with a shape for."""
    claim, digits = np.zeros(number, np.int64), np.zeros(number, np.int64)
    if expected is None:
        return claim, digits
    given = expected if isinstance(expected, pa.Array) else pa.array(list(expected), pa.string())
    coded = given.dictionary_encode()
    shaped = register.located_codes.filter(pa.array(~shapely.is_missing(register.locator.polygons)))
    held = shaped.drop_null().to_pylist()
    areas = {code[:length] for code in held for length in (2, 5, 10) if len(code) >= length}
    values, lengths = [0], [0]
    for code in coded.dictionary.to_pylist():
        full = f"{code}00" if len(code) == 8 else code
        possible = (length for length in (10, 5, 2) if len(full) >= length and full[:length] in areas)
        length = next(possible, 0)
        values.append(int(full[:length] or 0))
        lengths.append(length)
    at = coded.indices.fill_null(-1).to_numpy() + 1
    return np.array(values)[at], np.array(lengths)[at]


def _by_places(points: _Points, found: list[Reading]) -> CrsVerdict | None:
    """Rows whose places are known: the reading that lies off in no direction, however the single rows scatter."""
    exact = np.isfinite(points.lon) & np.isfinite(points.lat)
    if exact.sum() < _FEWEST:
        return None
    there = from_lonlat(points.lon[exact], points.lat[exact], METRES)
    judged = []
    for at, each in enumerate(found):
        here = from_lonlat(each.lon[exact], each.lat[exact], METRES)
        off = np.array([here[0] - there[0], here[1] - there[1]])
        off = off[:, np.isfinite(off).all(axis=0)]
        middle = np.median(off, axis=1) if off.size else np.array([np.inf, np.inf])
        scatter = (
            np.median(np.abs(off - middle[:, None])) / max(off.shape[1], 1) ** 0.5 if off.size else np.inf
        )
        metres = float(np.median(np.hypot(*off))) if off.size else None
        judged.append((float(np.hypot(*middle)), float(scatter), metres, at))
    judged.sort(key=lambda each: each[0])
    metres, scatter, _, at = judged[0]
    runner_up = judged[1][0] if len(judged) > 1 else float("inf")
    if max(metres, scatter) >= _EXACT_M or runner_up <= _EXACT_TIMES * max(metres, scatter):
        return None
    best, count = found[at], int(exact.sum())
    because = text("crs_by_places", count=count, metres=f"{metres:.0f}", crs=label(best.crs))
    scores = tuple((found[at].name, float(off < _EXACT_M), metres, count) for off, _, metres, at in judged)
    return CrsVerdict(best.crs, best.exchanged, 0.99, because, scores)


def _by_areas(
    points: _Points, found: list[Reading], register: Register, stands: Reading | None
) -> CrsVerdict:
    """By the areas that rows claim; where they claim none, or lie in none of those, by the land; else by the frame."""
    shaped = len(register.located_codes) > 0
    if (points.digits > 0).sum() >= _FEWEST:
        told = _compare(points, found, register, "claims")
        if told.share >= _LEAST_SHARE:
            if len(told.fits) > 1:
                return told.settled(stands)
            shifted = _shifted_m(told, points, register)
            return told.shifted(shifted) if shifted else told.decided()
        by_land = _compare(points, found, register, "land").settled(stands)
        if by_land.crs is None:
            return told.undecided("crs_fits_nowhere")
        return replace(by_land, confidence=0.5)
    told = _compare(points, found, register, "land" if shaped else "frame")
    if shaped and told.share < _LAND_SHARE:
        told = _compare(points, found, register, "frame")
    return told.settled(stands)


def _compare(points: _Points, found: list[Reading], register: Register, by: str) -> _Told:
    """The reading that puts most rows where they belong, with those that are not beaten by it."""
    rows = points.digits > 0 if by == "claims" else np.ones(len(points.x), dtype=bool)
    inside = np.array([_inside(each, points, register, by)[rows] for each in found])
    order = sorted(
        range(len(found)), key=lambda at: (-int(inside[at].sum()), found[at].rare, found[at].exchanged, at)
    )
    best, sure, fits = order[0], 1.0, [order[0]]
    for at in order[1:]:
        chance = luck(int((inside[best] & ~inside[at]).sum()), int((inside[at] & ~inside[best]).sum()))
        if chance >= CHANCE or (by != "claims" and apart_m(found[best], found[at]) < _FAR_M):
            fits.append(at)
        else:
            sure = min(sure, 1 - chance)
    scores = _scores(points, [(found[at], inside[at]) for at in order], np.flatnonzero(rows), register, by)
    return _Told([found[at] for at in fits], inside[fits], rows, scores, by, sure)


@dataclass(frozen=True)
class _Told:
    """The readings that fit best, equally well, and what may be said of them."""

    fits: list[Reading]
    inside: NDArray[np.bool_]
    rows: Bools
    scores: tuple[Score, ...]
    by: str  # "claims", "land" or "frame"
    sure: float

    @property
    def share(self) -> float:
        return float(self.inside[0].mean()) if self.inside.size else 0.0

    def decided(self) -> CrsVerdict:
        return self._verdict(self.fits[0], min(self.sure, self.share), f"crs_by_{self.by}")

    def settled(self, stands: Reading | None) -> CrsVerdict:
        """Several fit: the declared one, or the only one that is not rare; else a person must say."""
        usual = self._usual()
        if stands in self.fits:
            return self._verdict(stands, 0.8, "crs_as_declared")
        if len(usual) == 1 and not self._doubted(usual[0]):
            return self._verdict(usual[0], 0.9, f"crs_by_{self.by}")
        return self.undecided("crs_undecided")

    def _usual(self) -> list[Reading]:
        """The readings that need no evidence of their own; exchanged ones only where no other fits, rare ones last."""
        rank = min(((each.rare, each.exchanged) for each in self.fits), default=(False, False))
        return [each for each in self.fits if (each.rare, each.exchanged) == rank]

    def _doubted(self, usual: Reading) -> bool:
        """Whether a rare reading fits so much better that the usual one may not be taken for granted."""
        best, other = self.inside[0], self.inside[self.fits.index(usual)]
        better, worse = int((best & ~other).sum()), int((other & ~best).sum())
        return self.by == "claims" and luck(better, worse) < _DOUBT

    def shifted(self, metres: int) -> CrsVerdict:
        because = text("crs_shifted", crs=label(self.fits[0].crs), metres=metres)
        return self._open(because)

    def undecided(self, code: str) -> CrsVerdict:
        systems = ", ".join(label(each.crs) for each in self._listed()[:6])
        return self._open(text(code, systems=systems))

    def _listed(self) -> list[Reading]:
        """What a person may choose from."""
        usual, best = self._usual(), self.fits[0]
        return usual if best in usual or best.exchanged else [best, *usual]

    def _open(self, because: str) -> CrsVerdict:
        listed = self._listed()
        candidates = tuple(each.crs for each in listed)
        return CrsVerdict(None, listed[0].exchanged, 0.0, because, self.scores, candidates)

    def _verdict(self, chosen: Reading, confidence: float, code: str) -> CrsVerdict:
        hits = int(self.inside[self.fits.index(chosen)].sum())
        because = text(code, crs=label(chosen.crs), hits=f"{hits:,}", of=f"{self.inside.shape[1]:,}")
        if chosen.exchanged:
            because = text("crs_exchanged", because=because)
        return CrsVerdict(chosen.crs, chosen.exchanged, round(confidence, 3), because, self.scores)


def _area_numbers(register: Register) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Codes of the areas of the locator as numbers of ten digits, and how many of those they really have; -1 and 0 for none."""
    codes = register.located_codes.to_pylist()
    numbers = [int(code.ljust(10, "0")) if code else -1 for code in codes]
    return np.array([*numbers, -1]), np.array([*(len(code or "") for code in codes), 0])


def _inside(reading: Reading, points: _Points, register: Register, by: str) -> Bools:
    """Whether each point lies in the area its row claims, in any area ("land"), or near Korea ("frame")."""
    if by == "frame":
        return near_korea(reading.lon, reading.lat)
    if by == "land":
        return np.asarray(register.locator.locate(reading.lon, reading.lat) >= 0, dtype=bool)
    return _as_claimed(reading.lon, reading.lat, points, register)


def _as_claimed(lon: Floats, lat: Floats, points: _Points, register: Register) -> Bools:
    numbers, digits = _area_numbers(register)
    at = register.locator.locate(lon, lat)
    cut = 10 ** (10 - points.digits)
    return np.asarray((numbers[at] // cut == points.claim) & (digits[at] >= points.digits), dtype=bool)


def _scores(
    points: _Points,
    ranked: list[tuple[Reading, Bools]],
    rows: NDArray[np.int64],
    register: Register,
    by: str,
) -> tuple[Score, ...]:
    scores: list[Score] = []
    for place, (reading, inside) in enumerate(ranked[:8]):
        metres = _median_m(reading, points, inside, rows, register) if by == "claims" and place < 4 else None
        scores.append((reading.name, round(float(inside.mean()), 4), metres, len(rows)))
    return tuple(scores)


def _median_m(
    reading: Reading, points: _Points, inside: Bools, rows: NDArray[np.int64], register: Register
) -> float | None:
    """Median metres (EPSG:5179) from points to the areas their rows claim; 0 for a point inside. At most 100 points."""
    some = np.linspace(0, len(rows) - 1, min(len(rows), 100)).astype(int)
    rows, outside = rows[some], ~inside[some]
    if outside.mean() < 0.5:
        return 0.0
    numbers, digits = _area_numbers(register)
    east, north = from_lonlat(reading.lon[rows], reading.lat[rows], METRES)
    metres = np.zeros(len(rows))
    shapes: dict[int, Any] = {}
    for at in np.flatnonzero(outside):
        cut = 10 ** (10 - points.digits[rows[at]])
        of_claim = (numbers // cut == points.claim[rows[at]]) & (digits >= points.digits[rows[at]])
        members = np.flatnonzero(of_claim).tolist()
        for member in set(members) - shapes.keys():
            shapes[member] = shapely.transform(register.locator.polygons[member], _in_metres)
        if np.isfinite(east[at]) and members:
            place = shapely.points(east[at], north[at])
            metres[at] = float(np.min(shapely.distance([shapes[member] for member in members], place)))
        else:
            metres[at] = np.inf
    middle = float(np.median(metres))
    return round(middle, 1) if np.isfinite(middle) else None


def _in_metres(lonlat: Floats) -> Floats:
    return np.column_stack(from_lonlat(lonlat[:, 0], lonlat[:, 1], METRES))


def _shifted_m(told: _Told, points: _Points, register: Register) -> int:
    """By how many metres the best reading must be shifted to fit significantly better; 0 where it stands right."""
    best, inside = told.fits[0], told.inside[0]
    east, north = from_lonlat(best.lon, best.lat, METRES)
    for metres in _SHIFTS_M:
        for angle in np.arange(8) * np.pi / 4:
            there = transform(east + metres * np.cos(angle), north + metres * np.sin(angle), METRES, WGS84)
            moved = _as_claimed(*there, points, register)[told.rows]
            if luck(int((moved & ~inside).sum()), int((inside & ~moved).sum())) < CHANCE / 16:
                return metres
    return 0
