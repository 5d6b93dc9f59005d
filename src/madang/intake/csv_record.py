"""One record of a CSV file, read slowly and with care: strict fields, and the best reading where quotes are broken."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from madang.intake.address_fixed import Places

SPAN_LINES = 200  # a quoted cell over more physical lines than this is a forgotten quote
LONGEST_READING = 1 << 18  # longer records are not searched for the best reading
CLOSERS = 60  # closing quotes tried for one cell
_JOINED = "\x1f"  # stands for a delimiter of several characters while a file is read


@dataclass(frozen=True)
class Dialect:
    """How a file separates and quotes its cells; `delimiter` "" means one column."""

    delimiter: str = ","
    quote: str = '"'  # "" where quotes are ordinary characters
    escape: str = (
        ""  # "\\", or '"' where doubled double quotes are left over inside other quotes; "" = doubled quote
    )
    runs: bool = False  # any run of blanks is one delimiter (aligned text)
    places: Places | None = None  # columns stand at fixed places of the line

    @property
    def byte(self) -> str:
        """The one-byte delimiter of prepared text."""
        plain = len(self.delimiter.encode()) == 1 and not self.runs and self.places is None
        return self.delimiter if plain else _JOINED

    @property
    def changes_text(self) -> bool:
        return self.byte == _JOINED and self.delimiter != "" or bool(self.escape) or self.runs

    def prepare(self, text: bytes) -> bytes:
        """Text in which every delimiter is one byte and no quote is escaped by a backslash."""
        if not self.changes_text:
            return text
        for unused in (b"\x1d", b"\x1e", b"\x1f"):
            text = text.replace(unused, b"")
        if self.escape == "\\":
            text = text.replace(b"\\\\", b"\x1d").replace(b"\\" + self.quote.encode(), b"\x1e")
        elif self.escape == '"':
            text = text.replace(b'""', b'"')
        if self.places:
            return self.places.cut(text)
        if self.runs:
            text = re.sub(rb"(?m)^ +| +$", b"", text)
            return re.sub(rb" +", _JOINED.encode(), text)
        return text.replace(self.delimiter.encode(), _JOINED.encode()) if self.byte == _JOINED else text

    def restore(self, cell: str) -> str:
        """A cell of prepared text as it was meant."""
        for sign, meant in self.restored.items():
            cell = cell.replace(sign, meant)
        return cell

    @cached_property
    def restored(self) -> dict[str, str]:
        """Stand-ins of prepared text and what each means."""
        signs: dict[str, str] = {}
        if self.byte == _JOINED and self.delimiter:
            signs[_JOINED] = self.delimiter
        if self.escape == "\\":
            signs |= {"\x1d": "\\", "\x1e": self.quote}
        return signs

    @cached_property
    def quoted(self) -> re.Pattern[str]:
        q, d = re.escape(self.quote), re.escape(self.byte)
        return re.compile(f"{q}([^{q}]*(?:{q}{q}[^{q}]*)*){q}(?={d}|\\Z)")


def strict(text: str, dialect: Dialect) -> list[str] | None:
    """The cells of a well-formed record; None where its quotes are not well formed (or not closed)."""
    quote, delimiter = dialect.quote, dialect.byte
    if not quote or quote not in text:
        return text.split(delimiter)
    cells, at, size = [], 0, len(text)
    pattern, double = dialect.quoted, quote * 2
    while True:
        if text.startswith(quote, at):
            match = pattern.match(text, at)
            if match is None:
                return None
            cells.append(match[1].replace(double, quote))
            end = match.end()
        else:
            end = text.find(delimiter, at)
            end = size if end < 0 else end
            if text.find(quote, at, end) >= 0:
                return None
            cells.append(text[at:end])
        if end >= size:
            return cells
        at = end + 1


def is_open(text: str, dialect: Dialect) -> bool:
    """Whether a well-formed beginning ends inside a quoted cell, so that the record may go on in the next line."""
    if not dialect.quote or text.count(dialect.quote) % 2 == 0:
        return False
    return strict(text + dialect.quote, dialect) is not None


def readings(text: str, dialect: Dialect, width: int | None) -> tuple[list[str], int] | None:
    """The least strained reading of a record with broken quotes and its cost (0: well formed).

    With `width` only readings of so many cells count; None where there is none. An undoubled quote inside a quoted
    cell costs 1; a stray opening quote read as a character, a quote inside a plain cell, or a delimiter missing
    beside a quote costs 2.
    """
    cells = strict(text, dialect)
    if cells is not None and (width is None or len(cells) == width):
        return cells, 0
    if not dialect.quote or dialect.quote not in text or len(text) > LONGEST_READING:
        plain = text.split(dialect.byte)
        return (plain, 2) if width is None or len(plain) == width else None
    return _cheapest(text, dialect, width)


def _cheapest(text: str, dialect: Dialect, width: int | None) -> tuple[list[str], int] | None:
    """Dynamic programme over the places where a cell can begin: least cost by (place, cells so far)."""
    states: dict[int, dict[int, tuple[int, int, int, str]]] = {0: {0: (0, -1, 0, "")}}
    queue = [0]
    final = len(text) + 1
    while queue:
        at = heapq.heappop(queue)
        if at == final:
            break
        for place, cost, cell in _cells_from(text, at, dialect):
            if place not in states:
                states[place] = {}
                heapq.heappush(queue, place)
            for count, (so_far, *_) in states[at].items():
                key = count + 1
                if width is not None and key > width:
                    continue
                known = states[place].get(key)
                if known is None or so_far + cost < known[0]:
                    states[place][key] = (so_far + cost, at, count, cell)
    ends = states.get(final, {})
    counts = [count for count in ends if width is None or count == width]
    if not counts:
        return None
    count = min(counts, key=lambda each: ends[each][0])
    cost, place, cells = ends[count][0], final, []
    while place > 0:
        _, origin, previous, cell = states[place][count]
        cells.append(cell)
        place, count = origin, previous
    return cells[::-1], cost


def _cells_from(text: str, at: int, dialect: Dialect) -> Iterator[tuple[int, int, str]]:
    """The ways to read a cell that begins here: where the next one begins, what the reading costs, the value."""
    quote, delimiter = dialect.quote, dialect.byte
    end = text.find(delimiter, at)
    end = len(text) if end < 0 else end
    plain = text[at:end]
    if not text.startswith(quote, at):
        yield end + 1, 2 * plain.count(quote), plain
        inner = text.find(quote, at, end)
        if inner > at and dialect.quoted.match(text, inner):
            yield inner, 2, text[at:inner]  # the delimiter before the quote is missing
        return
    match = dialect.quoted.match(text, at)
    if match is not None:
        yield match.end() + 1, 0, match[1].replace(quote * 2, quote)
    close = text.find(quote, at + 1)
    for _ in range(CLOSERS):
        if close < 0:
            break
        follows = text[close + 1 : close + 2]
        value = text[at + 1 : close].replace(quote * 2, quote)
        if follows == "" or follows == delimiter:
            if match is None or close + 1 != match.end():
                yield close + 2, 1, value
        elif close > at + 1 and (follows != quote or dialect.quoted.match(text, close + 1)):
            yield close + 1, 2, value  # the delimiter after the quote is missing
        close = text.find(quote, close + 1)
    yield end + 1, 2, plain


@dataclass(frozen=True)
class Record:
    """A record of a sample: its first physical line (1-based), how many lines it takes, text and cells."""

    row: int
    lines: int
    text: str
    cells: list[str]
    sound: bool = True  # its quotes are well formed


def records(
    lines: list[str], dialect: Dialect, first_row: int = 1, limit: int = 10**9, search: bool = True
) -> list[Record]:
    """Read a sample line by line; a record goes on over lines only while its quotes are well formed and open.

    Without `search` a record with broken quotes is simply split at its delimiters.
    """
    found: list[Record] = []
    index = 0
    while index < len(lines) and len(found) < limit:
        text, used = lines[index], 1
        cells = strict(text, dialect)
        if cells is None and is_open(text, dialect):
            joined = text
            for more in range(1, min(SPAN_LINES, len(lines) - index)):
                joined += "\n" + lines[index + more]
                if dialect.quote not in lines[index + more]:
                    continue
                cells = strict(joined, dialect)
                if cells is not None:
                    text, used = joined, more + 1
                    break
                if not is_open(joined, dialect):
                    break
        sound = cells is not None
        if cells is None:
            reading = readings(text, dialect, None) if search else None
            cells = reading[0] if reading else text.split(dialect.byte)
        found.append(Record(first_row + index, used, text, cells, sound))
        index += used
    return found
