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
    """Overdispersion alpha (n,) of counts (n, k) around `mean` (n, k): variance = mean + alpha mean².

    By moments, each row drawn to that of all rows together where it has few cases (n / (n + 20)). NaN are left out.
    """
    y, m = np.asarray(actual, float), np.asarray(mean, float)
    known = np.isfinite(y) & np.isfinite(m)
    y, m = np.where(known, y, 0), np.where(known, m, 0)
    above, square = (y - m) ** 2 - m, m**2
    pooled = above.sum() / max(square.sum(), _LEAST)
    own = above.sum(axis=1) / np.maximum(square.sum(axis=1), _LEAST)
    weight = known.sum(axis=1) * np.minimum(m.mean(axis=1), 1.0)
    trust = weight / (weight + _FEW)
    return np.asarray(np.clip(trust * own + (1 - trust) * pooled, 1e-6, 50.0))


def below(count: npt.ArrayLike, mean: npt.ArrayLike, alpha: npt.ArrayLike) -> Array:
    """P(Y <= count) in the model; `count` may be broken, Y is whole."""
    r, p = _shape(mean, alpha)
    return np.asarray(stats.nbinom.cdf(np.floor(np.asarray(count, float)), r, p))


def quantile(level: npt.ArrayLike, mean: npt.ArrayLike, alpha: npt.ArrayLike) -> Array:
    """The least count that the model does not exceed with probability `level`; 0 or more."""
    r, p = _shape(mean, alpha)
    found = stats.nbinom.ppf(np.clip(np.asarray(level, float), 0, 1 - 1e-9), r, p)
    return np.asarray(np.maximum(found, 0.0))


def _shape(mean: npt.ArrayLike, alpha: npt.ArrayLike) -> tuple[Array, Array]:
    m, a = np.maximum(np.asarray(mean, float), _LEAST), np.asarray(alpha, float)
    return 1 / a, 1 / (1 + a * m)


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


def calibration(actual: npt.ArrayLike, mean: npt.ArrayLike, alpha: npt.ArrayLike, seed: int) -> Calibration:
    """From outcomes (…, h), forecasts (…, h) and alpha (… or 1): a count is spread at random over its own step."""
    y = np.asarray(actual, float)
    top, bottom = below(y, mean, alpha), below(y - 1, mean, alpha)
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
    mean: npt.ArrayLike, alpha: npt.ArrayLike, calibrated: Calibration, levels: tuple[int, ...] = LEVELS
) -> Intervals:
    """Bounds around forecasts (…, h) with alpha (…, 1); whole numbers, never below 0."""
    m = np.asarray(mean, float)
    lower = [quantile(calibrated.level((1 - level / 100) / 2, False), m, alpha) for level in levels]
    upper = [quantile(calibrated.level((1 + level / 100) / 2, True), m, alpha) for level in levels]
    return Intervals(tuple(levels), tuple(lower), tuple(upper), calibrated.cases)


def exceeds(
    threshold: npt.ArrayLike, mean: npt.ArrayLike, alpha: npt.ArrayLike, calibrated: Calibration
) -> Array:
    """P(Y > threshold), shapes (…, h), as back-tests have mended the model's word."""
    return np.asarray(1 - calibrated.share(below(threshold, mean, alpha)))
