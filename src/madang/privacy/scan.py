"""What personal numbers a column holds: how many cells, how many different ones, never which."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from madang.privacy import checksums, headers, names, prefilter
from madang.privacy.patterns import DIGITS, KINDS, PATTERNS, SEARCHED, SHAPE, Kind

_SECRET = secrets.token_bytes(32)  # of this process only: what is counted cannot be looked up elsewhere
DISTINCT = 256  # different numbers are counted up to here
_PEEK = 1_024  # texts from which it is told whether values repeat
ROWS = 10_000  # rows with an RRN are listed up to here


@dataclass(frozen=True)
class Shaped:
    """Numbers of six and seven digits, whatever they are, by what speaks for and against a resident's number.

    Counted once per batch and value. `split` have a dash or the like between their halves (900101-1234567).
    """

    numbers: int = 0
    split: int = 0
    dated: int = 0  # with a month and a day
    corporate: int = 0  # with the check digit of a corporate registration number
    barcode: int = 0  # with that of an article number
    resident: int = 0  # with that of a resident's number of before October 2020
    gone: int = 0  # dated, by the seventh digit born before 1900
    moments: int = 0  # without a dash, in the range of milliseconds since 1970 from 2001 to 2037

    def __add__(self, other: Shaped) -> Shaped:
        return Shaped(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class Hits:
    """What was found in a column, or in a batch of one; add the hits of batches in the order of their rows.

    `cells` counts cells with at least one hit of a kind, `distinct` holds keyed hashes of up to DISTINCT different
    ones, `rrn_rows` the first ROWS positions (0-based) of cells with an RRN.
    """

    rows: int = 0
    filled: int = 0  # neither null nor blank
    cells: Mapping[Kind, int] = field(default_factory=dict)
    distinct: Mapping[Kind, frozenset[int]] = field(default_factory=dict, repr=False)
    shaped: Shaped = Shaped()
    open: int = 0  # cells with seven digits or more, counted only under a header of resident numbers
    rrn_rows: NDArray[np.int64] = field(
        default_factory=lambda: np.empty(0, np.int64), repr=False, compare=False
    )

    def __add__(self, other: Hits) -> Hits:
        kinds = {*self.cells, *other.cells}
        none: frozenset[int] = frozenset()
        return Hits(
            self.rows + other.rows,
            self.filled + other.filled,
            {kind: self.cells.get(kind, 0) + other.cells.get(kind, 0) for kind in KINDS if kind in kinds},
            {
                kind: _bounded(self.distinct.get(kind, none) | other.distinct.get(kind, none))
                for kind in KINDS
                if kind in kinds
            },
            self.shaped + other.shaped,
            self.open + other.open,
            np.concatenate([self.rrn_rows, other.rrn_rows + self.rows])[:ROWS],
        )

    def different(self, kind: Kind) -> int:
        """How many different numbers of a kind there are; DISTINCT where there are as many or more."""
        return len(self.distinct.get(kind, ()))


def scan(cells: Any, kinds: Iterable[Kind] = KINDS, *, label: str = "") -> Hits:
    """What personal numbers stand in a column of text (pa.Array or ChunkedArray of string; nulls and "" are empty).

    `label` is the column's header: under one of resident numbers it is counted what stands there unmasked.
    Only cells that pass a look at their bytes are read. Kinds without a pattern of their own (birth, insurance) are
    never found by value. Holds a batch and the hashes of at most DISTINCT numbers of each kind.
    """
    wanted = frozenset(kinds)
    if isinstance(cells, pa.ChunkedArray):
        total = Hits()
        for chunk in cells.chunks:
            total += scan(chunk, wanted, label=label)
        return total
    texts = cells if not cells.null_count else pc.fill_null(cells, "")
    text, starts = prefilter.bytes_of(texts)
    filled = int(np.count_nonzero(np.diff(starts)))
    found, counts, distinct = _numbers(texts, prefilter.numbered(text, starts), wanted)
    if "name" in wanted:
        number, different = _names(texts, prefilter.short_hangul(text, starts))
        if number:
            counts["name"], distinct["name"] = number, different
    rows, shaped = found
    unmasked = _open(texts) if headers.of(label) == "rrn" else 0
    return Hits(len(cells), filled, counts, distinct, shaped, unmasked, rows)


def _open(texts: Any) -> int:
    digits = pc.replace_substring_regex(texts, f"[^{DIGITS}]", "")
    return int(pc.sum(pc.greater_equal(pc.utf8_length(digits), 7)).as_py() or 0)


def _numbers(
    texts: Any, candidates: NDArray[np.int64], wanted: frozenset[Kind]
) -> tuple[tuple[NDArray[np.int64], Shaped], dict[Kind, int], dict[Kind, frozenset[int]]]:
    counts: dict[Kind, int] = {}
    distinct: dict[Kind, frozenset[int]] = {}
    rrn_rows, shaped = np.empty(0, np.int64), Shaped()
    if not candidates.size:
        return (rrn_rows, shaped), counts, distinct
    values, codes = coded(texts.take(pa.array(candidates)))
    weights = np.bincount(codes, minlength=len(values))
    for kind in SEARCHED:
        if kind not in wanted:
            continue
        hit = matching(values, kind)
        if not hit.any():
            continue
        counts[kind] = int(weights[hit].sum())
        distinct[kind] = _hashes(values.filter(pa.array(hit)), kind)
        if kind == "rrn":
            rrn_rows = candidates[hit[codes]][:ROWS]
    if "rrn" in wanted:
        shaped = _shaped(values)
    return (rrn_rows, shaped), counts, distinct


def coded(texts: Any) -> tuple[Any, NDArray[np.int64]]:
    """Values to be searched once each (pa.string()), and which of them each text is."""
    texts = texts.cast(pa.string())
    first = texts.slice(0, _PEEK)
    if len(texts) > _PEEK and pc.count_distinct(first).as_py() > _PEEK // 2:
        return texts, np.arange(len(texts))
    encoded = texts.dictionary_encode()
    return encoded.dictionary, encoded.indices.to_numpy().astype(np.int64)


def matching(values: Any, kind: Kind) -> NDArray[np.bool_]:
    """Which of `values` (text) hold a number of a kind."""
    hit = np.zeros(len(values), np.bool_)
    for pattern in PATTERNS[kind]:
        hit |= pc.match_substring_regex(values, pattern).to_numpy(zero_copy_only=False)
    if kind == "card" and hit.any():
        at = np.flatnonzero(hit)
        hit[at] = [checksums.luhn_text(number) for number in _first(values.take(pa.array(at)), kind)]
    return hit


def _first(values: Any, kind: Kind) -> list[str]:
    """The first number of a kind in each of `values`, all of which hold one."""
    firsts = (pc.struct_field(pc.extract_regex(values, pattern), "number") for pattern in PATTERNS[kind])
    return [str(text) for text in pc.coalesce(*firsts).to_pylist()]


def _names(texts: Any, rows: NDArray[np.int64]) -> tuple[int, frozenset[int]]:
    if not rows.size:
        return 0, frozenset()
    values, codes = coded(texts.take(pa.array(rows)))
    hit = names.named(values)
    weights = np.bincount(codes, minlength=len(hit))
    return int(weights[hit].sum()), _hashed(values.filter(pa.array(hit)).slice(0, 4 * DISTINCT).to_pylist())


def _shaped(values: Any) -> Shaped:
    values = values.filter(pc.match_substring_regex(values, SHAPE))
    parts = pc.extract_regex(values, SHAPE)
    if not len(parts):
        return Shaped()
    front, gap, back = (pc.struct_field(parts, name) for name in ("front", "gap", "back"))
    digits = checksums.digits_of(pc.binary_join_element_wise(front, back, ""), 13)
    bare = pc.equal(pc.utf8_length(pc.utf8_trim_whitespace(gap)), 0).to_numpy(zero_copy_only=False)
    dated = checksums.dated(digits)
    moment = bare & ((digits[:, 0] == 1) | ((digits[:, 0] == 2) & (digits[:, 1] == 0)))
    return Shaped(
        numbers=len(digits),
        split=int((~bare).sum()),
        dated=int(dated.sum()),
        corporate=int(checksums.corporate(digits).sum()),
        barcode=int(checksums.barcode(digits).sum()),
        resident=int(checksums.resident(digits).sum()),
        gone=int((checksums.century_gone(digits) & dated).sum()),
        moments=int(moment.sum()),
    )


def _hashes(values: Any, kind: Kind) -> frozenset[int]:
    """Keyed hashes of the first number of each value, of at most so many values as matter."""
    return _hashed(_first(values.slice(0, 4 * DISTINCT), kind))


def _hashed(values: Iterable[str | None]) -> frozenset[int]:
    plain = ("".join(c for c in value if c.isalnum() or c == "@") for value in values if value)
    keyed = (blake2b(value.encode(), digest_size=8, key=_SECRET).digest() for value in plain)
    return _bounded(frozenset(int.from_bytes(each, "big") for each in keyed))


def _bounded(hashes: frozenset[int]) -> frozenset[int]:
    return hashes if len(hashes) <= DISTINCT else frozenset(sorted(hashes)[:DISTINCT])
