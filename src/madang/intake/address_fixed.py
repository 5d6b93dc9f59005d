"""Tables whose columns stand at fixed places of the line, by letters or by the bytes that CP949 has for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.int64]
_LINES = 8  # without a ruler so many lines must agree
_ALIGNED = 0.9  # of the lines begin or end a column at one place
_MANY, _SLIPS = 100, 0.02  # of so many lines that share may run over into a gap
_LONG = 500  # places of a line looked at
_RULER = re.compile(r"[ \t|+]*[-=─━]{2,}(?:[ |+]+[-=─━]{2,})+[ |+]*")
_RULER_BYTES = re.compile(rb"(?m)^[ |+]*[-=]{2,}(?:[ |+]+[-=]{2,})*[ |+]*$")
_SEPARATOR = 0x1F


@dataclass(frozen=True)
class Places:
    """Where columns begin (the first at 0); `wide`: letters beyond ASCII take two places, as bytes in CP949."""

    begins: tuple[int, ...]
    wide: bool
    ruler: bool = False

    def cut(self, text: bytes) -> bytes:
        """Complete lines with a separator between columns, blanks around them taken off, rulers emptied.

        Where a value runs over into the next column the two are not parted, so that the row is told as too short.
        """
        text = _RULER_BYTES.sub(b"", text)
        data = np.frombuffer(text, np.uint8)
        letters = np.flatnonzero((data & 0xC0) != 0x80)
        sign = data[letters]
        ends = sign == 10
        column = np.searchsorted(np.array(self.begins[1:]), _columns(sign, self.wide), "right")
        column[ends] = len(self.begins) - 1
        first = np.concatenate(([True], ends[:-1]))
        before = np.concatenate(([0], column[:-1]))
        before[first] = 0
        step = column - before
        blank = sign == 32
        crossing = (step > 0) & ~first & ~blank & ~ends & ~np.concatenate(([True], blank[:-1]))
        step[crossing] = 0
        empty = first & ends
        step[empty] = 0
        cut = np.insert(data, np.repeat(letters, step), _SEPARATOR)
        trimmed = re.sub(rb" *\x1f *", b"\x1f", cut.tobytes())
        return re.sub(rb"(?m)^ +| +$", b"", trimmed)


def _columns(sign: npt.NDArray[np.uint8], wide: bool) -> Array:
    """The place of each letter in its line."""
    width = np.where(sign >= 0x80, 2, 1) if wide else np.ones(len(sign), np.int64)
    total = np.cumsum(width) - width
    starts = np.concatenate(([0], np.flatnonzero(sign == 10) + 1))
    starts = starts[starts < len(sign)]
    line = np.cumsum(np.concatenate(([0], (sign[:-1] == 10).astype(np.int64))))
    return np.asarray(total - total[starts][line], np.int64)


def fixed_places(lines: Sequence[str]) -> Places | None:
    """Where the columns of lines begin: under a ruler of dashes, or where all lines are blank; None if nowhere."""
    filled = [line.rstrip() for line in lines if line.strip()]
    if any("\t" in line for line in filled):
        return None
    ruler = next((line for line in filled if _RULER.fullmatch(line)), None)
    if ruler is not None:
        begins = tuple(match.start() for match in re.finditer(r"[-=─━]{2,}", ruler))
        body = filled[filled.index(ruler) + 1 :]
        found = [Places((0, *begins[1:]), wide, ruler=True) for wide in (True, False)]
        return min(found, key=lambda places: _crossings(places, body)) if body else None
    candidates = [places for wide in (True, False) if (places := _by_gaps(filled, wide))]
    return max(candidates, key=lambda places: len(places.begins), default=None)


def _crossings(places: Places, lines: Sequence[str]) -> int:
    """How many values run over a border of columns."""
    whole = places.cut(("\n".join(lines) + "\n").encode()).split(b"\n")
    return sum(len(places.begins) - 1 - line.count(b"\x1f") for line in whole[: len(lines)])


def _by_gaps(lines: Sequence[str], wide: bool) -> Places | None:
    usual = sorted(map(len, lines))[len(lines) // 2]
    body = [line for line in lines if 2 * len(line) > usual]
    if len(body) < _LINES:
        return None
    filled = np.zeros((len(body), _LONG), bool)
    for row, line in enumerate(body):
        place = 0
        for letter in line:
            if place < _LONG:
                filled[row, place] = letter != " "
            place += 2 if wide and ord(letter) > 127 else 1
            if wide and ord(letter) > 127 and place <= _LONG:
                filled[row, place - 1] = True
    used = filled.mean(axis=0) > (_SLIPS if len(body) >= _MANY else 0)
    last = int(np.flatnonzero(used)[-1]) + 1
    edges = np.flatnonzero(np.diff(np.concatenate(([0], used[:last].astype(np.int8), [0]))))
    share = filled.mean(axis=0)
    fields = list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
    left = [bool(share[begin] >= _ALIGNED) for begin, _ in fields]
    right = [bool(share[end - 1] >= _ALIGNED) for _, end in fields]
    if not all(a or b for a, b in zip(left, right, strict=True)):
        return None
    begins = [0]
    for index, (begin, _) in enumerate(fields[1:], 1):
        end = fields[index - 1][1]
        begins.append(begin if left[index] else end if right[index - 1] else (end + begin + 1) // 2)
    return Places(tuple(begins), wide) if len(begins) > 1 else None
