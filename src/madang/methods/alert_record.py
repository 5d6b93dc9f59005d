"""What warnings would have been said in the past and what came: how sure a warning may be, and how good warnings are.

At each origin of the back-test the probability of the forecast is mended by what had come of such probabilities until
then (`calibration.Mending`), of sums and of single series apart; so each is judged by what it was not learnt from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from madang.messages import MadangError
from madang.methods.calibration import Mending, reliability
from madang.methods.outlook import Outlook

Array = npt.NDArray[Any]
_ORIGINS, _EVENTS = 10, 20  # that probabilities are mended by, at least


@dataclass(frozen=True)
class Rule:
    """When to warn."""

    percentile: float = 0.9  # of all periods that are known
    times: float = 1.3  # the mean of the same month
    probability: float = 0.6  # that the greater of both is passed
    watch: float = 0.25  # above this it is worth a look
    least: float = 2.0  # counts that have to be passed in any case
    tried: int = 10  # cases of so high a probability that the past has to have to warn


@dataclass(frozen=True)
class Record:
    """What was said at each origin of the next periods, (n, k, h), and what came.

    `said`: the mended probability, NaN where too little was known then; `plain`: that of the forecast alone. `passed`:
    the threshold then; `came`: whether it was passed. `mending`: what mends the probabilities of now, by the `group` of
    each node (n: 0 a sum, 1 a single series); None where the past tells too little.
    """

    origins: Array
    plain: Array
    said: Array
    passed: Array
    came: Array
    group: Array
    mending: Mending | None

    @property
    def judged(self) -> Array:
        """The origins (k,) at which enough was known."""
        return np.asarray(np.isfinite(self.said[0, :, 0]))

    def like(self, chance: float) -> tuple[int, int]:
        """How often `chance`, less a tenth, or more was said, and how often what it was said of came."""
        with np.errstate(invalid="ignore"):
            mine = self.said >= chance - 0.1
        return int(mine.sum()), int(self.came[mine].sum())


@dataclass(frozen=True)
class AlertScore:
    """How warnings fared at the origins that could be judged. NaN where nothing was warned of, or nothing came."""

    warned: int  # node, origin and period ahead
    right: int
    events: int  # node and period that passed its threshold
    foreseen: int  # those that any origin warned of
    lead: float  # mean periods between the first warning and an event that was foreseen
    brier: float  # mean square of probability - whether it came (Brier 1950)
    brier_usual: float  # the same of always saying how often it comes
    reliability: tuple[
        tuple[float, float, int], ...
    ]  # mean probability, share that came true, cases; ten steps

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


def record(found: Outlook, months: npt.ArrayLike, rule: Rule | None = None) -> Record:
    """The rule at each origin of the back-test with what was known then. `months` as for `alerts`.

    A probability is mended from what was said at ten earlier origins or more, all of whose periods were over, and
    twenty events or more. Raises MadangError for another number of months.
    """
    rule = rule or Rule()
    horizon = found.tested.shape[2]
    of = checked_months(months, found.history.shape[1] + horizon)
    passed, plain = np.empty_like(found.tested), np.empty_like(found.tested)
    for number, known in enumerate(found.origins.tolist()):
        passed[:, number], _, _ = thresholds(
            found.history[:, :known], of[:known], of[known : known + horizon], rule
        )
        plain[:, number] = found.widths[number].exceeds(passed[:, number], found.tested[:, number])
    came, group = found.actual > passed, (found.tree.level == len(found.tree.levels) - 1).astype(int)
    said = np.full_like(plain, np.nan)
    for number, known in enumerate(found.origins.tolist()):
        over = np.flatnonzero(found.widths_known & (found.origins + horizon <= known))
        mending = _mending(plain[:, over], came[:, over], group)
        if mending:
            said[:, number] = mending.mended(plain[:, number], group[:, None])
    sound = found.widths_known
    return Record(
        found.origins, plain, said, passed, came, group, _mending(plain[:, sound], came[:, sound], group)
    )


def _mending(plain: Array, came: Array, group: Array) -> Mending | None:
    if plain.shape[1] < _ORIGINS or came.sum() < _EVENTS:
        return None
    groups = np.broadcast_to(group[:, None, None], plain.shape)
    return Mending.of(plain.ravel(), came.ravel(), groups.ravel(), 2)


def alert_score(past: Record, probability: float, *, plain: bool = False) -> AlertScore:
    """How warnings of `probability` or more fared; `plain`: as the forecast alone would have said them."""
    judged = past.judged
    said = (past.plain if plain else past.said)[:, judged]
    came, warned = past.came[:, judged], said >= probability
    nodes, count, horizon = said.shape
    target = past.origins[judged][:, None] + np.arange(horizon)
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
    usual = came.mean() if came.size else float("nan")
    return AlertScore(
        int(warned.sum()),
        int((warned & came).sum()),
        int(events.sum()),
        int(foreseen.sum()),
        float(lead[foreseen].mean()) if foreseen.any() else float("nan"),
        float(((said - came) ** 2).mean()) if came.size else float("nan"),
        float(usual * (1 - usual)),
        reliability(said, came),
    )


def checked_months(months: npt.ArrayLike, needed: int) -> Array:
    """`months` as numbers. Raises MadangError where there are not `needed`."""
    found = np.asarray(months, int)
    if found.shape != (needed,):
        raise MadangError("forecast_months", months=found.size, needed=needed)
    return found
