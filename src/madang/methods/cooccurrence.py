"""Words that stand in the same letters: normalised pointwise mutual information, and the edges worth drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from madang.methods.words import WordCounts


@dataclass(frozen=True)
class Pairs:
    """Pairs of words, strongest first: arrays of one length, `one` and `other` as places in the words of the letters.

    `letters`: in how many both stand; `npmi`: -1 never together, 0 as by chance, 1 never apart; `significance`: the
    smaller of both ends of the disparity filter, low where the pair carries much of what a word is tied by.
    """

    one: Any
    other: Any
    letters: Any
    npmi: Any
    significance: Any

    def backbone(self, alpha: float = 0.05) -> Any:
        """Mask of the pairs to draw: those of `significance` below `alpha`. They are descriptive and no causes."""
        return self.significance < alpha


def npmi_of(columns: Any) -> Any:
    """NPMI of every pair of columns (letters x words, 0 or 1; sparse or dense): a square array, 1 on its diagonal.

    ln(p_xy / (p_x p_y)) / -ln p_xy, with -1 for words never together. Source: Bouma (2009), GSCL.
    """
    both = columns.T @ columns
    both = np.asarray(both.toarray() if hasattr(both, "toarray") else both, float)
    alone = np.diag(both)
    return _npmi(both, alone[:, None], alone[None, :], columns.shape[0])


def _npmi(both: Any, one: Any, other: Any, letters: int) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(both * letters / (one * other)) / -np.log(both / letters)
    return np.where(both <= 0, -1.0, np.where(both >= letters, 1.0, found))


def pairs(letters: WordCounts, *, least: int = 5) -> Pairs:
    """Pairs of words that stand together in `least` letters or more and more often than by chance.

    Bound: memory grows with the pairs of words that share a letter; take the words that matter first
    (`WordCounts.common`): 3,000 words are 9 million pairs at most. Disparity filter: Serrano, Boguñá & Vespignani
    (2009), PNAS 106(16), on NPMI as weights.
    """
    marks = (letters.counts > 0).astype(np.int32)
    both = (marks.T @ marks).tocoo()
    alone = letters.spread().astype(float)
    kept = (both.row < both.col) & (both.data >= least)
    one, other, shared = both.row[kept], both.col[kept], both.data[kept].astype(float)
    npmi = _npmi(shared, alone[one], alone[other], letters.letters)
    tied = npmi > 0
    one, other, shared, npmi = one[tied], other[tied], shared[tied], npmi[tied]
    order = np.argsort(-npmi, kind="stable")
    one, other, npmi = one[order], other[order], npmi[order]
    return Pairs(
        one, other, shared[order].astype(np.int64), npmi, _disparity(one, other, npmi, len(letters.words))
    )


def _disparity(one: Any, other: Any, weight: Any, words: int) -> Any:
    """(1 - share of the word's strength) ** (its edges - 1), the smaller of both ends; 1 where a word has one edge."""
    strength = np.bincount(one, weight, words) + np.bincount(other, weight, words)
    edges = np.bincount(one, minlength=words) + np.bincount(other, minlength=words)
    ends = [
        np.where(edges[at] > 1, (1 - weight / strength[at]) ** (edges[at] - 1), 1.0) for at in (one, other)
    ]
    return np.minimum(*ends)
