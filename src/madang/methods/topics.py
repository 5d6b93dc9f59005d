"""What letters are about: topics by non-negative factors of TF-IDF, how many chosen by coherence and by stability.

Source: Lee & Seung (1999), Nature 401; the number of topics by stability: Greene, O'Callaghan & Cunningham (2014);
coherence by NPMI: Bouma (2009), Aletras & Stevenson (2013).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from madang.messages import MadangError
from madang.methods.cooccurrence import npmi_of
from madang.methods.features import unit_tfidf
from madang.methods.keyness import keyness
from madang.methods.words import WordCounts

Progress = Callable[[int, int, str], None]
STABLE, COHERENT = 0.7, 0.1  # below, words drawn at random do as well
_TOP = 10  # words of a topic that its coherence is taken from
_LEARNT = 5_000  # letters that topics are tried on; all letters are then told by the chosen ones


@dataclass(frozen=True)
class Topic:
    """One topic: the words that set its letters apart from all others, and how far it can be trusted.

    `share` of the letters that have a topic; `stability`: mean cosine to the topic that it meets when learnt again
    (other seeds, four fifths of the letters); `coherence`: mean NPMI of its ten heaviest words, -1 to 1; `examples`:
    rows of the letters most purely about it.
    """

    words: tuple[str, ...]
    letters: int
    share: float
    stability: float
    coherence: float
    examples: tuple[int, ...]

    @property
    def stable(self) -> bool:
        return self.stability >= STABLE


@dataclass(frozen=True)
class Tried:
    """What a number of topics gave: mean coherence and mean stability of its topics."""

    count: int
    coherence: float
    stability: float

    @property
    def stable(self) -> bool:
        """Whether they are found again, and their words come together more often than by chance."""
        return self.stability >= STABLE and self.coherence >= COHERENT


@dataclass(frozen=True)
class Topics:
    """Topics, largest first. `of_letter`: the topic of each letter, -1 where none of its words belongs to one.

    `sure`: how much of what a letter says is its topic, 0 to 1. `weights`: topics x `vocabulary`, rows of unit length.
    `stable`: whether the chosen number is; where none is, the most stable was taken.
    """

    topics: tuple[Topic, ...]
    of_letter: Any
    sure: Any
    vocabulary: tuple[str, ...]
    weights: Any
    tried: tuple[Tried, ...]
    stable: bool


def find_topics(
    letters: WordCounts,
    *,
    counts: Sequence[int] = (5, 8, 12, 16, 20, 25, 30, 40),
    seed: int = 0,
    again: int = 4,
    most: float = 0.5,
    once: Any = None,
    progress: Progress | None = None,
) -> Topics:
    """The topics of letters, as many as one of `counts`: of the stable ones that of the greatest coherence x stability.

    Each number is learnt once from 5,000 letters at most (drawn by `seed`) and `again` times from four fifths of them
    with other starts; `counts` of one number decides it by hand. `once` (mask over letters): those to learn from, one of each issue, so that a petition is no
    topic of its own. Words in more than the share `most` of all letters belong to none. All letters are told in the
    end. Bound: memory as the counts; some 20 s for 20,000 letters. Raises MadangError("topics_few_letters").
    """
    rng = np.random.default_rng(seed)
    kept = letters.common(least=3, most=most)
    weighted = tfidf(kept.counts)
    rows = np.flatnonzero(
        (kept.counts.getnnz(axis=1) > 0) & (np.ones(letters.letters, bool) if once is None else once)
    )
    able = sorted({count for count in counts if 2 <= count <= min(len(rows) // 10, len(kept.words) - 1)})
    if not able:
        raise MadangError("topics_few_letters", letters=len(rows))
    learnt = weighted[np.sort(rng.permutation(rows)[:_LEARNT])]
    pairs = (kept.counts > 0).astype(np.int32).tocsc()
    found = []
    for done, count in enumerate(able):
        found.append(_learnt(learnt, pairs, count, again, rng))
        if progress:
            progress(done + 1, len(able) + 1, "topics")
    result = _told(letters, kept, weighted, _chosen(found), tuple(each.told for each in found))
    if progress:
        progress(len(able) + 1, len(able) + 1, "topics")
    return result


@dataclass(frozen=True)
class _Learnt:
    weights: Any
    stability: Any
    coherence: Any

    @property
    def told(self) -> Tried:
        return Tried(len(self.weights), float(self.coherence.mean()), float(self.stability.mean()))


def _chosen(found: Sequence[_Learnt]) -> _Learnt:
    """Of the stable ones the one of the greatest coherence x stability; where none is stable the most stable."""
    good = [each for each in found if each.told.stable]
    if not good:
        return max(found, key=lambda each: each.told.stability)
    return max(good, key=lambda each: each.told.coherence * each.told.stability)


def _learnt(weighted: Any, pairs: Any, count: int, again: int, rng: np.random.Generator) -> _Learnt:
    weights = _factors(weighted, count, "nndsvd", 0)
    matched = np.zeros(count)
    for _ in range(again):
        part = np.sort(rng.permutation(weighted.shape[0])[: max(weighted.shape[0] * 4 // 5, count)])
        matched += matching_cosines(
            weights, _factors(weighted[part], count, "random", int(rng.integers(2**31)))
        )
    return _Learnt(weights, matched / max(again, 1), _coherence(weights, pairs))


def matching_cosines(one: Any, other: Any) -> Any:
    """For each row of `one` (topics x words) the cosine to its partner in `other`: partners of the greatest sum (Kuhn 1955)."""
    cosines = _unit(one) @ _unit(other).T
    rows, partners = scipy.optimize.linear_sum_assignment(-cosines)
    found = np.zeros(len(one))
    found[rows] = cosines[rows, partners]
    return found


def _coherence(weights: Any, pairs: Any) -> Any:
    heaviest = np.argsort(-weights, axis=1)[:, :_TOP]
    upper = np.triu_indices(heaviest.shape[1], 1)
    return np.array([npmi_of(pairs[:, row])[upper].mean() for row in heaviest])


def _factors(weighted: Any, count: int, start: str, seed: int) -> Any:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    model = NMF(count, init=start, tol=1e-3, max_iter=150, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # near enough: stability tells whether it matters
        model.fit(weighted)
    return model.components_


def tfidf(counts: Any) -> Any:
    """Counted letters as rows of unit length: (1 + ln count) x smoothed inverse share of letters (zeros without a word)."""
    number = counts.shape[0]
    inverse = np.log((1 + number) / (1 + np.bincount(counts.indices, minlength=counts.shape[1]))) + 1
    return unit_tfidf(counts, inverse)


def _told(
    letters: WordCounts, kept: WordCounts, weighted: Any, best: _Learnt, tried: tuple[Tried, ...]
) -> Topics:
    weights = _unit(best.weights)
    loads = loadings(weighted, weights)
    whole = loads.sum(axis=1)
    told = np.where(whole > 0, loads.argmax(axis=1), -1)
    sure = np.divide(loads.max(axis=1), whole, out=np.zeros(len(whole)), where=whole > 0)
    sizes = np.bincount(told[told >= 0], minlength=len(weights))
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    place = np.full(len(weights) + 1, -1)
    place[order] = np.arange(len(order))
    everything = letters.totals()
    topics = tuple(
        Topic(
            words=_label(letters, everything, told == at, kept, weights[at]),
            letters=int(sizes[at]),
            share=float(sizes[at] / sizes.sum()),
            stability=float(best.stability[at]),
            coherence=float(best.coherence[at]),
            examples=tuple(
                np.argsort(-np.where(told == at, sure, -1.0), kind="stable")[: min(5, sizes[at])].tolist()
            ),
        )
        for at in order.tolist()
    )
    stable = best.told.stable
    return Topics(topics, place[told], sure, kept.words, weights[order], tried, stable)


def _label(
    letters: WordCounts, everything: Any, mine: Any, kept: WordCounts, weights: Any
) -> tuple[str, ...]:
    target = letters.totals(mine)
    others = everything - target
    heaviest = tuple(kept.words[at] for at in np.argsort(-weights)[:_TOP].tolist())
    if not others.sum():
        return heaviest
    return keyness(letters.words, target, others).first(_TOP) or heaviest


def loadings(weighted: Any, weights: Any, rounds: int = 50) -> Any:
    """How much of each topic is in each TF-IDF row (letters x topics, never negative), the topics held fixed.

    Multiplicative updates (Lee & Seung 2001), in blocks of 20,000 letters.
    """
    gram, blocks = weights @ weights.T, []
    for first in range(0, weighted.shape[0], 20_000):
        target = weighted[first : first + 20_000] @ weights.T
        loads = np.asarray(target, float).copy()
        for _ in range(rounds):
            loads *= np.divide(target, loads @ gram, out=np.zeros_like(target), where=target > 0)
        blocks.append(loads)
    return np.concatenate(blocks)


def _unit(rows: Any) -> Any:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
