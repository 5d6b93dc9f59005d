"""Early warnings: nodes whose next periods will probably pass what is usual, and why.

The rule of the complaint forecast: P(Y > max(90th percentile of history, 1.3 x mean of the same month)) >= 0.6. Here
three counts at least are asked for, as one letter more than none is no news. The probability is the one that past
warnings have mended (`alert_record`): that of the forecast alone is right over all periods, and too sure of those few
that it calls high, as what rose lately falls back more often than it stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.methods import harmonic
from madang.methods.alert_record import Record, Rule, checked_months, thresholds
from madang.methods.outlook import Outlook

Array = npt.NDArray[Any]


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
    """One node and one period ahead (1: the next) that may be out of the ordinary.

    `sure`: it is a warning; else it is worth a look. `tried`: how often as much (less a tenth) or more was said in the
    past, and `came`: how often that came. A warning needs ten such cases, and that they came as often as it asks, less a tenth.
    `untried`: the forecast alone is surer than was tried often enough, so `probability` is the least that is known of it.
    """

    node: int
    level: tuple[str, ...]
    labels: tuple[str, ...]
    ahead: int
    probability: float
    sure: bool
    tried: int
    came: int
    untried: bool
    mean: float
    lower_80: float
    upper_80: float
    threshold: float
    percentile_90: float
    same_month: float  # mean count of the same month in what is known; NaN where it was never seen
    reasons: Reasons


def alerts(
    found: Outlook, months: npt.ArrayLike, past: Record, rule: Rule | None = None
) -> tuple[Alert, ...]:
    """Warnings of the next periods and what is worth a look, the most certain first; none where the past tells too little.

    Worth a look: above `rule.watch`, or what the forecast alone would warn of, however seldom such came.
    `months`: calendar month of each period that is known and of each ahead (t + h,); `past`: the `record` of `found`
    under the same rule. Raises MadangError for another number of months.
    """
    rule = rule or Rule()
    known, horizon = found.history.shape[1], found.mean.shape[1]
    of = checked_months(months, known + horizon)
    if past.mending is None:
        return ()
    passed, high, same = thresholds(found.history, of[:known], of[known:], rule)
    plain = found.width.exceeds(passed, found.mean)
    probability = past.mending.mended(plain, past.group[:, None])
    nodes, ahead = np.nonzero((probability >= rule.watch) | (plain >= rule.probability))
    back = _before(known, found.season)
    parts = (
        harmonic.fit(found.history[nodes, : known - back], found.season, back + horizon)
        if len(nodes)
        else None
    )
    order = np.lexsort((-plain[nodes, ahead], -probability[nodes, ahead]))
    listed = []
    for at in order.tolist():
        node, step = int(nodes[at]), int(ahead[at])
        assert parts is not None
        chance = float(probability[node, step])
        tried, came = past.like(chance)
        listed.append(
            Alert(
                node,
                found.tree.levels[int(found.tree.level[node])],
                found.tree.labels[node],
                step + 1,
                chance,
                chance >= rule.probability
                and tried >= rule.tried
                and came >= (rule.probability - 0.1) * tried,
                tried,
                came,
                bool(plain[node, step] > past.mending.top),
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
