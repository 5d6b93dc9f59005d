"""Where the brackets of a JSON text stand that are not inside its strings, block by block, by NumPy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from madang.intake.raw import Refused

DEEPEST = 500  # brackets inside one another
_OPENS = np.zeros(256, np.int8)
_OPENS[[ord("{"), ord("[")]] = 1
_OPENS[[ord("}"), ord("]")]] = -1


@dataclass(frozen=True)
class Block:
    """A stretch of text and its brackets: `at` their places in it, `sign` the brackets, `depth` that after each."""

    data: bytes
    start: int  # of its first byte in the text
    line: int  # 1-based line in which it begins
    at: npt.NDArray[np.int64]
    sign: npt.NDArray[np.uint8]
    depth: npt.NDArray[np.int64]

    def line_at(self, place: int) -> int:
        """The physical line of a place of the block."""
        return self.line + self.data.count(b"\n", 0, place)


@dataclass
class Scanner:
    """Follows the brackets of a text through its blocks."""

    depth: int = 0
    in_string: bool = False
    _escaped: bool = False
    start: int = 0
    line: int = 1

    def scan(self, blocks: Iterable[bytes]) -> Iterator[Block]:
        """The blocks with their brackets. Raises Refused(json_nested_too_deep | json_unmatched)."""
        for data in blocks:
            yield self.block(data)

    def block(self, data: bytes) -> Block:
        plain = self._without_escapes(data)
        letters = np.frombuffer(plain, np.uint8)
        quotes = np.flatnonzero(letters == 34)
        places = np.flatnonzero((letters & 0xD9) == 0x59)  # the brackets and Y, _, y, DEL
        sign = letters[places]
        step = _OPENS[sign]
        outside = (np.searchsorted(quotes, places) + self.in_string) & 1 == 0
        kept = outside & (step != 0)
        places, sign = places[kept], sign[kept]
        depth = np.cumsum(step[kept], dtype=np.int64) + self.depth
        block = Block(data, self.start, self.line, places, sign, depth)
        self._check(block)
        if len(depth):
            self.depth = int(depth[-1])
        self.in_string = bool((len(quotes) + self.in_string) & 1)
        self.start += len(data)
        self.line += data.count(b"\n")
        return block

    def _check(self, block: Block) -> None:
        if not len(block.depth):
            return
        if int(block.depth.max()) > DEEPEST:
            place = int(block.at[int(np.argmax(block.depth > DEEPEST))])
            raise Refused("json_nested_too_deep", limit=DEEPEST, line=block.line_at(place))
        if int(block.depth.min()) < 0:
            place = int(block.at[int(np.argmax(block.depth < 0))])
            raise Refused("json_unmatched", line=block.line_at(place), byte=f"{block.start + place + 1:,}")

    def _without_escapes(self, data: bytes) -> bytes:
        """The text with what a backslash escapes made harmless, each byte in its place."""
        if self._escaped:
            data = b"_" + data[1:]
        self._escaped = False
        if b"\\" not in data:
            return data
        plain = data.replace(b"\\\\", b"__").replace(b'\\"', b"__")
        self._escaped = plain.endswith(b"\\")
        return plain
