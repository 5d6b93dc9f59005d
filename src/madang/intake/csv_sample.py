"""What of a text file is read closely before the whole: its head, its tail, and where its shape changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from madang.intake.csv_dialect import detect
from madang.intake.csv_record import Dialect, Record, records
from madang.intake.csv_scan import Block, scan
from madang.intake.csv_text import TextStream
from madang.intake.raw import Evidence, Refused

HEAD_LINES = 2_000
HEAD_BYTES = 512 << 10
TAIL_LINES = 100
TAIL_BYTES = 256 << 10
MOST_COLUMNS = 20_000
_BREAKS = 40  # changes of shape looked at
_AFTER = 8  # records read behind a change of shape


@dataclass(frozen=True)
class Sample:
    """Records of a file's head, and others from further down (changes of shape, tail), by physical row."""

    dialect: Dialect
    evidence: Evidence
    head: list[Record]
    rest: list[Record]

    @property
    def records(self) -> list[Record]:
        return [*self.head, *self.rest]


def take_sample(path: Path, first: bytes, stream: TextStream, delimiter: str | None) -> Sample:
    """Sample a file whose text begins with `first` (complete lines). Raises Refused(csv_too_many_columns)."""
    read_all = stream.done >= path.stat().st_size
    cut = first.find(b"\n", min(len(first), HEAD_BYTES)) + 1 or len(first)
    head = first[:cut].decode("utf-8", "replace").removesuffix("\n").split("\n")
    whole = read_all and cut == len(first) and len(head) <= HEAD_LINES
    head = head[:HEAD_LINES]
    dialect, evidence = detect(head, delimiter)
    found = records(_prepared(head, dialect), dialect)
    if not whole and len(found) > 1 and found[-1].row + found[-1].lines > len(head):
        found.pop()  # may go on behind the sample
    if max(len(record.cells) for record in found) > MOST_COLUMNS:
        raise Refused("csv_too_many_columns", file=path.name, limit=MOST_COLUMNS)
    rest: dict[int, Record] = {}
    if not whole:
        tail = _tail(path, first, stream, dialect, read_all)
        rest = {
            record.row: record for record in [*_breaks(first, dialect), *tail] if record.row > found[-1].row
        }
    return Sample(dialect, evidence, found, [rest[row] for row in sorted(rest)])


def _prepared(lines: list[str], dialect: Dialect) -> list[str]:
    return dialect.prepare("\n".join(lines).encode()).decode().split("\n")


def _breaks(text: bytes, dialect: Dialect) -> list[Record]:
    """Records around blank lines and around lasting changes of the number of delimiters."""
    block = scan(dialect.prepare(text), dialect)
    outside = (block.before % 2) == 0
    lengths = block.lengths()
    counts = _delimiters(block, dialect)
    before, here, after = counts[:-2], counts[1:-1], counts[2:]
    marked = np.zeros(block.lines, bool)
    marked[1:-1] = (before != here) & (here == after)
    marked[1:] |= (lengths[:-1] == 0) & (lengths[1:] > 0)
    found: list[Record] = []
    for line in np.flatnonzero(marked & outside)[:_BREAKS]:
        begin = max(0, int(line) - 2)
        lines = [block.text(each) for each in range(begin, min(block.lines, int(line) + _AFTER))]
        found += records(lines, dialect, begin + 1)
    return found


def _delimiters(block: Block, dialect: Dialect) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Delimiters in each line, those inside quotes too."""
    marks = np.flatnonzero(np.frombuffer(block.data, np.uint8) == ord(dialect.byte or "\x1f"))
    return np.diff(np.searchsorted(marks, block.starts))


def _tail(path: Path, first: bytes, stream: TextStream, dialect: Dialect, read_all: bool) -> list[Record]:
    """The last records of a file; [] for UTF-16 above a block, whose lines are not counted in bytes."""
    if read_all:
        count, text = first.count(b"\n"), first[-TAIL_BYTES:]
    elif stream.encoding.codec.startswith("utf-16"):
        return []
    else:
        count, text = _count_and_tail(path, stream)
    lines = text.decode("utf-8", "replace").removesuffix("\n").split("\n")[1:][-TAIL_LINES:]
    return records(_prepared(lines, dialect), dialect, count - len(lines) + 1)


def _count_and_tail(path: Path, stream: TextStream) -> tuple[int, bytes]:
    """Number of lines of a file and its last part as UTF-8 with LF line ends."""
    ends, last = 0, b""
    returns = stream.encoding.carriage_returns
    with path.open("rb") as file:
        while block := file.read(4 << 20):
            if returns and block.endswith(b"\r"):
                block += file.read(1)
            ends += block.count(b"\n")
            ends += block.count(b"\r") - block.count(b"\r\n") if returns else 0
            last = block if len(block) >= TAIL_BYTES else last + block
    text = last[-TAIL_BYTES:].decode(stream.encoding.codec, "replace").replace("\r\n", "\n")
    text = text.replace("\r", "\n") if returns else text
    return ends + (not text.endswith("\n")), text.encode()
