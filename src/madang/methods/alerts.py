"""Early warnings: nodes whose next periods will probably pass what is usual, why, and how such warnings fared.

The rule of the complaint forecast: P(Y > max(90th percentile of history, 1.3 x mean of the same month)) >= 0.6. Here
three counts at least are asked for, as one letter more than none is no news.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.messages import MadangError
from madang.methods import harmonic
from madang.methods.outlook import Outlook

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Rule:
    """When to warn."""

    percentile: float = 0.9  # of all periods that are known
    times: float = 1.3  # the mean of the same month
    probability: float = 0.6  # that the greater of both is passed
    least: float = 2.0  # counts that have to be passed in any case


@dataclass(frozen=True)
class Reasons:
    """What a forecast is made of, each as a factor: above 1 it raises the forecast. Judged by what stood a quarter ago."""

    season: float  # the time of the year, times the usual of a whole year
    growth: float  # times as many each year
    level: float  # what lately came for each one that time of the year and growth led to expect
    lately: float  # counts of the last periods
    expected: float  # and what was to be expected of them
    periods: int  # how many periods "lately" means: a thirteenth of a year, two at least

    @property
    def main(self) -> str:
        """The greatest of "season", "growth" and "level"."""
        parts = {"season": self.season, "growth": self.growth, "level": self.level}
        return max(parts, key=lambda name: parts[name])


@dataclass(frozen=True)
class Alert:
    """One node and one period ahead (1: the next) that will probably be out of the ordinary."""

    node: int
    level: tuple[str, ...]
    labels: tuple[str, ...]
    ahead: int
    probability: float
    mean: float
    lower_80: float
    upper_80: float
    threshold: float
    percentile_90: float
    same_month: float  # mean count of the same month in what is known; NaN where it was never seen
    reasons: Reasons


@dataclass(frozen=True)
class AlertScore:
    """How the rule would have fared at the origins of the back-test. NaN where nothing was warned of, or nothing came."""

    warned: int  # node, origin and period ahead
    right: int
    events: int  # node and period that passed its threshold
    foreseen: int  # those that any origin warned of
    lead: float  # mean periods between the first warning and an event that was foreseen
    reliability: tuple[
        tuple[float, float, int], ...
    ]  # mean probability, share that came true, cases; five steps

    @property
    def precision(self) -> float:
        return self.right / self.warned if self.warned else float("nan")

    @property
    def recall(self) -> float:
        return self.foreseen / self.events if self.events else float("nan")


def thresholds(history: Array, months: Array, ahead: Array, rule: Rule) -> tuple[Array, Array, Array]:
    """What has to be passed (n, h), the percentile (n,), the same-month mean (n, h; NaN: never seen).

    `history` (n, t) with the calendar month of each period `months` (t,), of the periods ahead `ahead` (h,).
    """
    high = np.quantile(history, rule.percentile, axis=1)
    same = np.stack([_mean_of(history[:, months == month]) for month in ahead.tolist()], axis=1)
    found = np.fmax(np.maximum(high, rule.least)[:, None], rule.times * same)
    return found, high, same


def _mean_of(values: Array) -> Array:
    return np.asarray(values.mean(axis=1)) if values.shape[1] else np.full(len(values), np.nan)


def alerts(found: Outlook, months: npt.ArrayLike, rule: Rule | None = None) -> tuple[Alert, ...]:
    """Warnings of the next periods, the most certain first.

    `months`: calendar month of each period that is known and of each ahead (t + h,). Raises MadangError for another
    number of months.
    """
    rule = rule or Rule()
    known, horizon = found.history.shape[1], found.mean.shape[1]
    of = _months(months, known + horizon)
    passed, high, same = thresholds(found.history, of[:known], of[known:], rule)
    probability = found.width.exceeds(passed, found.mean)
    nodes, ahead = np.nonzero(probability >= rule.probability)
    back = _before(known, found.season)
    parts = (
        harmonic.fit(found.history[nodes, : known - back], found.season, back + horizon)
        if len(nodes)
        else None
    )
    order = np.argsort(-probability[nodes, ahead], kind="stable")
    listed = []
    for at in order.tolist():
        node, step = int(nodes[at]), int(ahead[at])
        assert parts is not None
        listed.append(
            Alert(
                node,
                found.tree.levels[int(found.tree.level[node])],
                found.tree.labels[node],
                step + 1,
                float(probability[node, step]),
                float(found.mean[node, step]),
                float(found.intervals.lower[0][node, step]),
                float(found.intervals.upper[0][node, step]),
                float(passed[node, step]),
                float(high[node]),
                float(same[node, step]),
                _reasons(parts, found.history[node], at, found.season, known + step),
            )
        )
    return tuple(listed)


def _before(known: int, season: int) -> int:
    """Reasons are told from what stood a quarter of a year ago, so that a rise does not explain itself."""
    quarter = max(1, season // 4)
    return quarter if known - quarter > season else 0


def _reasons(parts: harmonic.Harmonic, history: Array, row: int, season: int, period: int) -> Reasons:
    known, periods = len(history), max(2, season // 13)
    lately = float(history[-periods:].sum())
    expected = float(parts.mean[row, known - periods : known].sum() * parts.level[row])
    level = (lately + 0.5) / (expected + 0.5)
    return Reasons(
        float(parts.season[row, period]), float(parts.growth[row]), level, lately, expected, periods
    )


def alert_score(found: Outlook, months: npt.ArrayLike, rule: Rule | None = None) -> AlertScore:
    """The same rule at each origin of the back-test, with what was known then, against what came."""
    rule = rule or Rule()
    nodes, count, horizon = found.tested.shape
    of = _months(months, found.history.shape[1] + horizon)
    passed, probability = np.empty_like(found.tested), np.empty_like(found.tested)
    for number, known in enumerate(found.origins.tolist()):
        passed[:, number], _, _ = thresholds(
            found.history[:, :known], of[:known], of[known : known + horizon], rule
        )
        probability[:, number] = found.widths[number].exceeds(passed[:, number], found.tested[:, number])
    warned, came = probability >= rule.probability, found.actual > passed
    target = found.origins[:, None] + np.arange(horizon)
    periods = np.unique(target)
    events, lead = np.zeros((nodes, len(periods)), bool), np.zeros((nodes, len(periods)), int)
    for number in range(count):
        for step in range(horizon - 1, -1, -1):
            at = int(np.searchsorted(periods, target[number, step]))
            events[:, at] = came[
                :, number, step
            ]  # later origins overwrite: the threshold that was known last
            lead[:, at] = np.maximum(lead[:, at], (step + 1) * warned[:, number, step])
    foreseen = events & (lead > 0)
    return AlertScore(
        int(warned.sum()),
        int((warned & came).sum()),
        int(events.sum()),
        int(foreseen.sum()),
        float(lead[foreseen].mean()) if foreseen.any() else float("nan"),
        _reliability(probability.ravel(), came.ravel()),
    )


def _reliability(probability: Array, came: Array) -> tuple[tuple[float, float, int], ...]:
    step = np.minimum((probability * 5).astype(int), 4)
    count = np.bincount(step, minlength=5)
    said, true = (np.bincount(step, each, 5) / np.maximum(count, 1) for each in (probability, came))
    return tuple((float(said[at]), float(true[at]), int(count[at])) for at in range(5) if count[at])


def _months(months: npt.ArrayLike, needed: int) -> Array:
    found = np.asarray(months, int)
    if found.shape != (needed,):
        raise MadangError("forecast_months", months=found.size, needed=needed)
    return found
