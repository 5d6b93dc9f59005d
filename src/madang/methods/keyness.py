"""Which words set one group of letters apart from another: log-odds with an informative Dirichlet prior."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from madang.messages import MadangError


@dataclass(frozen=True)
class Keyness:
    """Words and how much more the target says them than the others (arrays of one length, strongest first).

    `target`, `others`: how often it is said. `delta`: difference of the log-odds; `low`, `high`: its 95 % interval.
    `z`: delta by its standard error. `q`: p-value of z after Benjamini-Hochberg over all words.
    """

    words: tuple[str, ...]
    target: Any
    others: Any
    delta: Any
    low: Any
    high: Any
    z: Any
    q: Any

    @property
    def marked(self) -> Any:
        """Whether the word is said more or less often than chance lets expect: q at most 0.05."""
        return self.q <= 0.05

    def first(self, count: int) -> tuple[str, ...]:
        """The words that say most what the target is about: those marked and said more often, at most `count`."""
        good = self.marked & (self.z > 0)
        return tuple(word for word, on in zip(self.words, good.tolist(), strict=True) if on)[:count]


def log_odds(
    target: Any, others: Any, sizes: tuple[float, float], prior: Any, prior_words: float
) -> tuple[Any, Any]:
    """How much more the target says words than the others, as a difference of log-odds, and its z.

    `target`, `others`: counts of words (any shape); `sizes`: all words of each group; `prior`: counts that are imagined
    beforehand for each word, of `prior_words` in all. Source: Monroe, Colaresi & Quinn (2008), "Fightin' Words",
    Political Analysis 16(4), equations 16, 19 and 22. Counts 40 and 20 of 1,000 and 2,000, prior 6 of 300: 1.16575, 4.75120.
    """
    y1, y2 = np.asarray(target, float) + prior, np.asarray(others, float) + prior
    n1, n2 = (size + prior_words for size in sizes)
    delta = np.log(y1 / (n1 - y1)) - np.log(y2 / (n2 - y2))
    return delta, delta / np.sqrt(1 / y1 + 1 / y2)


def keyness(
    words: Sequence[str], target: Any, others: Any, *, background: Any = None, prior_words: float = 500.0
) -> Keyness:
    """The words of a group against those of all others, by counts (words,) in the order of `words`.

    The prior is `prior_words` imagined words spread as in `background` (by default both groups together): a rare word
    needs more to stand out. Raises MadangError("group_without_words") where a group says nothing, and
    ("background_without_word") where a word that is said is not in the background.
    """
    y1, y2 = np.asarray(target, float), np.asarray(others, float)
    base = y1 + y2 if background is None else np.asarray(background, float)
    if not y1.sum() or not y2.sum():
        raise MadangError("group_without_words")
    if lacking := np.flatnonzero((base <= 0) & (y1 + y2 > 0)).tolist():
        raise MadangError("background_without_word", word=words[lacking[0]], count=len(lacking))
    said = np.flatnonzero(y1 + y2 > 0)
    alpha = prior_words * base[said] / base.sum()
    y1, y2 = y1[said], y2[said]
    if len(said) > 1:
        delta, z = log_odds(y1, y2, (y1.sum(), y2.sum()), alpha, prior_words)
    else:  # the only word there is sets nobody apart
        delta = z = np.zeros(1)
    q = benjamini_hochberg(2 * scipy.stats.norm.sf(np.abs(z)))
    order = np.argsort(-z, kind="stable")
    reach = 1.959964 * np.sqrt(1 / (y1 + alpha) + 1 / (y2 + alpha))
    return Keyness(
        tuple(words[at] for at in said[order].tolist()),
        y1[order].astype(np.int64),
        y2[order].astype(np.int64),
        delta[order],
        (delta - reach)[order],
        (delta + reach)[order],
        z[order],
        q[order],
    )


def benjamini_hochberg(p: Any) -> Any:
    """p-values (n,) made comparable when n questions are asked at once; nan stays nan and is no question.

    Source: Benjamini & Hochberg (1995), Journal of the Royal Statistical Society B 57(1).
    """
    p = np.asarray(p, float)
    adjusted, asked = np.full(p.shape, np.nan), ~np.isnan(p)
    adjusted[asked] = scipy.stats.false_discovery_control(p[asked]) if asked.any() else p[asked]
    return adjusted
