"""Whether shops of an area close more than their trades would lead one to expect, and what survival that makes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.proportions import poisson_rate, quantile_of
from madang.methods.survival import SurvivalAt, kaplan_meier

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class ClosingRatios:
    """(areas) closings over those expected: 1.3 is three in ten more than the same trades at the same ages in the city."""

    observed: Floats
    expected: Floats
    raw: Floats  # NaN where nothing is expected
    raw_low: Floats
    raw_high: Floats
    ratio: Floats  # drawn towards 1 where few are expected
    standard_error: Floats  # of `ratio`
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Expected:
    """(groups, ages) survival of a trade in the city, put to the ratio of the area."""

    survival: Floats
    standard_error: Floats


def closing_ratios(
    leave: ArrayLike,
    event: ArrayLike,
    trade: ArrayLike,
    area: ArrayLike,
    entry: ArrayLike | None = None,
    *,
    trades: int | None = None,
    areas: int | None = None,
    level: float = 0.95,
) -> ClosingRatios:
    """Indirect standardisation by trade and age: what each shop was expected to contribute is the cumulative hazard of its
    trade over the ages at which it was watched (Nelson 1969; Aalen 1978; Breslow 1975).

    Rows as in `kaplan_meier`, `trade` and `area` their numbers (area -1: in the city, in no area). `raw` has the exact
    interval of a Poisson count; `ratio` is drawn to 1 by how much areas differ beyond chance (Marshall 1991).
    Raises MadangError: "lengths_differ", "times_impossible", "level_outside".
    """
    end, happened, kind, of = np.asarray(leave), np.asarray(event, bool), np.asarray(trade), np.asarray(area)
    if not len(end) == len(happened) == len(kind) == len(of):
        raise MadangError("lengths_differ", names="leave, event, trade, area")
    start = np.zeros(len(end)) if entry is None else np.asarray(entry)
    number = areas if areas is not None else int(of.max(initial=-1)) + 1
    spent = _expected(end, happened, kind, start, trades)
    inside = of >= 0
    expected: Floats = np.bincount(of[inside], spent[inside], number).astype(np.float64)
    observed: Floats = np.bincount(of[inside], happened[inside], number).astype(np.float64)
    raw = poisson_rate(observed, expected, level)
    between = _between(observed, expected)
    within = 1 / np.where(expected > 0, expected, np.inf)
    pull = between / (between + within) if between > 0 else np.zeros(number)
    pull = np.where(expected > 0, pull, 0.0)
    ratio = 1 + pull * (np.nan_to_num(raw.share, nan=1.0) - 1)
    error = np.sqrt(between * (1 - pull))
    spread = np.exp(quantile_of(level) * error / np.maximum(ratio, 1e-9))
    return ClosingRatios(
        observed, expected, raw.share, raw.low, raw.high, ratio, error, ratio / spread, ratio * spread
    )


def _expected(
    end: NDArray[np.generic],
    happened: NDArray[np.bool_],
    kind: NDArray[np.generic],
    start: NDArray[np.generic],
    trades: int | None,
) -> Floats:
    """(rows) the cumulative hazard of a row's trade from its entry to its end."""
    curves = kaplan_meier(end, happened, kind, start, groups=trades, ages=()).curves
    times = np.unique(curves.time)
    width = len(times) + 1
    steps = np.repeat(np.arange(len(curves.starts) - 1), np.diff(curves.starts)) * width
    steps += np.searchsorted(times, curves.time, "right")
    summed = np.concatenate([[0.0], np.cumsum(curves.events / curves.at_risk)])

    def passed(moments: NDArray[np.generic]) -> Floats:
        keys = kind.astype(np.int64) * width + np.searchsorted(times, moments, "right")
        found: Floats = summed[np.searchsorted(steps, keys, "right")]
        return found

    return passed(end) - passed(start)


def _between(observed: Floats, expected: Floats) -> float:
    """How much the true ratios of areas vary, by moments."""
    some = expected > 0
    if some.sum() < 2:
        return 0.0
    ratio, weight = observed[some] / expected[some], expected[some]
    scatter = float((weight * (ratio - 1) ** 2).sum() / weight.sum())
    return max(0.0, scatter - float(some.sum() / weight.sum()))


def expected_survival(
    whole: SurvivalAt, trade: ArrayLike, area: ArrayLike, ratios: ClosingRatios
) -> Expected:
    """S^ratio of each group: `whole` by trade, `trade` and `area` (groups) their numbers, area -1 for a ratio of 1."""
    kind, of = np.asarray(trade), np.asarray(area)
    if len(kind) != len(of):
        raise MadangError("lengths_differ", names="trade, area")
    ratio = np.append(ratios.ratio, 1.0)[of][:, None]
    off = np.append(ratios.standard_error, 0.0)[of][:, None]
    base, error = whole.survival[kind], np.nan_to_num(whole.standard_error[kind])
    safe = np.where(base > 0, base, 1.0)
    survival = np.where(base > 0, safe**ratio, base)
    return Expected(survival, survival * np.hypot(ratio * error / safe, np.log(safe) * off))
