"""Whether groups survive differently: log-rank tests with delayed entry, and Holm's correction for many of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.risk_sets import risk_sets

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_CELLS = 4_000_000  # of a block of groups and times held at once: 32 MB
_NOTHING = 1e-10  # a variance below it is rounding


@dataclass(frozen=True)
class LogRank:
    """One test of all groups."""

    statistic: float  # chi-square; NaN where no two groups were ever at risk together
    degrees: int
    p_value: float
    observed: Floats  # (groups) events
    expected: Floats  # (groups) events if all groups were alike


@dataclass(frozen=True)
class ManyLogRanks:
    """Tests side by side. `p_holm`: chance that any of the tests told so little or less, if nothing differs (Holm 1979)."""

    first: Ints  # (tests) group
    second: Ints  # (tests) group, -1 for all the others together
    observed: Floats  # of the first group
    expected: Floats
    statistic: Floats
    p_value: Floats
    p_holm: Floats


def log_rank(
    leave: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    entry: ArrayLike | None = None,
    *,
    groups: int | None = None,
) -> LogRank:
    """Do all groups have one survival (Mantel 1966; Peto and Peto 1972)? Rows as in `kaplan_meier`; up to some hundred groups.

    Raises MadangError: "lengths_differ", "times_impossible".
    """
    risks = risk_sets(leave, event, group, entry, groups=groups)
    happened, at_risk = risks.tables(0, risks.groups)
    d, n = happened.sum(axis=0), at_risk.sum(axis=0)
    share, weight = at_risk / n, _weight(d, n)
    observed, expected = happened.sum(axis=1), share @ d
    variance = np.diag(share @ weight) - (share * weight) @ share.T
    values, vectors = np.linalg.eigh(variance)
    real = values > _NOTHING * max(values.max(initial=0.0), 1.0)
    degrees = int(real.sum())
    if not degrees:
        return LogRank(float("nan"), 0, float("nan"), observed, expected)
    statistic = float(((vectors.T @ (observed - expected))[real] ** 2 / values[real]).sum())
    return LogRank(statistic, degrees, float(scipy.stats.chi2.sf(statistic, degrees)), observed, expected)


def each_against_the_rest(
    leave: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    entry: ArrayLike | None = None,
    *,
    groups: int | None = None,
) -> ManyLogRanks:
    """Of each group: does it survive otherwise than all the others together? Thousands of groups, in blocks of 32 MB.

    Rows as in `kaplan_meier`. A group that is never at risk beside another has statistic and p NaN and is no test of Holm's.
    Raises MadangError: "lengths_differ", "times_impossible".
    """
    risks = risk_sets(leave, event, group, entry, groups=groups)
    d, n = risks.pooled()
    weight = _weight(d, n)
    block = max(1, _CELLS // risks.width)
    found = []
    for first in range(0, risks.groups, block):
        happened, share = risks.tables(first, min(first + block, risks.groups))
        share /= np.maximum(n, 1)
        found.append(np.stack([happened.sum(axis=1), share @ d, share @ weight - (share * share) @ weight]))
    observed, expected, variance = np.concatenate(found, axis=1) if found else np.zeros((3, 0))
    return _judged(np.arange(risks.groups), np.full(risks.groups, -1), observed, expected, variance)


def each_pair(
    leave: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    entry: ArrayLike | None = None,
    *,
    groups: int | None = None,
) -> ManyLogRanks:
    """Of every two groups: do they survive differently? For up to some hundred groups; rows as in `kaplan_meier`.

    Raises MadangError: "lengths_differ", "times_impossible".
    """
    risks = risk_sets(leave, event, group, entry, groups=groups)
    happened, at_risk = risks.tables(0, risks.groups)
    pairs = np.array(list(combinations(range(risks.groups), 2)), np.int64).reshape(-1, 2)
    sums = np.zeros((3, len(pairs)))
    for one in range(risks.groups - 1):
        of = pairs[:, 0] == one
        d, n = happened[one] + happened[one + 1 :], at_risk[one] + at_risk[one + 1 :]
        share = at_risk[one] / np.maximum(n, 1)
        sums[0, of] = np.where(n > 0, happened[one], 0).sum(axis=1)
        sums[1, of] = (share * d).sum(axis=1)
        sums[2, of] = (share * (1 - share) * _weight(d, n)).sum(axis=1)
    return _judged(pairs[:, 0], pairs[:, 1], *sums)


def holm(p_values: ArrayLike) -> Floats:
    """P-values corrected for their number by Holm (1979), in the order given; NaN is no test and stays NaN.

    Raises MadangError("level_outside") for a value outside 0–1.
    """
    p = np.asarray(p_values, np.float64)
    real = ~np.isnan(p)
    if ((p[real] < 0) | (p[real] > 1)).any():
        raise MadangError("level_outside", level=float(p[real].max()))
    order = np.argsort(p[real], kind="stable")
    steps = p[real][order] * np.arange(real.sum(), 0, -1)
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    found = np.full(p.shape, np.nan)
    found[real] = adjusted
    return found


def _weight(d: Floats, n: Floats) -> Floats:
    """The hypergeometric variance at each time, without the shares of the groups."""
    found: Floats = np.where(n > 1, d * (n - d) / np.maximum(n - 1, 1), 0.0)
    return found


def _judged(first: Ints, second: Ints, observed: Floats, expected: Floats, variance: Floats) -> ManyLogRanks:
    real = variance > _NOTHING
    statistic = np.where(real, (observed - expected) ** 2 / np.where(real, variance, 1.0), np.nan)
    p = scipy.stats.chi2.sf(statistic, 1)
    return ManyLogRanks(first, second, observed, expected, statistic, p, holm(p))
