"""Conditional permutation: what a local statistic would be if all other values lay elsewhere by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Progress = Callable[[int, int, str], None]
Alternative = Literal["two-sided", "directed"]

_CELLS = 1 << 23  # numbers held at once in one working array: 64 MB


def conditional_p(
    values: Floats,
    matrix: Any,
    permutations: int,
    rng: np.random.Generator,
    alternative: Alternative = "two-sided",
    progress: Progress | None = None,
) -> Floats:
    """How seldom the lag of each of n areas arises where its own value stays and all others are permuted (n).

    Row i draws as many values as area i has neighbours, without itself and without putting any back, and weighs them
    as `matrix` (CSR, no diagonal) weighs the neighbours; see `pseudo_p` (Anselin 1995). Any statistic that rises or
    falls with the lag has the same value. All areas share the draws, as in esda: each has its exact distribution, they
    are not independent of each other. Memory: 64 MB, and 8 bytes for each permutation and neighbour of the best
    connected area.
    """
    draws = _draws(values, matrix, permutations, rng)
    observed = np.asarray(matrix @ values)
    areas, step = len(values), max(1, _CELLS // permutations)
    p = np.ones(areas)
    for start in range(0, areas, step):
        part = slice(start, min(start + step, areas))
        p[part] = pseudo_p(observed[part], draws.lags(part), alternative)
        if progress:
            progress(part.stop, areas, "permutations")
    return p


@dataclass(frozen=True)
class _Draws:
    """Draws of others for each area: one sequence of distinct areas serves all of them.

    Where area i is itself among the first k of a sequence, the (k+1)th takes its place, which leaves a fair sequence
    of k others; so lags are one product of matrices and a few corrections.
    """

    padded: Floats  # n x most: the weights of each row pushed to the left
    shuffled: Floats  # permutations x most: values of the areas drawn
    area: NDArray[np.int64]  # corrections: of this area,
    draw: NDArray[np.int64]  # in this permutation,
    change: Floats  # by this

    def lags(self, part: slice) -> Floats:
        lags = self.padded[part] @ self.shuffled.T
        mine = (self.area >= part.start) & (self.area < part.stop)
        lags[self.area[mine] - part.start, self.draw[mine]] += self.change[mine]
        return np.asarray(lags)


def _draws(values: Floats, matrix: Any, permutations: int, rng: np.random.Generator) -> _Draws:
    cardinality = np.diff(matrix.indptr).astype(np.int64)
    most = int(cardinality.max(initial=0))
    drawn = _sequences(len(values), min(most + 1, len(values)), permutations, rng)
    shuffled, padded = values[drawn], _padded(matrix, most)
    draw, place = np.nonzero(np.arange(drawn.shape[1]) < cardinality[drawn])
    area = drawn[draw, place]
    change = padded[area, place] * (shuffled[draw, cardinality[area]] - values[area])
    return _Draws(padded, shuffled[:, :most], area, draw, change)


def pseudo_p(observed: Floats, simulated: Floats, alternative: Alternative) -> Floats:
    """(M + 1) / (R + 1), M of R `simulated` (n x R) being as extreme as `observed` (n).

    "directed": as far in the tail that the observed one lies in, which esda gives as `p_sim`; it picks its side after
    looking, so a twentieth stands for a tenth. "two-sided": twice that, at most 1.
    """
    runs = simulated.shape[1]
    slack = 1e-10 * np.abs(simulated).max(
        axis=1, initial=0.0
    )  # equal sums, added in another order, are equal
    larger = (simulated >= (observed - slack)[:, None]).sum(axis=1)
    smaller = (simulated <= (observed + slack)[:, None]).sum(axis=1)
    directed = (np.minimum(larger, smaller) + 1) / (runs + 1)
    return np.asarray(directed if alternative == "directed" else np.minimum(2 * directed, 1.0))


def false_discoveries(p_values: ArrayLike, share: float = 0.05) -> Bools:
    """Which of n tests to believe so that of those believed at most `share` are false on average.

    Benjamini and Hochberg (1995): all up to the largest p(i) with p(i) <= i / n * share; none where there is none.
    """
    p = np.asarray(p_values, np.float64)
    ranked = np.sort(p)
    passing = np.flatnonzero(ranked <= np.arange(1, len(p) + 1) / max(len(p), 1) * share)
    limit = ranked[passing[-1]] if len(passing) else -1.0
    return np.asarray(p <= limit)


def _sequences(areas: int, length: int, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`count` sequences of `length` distinct numbers below `areas`, every one as likely as any other."""
    if length**2 <= areas:  # few are drawn twice: those again
        found = rng.integers(0, areas, (count, length))
        while (again := (np.diff(np.sort(found, axis=1), axis=1) == 0).any(axis=1)).any():
            found[again] = rng.integers(0, areas, (int(again.sum()), length))
        return found
    found = np.empty((count, length), np.int64)
    for start in range(0, count, step := max(1, _CELLS // areas)):
        keys = rng.random((min(step, count - start), areas))
        first = np.argpartition(keys, length - 1, axis=1)[:, :length]
        order = np.argsort(np.take_along_axis(keys, first, axis=1), axis=1)
        found[start : start + step] = np.take_along_axis(first, order, axis=1)
    return found


def _padded(matrix: Any, most: int) -> Floats:
    cardinality = np.diff(matrix.indptr).astype(np.int64)
    row = np.repeat(np.arange(len(cardinality)), cardinality)
    place = np.arange(matrix.nnz) - np.repeat(matrix.indptr[:-1], cardinality)
    padded = np.zeros((len(cardinality), most))
    padded[row, place] = matrix.data
    return padded
