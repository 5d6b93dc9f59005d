"""Forecasts that add up: of everything, of each topic, dong, department, and of what they cross, from one hierarchy.

Wickramasuriya, Athanasopoulos & Hyndman (2019), "Optimal forecast reconciliation for hierarchical and grouped time
series through trace minimization", Journal of the American Statistical Association 114.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from madang.messages import MadangError

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Hierarchy:
    """Which sums of `bottom` series are asked for: nodes from the whole down to the bottom series, which stand last."""

    levels: tuple[tuple[str, ...], ...]  # the keys of each level; () is the whole
    level: Array  # (n,): number in `levels` of each node
    labels: tuple[tuple[str, ...], ...]  # of each node, one for each key of its level
    sums: scipy.sparse.csr_matrix  # (n, bottom): 1 where a bottom series is part of a node

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def bottom(self) -> int:
        return int(self.sums.shape[1])

    def total(self, bottom: npt.ArrayLike) -> Array:
        """Values of all nodes (n, …) from those of the bottom series (bottom, …)."""
        values = np.asarray(bottom, float)
        flat = values.reshape(len(values), -1)
        return np.asarray(self.sums @ flat).reshape(len(self), *values.shape[1:])

    def at(self, *level: str) -> Array:
        """The numbers of the nodes of one level, by its keys. Raises MadangError where it is none of this hierarchy."""
        if level not in self.levels:
            raise MadangError("forecast_level", level=" x ".join(level))
        return np.flatnonzero(self.level == self.levels.index(level))


def hierarchy(keys: Mapping[str, Sequence[str]], levels: Sequence[Sequence[str]]) -> Hierarchy:
    """The hierarchy over bottom series that `keys` tell apart: each key has one label for each bottom series.

    `levels` are the sums that are asked for, each by its keys (() is the whole), coarse ones first; the bottom series
    themselves, by all keys, are put last. Raises MadangError where two bottom series have the same labels.
    """
    names = tuple(keys)
    columns = {name: np.asarray(keys[name], str) for name in names}
    count = len(columns[names[0]])
    asked = [tuple(level) for level in levels if set(level) != set(names)]
    parts, numbers, labels = [], [], list[tuple[str, ...]]()
    for number, level in enumerate([*asked, names]):
        if not set(level) <= set(names):
            raise MadangError("forecast_level", level=" x ".join(level))
        rows = np.stack([columns[name] for name in level], 1) if level else np.zeros((count, 0), str)
        if level == names:
            found, of = rows, np.arange(count)
            if len(np.unique(rows, axis=0)) < count:
                raise MadangError("forecast_series_twice")
        else:
            found, of = _distinct(rows)
        parts.append(
            scipy.sparse.csr_matrix((np.ones(count), (of, np.arange(count))), shape=(len(found), count))
        )
        numbers.append(np.full(len(found), number))
        labels += [tuple(row) for row in found.tolist()]
    return Hierarchy(
        (*asked, names), np.concatenate(numbers), tuple(labels), scipy.sparse.vstack(parts, format="csr")
    )


def _distinct(rows: Array) -> tuple[Array, Array]:
    if not rows.shape[1]:
        return rows[:1], np.zeros(len(rows), np.int64)
    found, of = np.unique(rows, axis=0, return_inverse=True)
    return found, np.asarray(of).reshape(-1)


def bottom_up(tree: Hierarchy, base: npt.ArrayLike) -> Array:
    """Coherent forecasts (n, …) from the bottom rows of `base` (n, …) alone; below zero is set to zero first."""
    return tree.total(np.maximum(np.asarray(base, float)[-tree.bottom :], 0))


def min_trace(tree: Hierarchy, base: npt.ArrayLike, errors: npt.ArrayLike, *, positive: bool = True) -> Array:
    """Coherent forecasts (n, …) that use those of every level, `base` (n, …), weighed by how they erred.

    `errors` (n, t): one step ahead, without trend in them. MinT with the shrunk covariance (section 2.4 of the
    paper), in the form that solves for the sums only. `positive`: bottom forecasts below zero are set to zero, the
    others lowered in proportion so that the whole stays, and all summed again. Memory: n x n numbers.
    """
    values = np.asarray(base, float)
    flat = values.reshape(len(values), -1)
    above = len(tree) - tree.bottom
    if not above:
        return np.asarray(_positive(values) if positive else values)
    weights = shrunk_covariance(errors)
    upper = tree.sums[:above]
    # U' = [I, -C]: how far each sum is from the sum of its parts
    apart = flat[:above] - upper @ flat[above:]
    crossed = weights[:above] - upper @ weights[above:]  # U' W
    gram = crossed[:, :above] - (upper @ crossed[:, above:].T).T  # U' W U
    bottom = flat[above:] - crossed[:, above:].T @ _solved(gram, apart)
    bottom = _positive(bottom) if positive else bottom
    return tree.total(bottom).reshape(values.shape)


def _positive(bottom: Array) -> Array:
    whole, found = np.maximum(bottom.sum(axis=0), 0), np.maximum(bottom, 0)
    return np.asarray(found * (whole / np.maximum(found.sum(axis=0), 1e-12)))


def _solved(gram: Array, right: Array) -> Array:
    try:
        return np.asarray(scipy.linalg.cho_solve(scipy.linalg.cho_factor(gram), right))
    except np.linalg.LinAlgError:  # a sum of one part only, with errors in perfect step
        return np.asarray(np.linalg.lstsq(gram, right)[0])


def shrunk_covariance(errors: npt.ArrayLike) -> Array:
    """Covariance (n, n) of `errors` (n, t), its correlations drawn to zero as far as they are noise.

    Schäfer & Strimmer (2005), Statistical Applications in Genetics and Molecular Biology 4. Errors are taken to be
    around zero. A row that never erred gets a millionth of the usual variance.
    """
    e = np.asarray(errors, float)
    variance = (e**2).mean(axis=1)
    usual = variance[variance > 0].mean() if (variance > 0).any() else 1.0
    variance = np.maximum(variance, 1e-6 * usual)
    scaled = e / np.sqrt(variance)[:, None]
    keep = 1 - shrinkage(scaled)
    found = keep * (scaled @ scaled.T) / e.shape[1]
    np.fill_diagonal(found, 1.0)
    spread = np.sqrt(variance)
    return np.asarray(found * spread[:, None] * spread)


def shrinkage(scaled: npt.ArrayLike) -> float:
    """The share, 0 to 1, by which correlations of `scaled` (n, t; mean square 1) are drawn to zero.

    Sum of the variances of the correlations over the sum of their squares, off the diagonal.
    """
    x = np.asarray(scaled, float)
    count = x.shape[1]
    if count < 2:
        return 1.0
    product = x @ x.T
    variance = ((x**2) @ (x**2).T - product**2 / count) / (count * (count - 1))
    squares = (product / count) ** 2
    for each in (variance, squares):
        np.fill_diagonal(each, 0.0)
    whole = squares.sum()
    return float(np.clip(variance.sum() / whole, 0, 1)) if whole > 0 else 1.0
