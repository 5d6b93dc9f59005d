"""The spatial scan: where, and when, are there more cases than the people there account for (Kulldorff 1997, 2001).

A circle grows around every area, one neighbour at a time; in space and time it is a cylinder over some periods in a
row. Of all, the most likely cluster is the one whose likelihood ratio against an even risk is highest. How seldom
chance reaches that is seen by spreading as many cases by population, at random, again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.permutation import Progress
from madang.methods.scan_circles import Circles, Distance, circles, distances
from madang.methods.scan_replicates import Heights, gumbel_tail, log_likelihood_ratio, with_nobody

Floats = NDArray[np.float64]

_DRAWN = 1 << 23  # cases drawn at once: 64 MB
_CELLS = 1 << 20


@dataclass(frozen=True, eq=False)
class Cluster:
    """A circle of `areas` (numbers, from its `centre` outwards) over the periods `first_period` .. `last_period`.

    `radius`: to the farthest area, in the unit of the coordinates, or metres on the great circle. `relative_risk`: risk
    inside against outside. `p_value`: rank among the replicates / (their number + 1); `p_gumbel`: by the Gumbel
    distribution fitted to them, for where the rank is at its end (Abrams et al. 2010).
    """

    centre: int
    areas: NDArray[np.int64]
    radius: float
    first_period: int
    last_period: int
    cases: int
    expected: float
    relative_risk: float
    log_likelihood_ratio: float
    p_value: float
    p_gumbel: float


@dataclass(frozen=True, eq=False)
class Scan:
    """`clusters`: the most likely first, then those that share no area with one before, of the best of every centre.

    `replicates`: the highest ratio of each replicate. `windows`: circles x intervals of time looked through.
    `too_large`: areas that alone hold more than `max_share` of the people, so that no circle has them.
    """

    clusters: tuple[Cluster, ...]
    replicates: Floats
    windows: int
    too_large: NDArray[np.int64]
    cases: int
    areas: int
    periods: int
    max_share: float
    distance: Distance


def scan_space(
    cases: ArrayLike,
    population: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    rng: np.random.Generator,
    distance: Distance = "planar",
    max_share: float = 0.25,
    replicates: int = 999,
    min_cases: int = 2,
    most: int = 10,
    progress: Progress | None = None,
) -> Scan:
    """Clusters of high risk among n areas: whole `cases` (n), `population` (n; anything that expected cases go with).

    `x`, `y`: centres in one plane ("planar", metres), or longitude and latitude in degrees ("great-circle", as SaTScan
    does with such coordinates). Circles hold at most `max_share` of the population (SaTScan: 0.5 unless told), and
    clusters at least `min_cases`; at most `most` are given. Raises MadangError (scan_lengths, scan_values,
    scan_no_cases, scan_strangers, scan_share, scan_too_many). Memory: 200 MB, 5 bytes a circle and 2 or 4 bytes for
    each area and replicate.
    """
    one = np.asarray(cases).reshape(-1, 1)
    return scan_space_time(
        one, population, x, y, rng=rng, distance=distance, max_share=max_share, max_time_share=1.0,
        replicates=replicates, min_cases=min_cases, most=most, progress=progress,
    )  # fmt: skip


def scan_space_time(
    cases: ArrayLike,
    population: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    *,
    rng: np.random.Generator,
    distance: Distance = "planar",
    max_share: float = 0.25,
    max_time_share: float = 0.5,
    only_current: bool = False,
    replicates: int = 999,
    min_cases: int = 2,
    most: int = 10,
    progress: Progress | None = None,
) -> Scan:
    """Clusters of high risk in space and time: `cases` (n x periods), `population` (n x periods, or n for all of them).

    A cylinder lasts at most `max_time_share` of the periods, one at least; with `only_current` it reaches the last one
    (what is going on now). All else is as in `scan_space`; memory grows with areas x periods.
    """
    counts, people, east, north = _inputs(cases, population, x, y, max_share)
    expected = people * (counts.sum() / people.sum())
    kind = np.int16 if counts.sum() < np.iinfo(np.int16).max else np.int32

    def draw(runs: int) -> NDArray[np.signedinteger]:
        """As many cases, spread over areas and periods by what is expected."""
        drawn = rng.multinomial(int(counts.sum()), (expected / expected.sum()).ravel(), size=runs)
        flat: NDArray[np.signedinteger] = drawn.T.astype(kind, order="C")
        return flat.reshape(*expected.shape, runs)

    spans = tuple(_spans(counts.shape[1], max_time_share, only_current))
    return scanned(
        counts, expected, people.sum(axis=1), east, north, spans, draw, distance=distance, max_share=max_share,
        replicates=replicates, min_cases=min_cases, most=most, progress=progress,
    )  # fmt: skip


def scanned(
    counts: NDArray[np.int64],
    expected: Floats,
    size: Floats,
    east: Floats,
    north: Floats,
    spans: tuple[tuple[int, int], ...],
    draw: Callable[[int], NDArray[np.signedinteger]],
    *,
    distance: Distance,
    max_share: float,
    replicates: int,
    min_cases: int,
    most: int,
    progress: Progress | None,
) -> Scan:
    """The scan of `counts` against `expected` cases (both n x periods, of one sum) over the intervals `spans`.

    Circles hold at most `max_share` of `size` (n). `draw` gives so many replicates (n x periods x replicates).
    """
    rings = circles(east, north, size, max_share, distance)
    total = int(counts.sum())
    heights = _replicates(rings, expected, spans, total, replicates, min_cases, draw, progress)
    best = _Best.over(rings, counts, expected, spans, min_cases)
    clusters = tuple(
        _cluster(rings, centre, best, counts, expected, heights, distances(east, north, slice(centre, centre + 1), distance)[0])
        for centre in best.apart(rings, most)
    )  # fmt: skip
    too_large = np.flatnonzero(rings.reach == 0)
    areas, periods = counts.shape
    return Scan(
        clusters, heights, len(rings) * len(spans), too_large, total, areas, periods, max_share, distance
    )


@dataclass(frozen=True, eq=False)
class _Best:
    """Of every centre the circle and the periods of the highest ratio."""

    ratio: Floats
    count: NDArray[np.int64]
    first: NDArray[np.int64]
    end: NDArray[np.int64]

    @classmethod
    def over(
        cls,
        rings: Circles,
        counts: NDArray[np.int64],
        expected: Floats,
        spans: tuple[tuple[int, int], ...],
        min_cases: int,
    ) -> _Best:
        areas, total = len(counts), float(counts.sum())
        best = cls(np.zeros(areas), *(np.zeros(areas, np.int64) for _ in range(3)))
        step = max(1, _CELLS // areas)
        for start in range(0, areas, step):
            centres = np.arange(start, min(start + step, areas))
            order, ends = rings.batch(centres)
            for first, end in spans:
                inside = np.cumsum(with_nobody(counts[:, first:end].sum(axis=1))[order], axis=1).astype(
                    np.float64
                )
                chance = np.cumsum(with_nobody(expected[:, first:end].sum(axis=1))[order], axis=1)
                ratio = log_likelihood_ratio(inside, chance, total)
                ratio[~ends | (inside < min_cases)] = 0.0
                widest = ratio.argmax(axis=1)
                highest = ratio[np.arange(len(centres)), widest]
                found = highest > best.ratio[centres]
                at = centres[found]
                best.ratio[at], best.count[at] = highest[found], widest[found] + 1
                best.first[at], best.end[at] = first, end
        return best

    def apart(self, rings: Circles, most: int) -> Iterator[int]:
        """Centres from the highest ratio down whose circle shares no area with one before."""
        taken, given = np.zeros(len(self.ratio), np.bool_), 0
        for centre in np.argsort(-self.ratio, kind="stable").tolist():
            if given == most or self.ratio[centre] <= 0:
                return
            areas = rings.around(centre, int(self.count[centre]))
            if not taken[areas].any():
                taken[areas] = True
                given += 1
                yield centre


def _replicates(
    rings: Circles,
    expected: Floats,
    spans: tuple[tuple[int, int], ...],
    total: int,
    replicates: int,
    min_cases: int,
    draw: Callable[[int], NDArray[np.signedinteger]],
    progress: Progress | None,
) -> Floats:
    """The highest ratio of each replicate."""
    step, parts = max(1, _DRAWN // expected.size), []
    for start in range(0, replicates, step):
        runs = min(step, replicates - start)
        drawn = draw(runs)
        until = np.concatenate(
            [np.zeros_like(drawn[:, :1]), np.cumsum(drawn, axis=1, dtype=drawn.dtype)], axis=1
        )
        heights = Heights(np.zeros(runs), total, min_cases)
        for number, (first, end) in enumerate(spans, 1):
            within = np.ascontiguousarray(until[:, end] - until[:, first])
            heights.raise_by(rings, expected[:, first:end].sum(axis=1), within)
            if progress:
                progress(start * len(spans) + number * runs, replicates * len(spans), "replicates")
        parts.append(heights.highest)
    return np.concatenate(parts) if parts else np.empty(0)


def _cluster(
    rings: Circles,
    centre: int,
    best: _Best,
    counts: NDArray[np.int64],
    expected: Floats,
    replicates: Floats,
    away: Floats,
) -> Cluster:
    areas = rings.around(centre, int(best.count[centre]))
    periods = slice(int(best.first[centre]), int(best.end[centre]))
    inside, total = int(counts[areas, periods].sum()), float(counts.sum())
    chance, ratio = float(expected[areas, periods].sum()), float(best.ratio[centre])
    outside = (total - inside) / (total - chance)
    risk = inside / chance / outside if outside > 0 else np.inf
    rank = 1 + int((replicates >= ratio - 1e-9 - 1e-14 * total).sum())
    return Cluster(
        centre, areas, float(away[areas].max()), periods.start, periods.stop - 1, inside, chance, float(risk), ratio,
        rank / (len(replicates) + 1), gumbel_tail(ratio, replicates),
    )  # fmt: skip


def _spans(periods: int, max_time_share: float, only_current: bool) -> Iterator[tuple[int, int]]:
    for length in range(1, max(1, int(periods * max_time_share + 1e-9)) + 1):
        starts = (periods - length,) if only_current else range(periods - length + 1)
        yield from ((start, start + length) for start in starts)


def _inputs(
    cases: ArrayLike, population: ArrayLike, x: ArrayLike, y: ArrayLike, max_share: float
) -> tuple[NDArray[np.int64], Floats, Floats, Floats]:
    given, east, north = np.asarray(cases, np.float64), np.asarray(x, np.float64), np.asarray(y, np.float64)
    people = np.asarray(population, np.float64)
    people = np.repeat(people[:, None], given.shape[1], axis=1) if people.ndim == 1 else people
    if people.shape != given.shape or not len(east) == len(north) == len(given):
        raise MadangError("scan_lengths", cases=len(given), population=len(people), places=len(east))
    if not 0 < max_share <= 0.5:
        raise MadangError("scan_share", share=max_share)
    sound = (
        np.isfinite(given) & np.isfinite(people) & (given >= 0) & (people >= 0) & (given == np.floor(given))
    )
    wrong = int((~(sound.all(axis=1) & np.isfinite(east) & np.isfinite(north))).sum())
    if wrong:
        raise MadangError("scan_values", count=wrong)
    if given.sum() == 0:
        raise MadangError("scan_no_cases")
    strangers = int(((people == 0) & (given > 0)).any(axis=1).sum())
    if strangers:
        raise MadangError("scan_strangers", count=strangers)
    return given.astype(np.int64), people, east, north
