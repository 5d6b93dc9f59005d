"""Which shop people go to: Huff's model of shares by attraction and distance, and its exponents from what was observed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_M = 10.0  # nearer is as near: a distance of 0 would take everybody
_CELLS = 4_000_000  # of a block of origins and shops: 32 MB


def huff_shares(
    attraction: ArrayLike, distance_m: ArrayLike, alpha: float = 1.0, beta: float = 2.0
) -> Floats:
    """(origins, shops) shares of an origin that go to each shop, A^alpha d^-beta over their sum (Huff 1963, 1964).

    `attraction` (shops): floor area or such, 0 for nobody goes; `distance_m` (origins, shops): metres on foot or straight,
    infinite where there is no way. A row is NaN where no shop can be reached.
    Raises MadangError: "lengths_differ", "distance_impossible", "attraction_impossible".
    """
    size, way = _checked(attraction, distance_m)
    there = size > 0
    drawn = np.where(there, alpha * np.log(np.where(there, size, 1.0)), -np.inf)
    log = np.where(np.isfinite(way), drawn - beta * np.log(np.maximum(way, LEAST_M)), -np.inf)
    top = log.max(axis=1, keepdims=True, initial=-np.inf)
    pull = np.exp(log - np.where(np.isfinite(top), top, 0.0))
    whole = pull.sum(axis=1, keepdims=True)
    found: Floats = pull / np.where(whole > 0, whole, np.nan)
    return found


@dataclass(frozen=True)
class Customers:
    """Expected customers of each shop, and people with no shop in reach."""

    expected: Floats  # (shops)
    unreached: float


def expected_customers(
    people: ArrayLike,
    x: ArrayLike,
    y: ArrayLike,
    attraction: ArrayLike,
    shop_x: ArrayLike,
    shop_y: ArrayLike,
    *,
    alpha: float = 1.0,
    beta: float = 2.0,
    reach_m: float = np.inf,
) -> Customers:
    """People of each shop by Huff's shares over straight distances: sum over origins of share times people.

    `people`, `x`, `y` (origins), `attraction`, `shop_x`, `shop_y` (shops), metres of one plane (EPSG:5179). `reach_m`:
    nobody goes farther. Blocks of 32 MB, however many origins. Raises MadangError as `huff_shares`.
    """
    count, size = np.asarray(people, np.float64), np.asarray(attraction, np.float64)
    origin, shop = _points(x, y), _points(shop_x, shop_y)
    if len(count) != len(origin) or len(size) != len(shop):
        raise MadangError("lengths_differ", names="people, x, y, attraction, shop_x, shop_y")
    expected, unreached = np.zeros(len(shop)), 0.0
    block = max(1, _CELLS // max(len(shop), 1))
    for first in range(0, len(origin), block):
        part = slice(first, first + block)
        way = np.hypot(*(origin[part, None, axis] - shop[None, :, axis] for axis in (0, 1)))
        shares = huff_shares(size, np.where(way <= reach_m, way, np.inf), alpha, beta)
        alone = np.isnan(shares).any(axis=1) if len(shop) else np.ones(len(way), bool)
        expected += np.nan_to_num(shares).T @ count[part]
        unreached += float(count[part][alone].sum())
    return Customers(expected, unreached)


@dataclass(frozen=True)
class Calibration:
    """Exponents with standard errors and intervals; `used` of `given` cells, as shares of 0 have no logarithm."""

    alpha: float
    beta: float
    alpha_error: float
    beta_error: float
    beta_low: float
    beta_high: float
    r_squared: float
    used: int
    given: int


def calibrate(
    shares: ArrayLike, attraction: ArrayLike, distance_m: ArrayLike, level: float = 0.95
) -> Calibration:
    """Alpha and beta from observed shares (origins, shops), by OLS on logarithms less their mean over the shops of an origin
    (Nakanishi and Cooper 1974).

    Shares may be any counts of visits: only ratios within an origin count. Errors are those of the regression with a
    constant for each origin. Raises MadangError: those of `huff_shares`, "too_few_to_fit".
    """
    size, way = _checked(attraction, distance_m)
    seen = np.asarray(shares, np.float64)
    if seen.shape != way.shape:
        raise MadangError("lengths_differ", names="shares, distance_m")
    fit = (seen > 0) & (size > 0)[None, :] & np.isfinite(way)
    fit &= fit.sum(axis=1, keepdims=True) > 1
    origins = int(fit.any(axis=1).sum())
    freedom = int(fit.sum()) - origins - 2
    if freedom < 1:
        raise MadangError("too_few_to_fit", count=int(fit.sum()))

    def centred(values: Floats) -> Floats:
        logs = np.where(fit, np.log(np.where(fit, values, 1.0)), 0.0)
        found: Floats = (
            logs - logs.sum(axis=1, keepdims=True) / np.maximum(fit.sum(axis=1, keepdims=True), 1)
        )[fit]
        return found

    y, u, v = (centred(each) for each in (seen, np.broadcast_to(size, way.shape), np.maximum(way, LEAST_M)))
    design = np.column_stack([u, -v])
    if np.linalg.matrix_rank(design) < 2:
        raise MadangError("too_few_to_fit", count=int(fit.sum()))
    inverse = np.linalg.inv(design.T @ design)
    alpha, beta = inverse @ design.T @ y
    rest = float(((y - design @ [alpha, beta]) ** 2).sum())
    errors = np.sqrt(rest / freedom * np.diag(inverse))
    half = float(scipy.stats.t.ppf(0.5 + level / 2, freedom)) * errors[1]
    explained = 1 - rest / max(float((y * y).sum()), 1e-300)
    return Calibration(
        float(alpha), float(beta), float(errors[0]), float(errors[1]), float(beta - half), float(beta + half),
        explained, int(fit.sum()), int(seen.size),
    )  # fmt: skip


def _points(x: ArrayLike, y: ArrayLike) -> Floats:
    return np.column_stack([np.asarray(x, np.float64), np.asarray(y, np.float64)])


def _checked(attraction: ArrayLike, distance_m: ArrayLike) -> tuple[Floats, Floats]:
    size, way = np.asarray(attraction, np.float64), np.asarray(distance_m, np.float64)
    if way.ndim != 2 or way.shape[1] != len(size):
        raise MadangError("lengths_differ", names="attraction, distance_m")
    if not (size >= 0).all():
        raise MadangError("attraction_impossible", count=int((~(size >= 0)).sum()))
    if not (way >= 0).all():
        raise MadangError("distance_impossible", metres=float(way[~(way >= 0)][0]))
    return size, way
