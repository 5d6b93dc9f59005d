"""How likely counts are around a forecast: a negative binomial model, its levels mended by what back-tests saw.

The model gives each forecast its own width; where outcomes of back-tests fell within the model (by periods ahead)
moves its quantiles until they hold what they promise: distributional conformal prediction (Chernozhukov, Wüthrich &
Zhu 2021, PNAS 118).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

Array = npt.NDArray[Any]

LEVELS = (80, 95)
_OWN = 20.0  # outcomes of its own that weigh as much as those of the whole group
_SPLIT = 1.0  # counts: below, forecasts are calibrated apart from the others
_LEAST = 1e-3  # a mean below which nothing is told apart


def dispersion(actual: npt.ArrayLike, mean: npt.ArrayLike) -> Array:
    """Dispersion phi (n,) of counts (n, k) around `mean` (n, k): variance = phi mean, 1 (Poisson) or more.

    Each row is drawn to that of all rows together where it has few cases (n / (n + 20), a case of a mean below 1
    counting as that part). NaN in `actual` is no case.
    """
    y, m = np.asarray(actual, float), np.asarray(mean, float)
    y, m = np.where(np.isfinite(y), y, 0), np.where(np.isfinite(y), m, 0)
    square = ((y - m) ** 2).sum(axis=1)
    whole = m.sum(axis=1)
    pooled = square.sum() / max(whole.sum(), _LEAST)
    own = square / np.maximum(whole, _LEAST)
    cases = np.minimum(m, 1.0).sum(axis=1)
    trust = cases / (cases + _OWN)
    return np.asarray(np.maximum(trust * own + (1 - trust) * pooled, 1 + 1e-6))


def below(count: npt.ArrayLike, mean: npt.ArrayLike, phi: npt.ArrayLike) -> Array:
    """P(Y <= count) in the model; `count` may be broken, Y is whole."""
    r, p = _shape(mean, phi)
    return np.asarray(scipy.stats.nbinom.cdf(np.floor(np.asarray(count, float)), r, p))


def quantile(level: npt.ArrayLike, mean: npt.ArrayLike, phi: npt.ArrayLike) -> Array:
    """The least count that the model does not exceed with probability `level`; 0 or more."""
    r, p = _shape(mean, phi)
    found = scipy.stats.nbinom.ppf(np.clip(np.asarray(level, float), 0, 1 - 1e-9), r, p)
    return np.asarray(np.maximum(found, 0.0))


def _shape(mean: npt.ArrayLike, phi: npt.ArrayLike) -> tuple[Array, Array]:
    m, spread = np.maximum(np.asarray(mean, float), _LEAST), np.asarray(phi, float)
    return m / (spread - 1), 1 / spread


@dataclass(frozen=True)
class Calibration:
    """Where outcomes of back-tests fell within the model: sorted shares for each period ahead."""

    ranks: tuple[Array, ...]

    def share(self, levels: Array) -> Array:
        """What share of outcomes fell below model levels (…, h); the levels themselves where there was no outcome."""
        columns = [
            (np.searchsorted(each, levels[..., at], "right") + 0.5) / (len(each) + 1)
            if len(each)
            else levels[..., at]
            for at, each in enumerate(self.ranks)
        ]
        return np.stack(columns, -1)

    def level(self, share: float, upper: bool) -> Array:
        """The model level (h,) that holds `share` of outcomes, with the finite-sample step of conformal prediction.

        Where there are too few outcomes to say, the more careful of the outermost one and `share` itself.
        """
        found = []
        for each in self.ranks:
            count = len(each)
            at = int(np.ceil((count + 1) * share)) if upper else int(np.floor((count + 1) * share))
            if 1 <= at <= count:
                found.append(each[at - 1])
            elif upper:
                found.append(max(share, each[-1] if count else share))
            else:
                found.append(min(share, each[0] if count else share))
        return np.array(found)

    @property
    def cases(self) -> int:
        return min((len(each) for each in self.ranks), default=0)


def calibration(actual: npt.ArrayLike, mean: npt.ArrayLike, phi: npt.ArrayLike, seed: int) -> Calibration:
    """From outcomes (…, h), forecasts (…, h) and phi (… or 1): a count is spread at random over its own step."""
    y = np.asarray(actual, float)
    top, bottom = below(y, mean, phi), below(y - 1, mean, phi)
    drawn = np.random.default_rng(seed).random(y.shape)
    rank = bottom + drawn * (top - bottom)
    flat = rank.reshape(-1, y.shape[-1])
    return Calibration(tuple(np.sort(column[np.isfinite(column)]) for column in flat.T))


@dataclass(frozen=True)
class Intervals:
    """Lower and upper bounds for each of `levels` (percent): arrays of the shape of the forecast."""

    levels: tuple[int, ...]
    lower: tuple[Array, ...]
    upper: tuple[Array, ...]
    cases: int  # outcomes behind each period ahead; below 39 the 95 % are the model's own word


def intervals(
    mean: npt.ArrayLike, phi: npt.ArrayLike, calibrated: Calibration, levels: tuple[int, ...] = LEVELS
) -> Intervals:
    """Bounds around forecasts (…, h) with phi (…, 1); whole numbers, never below 0."""
    m = np.asarray(mean, float)
    lower = [quantile(calibrated.level((1 - level / 100) / 2, False), m, phi) for level in levels]
    upper = [quantile(calibrated.level((1 + level / 100) / 2, True), m, phi) for level in levels]
    return Intervals(tuple(levels), tuple(lower), tuple(upper), calibrated.cases)


def exceeds(
    threshold: npt.ArrayLike, mean: npt.ArrayLike, phi: npt.ArrayLike, calibrated: Calibration
) -> Array:
    """P(Y > threshold), shapes (…, h), as back-tests have mended the model's word."""
    return np.asarray(1 - calibrated.share(below(threshold, mean, phi)))


