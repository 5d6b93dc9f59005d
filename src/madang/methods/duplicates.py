"""Letters that are nearly the same: shingles, MinHash, bands, and the exact share of what two letters have in common.

A cluster of such letters is an issue: one text sent again, or by many. Texts must have been redacted before.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from typing import Any

import numpy as np
import scipy

from madang.messages import MadangError
from madang.methods.shingles import MIX, mixed, shingles

Progress = Callable[[int, int, str], None]
SHINGLE = 5  # characters
HASHES = 128
_BANDS = 32  # of 4 hashes: letters alike to 0.7 meet with 99.98 %, to 0.3 with 23 %
_CROWD = 20  # letters of one bucket that are compared each with each; of more, with the first and the next
_AT_ONCE = 2_000
_NOT_SAID = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Issue:
    """Letters that are nearly the same: their rows, the earliest first, and how alike the least alike pair found is."""

    letters: tuple[int, ...]
    least_alike: float


@dataclass(frozen=True)
class Duplicates:
    """`of_letter`: the number of the issue of each letter; letters like no other are issues of their own.

    `issues`: those of two letters and more, largest first. `letters` are counted with, `issue_count` without repeats.
    """

    of_letter: Any
    issues: tuple[Issue, ...]

    @property
    def letters(self) -> int:
        return len(self.of_letter)

    @property
    def issue_count(self) -> int:
        return int(self.of_letter.max(initial=-1)) + 1

    @property
    def once(self) -> Any:
        """Mask: the first letter of every issue."""
        mask = np.zeros(self.letters, bool)
        mask[np.unique(self.of_letter, return_index=True)[1]] = True
        return mask


def near_duplicates(
    texts: Iterable[str | None], *, alike: float = 0.7, seed: int = 1, progress: Progress | None = None
) -> Duplicates:
    """Issues among texts: connected by pairs whose Jaccard similarity of 5-character shingles is at least `alike`.

    Compared is what is said: letters and digits in lower case, without blanks, marks and stars. A text without any is
    like no other. Candidates come from 128 MinHashes in 32 bands of 4 (so `alike` should be 0.5 or more); every pair
    is verified exactly. A changed word takes its own length + 4 shingles away from both sets: a tenth of a letter
    rewritten in one or two places stays above 0.7, a letter changed in every word does not. `texts` is gone through twice and not kept: give a list or something that begins anew.
    Bound: 1 kB for each letter, and the shingles of the letters that have candidates. Source: Broder (1997); Leskovec,
    Rajaraman & Ullman (2020), Mining of Massive Datasets, chapter 3. Raises MadangError("texts_once").
    """
    if iter(texts) is texts:
        raise MadangError("texts_once")
    signatures, same = _signatures(texts, np.random.default_rng(seed), progress)
    firsts = np.flatnonzero((same == np.arange(len(same))) & (signatures[:, 0] != np.iinfo(np.uint32).max))
    near, far = ((firsts[one], firsts[other]) for one, other in _candidates(signatures[firsts], alike))
    sets = _Sets.of(texts, np.unique(np.concatenate([*near, *far])))
    if progress:
        progress(2, 3, "duplicates")
    repeated = np.flatnonzero(same != np.arange(len(same)))
    links = [(same[repeated], repeated, np.ones(len(repeated))), sets.alike(*near, alike)]
    label = _connected(links, len(same))
    apart = label[far[0]] != label[far[1]]
    links.append(sets.alike(far[0][apart], far[1][apart], alike))
    if progress:
        progress(3, 3, "duplicates")
    return _issues(links, len(same))


def said(text: str | None) -> str:
    """What of a text is compared: its letters and digits in lower case."""
    return _NOT_SAID.sub("", unicodedata.normalize("NFKC", text or "").lower())


def _signatures(
    texts: Iterable[str | None], rng: np.random.Generator, progress: Progress | None
) -> tuple[Any, Any]:
    """MinHashes (letters x 128, uint32; all ones where nothing is said), and for each letter the first with the same text."""
    factors = rng.integers(0, 2**63, HASHES, np.uint64) * np.uint64(2) + np.uint64(1)
    shifts = rng.integers(0, 2**63, HASHES, np.uint64)
    blocks, same = [np.zeros((0, HASHES), np.uint32)], array("q")
    seen: dict[bytes, int] = {}
    for batch in _batches(texts):
        for text in batch:
            same.append(seen.setdefault(_digest(text), len(same)) if text else len(same))
        blocks.append(_minhashes(*shingles(batch, SHINGLE), factors, shifts))
        if progress:
            progress(1, 3, "duplicates")
    return np.concatenate(blocks), np.array(same, np.int64)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _minhashes(hashes: Any, ends: Any, factors: Any, shifts: Any) -> Any:
    """The smallest of each hash over each text; a text at a time would be slow, all hashes at once would be large."""
    begins = np.concatenate([[0], ends[:-1]])
    filled = np.flatnonzero(ends > begins)
    found = np.full((len(ends), HASHES), np.iinfo(np.uint32).max, np.uint32)
    if len(filled):
        for number in range(HASHES):
            moved = ((hashes * factors[number] + shifts[number]) >> np.uint64(32)).astype(np.uint32)
            found[filled, number] = np.minimum.reduceat(moved, begins[filled])
    return found


def _batches(texts: Iterable[str | None]) -> Iterator[list[str]]:
    rest = iter(texts)
    while batch := [said(text) for text in islice(rest, _AT_ONCE)]:
        yield batch


def _candidates(signatures: Any, alike: float) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """Pairs of rows that meet in a band, each once: those that tie every bucket together, and all others.

    Pairs whose hashes agree much less than `alike` lets expect (by 0.2, five standard errors) are no candidates.
    """
    rows, near, far = HASHES // _BANDS, [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for band in range(_BANDS if len(signatures) else 0):
        key = np.zeros(len(signatures), np.uint64)
        for column in signatures[:, band * rows : (band + 1) * rows].astype(np.uint64).T:
            key = mixed(key * MIX + column)
        tying, others = _met(key)
        near.append(tying)
        far.append(others)
    first = np.unique(np.concatenate(near))
    second = np.setdiff1d(np.concatenate(far), first)
    return _hopeful(signatures, first, alike - 0.2), _hopeful(signatures, second, alike - 0.2)


def _met(key: Any) -> tuple[Any, Any]:
    """Pairs of equal keys as one x rows + other: each with the next and with the first of its bucket, and all others.

    Of a crowd the others are left out.
    """
    whole, order = len(key), np.argsort(key, kind="stable")
    fresh = np.concatenate([[True], key[order][1:] != key[order][:-1]])
    bucket, first = np.cumsum(fresh) - 1, np.flatnonzero(fresh)
    crowd = (np.bincount(bucket) > _CROWD)[bucket]
    place = np.arange(whole) - first[bucket]
    later, third = np.flatnonzero(place >= 1), np.flatnonzero(place >= 2)
    near = [order[later - 1] * whole + order[later], order[first[bucket[third]]] * whole + order[third]]
    far = [np.zeros(0, np.int64)]
    for step in range(2, _CROWD):
        later = np.flatnonzero((place > step) & ~crowd)
        if not len(later):
            break
        far.append(order[later - step] * whole + order[later])
    return np.concatenate(near), np.concatenate(far)


def _hopeful(signatures: Any, pairs: Any, least: float) -> tuple[Any, Any]:
    one, other = pairs // max(len(signatures), 1), pairs % max(len(signatures), 1)
    agree = np.zeros(len(pairs))
    for start in range(0, len(pairs), 100_000):
        part = slice(start, start + 100_000)
        agree[part] = (signatures[one[part]] == signatures[other[part]]).mean(axis=1)
    return one[agree >= least], other[agree >= least]


@dataclass(frozen=True)
class _Sets:
    """The different shingles of some letters (rows `letters`, sorted), one letter after another."""

    letters: Any
    hashes: Any
    sizes: Any

    @classmethod
    def of(cls, texts: Iterable[str | None], wanted: Any) -> _Sets:
        return cls(wanted, *_sets(texts, wanted))

    def alike(self, one: Any, other: Any, least: float) -> tuple[Any, Any, Any]:
        """The pairs of letters that are alike to `least` or more, and how much."""
        begins = np.concatenate([[0], np.cumsum(self.sizes)])
        left, right = np.searchsorted(self.letters, one), np.searchsorted(self.letters, other)
        found = np.zeros(len(one))
        for start in range(0, len(one), 20_000):
            part = slice(start, start + 20_000)
            both = _shared(self.hashes, begins, left[part], right[part])
            found[part] = both / (self.sizes[left[part]] + self.sizes[right[part]] - both)
        good = found >= least
        return one[good], other[good], found[good]


def _sets(texts: Iterable[str | None], wanted: Any) -> tuple[Any, Any]:
    """The different shingles of each wanted letter, sorted, one letter after another, and how many each has."""
    parts, lengths, first = [np.zeros(0, np.uint64)], [np.zeros(0, np.int64)], 0
    for batch in _batches(texts):
        mine = wanted[(wanted >= first) & (wanted < first + len(batch))] - first
        first += len(batch)
        hashes, ends = shingles([batch[at] for at in mine.tolist()], SHINGLE)
        letter = np.repeat(np.arange(len(mine)), np.diff(ends, prepend=0))
        order = np.lexsort((hashes, letter))
        hashes, letter = hashes[order], letter[order]
        new = np.ones(len(hashes), bool)
        new[1:] = (hashes[1:] != hashes[:-1]) | (letter[1:] != letter[:-1])
        parts.append(hashes[new])
        lengths.append(np.bincount(letter[new], minlength=len(mine)))
    return np.concatenate(parts), np.concatenate(lengths)


def _shared(sets: Any, begins: Any, left: Any, right: Any) -> Any:
    """How many shingles both letters of each pair have: of both sets laid together those that come twice."""
    pair, hashes = [], []
    for side in (left, right):
        size = begins[side + 1] - begins[side]
        number = np.repeat(np.arange(len(side)), size)
        pair.append(number)
        hashes.append(
            sets[np.arange(len(number)) - np.repeat(np.cumsum(size) - size, size) + begins[side][number]]
        )
    pairs, values = np.concatenate(pair), np.concatenate(hashes)
    order = np.lexsort((values, pairs))
    pairs, values = pairs[order], values[order]
    twice = (pairs[1:] == pairs[:-1]) & (values[1:] == values[:-1])
    return np.bincount(pairs[1:][twice], minlength=len(left))


def _connected(links: list[tuple[Any, Any, Any]], letters: int) -> Any:
    one, other, alike = (np.concatenate(each) for each in zip(*links, strict=True))
    graph = scipy.sparse.coo_matrix((np.ones(len(alike)), (one, other)), shape=(letters, letters))
    return scipy.sparse.csgraph.connected_components(graph, directed=False)[1]


def _issues(links: list[tuple[Any, Any, Any]], letters: int) -> Duplicates:
    _, first, label = np.unique(_connected(links, letters), return_index=True, return_inverse=True)
    number = np.argsort(np.argsort(first))[label]  # in the order of their first letters
    least = np.ones(letters)
    for one, _, alike in links:
        np.minimum.at(least, number[one], alike)
    order = np.argsort(number, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(number))[:-1]) if letters else []
    found = [Issue(tuple(rows.tolist()), float(least[at])) for at, rows in enumerate(groups) if len(rows) > 1]
    return Duplicates(number, tuple(sorted(found, key=lambda issue: (-len(issue.letters), issue.letters[0]))))
