"""Words that are said more and more: a quasi-Poisson trend for each word, with all words said as its offset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from madang.messages import MadangError
from madang.methods.keyness import benjamini_hochberg


@dataclass(frozen=True)
class Trends:
    """Trends of words, the surest rise first (arrays of one length).

    `said`: how often in all. `growth`: factor of its share from one step to the next, `low` to `high` its 95 %
    interval; `whole`: factor from the first step to the last. `dispersion`: how much more its counts vary than chance
    alone (1). `q`: p-value of the trend after Benjamini-Hochberg; nan where the word was said too seldom to judge.
    """

    words: tuple[str, ...]
    said: Any
    growth: Any
    low: Any
    high: Any
    whole: Any
    dispersion: Any
    q: Any

    @property
    def rising(self) -> Any:
        """Mask of the words whose share surely grows: q at most 0.05 and growth above 1."""
        return (self.q <= 0.05) & (self.growth > 1)


def word_trends(words: Sequence[str], counts: Any, totals: Any, *, least: int = 10) -> Trends:
    """The trend of each word: `counts` (words x steps) beside `totals` (steps), all words or letters of each step.

    ln E(count) = a + b x step + ln(total), variance = dispersion x mean, the dispersion being Pearson's and at least 1
    (as Farrington et al. 1996); b is judged by Student's t with steps - 2 degrees. All words at once. Words said fewer
    than `least` times have no q; a word of the last step alone has no trend (see `bursts`). Steps without a total are left out. Source: McCullagh & Nelder (1989), chapter 6.
    Raises MadangError("trend_steps") for fewer than four steps that have letters.
    """
    counts, totals = np.asarray(counts, float), np.asarray(totals, float)
    there = np.flatnonzero(totals > 0)
    if len(there) < 4:
        raise MadangError("trend_steps", steps=len(there))
    said = counts[:, there].sum(axis=1)
    asked = np.flatnonzero(said >= max(least, 1))
    slope, error, dispersion = (np.full(len(counts), np.nan) for _ in range(3))
    slope[asked], error[asked], dispersion[asked] = quasi_poisson(
        counts[np.ix_(asked, there)], totals[there], there
    )
    freedom = len(there) - 2
    p = 2 * scipy.stats.t.sf(np.abs(slope / error), freedom)
    reach = scipy.stats.t.ppf(0.975, freedom) * error
    order = np.lexsort((-said, np.where(np.isnan(slope), np.inf, -slope / error)))
    with np.errstate(over="ignore"):
        growth, low, high, whole = (
            np.exp(each)[order]
            for each in (slope, slope - reach, slope + reach, slope * (there[-1] - there[0]))
        )
    return Trends(
        words=tuple(words[at] for at in order.tolist()),
        said=said[order].astype(np.int64),
        growth=growth,
        low=low,
        high=high,
        whole=whole,
        dispersion=dispersion[order],
        q=benjamini_hochberg(p)[order],
    )


def quasi_poisson(counts: Any, totals: Any, steps: Any, rounds: int = 50) -> tuple[Any, Any, Any]:
    """Slope, its standard error and the dispersion (never below 1) of each row of `counts` (rows x steps).

    Newton's method on two parameters, the steps centred; rows must have a count.
    """
    time = np.asarray(steps, float) - np.mean(steps)
    level = np.log(counts.sum(axis=1) / totals.sum())
    slope = np.zeros(len(counts))
    for _ in range(rounds):
        mean = totals * np.exp(level[:, None] + np.clip(slope[:, None] * time, -500, 500))
        weight, tilt, curve = mean.sum(axis=1), mean @ time, mean @ time**2
        left, right = (counts - mean).sum(axis=1), (counts - mean) @ time
        determinant = np.maximum(weight * curve - tilt**2, 1e-300)
        move = np.clip((weight * right - tilt * left) / determinant, -1.0, 1.0)
        level, slope = level + np.clip((curve * left - tilt * right) / determinant, -2.0, 2.0), slope + move
        if np.abs(move).max(initial=0) < 1e-10:
            break
    mean = np.maximum(totals * np.exp(level[:, None] + np.clip(slope[:, None] * time, -500, 500)), 1e-300)
    weight, tilt, curve = mean.sum(axis=1), mean @ time, mean @ time**2
    dispersion = np.maximum(((counts - mean) ** 2 / mean).sum(axis=1) / (len(time) - 2), 1.0)
    error = np.sqrt(dispersion * weight / np.maximum(weight * curve - tilt**2, 1e-300))
    return slope, error, dispersion
