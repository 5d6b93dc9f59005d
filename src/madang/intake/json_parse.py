"""Elements of a JSON array (or members of an object), parsed chunk by chunk; broken ones are set aside."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from madang.intake.json_scan import Scanner
from madang.intake.json_table import Doubled, NotANumber, Number
from madang.intake.json_text import TextSource
from madang.intake.raw import Refused

_LONGEST = 64 << 20  # bytes of one element
_EDGE = b" \t\r\n,"
Span = tuple[int, int]


def parse(text: bytes, pairs: bool = False) -> Any:
    """A JSON text, numbers as written (`Number`), line breaks in strings forgiven. Raises ValueError, RecursionError.

    `pairs`: objects in which a key comes twice become `Doubled`."""
    return json.loads(
        text,
        strict=False,
        parse_int=Number,
        parse_float=Number,
        parse_constant=NotANumber,
        object_pairs_hook=_object if pairs else None,
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    doubled = Doubled(found)
    last = {key: index for index, (key, _) in enumerate(pairs)}
    doubled.again = [pair for index, pair in enumerate(pairs) if last[pair[0]] != index]
    return doubled


@dataclass
class Elements:
    """The elements of the value that stands in `span` of a text: (number of the first, elements) chunk by chunk.

    An element of an object is its member, as a dict of one. `broken` lists (number, line, text) of elements that are
    no JSON; in their place stands None. Raises Refused(json_record_too_long).
    """

    source: TextSource
    span: Span
    level: int  # depth of its own brackets
    kind: str  # "array" or "object"
    done: int = 0  # elements read
    broken: list[tuple[int, int, str]] = field(default_factory=list)
    broken_count: int = 0
    pairs: bool = False  # look for keys that come twice, whatever it costs

    def __iter__(self) -> Iterator[tuple[int, list[Any]]]:
        for text, line in self._chunks():
            first = self.done + 1
            found = self._parsed(text, line)
            self.done += len(found)
            if found:
                yield first, found

    def _chunks(self) -> Iterator[tuple[bytes, int]]:
        """Stretches of whole elements, with the line in which each begins."""
        scanner = Scanner()
        held: list[bytes] = []
        size, line = 0, 1
        begin, end = self.span[0] + 1, self.span[1] - 1
        for block in scanner.scan(self.source.blocks()):
            if block.start + len(block.data) <= begin:
                continue
            low, high = max(0, begin - block.start), min(len(block.data), end - block.start)
            if not held:
                line = block.line_at(low)
            closing = block.at[(block.depth == self.level) & (block.at >= low) & (block.at < high)]
            closing = closing[np.isin(letters(block.data, closing), (ord("}"), ord("]")))]
            if len(closing):
                cut = int(closing[-1]) + 1
                yield b"".join([*held, block.data[low:cut]]), line
                held, size, line = [block.data[cut:high]], high - cut, block.line_at(cut)
            else:
                held.append(block.data[low:high])
                size += high - low
            if size > _LONGEST:
                line += _lines_before(held[0])
                raise Refused("json_record_too_long", line=line, megabytes=_LONGEST >> 20)
            if high < len(block.data):
                break
        if b"".join(held).strip(_EDGE):
            yield b"".join(held), line

    def _parsed(self, text: bytes, line: int) -> list[Any]:
        opening, closing = (b"[", b"]") if self.kind == "array" else (b"{", b"}")
        line += _lines_before(text)
        text = text.strip(_EDGE)
        try:
            found = self._members(parse(opening + text + closing, self.pairs))
            if self.kind == "array" and not self.pairs and (again := self._doubtful(text, found)):
                found = parse(opening + text + closing, again)
            return found
        except (ValueError, RecursionError):
            return self._one_by_one(text, line)

    def _doubtful(self, text: bytes, found: list[Any]) -> bool:
        """Whether keys may come twice in an object: there are more strings in the text than keys and texts found."""
        records = [each for each in found if type(each) is dict]
        types = Counter(map(type, chain.from_iterable(record.values() for record in records)))
        if types[dict] or types[list] or len(records) < len(found):
            self.pairs = True
        return self.pairs or strings(text) != sum(map(len, records)) + types[str]

    def _members(self, found: Any) -> list[Any]:
        return found if self.kind == "array" else [{key: value} for key, value in found.items()]

    def _one_by_one(self, text: bytes, line: int) -> list[Any]:
        """Element by element, None in place of one that is broken."""
        block = Scanner().block(text)
        ends = [int(each) + 1 for each in block.at[block.depth == 0]]
        found: list[Any] = []
        start = 0
        for end in [*ends, len(text)]:
            piece = text[start:end].strip(_EDGE)
            try:
                found += self._piece(piece)
            except (ValueError, RecursionError):
                self._set_aside(len(found), line + text.count(b"\n", 0, end - len(piece)), piece)
                found.append(None)
            start = end
        return found

    def _piece(self, piece: bytes) -> list[Any]:
        opening, closing = (b"[", b"]") if self.kind == "array" else (b"{", b"}")
        return self._members(parse(opening + piece + closing, pairs=True)) if piece else []

    def _set_aside(self, index: int, line: int, piece: bytes) -> None:
        self.broken_count += 1
        if len(self.broken) < 1_000:
            self.broken.append((self.done + index + 1, line, piece[:500].decode("utf-8", "replace")))


def _lines_before(text: bytes) -> int:
    """How many lines end before the first element of a stretch."""
    return text.count(b"\n", 0, len(text) - len(text.lstrip(_EDGE)))


def strings(text: bytes) -> int:
    """How many strings stand in a JSON text."""
    if b"\\" in text:
        text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    return text.count(b'"') // 2


def letters(data: bytes, places: Any) -> Any:
    """The bytes at some places."""
    return np.frombuffer(data, np.uint8)[places]
