"""Where the records of a block of CSV text begin, found on its quotes and line ends without a loop over rows.

Within a well-formed stretch quotes alternate: the first opens (a delimiter or line start stands before it), the next
closes (a delimiter or line end follows) or is the first of a doubled pair, whose second one then "opens" again. So
a stretch is well formed exactly if each quote passes the test of its parity. Both tests are made for every quote at
once; after a broken record the walk goes on from the next line, with the parity that holds there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from madang.intake.csv_record import SPAN_LINES, Dialect

Array = npt.NDArray[np.int64]
_CONTINUES, _KEPT, _DROPPED = 2, 1, 0


@dataclass
class Block:
    """Complete lines of text (each ended by LF) and the places of their line starts and quotes."""

    data: bytes
    starts: Array  # of lines, and the end of the last one: lines + 1 entries
    quotes: Array
    before: Array  # quotes before each line start
    at_parity: tuple[Array, Array]  # lines that begin a record if the record walk has that parity
    faults: tuple[Array, Array]  # indices of quotes that break a walk of that parity

    @property
    def lines(self) -> int:
        return len(self.starts) - 1

    def text(self, line: int) -> str:
        """A line without its end."""
        return self.data[self.starts[line] : self.starts[line + 1] - 1].decode("utf-8", "replace")

    def lengths(self) -> Array:
        """Bytes of each line without its end."""
        return np.diff(self.starts) - 1


def scan(data: bytes, dialect: Dialect) -> Block:
    """Find lines and quotes of `data`, which ends with LF, and what each quote would break."""
    array = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(array == 10)
    starts = np.empty(len(ends) + 1, np.int64)
    starts[0] = 0
    starts[1:] = ends + 1
    empty = np.empty(0, np.int64)
    if not dialect.quote or dialect.quote.encode() not in data:
        every = np.arange(len(ends))
        return Block(data, starts, empty, np.zeros(len(ends), np.int64), (every, every[:0]), (empty, empty))
    quote, delimiter = ord(dialect.quote), ord(dialect.byte) if dialect.delimiter else 0x1F
    quotes = np.flatnonzero(array == quote)
    previous = array[quotes - 1]
    following = array[quotes + 1]  # data ends with LF, so there is one
    if quotes[0] == 0:
        previous[0] = 10
    cannot_open = (previous != delimiter) & (previous != 10) & (previous != quote)
    cannot_close = (following != delimiter) & (following != 10) & (following != quote)
    before = np.searchsorted(quotes, starts[:-1])
    odd = (before & 1).astype(bool)
    faults = (_faults(cannot_open, cannot_close, 0), _faults(cannot_open, cannot_close, 1))
    return Block(data, starts, quotes, before, (np.flatnonzero(~odd), np.flatnonzero(odd)), faults)


def _faults(cannot_open: npt.NDArray[np.bool_], cannot_close: npt.NDArray[np.bool_], parity: int) -> Array:
    """Quotes that cannot play their part when those of `parity` open and the others close."""
    part = cannot_close.copy()
    part[parity::2] = cannot_open[parity::2]
    return np.flatnonzero(part)


@dataclass
class Walk:
    """Goes through a block record by record, stretch by stretch; `kind` says of each line what becomes of it."""

    block: Block
    kind: npt.NDArray[np.int8]
    line: int = 0

    @classmethod
    def over(cls, block: Block) -> Walk:
        return cls(block, np.full(block.lines, _CONTINUES, np.int8))

    def stretch(self) -> tuple[int, bool]:
        """Mark the records of the well-formed stretch that begins here; move behind it.

        Gives the line where it stops and whether it stopped at a broken record (else the end of the block, or a
        record whose quotes are still open there: then the line is that record's).
        """
        block, first = self.block, self.line
        if first >= block.lines:
            return first, False
        walked = int(block.before[first])
        parity = walked & 1
        begins = block.at_parity[parity]
        faults = block.faults[parity]
        index = int(np.searchsorted(faults, walked))
        from_index = int(np.searchsorted(begins, first))
        stop, broken = block.lines, False
        if index < len(faults):
            line = int(np.searchsorted(block.starts, block.quotes[faults[index]], "right")) - 1
            stop, broken = int(begins[np.searchsorted(begins, line, "right") - 1]), True
        elif (len(block.quotes) - walked) % 2:
            stop = int(begins[-1])
        to_index = int(np.searchsorted(begins, stop))
        spans = np.diff(begins[from_index : to_index + 1])
        if len(spans) and int(spans.max()) > SPAN_LINES:
            runaway = from_index + int(np.argmax(spans > SPAN_LINES))
            stop, broken, to_index = int(begins[runaway]), True, runaway
        self.kind[begins[from_index:to_index]] = _KEPT
        self.line = stop
        return stop, broken

    def drop(self, lines: int) -> None:
        """Take the next lines out of the bulk and move behind them."""
        self.kind[self.line : self.line + lines] = _DROPPED
        self.line += lines

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Lines that begin a kept record."""
        kept: npt.NDArray[np.bool_] = self.kind == _KEPT
        return kept

    def drop_records(self, marked: npt.NDArray[np.bool_]) -> int:
        """Take the kept records that begin in the marked lines out of the bulk; gives how many there were."""
        hit = marked & self.kept
        self.kind[hit] = _DROPPED
        return int(hit.sum())

    def equal_to(self, pattern: bytes) -> npt.NDArray[np.bool_]:
        """Which lines consist of exactly these bytes."""
        size = len(pattern)
        marked: npt.NDArray[np.bool_] = self.block.lengths() == size
        candidates = np.flatnonzero(marked)
        if size and len(candidates):
            array, wanted = np.frombuffer(self.block.data, np.uint8), np.frombuffer(pattern, np.uint8)
            starts = self.block.starts[candidates]
            same = array[starts] == wanted[0]
            same[same] = (array[starts[same, None] + np.arange(size)] == wanted).all(axis=1)
            marked[candidates[~same]] = False
        return marked

    def bulk(self) -> tuple[bytes, Array]:
        """The kept records up to here as one text, and the line of the block in which each begins."""
        kind, end = self.kind[: self.line], self.block.starts[self.line]
        begins = np.flatnonzero(kind == _KEPT)
        known = np.where(kind != _CONTINUES, np.arange(len(kind)), 0)
        keep = kind[np.maximum.accumulate(known)] == _KEPT if len(kind) else kind == _KEPT
        if keep.all():
            return self.block.data[:end], begins
        mask = np.repeat(keep, np.diff(self.block.starts[: self.line + 1]))
        return np.frombuffer(self.block.data, np.uint8)[:end][mask].tobytes(), begins
