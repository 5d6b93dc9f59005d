"""The highest likelihood ratio of every circle in every replicate, without working out most of them.

For a given number of expected cases the ratio rises with the number of cases. So once every replicate has a circle at
some height, a circle matters only from a least count of cases on, which is one comparison of small whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from madang.methods.scan_circles import Circles

Floats = NDArray[np.float64]

_CELLS = 1 << 16  # counts in step with each other: fits a processor's cache
_CIRCLES = 1 << 20  # circles held at once: some 60 MB
_FIRST = 8  # centres that give the first heights


def log_likelihood_ratio(cases: Floats, expected: Floats, total: float) -> Floats:
    """Kulldorff (1997), eq. for Poisson: c ln(c/E) + (C-c) ln((C-c)/(C-E)) where c > E, otherwise 0.

    `cases` c and `expected` E of windows, `total` C of all cases, which the expected ones sum to as well.
    """
    xlogy = scipy.special.xlogy
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = xlogy(cases, cases / expected) + xlogy(total - cases, (total - cases) / (total - expected))
    return np.asarray(np.where(cases > expected, ratio, 0.0))


def gumbel_tail(ratio: float, replicates: Floats) -> float:
    """The upper tail of the Gumbel distribution that has the mean and the variance of the replicates."""
    spread = replicates.std(ddof=1) * np.sqrt(6) / np.pi if len(replicates) > 1 else 0.0
    if spread <= 0:
        return float("nan")
    middle = replicates.mean() - np.euler_gamma * spread
    return float(-np.expm1(-np.exp(-(ratio - middle) / spread)))


def with_nobody(of_areas: NDArray[Any]) -> NDArray[Any]:
    """One row more, of no area, where nothing is."""
    return np.concatenate([of_areas, np.zeros_like(of_areas[:1])])


@dataclass
class Heights:
    """The highest ratio so far of each replicate of C = `total` cases; windows of fewer than `min_cases` do not count."""

    highest: Floats
    total: int
    min_cases: int

    def __post_init__(self) -> None:
        count = np.arange(self.total + 1, dtype=np.float64)
        self._of_count = scipy.special.xlogy(count, count)
        self._of_count += self._of_count[::-1].copy()
        self._floor = -1.0
        self._most_expected = count

    def raise_by(self, circles: Circles, expected: Floats, counts: NDArray[np.signedinteger]) -> None:
        """Look through all `circles`: `expected` cases (n) and `counts` of each replicate (n x replicates)."""
        by_reach = np.argsort(circles.reach, kind="stable")
        by_reach = by_reach[circles.reach[by_reach] > 0]
        first = by_reach[:: max(1, len(by_reach) // _FIRST)][:_FIRST]
        rest = by_reach[~np.isin(by_reach, first)]
        step = max(1, min(_CELLS // counts.shape[1], _CIRCLES // max(int(circles.reach.max(initial=1)), 1)))
        expected, counts = with_nobody(expected), with_nobody(counts)
        self._walk(circles, first, expected, counts)
        for start in range(0, len(rest), step):
            self._walk(circles, rest[start : start + step], expected, counts)

    def _walk(
        self,
        circles: Circles,
        centres: NDArray[np.int64],
        expected: Floats,
        counts: NDArray[np.signedinteger],
    ) -> None:
        """Widen the circles around all `centres` together, one neighbour at a time."""
        order, ends = circles.batch(centres)
        inside = np.cumsum(expected[order], axis=1)
        least = self._least_cases(inside, ends).astype(counts.dtype)
        with np.errstate(divide="ignore", invalid="ignore"):
            outside = np.log(np.maximum(self.total - inside, 0))
            slope, base = outside - np.log(inside), -self.total * outside
        running = np.zeros((len(centres), counts.shape[1]), counts.dtype)
        added, over = np.empty_like(running), np.empty(running.shape, np.bool_)
        for place in range(order.shape[1]):
            np.take(counts, order[:, place], axis=0, out=added, mode="clip")
            np.add(running, added, out=running)
            np.greater_equal(running, least[:, place, None], out=over)
            if over.any():
                self._note(np.flatnonzero(over), running, slope[:, place], base[:, place])

    def _note(
        self, at: NDArray[np.int64], running: NDArray[np.signedinteger], slope: Floats, base: Floats
    ) -> None:
        centre, replicate = np.divmod(at, running.shape[1])
        count = running.ravel()[at]
        ratio = self._of_count[count] + count * slope[centre] + base[centre]
        higher = ratio > self.highest[replicate]
        np.maximum.at(self.highest, replicate[higher], ratio[higher])

    def _least_cases(self, inside: Floats, ends: NDArray[np.bool_]) -> NDArray[np.int64]:
        """From how many cases on a window of so many expected ones could raise a replicate; none may: total + 1."""
        floor = float(self.highest.min(initial=np.inf))
        if floor > 1.05 * self._floor or self._floor <= 0:
            self._floor = floor
            self._most_expected = _most_expected(self.total, floor)
        least = np.searchsorted(self._most_expected, inside, side="left")
        return np.where(ends, np.maximum(least, self.min_cases), self.total + 1)


def _most_expected(total: int, floor: float) -> Floats:
    """For 0 .. total cases, how many may be expected for the ratio to reach `floor` (a hair more, never less)."""
    cases = np.arange(total + 1, dtype=np.float64)
    low, high = np.zeros(total + 1), cases.copy()
    for _ in range(45):
        middle = (low + high) / 2
        reached = log_likelihood_ratio(cases, middle, total) >= floor
        low, high = np.where(reached, middle, low), np.where(reached, high, middle)
    return np.maximum.accumulate(high)
