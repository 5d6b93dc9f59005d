"""Which cells may hold a personal number at all: a look at the bytes of a column, without reading a single text.

Every pattern has parts that cannot be written otherwise: a run of four digits at least, an @, stars after digits.
Runs are found in a whole batch by a few passes over its bytes; a cell that passes may still hold nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from madang.privacy.patterns import PLATE_SYLLABLES

Bytes = NDArray[np.uint8]
Marks = NDArray[np.bool_]
Positions = NDArray[np.int64]

_WIDEST_GAP = 9  # bytes: three characters of three bytes
_STAR_WITHIN = 7  # bytes after six digits
_SYLLABLES = np.array([int.from_bytes(each.encode(), "big") for each in PLATE_SYLLABLES], np.uint32)
_USEFUL = np.isin(np.arange(18), [*range(4, 17)])  # lengths of runs that some number has
_NONE: Positions = np.empty(0, np.int64)


def bytes_of(cells: Any) -> tuple[Bytes, Positions]:
    """The bytes of a text array and where each cell starts in them (one more at the end). Copies nothing but offsets."""
    offsets_type = np.int64 if pa.types.is_large_string(cells.type) else np.int32
    _, offsets_buffer, data = cells.buffers()
    offsets = np.frombuffer(offsets_buffer, offsets_type)[cells.offset : cells.offset + len(cells) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    text = np.frombuffer(data, np.uint8)[first:last] if data is not None else np.empty(0, np.uint8)
    return text, offsets.astype(np.int64) - first


def numbered(text: Bytes, starts: Positions) -> Positions:
    """Rows of a text array (its `bytes_of`) that may hold a number of any kind, or an e-mail address; sorted."""
    if not text.size:
        return _NONE
    held = text.tobytes()
    found = [_digits(text, starts)]
    if b"@" in held:
        found.append(np.flatnonzero(text == ord("@")))
    if b"\xef\xbc" in held:  # full-width digits: EF BC 90 to EF BC 99
        found.append(np.flatnonzero((text[:-2] == 0xEF) & (text[1:-1] == 0xBC) & (text[2:] - 0x90 < 10)))
    if b"+82" in held:
        found.append(np.flatnonzero((text[:-1] == ord("+")) & (text[1:] == ord("8"))))
    positions = np.concatenate(found)
    if not positions.size:
        return _NONE
    return np.unique(np.searchsorted(starts, positions, side="right") - 1)


def short_hangul(text: Bytes, starts: Positions) -> Positions:
    """Rows of two to four characters of three bytes, the first of them Hangul: as long as a name."""
    if not text.size:
        return _NONE
    lengths = np.diff(starts)
    rows = np.flatnonzero((lengths == 9) | (lengths == 6) | (lengths == 12))
    return rows[text[starts[rows]] - 0xEA < 4]


def _both(first: Marks, second: Marks, apart: int) -> Marks:
    """Where `first` holds and `second` does so many bytes later."""
    joined = np.zeros_like(first)
    if len(first) > apart:
        np.logical_and(first[:-apart], second[apart:], out=joined[:-apart])
    return joined


def _digits(text: Bytes, starts: Positions) -> Positions:
    """Positions of the runs of digits that may be the end, or the whole, of a number."""
    digit = (text - 48) < 10
    joined = _both(digit, digit, 1)  # a digit and the next one, of the same cell
    joined[starts[(starts > 0) & (starts < len(text))] - 1] = False
    four = _both(_both(joined, joined, 1), joined, 2)
    if not four.any():
        return _NONE
    opening = digit.copy()  # the first digit of a run
    opening[1:] &= ~joined[:-1]
    runs = np.flatnonzero(opening & four)
    closing = digit & ~joined  # the last digit of a run
    closing[3:] &= four[:-3]
    closing[:3] = False
    lengths = np.flatnonzero(closing) - runs + 1
    before = text[runs - 1]  # of a run at the very start: the last byte, put right in the next line
    before[_at_start(runs, starts, len(text))] = 0
    useful = _USEFUL[np.minimum(lengths, len(_USEFUL) - 1)]
    dotted = np.flatnonzero(before == ord("."))  # a decimal part, or 02.123.4567
    useful[dotted] &= _parted(text, runs[dotted], lengths[dotted])
    useful &= (lengths > 8) | (before != 0) | (lengths == 6) | (lengths == 7)
    runs, lengths, before = runs[useful], lengths[useful], before[useful]
    return runs[_likely(text, digit, runs, lengths, before)] if runs.size else _NONE


def _parted(text: Bytes, runs: Positions, lengths: Positions) -> Marks:
    """Whether a run behind a point ends a telephone number: 02.123.4567, 02123.4567, 010.12345678; not 37.5206."""

    def back(by: int) -> Bytes:
        return text[np.maximum(runs - by, 0)]

    marks = [(back(by) == ord(mark)) for by in (5, 6) for mark in ".)- "]
    zeros = [back(by) == ord("0") for by in (6, 7, 8)]
    last = (lengths == 4) & np.logical_or.reduce([*marks, *zeros])
    rest = ((lengths == 7) | (lengths == 8)) & ((back(3) == ord("0")) | (back(4) == ord("0")))
    return np.asarray(last | rest)


def _at_start(runs: Positions, starts: Positions, size: int) -> Marks:
    """Which runs begin a cell."""
    first = np.zeros(size + 1, np.bool_)
    first[starts] = True
    return np.asarray(first[runs])


def _likely(text: Bytes, digit: Marks, runs: Positions, lengths: Positions, before: Bytes) -> Marks:
    """Of runs of four digits and more, those of a length and with a neighbour that some number has."""
    after = text[np.minimum(runs + lengths, len(text) - 1)]
    spoken = (before != 0) | (after >= 128) | (after == ord(" ")) | (after == ord("(")) | (after == ord("["))
    spoken |= (after == ord("/")) | (after == ord(","))
    bare = lengths >= 13
    phone = (lengths >= 9) & (lengths <= 11) & (text[runs] == ord("0"))
    account = (lengths >= 10) & spoken  # a bank's name before it or behind
    found: Marks = bare | phone | account
    tail = np.flatnonzero((lengths <= 8) & (before != 0))
    found[tail] |= _after_digits(text, digit, runs[tail])
    plate = np.flatnonzero((lengths == 4) & ((before >= 128) | (before == ord(" "))))
    found[plate] |= _plate(text, digit, runs[plate])
    lettered = ((before & 0xDF) - 65) < 26
    split = lettered & (lengths == 4) & digit[np.maximum(runs - 2, 0)]
    found |= split | (lettered & (lengths == 8))
    birth = np.flatnonzero((lengths == 6) | (lengths == 7))
    found[birth] |= _before_star(text, runs[birth] + lengths[birth])
    return found


def _after_digits(text: Bytes, digit: Marks, runs: Positions) -> Marks:
    """Whether only marks and blanks, few of them, stand between a run and a digit before it."""
    found = np.zeros(len(runs), np.bool_)
    open_ = np.ones(len(runs), np.bool_)
    for gap in range(1, _WIDEST_GAP + 1):
        at = runs - gap
        open_ &= at >= 0
        byte = text[np.maximum(at, 0)]
        found |= open_ & digit[np.maximum(at, 0)] & (gap > 1)
        open_ &= ~((byte - 0xEA < 4) | (((byte & 0xDF) - 65) < 26) | found)
        if not open_.any():
            break
    return found


def _plate(text: Bytes, digit: Marks, runs: Positions) -> Marks:
    """Whether a syllable of number plates stands before the four digits, and a digit before that: 12가3456."""
    base = runs - (text[np.maximum(runs - 1, 0)] == ord(" "))
    before = [text[np.maximum(base - back, 0)].astype(np.uint32) for back in (3, 2, 1)]
    syllable = (before[0] << 16) | (before[1] << 8) | before[2]
    at = np.maximum(base - 4, 0)
    return np.asarray((base >= 4) & (digit[at] | (text[at] == ord(" "))) & np.isin(syllable, _SYLLABLES))


def _before_star(text: Bytes, ends: Positions) -> Marks:
    """Whether a star, a blot or an x stands among the few bytes after a run."""
    found = np.zeros(len(ends), np.bool_)
    for ahead in range(_STAR_WITHIN):
        at = ends + ahead
        byte = text[np.minimum(at, len(text) - 1)]
        found |= (at < len(text)) & (
            (byte == ord("*"))
            | (byte == 0xE2)
            | (byte == 0xEF)
            | ((byte & 0xDF) == ord("X"))
            | (byte == ord("#"))
        )
    return found
