"""The plan of a file made from its head and tail: dialect, tables, header, width, what the columns look like."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from madang.intake.csv_dialect import detect
from madang.intake.csv_encoding import TextStream
from madang.intake.csv_profile import Profile
from madang.intake.csv_record import Dialect, Record, readings, records
from madang.intake.csv_repair import Repairer
from madang.intake.layout import TableLayout, infer_layout
from madang.intake.raw import Evidence, Override, Refused

HEAD_LINES = 3_000  # read closely; a file no longer than this is seen whole
TAIL_LINES = 100
MOST_COLUMNS = 20_000
_SHOWN = 300  # records of the head shown to the layout, with those around blank lines and changes of width
_HEAD_BYTES = 2 << 20
_TAIL_BYTES = 1 << 18


@dataclass(frozen=True)
class Part:
    """One table to be read: physical rows `first`..`last` (None: to the end) of `width` cells."""

    first: int
    last: int | None
    width: int
    labels: list[str]
    header_rows: tuple[int, ...]
    repairer: Repairer
    repeated: tuple[bytes, ...] = ()
    skipped: frozenset[int] = frozenset()
    drop_last: bool = False
    padding: int = 0
    blank_above: int = 0
    left_out: tuple[dict[str, Any], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    problems: tuple[tuple[str, str | None], ...] = ()


@dataclass(frozen=True)
class Outline:
    """How a whole file is to be read."""

    dialect: Dialect
    evidence: Evidence
    parts: list[Part] = field(default_factory=list)


def outline(path: Path, first: bytes, stream: TextStream, override: Override) -> Outline:
    """Plan the reading of a file whose text begins with `first` (complete lines)."""
    head = first[:_HEAD_BYTES].decode("utf-8", "replace").split("\n")
    head = head[:-1] if len(first) <= _HEAD_BYTES or len(head) < 2 else head[: len(head) - 1]
    whole = stream.done >= path.stat().st_size and len(head) >= first.count(b"\n") and len(head) <= HEAD_LINES
    head = head[:HEAD_LINES]
    dialect, evidence = detect(head, override.delimiter)
    lines = dialect.prepare("\n".join(head).encode()).decode().split("\n")
    found = records(lines, dialect)
    if not whole and len(found) > 1 and found[-1].row + found[-1].lines > len(lines):
        found.pop()  # may go on behind the sample
    if max(len(record.cells) for record in found) > MOST_COLUMNS:
        raise Refused("csv_too_many_columns", file=path.name, limit=MOST_COLUMNS)
    tail = [] if whole else _tail(path, first, stream, dialect)
    sample = _Sample(dialect, found, [record for record in tail if record.row > found[-1].row])
    return Outline(dialect, evidence, sample.parts(override))


def _tail(path: Path, first: bytes, stream: TextStream, dialect: Dialect) -> list[Record]:
    """The last records of a file, with their physical rows; [] for UTF-16, whose lines are not counted in bytes."""
    if stream.done >= path.stat().st_size:
        count, text = first.count(b"\n"), first[-_TAIL_BYTES:]
    elif stream.encoding.codec.startswith("utf-16"):
        return []
    else:
        count, text = _count_and_tail(path, stream)
    lines = text.decode("utf-8", "replace").removesuffix("\n").split("\n")[1:][-TAIL_LINES:]
    prepared = dialect.prepare("\n".join(lines).encode()).decode().split("\n")
    return records(prepared, dialect, count - len(lines) + 1)


def _count_and_tail(path: Path, stream: TextStream) -> tuple[int, bytes]:
    """Number of lines of a file and its last part as UTF-8 with LF line ends."""
    feeds, last = 0, b""
    mark = b"\r" if stream.encoding.carriage_returns else b"\n"
    with path.open("rb") as file:
        while block := file.read(4 << 20):
            feeds += block.count(mark)
            last = block if len(block) >= _TAIL_BYTES else last + block
    text = last[-_TAIL_BYTES:].decode(stream.encoding.codec, "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n") if mark == b"\r" else text.replace("\r\n", "\n")
    return feeds + (not text.endswith("\n")), text.encode()


@dataclass
class _Sample:
    """Head and tail of a file as records, and the tables they show."""

    dialect: Dialect
    head: list[Record]
    tail: list[Record]

    def parts(self, override: Override) -> list[Part]:
        everything = [*self.head, *self.tail]
        usual = _usual_width(everything)
        repairer = self._repairer(everything, usual)
        rows = {
            record.row: self._cells(index, everything, usual, repairer)
            for index, record in enumerate(everything)
        }
        layouts = self._layouts(rows, override)
        written = {record.row: record for record in everything}
        changed, problems = self._headers(layouts, rows, written, usual)
        if changed:
            layouts = self._layouts(rows, override)
        if not layouts:
            raise Refused("file_empty", file="")
        return [
            self._part(number, layouts, rows, problems if number == 0 else [])
            for number in range(len(layouts))
        ]

    def _repairer(self, everything: list[Record], width: int) -> Repairer:
        sound = [record.cells for record in everything if record.sound][:2_000]
        return Repairer(self.dialect, width, Profile.learn(sound, width))

    def _cells(self, index: int, everything: list[Record], usual: int, repairer: Repairer) -> list[str]:
        """The cells of a record as the layout shall see them: a single broken row among sound ones is put right."""
        record = everything[index]
        if len(record.cells) == usual and record.sound:
            return record.cells
        exactly = readings(record.text, self.dialect, usual) if not record.sound else None
        if exactly is not None:
            return exactly[0]
        near = [everything[i] for i in (index - 1, index + 1) if 0 <= i < len(everything)]
        alone = len(near) == 2 and all(len(each.cells) == usual for each in near)
        if index == 0 or not (alone or abs(len(record.cells) - usual) <= 1) or not record.text.strip():
            return record.cells
        fixed = repairer.wrong_width(record.text, record.row)
        return fixed[0].cells or record.cells

    def _layouts(self, rows: dict[int, list[str]], override: Override) -> list[TableLayout]:
        head = [record.row for record in self.head]
        shown = set(head[:_SHOWN]) | set(head[-20:])
        for here, after in zip(head, head[1:], strict=False):
            if len(rows[here]) != len(rows[after]) or not any(map(str.strip, rows[after])):
                shown |= {here, after, *range(after, after + 6)}
        grid = [(row, rows[row]) for row in head if row in shown]
        tail = [(record.row, rows[record.row]) for record in self.tail]
        return infer_layout(grid, tail, override_header_rows=override.header_rows)

    def _headers(
        self, layouts: list[TableLayout], rows: dict[int, list[str]], written: dict[int, Record], usual: int
    ) -> tuple[bool, list[tuple[str, str | None]]]:
        """Give a header one cell too long or too short its width where that is sound."""
        changed = False
        problems: list[tuple[str, str | None]] = []
        for layout in layouts[:1]:
            for row in layout.header_rows:
                cells = rows[row]
                if len(cells) == usual:
                    continue
                fixed = _fixed_header(cells, written[row].text, self.dialect, usual)
                if fixed is not None:
                    detail = json.dumps({"cells": len(cells), "expected": usual})
                    rows[row], changed = fixed, True
                    problems.append(("header_width", detail))
        return changed, problems

    def _part(
        self,
        number: int,
        layouts: list[TableLayout],
        rows: dict[int, list[str]],
        problems: list[tuple[str, str | None]],
    ) -> Part:
        layout = layouts[number]
        following = layouts[number + 1] if number + 1 < len(layouts) else None
        last = layout.data_end if following is None else _begin(following) - 1
        everything = [*self.head, *self.tail]
        inside = [r for r in everything if r.row >= layout.data_start and (last is None or r.row <= last)]
        width = _usual_width(inside, layout.width) if inside else layout.width
        padding = max(0, layout.width - width)
        labels = list(layout.labels)
        drop = self._trailing(layout, inside, width, padding)
        if padding and not drop:
            problems = [*problems, ("header_longer", json.dumps({"cells": layout.width, "expected": width}))]
        if drop:
            labels = labels[:-1]
        heading = [
            record.text.encode()
            for record in self.head
            if record.row in layout.header_rows and record.lines == 1
        ]
        blank = sum(1 for r in self.head if r.row < layout.data_start and not any(map(str.strip, r.cells)))
        return Part(
            first=layout.data_start,
            last=last,
            width=width,
            labels=labels,
            header_rows=layout.header_rows,
            repairer=self._repairer(inside, width),
            repeated=tuple(text for text in dict.fromkeys(heading) if text),
            skipped=frozenset(entry["row"] for entry in layout.left_out),
            drop_last=drop and not padding,
            padding=0 if drop and padding else padding,
            blank_above=blank if number == 0 else 0,
            left_out=layout.left_out,
            evidence=layout.evidence,
            problems=tuple(problems),
        )

    def _trailing(self, layout: TableLayout, inside: list[Record], width: int, padding: int) -> bool:
        """Whether the last column is only the empty space behind a delimiter that ends each line."""
        if not layout.header_rows or layout.width < 3 or layout.labels[-1] or layout.labels[-2] == "":
            return False
        if padding:
            return padding == 1
        full = [record.cells for record in inside if len(record.cells) == width]
        return bool(full) and not any(cells[-1] for cells in full)


def _fixed_header(cells: list[str], text: str, dialect: Dialect, width: int) -> list[str] | None:
    surplus = len(cells) - width
    if surplus > 0:
        empty = [index for index, cell in enumerate(cells) if not cell.strip()]
        if len(empty) < surplus:
            return None
        return [cell for index, cell in enumerate(cells) if index not in set(empty[-surplus:])]
    reading = readings(text, dialect, width)
    return reading[0] if reading is not None else None


def _begin(layout: TableLayout) -> int:
    """The first physical row that belongs to a table, its header and the lines above included."""
    return min([layout.data_start, *layout.header_rows, *(entry["row"] for entry in layout.left_out)])


def _usual_width(found: list[Record], otherwise: int = 1) -> int:
    """The width of most records, weighed by their cells; rows of one cell do not count unless all are."""
    widths = Counter(len(record.cells) for record in found if any(map(str.strip, record.cells)))
    ranked = sorted((number * (width - 1), number, width) for width, number in widths.items())
    return ranked[-1][2] if ranked else otherwise
