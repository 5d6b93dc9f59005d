"""Letters as rows that can be learnt from: TF-IDF of their words beside TF-IDF of hashed pieces of characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import scipy

from madang.methods.shingles import shingles
from madang.methods.words import Dictionary, WordCounts, count_words, tidied, words_of

_PIECES = (2, 3, 4)  # characters
_WIDTH = 1 << 18  # columns that pieces are hashed to
_AT_ONCE = 2_000
_BLANKS = re.compile(r"\s+")


def piece_counts(texts: Iterable[str | None]) -> Any:
    """How often each piece of 2 to 4 characters stands in each text: letters x 2**18 (hashed), in lower case."""
    blocks, rest = [scipy.sparse.csr_matrix((0, _WIDTH), dtype=np.int32)], iter(texts)
    while batch := [_BLANKS.sub(" ", tidied(text).lower()) for text in islice(rest, _AT_ONCE)]:
        rows, columns = [], []
        for size in _PIECES:
            hashes, ends = shingles(batch, size)
            rows.append(np.repeat(np.arange(len(batch)), np.diff(ends, prepend=0)))
            columns.append((hashes % np.uint64(_WIDTH)).astype(np.int32))
        where = np.concatenate(rows), np.concatenate(columns)
        blocks.append(
            scipy.sparse.coo_matrix((np.ones(len(where[0]), np.int32), where), (len(batch), _WIDTH)).tocsr()
        )
    return scipy.sparse.vstack(blocks, format="csr")


@dataclass(frozen=True)
class Counted:
    """Letters counted once, to be learnt from in many folds: words (with their names) and pieces, letters x columns."""

    names: tuple[str, ...]
    words: Any
    pieces: Any

    def rows(self, rows: Any) -> Counted:
        return Counted(self.names, self.words[rows], self.pieces[rows])


def counted(texts: Sequence[str | None], dictionary: Dictionary, words: WordCounts | None = None) -> Counted:
    """Texts counted (`words`: those of their words, where they are known already).

    Raises MadangError("texts_without_words") where no text says anything.
    """
    words = words or count_words(texts, dictionary)
    return Counted(words.words, words.counts, piece_counts(texts))


def counted_by(texts: Sequence[str | None], dictionary: Dictionary, names: tuple[str, ...]) -> Counted:
    """Texts counted in words that are known already; others are left out."""
    column = {name: at for at, name in enumerate(names)}
    found = [[column[word] for word in words if word in column] for words in words_of(texts, dictionary)]
    ends = np.cumsum([0, *map(len, found)])
    flat = np.array([at for each in found for at in each], np.int32)
    words = scipy.sparse.csr_matrix(
        (np.ones(len(flat), np.int32), flat, ends), shape=(len(found), len(names))
    )
    words.sum_duplicates()
    return Counted(names, words, piece_counts(texts))


class Weights:
    """Which columns are kept (those of two letters and more) and how rare each is, learnt from counted letters."""

    def __init__(self, letters: Counted) -> None:
        self._parts = [_rarity(part) for part in (letters.words, letters.pieces)]
        self.names = tuple(letters.names[at] for at in self._parts[0][0].tolist())

    def rows(self, letters: Counted) -> Any:
        """Letters x columns: words, then pieces, each half a row of unit length (of zeros where nothing is known)."""
        halves = (letters.words, letters.pieces)
        rows = [
            unit_tfidf(half[:, kept], inverse)
            for half, (kept, inverse) in zip(halves, self._parts, strict=True)
        ]
        return scipy.sparse.hstack(rows, format="csr")


def _rarity(counts: Any) -> tuple[Any, Any]:
    spread = np.bincount(counts.indices, minlength=counts.shape[1])
    kept = np.flatnonzero(spread >= 2)
    return kept, np.log((1 + counts.shape[0]) / (1 + spread[kept])) + 1


def unit_tfidf(counts: Any, inverse: Any) -> Any:
    """Counts (letters x words, sparse) as rows of unit length: (1 + ln count) x `inverse` of each word."""
    rows = scipy.sparse.csr_matrix(counts, dtype=np.float64, copy=True)
    rows.data = (1 + np.log(rows.data)) * inverse[rows.indices]
    length = np.sqrt(rows.multiply(rows).sum(axis=1)).A1
    shorter = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    return scipy.sparse.diags(shorter).dot(rows).tocsr()
