"""Which cells may hold a personal number at all: a look at the bytes of a column, without reading a single text.

Every pattern has parts that cannot be written otherwise: a run of four digits at least, an @, stars after digits.
Runs are found in a whole batch by a few passes over its bytes; a cell that passes may still hold nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Marks = NDArray[np.bool_]
Positions = NDArray[np.int64]

_WIDEST_GAP = 9  # bytes: three characters of three bytes
_STAR_WITHIN = 7  # bytes after six digits
_NONE: Positions = np.empty(0, np.int64)


def bytes_of(cells: Any) -> tuple[Bytes, Positions]:
    """The bytes of a text array and where each cell starts in them (one more at the end). Copies nothing but offsets."""
    offsets_type = np.int64 if pa.types.is_large_string(cells.type) else np.int32
    _, offsets_buffer, data = cells.buffers()
    offsets = np.frombuffer(offsets_buffer, offsets_type)[cells.offset : cells.offset + len(cells) + 1]
    first, last = int(offsets[0]), int(offsets[-1])
    text = np.frombuffer(data, np.uint8)[first:last] if data is not None else np.empty(0, np.uint8)
    return text, offsets.astype(np.int64) - first


def numbered(cells: Any) -> Positions:
    """Rows of `cells` (text, without nulls) that may hold a number of any kind, or an e-mail address; sorted."""
    text, starts = bytes_of(cells)
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


def short_hangul(cells: Any) -> Positions:
    """Rows of `cells` that are two to four characters of three bytes, the first of them Hangul: a name's length."""
    text, starts = bytes_of(cells)
    lengths = np.diff(starts)
    rows = np.flatnonzero((lengths == 9) | (lengths == 6) | (lengths == 12))
    lead = text[starts[rows]] if text.size else np.empty(0, np.uint8)
    return rows[(lead >= 0xEA) & (lead <= 0xED)]


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
    return runs[_likely(text, starts, digit, runs, lengths)]


def _likely(text: Bytes, starts: Positions, digit: Marks, runs: Positions, lengths: Positions) -> Marks:
    """Of runs of four digits and more, those of a length and with a neighbour that some number has."""
    rows = np.searchsorted(starts, runs, side="right") - 1
    before = np.where(starts[rows] == runs, 0, text[np.maximum(runs - 1, 0)])
    spoken = (before >= 128) | (before == ord(" ")) | (before == ord(":"))  # words before it
    bare = (lengths >= 13) & (lengths <= 16) & (before != ord("."))
    phone = (lengths >= 9) & (lengths <= 11) & (text[runs] == ord("0"))
    account = (lengths >= 10) & (lengths <= 14) & spoken
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
    """Whether a Hangul syllable stands before the four digits, and a digit before that: 12가3456, 12가 3456."""
    base = runs - (text[np.maximum(runs - 1, 0)] == ord(" "))
    syllable = (base >= 4) & (text[np.maximum(base - 3, 0)] - 0xEA < 4)
    return np.asarray(syllable & (digit[np.maximum(base - 4, 0)] | digit[np.maximum(base - 5, 0)]))


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
