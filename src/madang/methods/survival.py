"""How many survive how long: Kaplan–Meier curves of many groups at once, with delayed entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.methods.proportions import quantile_of
from madang.methods.risk_sets import RiskSets, risk_sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

YEAR_DAYS = 365.25
AGES = (1 * YEAR_DAYS, 3 * YEAR_DAYS, 5 * YEAR_DAYS)
_HALF = 0.5 + 1e-12  # a product of fractions that is one half but for rounding


@dataclass(frozen=True)
class Curves:
    """Steps of all curves one after another; those of group g are `starts[g]:starts[g + 1]`."""

    starts: Ints  # (groups + 1)
    time: Floats  # of steps, as the fields below
    at_risk: Ints
    events: Ints
    survival: Floats
    standard_error: Floats  # Greenwood; NaN where survival is 0
    low: Floats
    high: Floats

    def of(self, group: int) -> slice:
        return slice(int(self.starts[group]), int(self.starts[group + 1]))


@dataclass(frozen=True)
class SurvivalAt:
    """Survival at some ages; every array but `ages` is (groups, ages). NaN: nobody was seen at that age."""

    ages: Floats
    survival: Floats
    standard_error: Floats
    low: Floats
    high: Floats
    at_risk: Ints  # at that age
    fewest: Ints  # at risk at that age or at any event before it: how thin the thinnest step stands
    events: Ints  # up to that age
    few: Bools  # fewer than `least_at_risk` at some step
    adjusted: Bools  # 보정값: shrunk towards a larger group, see `survival_shrink`


@dataclass(frozen=True)
class Median:
    """(groups) the first time at which survival is one half or less; NaN: not reached."""

    time: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class KaplanMeier:
    """What `kaplan_meier` found."""

    rows: Ints  # (groups) how many rows each curve stands on
    curves: Curves
    at: SurvivalAt
    median: Median
    level: float


def kaplan_meier(
    leave: ArrayLike,
    event: ArrayLike,
    group: ArrayLike | None = None,
    entry: ArrayLike | None = None,
    *,
    groups: int | None = None,
    ages: Sequence[float] = AGES,
    level: float = 0.95,
    least_at_risk: int = 30,
) -> KaplanMeier:
    """Survival of each group by Kaplan and Meier (1958), of rows that may come under observation late.

    `leave` (rows): age at the event or at the last look, in the unit of `ages` (by default days); `event` (rows): whether
    it ended with the event; `entry` (rows): age from which the row could have been seen to end, 0 for from the start (a
    shop older than the register has survived until it: leaving `entry` out makes survival look better than it is);
    `group` (rows): number of the group, -1 is left out; `groups`: how many, by default the highest + 1.

    Variance by Greenwood (1926), intervals on the scale of log(-log S) (Kalbfleisch and Prentice 1980); where that is not
    defined, before the first event and after the last one, the exact binomial limit (Clopper and Pearson 1934) of those at
    risk. With `entry` the first steps may stand on few: `fewest` and `few` tell it.

    Five million rows in thousands of groups take seconds and about 100 bytes a row.
    Raises MadangError: "lengths_differ", "times_impossible", "level_outside".
    """
    asked = np.asarray(ages, np.float64)
    risks = risk_sets(leave, event, group, entry, groups=groups, asked=asked)
    curves = _curves(risks, level)
    return KaplanMeier(
        risks.size, curves, _at(risks, curves, asked, level, least_at_risk), _median(curves), level
    )


def _curves(risks: RiskSets, level: float) -> Curves:
    starts = np.searchsorted(risks.events, np.arange(risks.groups + 1, dtype=np.int64) * risks.width)
    lengths = np.diff(starts)
    n, d = risks.at_risk(risks.events), risks.counts
    last = d == n
    factor = np.log1p(-np.where(last, 0.0, d / n))
    term = np.where(last, 0.0, d / (n * np.maximum(n - d, 1.0)))
    logs, greenwood, ended = (_summed(each, starts, lengths) for each in (factor, term, last))
    survival = np.where(ended > 0, 0.0, np.exp(logs))
    error = np.where(ended > 0, np.nan, survival * np.sqrt(greenwood))
    low, high = _limits(survival, error, n, level)
    return Curves(starts, risks.times[risks.events % risks.width], n, d, survival, error, low, high)


def _summed(values: NDArray[np.generic], starts: Ints, lengths: Ints) -> Floats:
    """Running sums that begin anew with each group."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    found: Floats = sums[1:] - np.repeat(sums[starts[:-1]], lengths)
    return found


def _limits(survival: Floats, error: Floats, at_risk: Ints, level: float) -> tuple[Floats, Floats]:
    z = quantile_of(level)
    inside = (survival > 0) & (survival < 1)
    log = np.log(np.where(inside, survival, 0.5))
    spread = np.exp(z * np.where(inside, error, 0.0) / (np.where(inside, survival, 0.5) * np.abs(log)))
    rest = np.power((1 - level) / 2, 1 / np.maximum(at_risk, 1))
    low = np.where(inside, np.exp(log * spread), np.where(survival > 0, rest, 0.0))
    high = np.where(inside, np.exp(log / spread), np.where(survival > 0, 1.0, 1 - rest))
    return low, high


def _at(risks: RiskSets, curves: Curves, ages: Floats, level: float, least: int) -> SurvivalAt:
    keys = risks.keys_at(ages)
    n = risks.at_risk(keys)
    step = np.searchsorted(risks.events, keys, "right") - 1
    any_step = step >= curves.starts[:-1, None]
    at = np.where(any_step, step, 0)

    def taken(values: NDArray[np.generic], none: float) -> Floats:
        return np.where(any_step, values[at], none) if len(values) else np.full(at.shape, none)

    survival = taken(curves.survival, 1.0)
    fewest = np.minimum(n, taken(_least_so_far(curves), np.inf)).astype(np.int64)
    unseen = (n == 0) & (survival > 0)
    error = taken(curves.standard_error, np.nan)
    low, high = _limits(survival, error, np.where(survival > 0, n, taken(curves.at_risk, 0)), level)
    events = taken(_summed(curves.events, curves.starts, np.diff(curves.starts)), 0).astype(np.int64)
    survival, error, low, high = (np.where(unseen, np.nan, each) for each in (survival, error, low, high))
    return SurvivalAt(
        ages, survival, error, low, high, n, fewest, events, fewest < least, np.zeros(n.shape, bool)
    )


def _least_so_far(curves: Curves) -> Ints:
    """The smallest risk set of a group up to each step: later groups are moved below earlier ones, so each begins anew."""
    below = np.repeat(np.arange(len(curves.starts) - 1), np.diff(curves.starts)) * (
        curves.at_risk.max(initial=0) + 1
    )
    found: Ints = np.minimum.accumulate(curves.at_risk - below) + below
    return found


def _median(curves: Curves) -> Median:
    group = np.repeat(np.arange(len(curves.starts) - 1), np.diff(curves.starts))

    def first(reached: Bools) -> Floats:
        found = np.full(len(curves.starts) - 1, np.nan)
        which, at = np.unique(group[reached], return_index=True)
        found[which] = curves.time[reached][at]
        return found

    return Median(*(first(each <= _HALF) for each in (curves.survival, curves.low, curves.high)))