@dataclass(frozen=True)
class Width:
    """How uncertain forecasts are, those of one count or more ("many") apart from those of fewer ("few")."""

    phi: tuple[Array, Array]  # many, few: each (n, 1)
    calibrated: tuple[Calibration, Calibration]  # many, few

    def exceeds(self, threshold: Array, mean: Array) -> Array:
        """P(Y > threshold), all (n, h)."""
        many, few = (exceeds(threshold, mean, phi, each) for phi, each in self._parts())
        return np.asarray(np.where(mean < _SPLIT, few, many))

    def quantile(self, tail: float, mean: Array) -> Array:
        """The calibrated quantile of forecasts (n, h)."""
        many, few = (quantile(each.level(tail, tail >= 0.5), mean, phi) for phi, each in self._parts())
        return np.asarray(np.where(mean < _SPLIT, few, many))

    def intervals(self, mean: Array) -> Intervals:
        """Bounds around forecasts (n, h)."""
        both = [intervals(mean, phi, each) for phi, each in self._parts()]
        is_few = mean < _SPLIT
        lower, upper = (
            tuple(np.where(is_few, few, many) for many, few in zip(*ends, strict=True))
            for ends in ([each.lower for each in both], [each.upper for each in both])
        )
        used = [each.cases for each, mine in zip(both, (~is_few, is_few), strict=True) if mine.any()]
        return Intervals(LEVELS, lower, upper, min(used, default=0))

    def _parts(self) -> Iterator[tuple[Array, Calibration]]:
        return zip(self.phi, self.calibrated, strict=True)


def width_of(actual: Array, tested: Array, keys: Array, seed: int) -> Width:
    """The width of nodes (n) from back-tests: what came and what was foretold, each (n, k, h); `keys` (n,): groups."""
    parts = [
        _part(np.where(mine, actual, np.nan), tested, keys, seed)
        for mine in (tested >= _SPLIT, tested < _SPLIT)
    ]
    (many, of_many), (few, of_few) = parts
    return Width((many, few), (of_many, of_few))


def _part(actual: Array, tested: Array, keys: Array, seed: int) -> tuple[Array, Calibration]:
    """Phi (n, 1) of each node, from its own and its group's cases, and where outcomes fell; NaN is no case."""
    flat_actual, flat_mean = actual.reshape(len(actual), -1), tested.reshape(len(tested), -1)
    phi = np.empty((len(actual), 1))
    for key in range(int(keys.max()) + 1):
        rows = keys == key
        phi[rows, 0] = dispersion(flat_actual[rows], flat_mean[rows])
    return phi, calibration(actual, tested, phi[:, None], seed)
