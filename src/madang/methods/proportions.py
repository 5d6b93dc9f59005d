"""Shares of counts with what is uncertain about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shares:
    """Arrays of one shape; NaN where the base is 0."""

    share: Floats  # 0–1
    low: Floats
    high: Floats


def quantile_of(level: float) -> float:
    """The standard normal quantile of a two-sided interval: 1.96 for 0.95.

    Raises MadangError("level_outside") unless 0 < level < 1.
    """
    if not 0 < level < 1:
        raise MadangError("level_outside", level=level)
    return float(scipy.stats.norm.ppf(0.5 + level / 2))


def wilson(hits: ArrayLike, of: ArrayLike, level: float = 0.95) -> Shares:
    """The share `hits / of` and its score interval (Wilson 1927), which stays within 0–1 and is honest for few cases.

    `hits`, `of`: counts of one shape. 3 of 20 at 0.95 give 0.0524–0.3604.
    Raises MadangError("share_impossible") where a count is negative or more than its base.
    """
    x, n = np.broadcast_arrays(np.asarray(hits, np.float64), np.asarray(of, np.float64))
    wrong = (x < 0) | (x > n)
    if wrong.any():
        raise MadangError("share_impossible", count=int(wrong.sum()))
    z2 = quantile_of(level) ** 2
    base = np.where(n > 0, n, np.nan)
    share = x / base
    middle = (x + z2 / 2) / (base + z2)
    half = np.sqrt(z2 * (share * (1 - share) / base + z2 / (4 * base * base))) * base / (base + z2)
    low = np.where(x == 0, 0.0, middle - half)
    high = np.where(x == n, 1.0, middle + half)
    return Shares(share, np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan))


def poisson_rate(counts: ArrayLike, base: ArrayLike, level: float = 0.95) -> Shares:
    """`counts / base` with the exact interval of a Poisson count (Garwood 1936), for counts that are no part of the base.

    Openings per shop that was there before, shops over those expected. NaN where the base is 0.
    """
    alpha = 2 * scipy.stats.norm.sf(quantile_of(level))
    x, n = np.broadcast_arrays(np.asarray(counts, np.float64), np.asarray(base, np.float64))
    wrong = (x < 0) | (n < 0)
    if wrong.any():
        raise MadangError("share_impossible", count=int(wrong.sum()))
    over = np.where(n > 0, n, np.nan)
    low = np.where(x > 0, scipy.stats.chi2.ppf(alpha / 2, 2 * np.maximum(x, 1)) / 2, 0.0)
    high = scipy.stats.chi2.ppf(1 - alpha / 2, 2 * (x + 1)) / 2
    return Shares(x / over, low / over, high / over)
