"""The complaint forecast (민원예보): counts of the next periods for a whole hierarchy, with intervals that were checked.

Series are grouped by level and by whether they are rare; each group gets the candidate that its back-test chose; what
all of them say is reconciled; intervals come from how wrong the reconciled forecasts were.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.messages import MadangError
from madang.methods import accuracy
from madang.methods.backtest import Backtest, Choice, choose, origins_of, rolling_origin
from madang.methods.forecast import NAIVE, RARE, REGULAR, Progress, candidates, checked, is_rare
from madang.methods.predictive import (
    LEVELS,
    Calibration,
    Intervals,
    calibration,
    dispersion,
    exceeds,
    intervals,
    quantile,
)
from madang.methods.reconcile import Hierarchy, bottom_up, min_trace

Array = npt.NDArray[Any]
_TAILS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Width:
    """How uncertain forecasts are: alpha of each node and the calibration of regular and of rare ones."""

    alpha: Array  # (n, 1)
    rare: Array  # (n,) bool
    calibrated: tuple[Calibration, Calibration]  # regular, rare

    def exceeds(self, threshold: Array, mean: Array) -> Array:
        """P(Y > threshold), all (n, h)."""
        found = [exceeds(threshold, mean, self.alpha, each) for each in self.calibrated]
        return np.asarray(np.where(self.rare[:, None], found[1], found[0]))

    def intervals(self, mean: Array) -> Intervals:
        """Bounds around forecasts (n, h)."""
        regular, rare = (intervals(mean, self.alpha, each) for each in self.calibrated)
        pick = self.rare[:, None]
        lower = tuple(np.where(pick, b, a) for a, b in zip(regular.lower, rare.lower, strict=True))
        upper = tuple(np.where(pick, b, a) for a, b in zip(regular.upper, rare.upper, strict=True))
        kinds = [each.cases for each, any_ in ((regular, ~self.rare), (rare, self.rare)) if any_.any()]
        return Intervals(LEVELS, lower, upper, min(kinds, default=0))


@dataclass(frozen=True)
class Quality:
    """How good the reconciled forecasts of one level were in the back-test; arrays are by periods ahead (h,).

    Bounds of each origin were made without the origins that look at the same periods, so coverage is of new cases.
    """

    level: tuple[str, ...]
    series: int
    mase: float
    naive_mase: float
    bias: Array  # forecast - actual, in counts
    bias_share: float  # all that was foretold too much, for each count that came
    pinball: Mapping[float, Array]
    coverage: Mapping[int, Array]  # by level of the interval, shares 0 to 1

    @property
    def better_than_naive(self) -> bool:
        return self.mase < self.naive_mase


@dataclass(frozen=True)
class Outlook:
    """Forecasts (n, h) of every node with bounds, how they were chosen and how good such forecasts were."""

    tree: Hierarchy
    history: Array  # (n, t)
    season: int
    mean: Array
    intervals: Intervals
    width: Width
    choices: tuple[Choice, ...]
    group: tuple[str, ...]  # of each node: which choice is its own
    reconciled: str  # "min_trace" or "bottom_up": the closer one in the back-test
    reconciled_mase: Mapping[str, float]
    quality: tuple[Quality, ...]
    origins: Array  # (k,)
    actual: Array  # (n, k, h)
    tested: Array  # (n, k, h): what reconciled forecasts said then
    widths: tuple[Width, ...]  # of each origin, without the origins that look at the same periods


def outlook(
    tree: Hierarchy,
    bottom: npt.ArrayLike,
    *,
    horizon: int,
    season: int,
    origins: int = 12,
    seed: int = 0,
    progress: Progress | None = None,
) -> Outlook:
    """Forecast counts `bottom` (bottom series of `tree`, t periods without a gap) for the next `horizon` periods.

    `season` periods make a year (52, 12). `origins` back-tests one period apart, at least five wanted. `seed` spreads
    counts within their steps where intervals are calibrated. Memory: nodes² + nodes x origins x horizon numbers.
    Raises MadangError where counts are negative, have gaps, or are shorter than a season and `horizon`.
    """
    counts = checked(bottom, season)
    if (counts < 0).any():
        raise MadangError("forecast_negative", count=int((counts < 0).sum()))
    if len(counts) != tree.bottom:
        raise MadangError("forecast_rows", rows=len(counts), needed=tree.bottom)
    y = tree.total(counts)
    at = origins_of(y.shape[1], horizon, season, origins)
    rare = is_rare(y[:, : at[0]])
    base, tested, choices, group = _base(tree, y, rare, at, horizon, season, progress)
    actual = np.stack([y[:, known : known + horizon] for known in at.tolist()], axis=1)
    method, scores, mean, tested = _reconciled(tree, base, tested, actual, y, at, season)
    keys = np.unique(np.array(group), return_inverse=True)[1]
    width = _width(actual, tested, rare, keys, seed)
    widths = tuple(
        _width(actual[:, far], tested[:, far], rare, keys, seed) for far in _far_origins(at, horizon)
    )
    return Outlook(
        tree,
        y,
        season,
        mean,
        width.intervals(mean),
        width,
        choices,
        group,
        method,
        scores,
        _qualities(tree, y, at, season, actual, tested, widths),
        at,
        actual,
        tested,
        widths,
    )


def _base(
    tree: Hierarchy,
    y: Array,
    rare: Array,
    at: Array,
    horizon: int,
    season: int,
    progress: Progress | None,
) -> tuple[Array, Array, tuple[Choice, ...], tuple[str, ...]]:
    """Forecasts (n, h) and back-tests (n, k, h) of every group by the candidate that is chosen for it."""
    base, tested = np.empty((len(y), horizon)), np.empty((len(y), len(at), horizon))
    group, choices = np.empty(len(y), object), []
    kinds = [(level, is_few) for level in range(len(tree.levels)) for is_few in (False, True)]
    for number, (level, is_few) in enumerate(kinds):
        rows = np.flatnonzero((tree.level == level) & (rare == is_few))
        if not len(rows):
            continue
        name = " x ".join(tree.levels[level]) + (" (rare)" if is_few else "")
        if progress:
            progress(number, len(kinds), name)
        names = RARE if is_few else REGULAR
        test = rolling_origin(y[rows], names, at, horizon=horizon, season=season)
        choice = choose(test, name)
        parts = names if choice.shipped == "combination" else (choice.shipped,)
        base[rows] = candidates(parts, y[rows], horizon, season)[choice.shipped]
        tested[rows] = test.forecasts[choice.shipped]
        group[rows] = name
        choices.append(choice)
    return base, tested, tuple(choices), tuple(group.tolist())


def _reconciled(
    tree: Hierarchy, base: Array, tested: Array, actual: Array, y: Array, at: Array, season: int
) -> tuple[str, dict[str, float], Array, Array]:
    """Both ways of reconciling, each origin weighed without those that look at the same periods; the closer one."""
    errors = actual[:, :, 0] - tested[:, :, 0]
    trace = np.empty_like(tested)
    for number, far in enumerate(_far_origins(at, tested.shape[2])):
        trace[:, number] = min_trace(tree, tested[:, number], errors[:, far])
    found = {"min_trace": trace, "bottom_up": bottom_up(tree, tested)}
    scale = _scale(y, at, season)
    scores = {name: _mean(np.abs(actual - values).mean(axis=2) / scale) for name, values in found.items()}
    method = min(scores, key=lambda name: scores[name])
    mean = min_trace(tree, base, errors) if method == "min_trace" else bottom_up(tree, base)
    return method, scores, mean, found[method]


def _far_origins(at: Array, horizon: int) -> list[Array]:
    """For each origin the others that share no foretold period with it; all others where there is none such."""
    found = []
    for origin in at.tolist():
        far = np.flatnonzero(np.abs(at - origin) >= horizon)
        found.append(far if len(far) else np.flatnonzero(at != origin) if len(at) > 1 else np.arange(1))
    return found


def _width(actual: Array, tested: Array, rare: Array, keys: Array, seed: int) -> Width:
    flat_actual, flat_mean = actual.reshape(len(actual), -1), tested.reshape(len(tested), -1)
    alpha = np.empty((len(actual), 1))
    for key in range(int(keys.max()) + 1):
        rows = keys == key
        alpha[rows, 0] = dispersion(flat_actual[rows], flat_mean[rows])
    regular, few = (
        calibration(actual[rows], tested[rows], alpha[rows][:, None], seed) for rows in (~rare, rare)
    )
    return Width(alpha, rare, (regular, few))


def _scale(y: Array, at: Array, season: int) -> Array:
    return np.stack([accuracy.naive_scale(y[:, :known], season) for known in at.tolist()], axis=1)


def _qualities(
    tree: Hierarchy, y: Array, at: Array, season: int, actual: Array, tested: Array, widths: tuple[Width, ...]
) -> tuple[Quality, ...]:
    horizon = tested.shape[2]
    naive = rolling_origin(y, (NAIVE,), at, horizon=horizon, season=season)
    both = Backtest(at, actual, {"shipped": tested, NAIVE: naive.forecasts[NAIVE]}, naive.scale)
    bounds = [width.intervals(tested[:, number]) for number, width in enumerate(widths)]
    tails = {
        tail: np.stack([_tail(width, tested[:, number], tail) for number, width in enumerate(widths)], 1)
        for tail in _TAILS
    }
    found = []
    for number, level in enumerate(tree.levels):
        rows = np.flatnonzero(tree.level == number)
        held = {
            percent: np.mean(
                [
                    (actual[rows, origin] >= each.lower[which][rows])
                    & (actual[rows, origin] <= each.upper[which][rows])
                    for origin, each in enumerate(bounds)
                ],
                axis=(0, 1),
            )
            for which, percent in enumerate(LEVELS)
        }
        over = tested[rows] - actual[rows]
        found.append(
            Quality(
                level,
                len(rows),
                _mean(both.mase("shipped")[rows]),
                _mean(both.mase(NAIVE)[rows]),
                over.mean(axis=(0, 1)),
                float(over.sum() / max(actual[rows].sum(), 1)),
                {tail: _pinball(actual[rows], values[rows], tail) for tail, values in tails.items()},
                held,
            )
        )
    return tuple(found)


def _tail(width: Width, mean: Array, tail: float) -> Array:
    """The calibrated quantile (n, h)."""
    regular, rare = (quantile(each.level(tail, tail >= 0.5), mean, width.alpha) for each in width.calibrated)
    return np.asarray(np.where(width.rare[:, None], rare, regular))


def _pinball(actual: Array, found: Array, tail: float) -> Array:
    """By periods ahead, over rows and origins."""
    horizon = actual.shape[2]
    by_period = (np.moveaxis(each, 2, 0).reshape(horizon, -1) for each in (actual, found))
    return accuracy.pinball(*by_period, tail)


def _mean(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
