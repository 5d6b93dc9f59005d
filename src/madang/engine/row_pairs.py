"""Pairs of neighbouring characters in a column of a copy: which rows may hold a word, without looking at the others.

For every 65,536 rows the numbers of those that have a pair, mapped into memory: two bytes for each pair of a cell. A pair
stands in one of 16,384 places by its hash, where rows of another pair may stand too: what is found holds the rows asked
for, and others, and the cells decide. Small letters and capitals are one. An index of pairs, not of three characters
as is usual (Zobel and Moffat 2006, "Inverted files for text search engines"): a Korean word may have two.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from madang.engine.row_behind import behind, replacing
from madang.engine.row_copy import Copy, Numbers

FEWEST_ROWS = 200_000  # below, looking at all rows takes a few milliseconds
MOST_TEXT = 1 << 30  # bytes of all columns that are searched together
_MOST_PART = 16 << 20  # bytes of a part of a column; where one has more the column is not indexed
MOST = 5_000  # rows that are worth asking by themselves
_PART, _PLACES = 65_536, 16_384
_COMMON = 8  # a rarest pair that every eighth row has: reading from the start finds a page sooner
_ASKED = 6  # pairs of a word that are looked up, the rarest


@dataclass(frozen=True)
class Pairs:
    """`begins[part, place]` is where the rows of a place begin in `rows`, which are numbered within their part."""

    begins: npt.NDArray[np.int64]
    rows: npt.NDArray[np.uint16]

    def holding(self, word: str) -> Numbers | None:
        """Rising numbers of rows among which are all that hold `word`; None where they are too many, or not known."""
        if len(word) < 2 or not all(map(_is_plain, word)):
            return None
        codes = np.frombuffer(word.lower().encode("utf-32-le"), np.uint32)
        places = np.unique(_places(codes[:-1], codes[1:])).astype(np.int64)
        sizes = self.begins[:, places + 1] - self.begins[:, places]
        totals = sizes.sum(axis=0)
        if not len(self.begins) or totals.min() > len(self.begins) * _PART // _COMMON:
            return None
        rarest = places[np.argsort(totals, kind="stable")][:_ASKED]
        return self._in_all(rarest)

    def _in_all(self, places: npt.NDArray[np.int64]) -> Numbers | None:
        found, count = [], 0
        marked = np.zeros(_PART, bool)
        for part, begins in enumerate(self.begins):
            rows = self.rows[begins[places[0]] : begins[places[0] + 1]]
            for place in places[1:]:
                if not len(rows):
                    break
                others = self.rows[begins[place] : begins[place + 1]]
                marked[others] = True
                rows = rows[marked[rows]]
                marked[others] = False
            count += len(rows)
            if count > MOST:
                return None
            if len(rows):
                found.append(rows.astype(np.int64) + part * _PART)
        return np.concatenate(found) if found else np.empty(0, np.int64)


def pairs_of(copy: Copy, column: str, *, wait: bool = False) -> Pairs | None:
    """The pairs of a column of text, where they are there; else they are begun to be made. `wait` for them."""
    if copy.rows < FEWEST_ROWS:
        return None
    path = copy.place / f"pairs-{hashlib.sha256(column.encode()).hexdigest()[:16]}.npy"
    with suppress(OSError, ValueError):
        return _mapped(path, path.stat().st_ino)
    if not wait:
        behind(path, partial(_write, copy, column, path))
        return None
    _write(copy, column, path)
    return _mapped(path, path.stat().st_ino)


@lru_cache(maxsize=256)
def _mapped(path: Path, inode: int) -> Pairs:
    begins: npt.NDArray[np.int64] = np.load(path, mmap_mode="r")
    rows = path.with_suffix(".rows")
    many = rows.stat().st_size
    return Pairs(begins, np.memmap(rows, np.uint16, "r") if many else np.empty(0, np.uint16))


def _write(copy: Copy, column: str, path: Path) -> None:
    """The rows first: with the beginnings, written last, the index is there. One of no parts says: not indexed."""
    cells = [batch.column(column) for batch in copy.batches]
    parts = [each.slice(start, _PART) for each in cells for start in range(0, len(each), _PART)]
    begins = [np.empty((0, _PLACES + 1), np.int64)]
    written = 0
    with replacing(path.with_suffix(".rows")) as beside, open(beside, "wb") as out:
        for part in parts if max(part.nbytes for part in parts) <= _MOST_PART else []:
            begin, rows = _indexed(part)
            begins.append((begin + written)[None, :])
            written += len(rows)
            rows.tofile(out)
    with replacing(path) as beside, open(beside, "wb") as out:
        np.save(out, np.concatenate(begins))


def _indexed(cells: pa.Array) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint16]]:
    """Where the rows of each place begin, and the rows, of one part."""
    small = pc.utf8_lower(cells.fill_null(""))
    codes = np.frombuffer(_joined(small).decode().encode("utf-32-le"), np.uint32)
    row = np.repeat(np.arange(len(cells), dtype=np.uint16), pc.utf8_length(small).to_numpy())
    inside = row[1:] == row[:-1]
    places, row = _places(codes[:-1], codes[1:])[inside], row[1:][inside]
    order = np.argsort(places, kind="stable")  # 16 bits: counted, not compared
    places, row = places[order], row[order]
    first = np.ones(len(row), bool)
    first[1:] = (places[1:] != places[:-1]) | (row[1:] != row[:-1])
    counts = np.bincount(places[first], minlength=_PLACES)
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64), row[first]


def _joined(cells: pa.StringArray) -> bytes:
    """The bytes of all cells one behind the other."""
    _, offsets, data = cells.buffers()
    if data is None:
        return b""
    ends = np.frombuffer(offsets, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    return bytes(memoryview(data)[int(ends[0]) : int(ends[-1])])


def _places(left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint16]:
    mixed = (left * np.uint32(0x9E3779B1)) ^ (right * np.uint32(0x85EBCA6B))
    return (mixed >> np.uint32(18)).astype(np.uint16)


def _is_plain(character: str) -> bool:
    """Whether its capital and small letters are beyond doubt."""
    return character.isascii() or character.lower() == character == character.upper()
