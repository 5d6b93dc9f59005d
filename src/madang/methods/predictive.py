"""How likely counts are around a forecast: a negative binomial model, its levels mended by what back-tests saw.

The model gives each forecast its own width; where outcomes of back-tests fell within the model (by periods ahead)
moves its quantiles until they hold what they promise: distributional conformal prediction (Chernozhukov, Wüthrich &
Zhu 2021, PNAS 118).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

Array = npt.NDArray[Any]

LEVELS = (80, 95)
_FEW = 20.0  # outcomes of its own that weigh as much as those of the whole group
_LEAST = 1e-3  # a mean below which nothing is told apart


def dispersion(actual: npt.ArrayLike, mean: npt.ArrayLike) -> Array:
    """Dispersion phi (n,) of counts (n, k) around `mean` (n, k): variance = phi mean, 1 (Poisson) or more.

    Each row is drawn to that of all rows together where it has few cases (n / (n + 20), a case of a mean below 1
    counting as that part).
    """
    y, m = np.asarray(actual, float), np.asarray(mean, float)
    square = ((y - m) ** 2).sum(axis=1)
    whole = m.sum(axis=1)
    pooled = square.sum() / max(whole.sum(), _LEAST)
    own = square / np.maximum(whole, _LEAST)
    cases = np.minimum(m, 1.0).sum(axis=1)
    trust = cases / (cases + _FEW)
    return np.asarray(np.maximum(trust * own + (1 - trust) * pooled, 1 + 1e-6))


def below(count: npt.ArrayLike, mean: npt.ArrayLike, phi: npt.ArrayLike) -> Array:
    """P(Y <= count) in the model; `count` may be broken, Y is whole."""
    r, p = _shape(mean, phi)
    return np.asarray(stats.nbinom.cdf(np.floor(np.asarray(count, float)), r, p))


def quantile(level: npt.ArrayLike, mean: npt.ArrayLike, phi: npt.ArrayLike) -> Array:
    """The least count that the model does not exceed with probability `level`; 0 or more."""
    r, p = _shape(mean, phi)
    found = stats.nbinom.ppf(np.clip(np.asarray(level, float), 0, 1 - 1e-9), r, p)
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
