"""The plan of a file made from its head and tail: dialect, tables, header, width, what the columns look like."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from madang.intake.address_layout import AddressLayout, address_layout
from madang.intake.csv_record import Dialect, Record, readings
from madang.intake.csv_repair import OTHER_DELIMITERS, Repairer, read_otherwise
from madang.intake.csv_sample import take_sample
from madang.intake.csv_text import TextStream
from madang.intake.layout import TableLayout, infer_layout
from madang.intake.raw import Evidence, Override, Refused

_SHOWN = 300  # records of the head shown to the layout, with those around blank lines and changes of width


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
    sample = take_sample(path, first, stream, override.delimiter)
    parts = _Planner(sample.dialect, sample.head, sample.records).parts(override)
    if not parts:
        raise Refused("no_table", file=path.name)
    return Outline(sample.dialect, sample.evidence, parts)


@dataclass
class _Planner:
    """The tables that a sample of a file shows."""

    dialect: Dialect
    head: list[Record]
    everything: list[Record]

    def parts(self, override: Override) -> list[Part]:
        usual = _usual_width([record.cells for record in self.everything])
        repairer = self._repairer(self.everything, usual)
        rows = {
            record.row: self._cells(index, self.everything, usual, repairer)
            for index, record in enumerate(self.everything)
        }
        known = self._known(rows, override)
        if known is not None:
            override = replace(override, header_rows=())
        layouts = self._layouts(rows, override)
        changed, problems = self._headers(layouts, rows, usual)
        if changed:
            layouts = self._layouts(rows, override)
        parts = [
            self._part(number, layouts, rows, problems if number == 0 else [])
            for number in range(len(layouts))
        ]
        if known is None:
            return parts
        labels = list(known.labels)
        return [replace(p, labels=labels, evidence=(*p.evidence, known.evidence())) for p in parts]

    def _known(self, rows: dict[int, list[str]], override: Override) -> AddressLayout | None:
        """The layout of an address file without header, where the delimiter is the one they have."""
        if override.header_rows is not None or self.dialect.delimiter != "|":
            return None
        return address_layout([rows[record.row] for record in self.head[:_SHOWN]])

    def _repairer(self, found: list[Record], width: int) -> Repairer:
        return Repairer(self.dialect, width, [record.cells for record in found if record.sound])

    def _cells(self, index: int, everything: list[Record], usual: int, repairer: Repairer) -> list[str]:
        """The cells of a record as the layout shall see them: a single broken row among sound ones is put right."""
        record = everything[index]
        if len(record.cells) == usual and record.sound:
            return record.cells
        exactly = readings(record.text, self.dialect, usual) if not record.sound else None
        if exactly is not None:
            other = self._other_delimiter(record, usual) if index == 0 and exactly[1] > 1 else None
            return other or exactly[0]
        if index == 0 and len(everything) > 1 and len(everything[1].cells) == usual:
            return self._other_delimiter(record, usual) or record.cells
        near = [everything[i] for i in (index - 1, index + 1) if 0 <= i < len(everything)]
        among = all(len(each.cells) == usual for each in near)
        lone = len(near) == 2 or abs(len(record.cells) - usual) <= 1 < len(record.cells)
        if index == 0 or not (among and lone) or not record.text.strip():
            return record.cells
        fixed = repairer.wrong_width(record.text, record.row)
        return fixed[0].cells or record.cells

    def _other_delimiter(self, record: Record, usual: int) -> list[str] | None:
        """A first line written with another delimiter than the rows, if that gives each column a name of its own."""
        for delimiter in OTHER_DELIMITERS:
            if (len(record.cells) * 2 <= usual or not record.sound) and delimiter != self.dialect.byte:
                cells, cost = read_otherwise(record.text, delimiter, self.dialect.quote) or ([], 0)
                if cost == 0 and len(cells) == usual and all(cells) and len(set(cells)) == usual:
                    return cells
        return None

    def _layouts(self, rows: dict[int, list[str]], override: Override) -> list[TableLayout]:
        head = [record.row for record in self.head]
        shown = set(head[:_SHOWN]) | set(head[-20:])
        for here, after in zip(head, head[1:], strict=False):
            if len(rows[here]) != len(rows[after]) or not any(map(str.strip, rows[after])):
                shown |= {here, after, *range(after, after + 6)}
        grid = [(row, rows[row]) for row in head if row in shown]
        tail = [(record.row, rows[record.row]) for record in self.everything[len(self.head) :]]
        return infer_layout(grid, tail, override_header_rows=override.header_rows)

    def _headers(
        self, layouts: list[TableLayout], rows: dict[int, list[str]], usual: int
    ) -> tuple[bool, list[tuple[str, str | None]]]:
        """Give a header one cell too long or too short its width where that is sound."""
        written = {record.row: record for record in self.everything}
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
        inside = [
            r for r in self.everything if r.row >= layout.data_start and (last is None or r.row <= last)
        ]
        votes = [rows[r.row] for r in inside] + [rows[row] for row in layout.header_rows[-1:]]
        width = _usual_width(votes, layout.width) if inside else layout.width
        padding = max(0, layout.width - width)
        labels = list(layout.labels)
        drop = self._trailing(layout, rows, inside, width, padding)
        if padding and not drop:
            problems = [*problems, ("header_longer", json.dumps({"cells": layout.width, "expected": width}))]
        if drop and padding:
            labels, padding = labels[:-1], 0
        return Part(
            first=self._first(layout) if number == 0 else layout.data_start,
            last=last,
            width=width,
            labels=labels,
            header_rows=layout.header_rows,
            repairer=self._repairer(inside, width),
            repeated=self._repeated(layout),
            skipped=frozenset(entry["row"] for entry in layout.left_out),
            drop_last=drop and layout.width == width,
            padding=padding,
            blank_above=self._blank_above(layout) if number == 0 else 0,
            left_out=layout.left_out,
            evidence=layout.evidence,
            problems=tuple(problems),
        )

    def _first(self, layout: TableLayout) -> int:
        """Where the data begins; directly behind the header if the rows after it were not in the sample."""
        seen = self.head[-1].row + self.head[-1].lines
        return min(layout.data_start, max(seen, *layout.header_rows) if layout.header_rows else seen)

    def _repeated(self, layout: TableLayout) -> tuple[bytes, ...]:
        """The header's lines as they would come again."""
        heading = [r for r in self.head if r.row in layout.header_rows and r.lines == 1]
        return tuple(dict.fromkeys(record.text.encode() for record in heading if record.text))

    def _blank_above(self, layout: TableLayout) -> int:
        above = [record for record in self.head if record.row < layout.data_start]
        return sum(1 for record in above if not any(map(str.strip, record.cells)))

    def _trailing(
        self,
        layout: TableLayout,
        rows: dict[int, list[str]],
        inside: list[Record],
        width: int,
        padding: int,
    ) -> bool:
        """Whether the last column is only the empty space behind a delimiter that ends each line."""
        if any(len(rows[row]) != layout.width for row in layout.header_rows):
            return False
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
    return min([layout.data_start, *layout.header_rows, *(int(entry["row"]) for entry in layout.left_out)])


def _usual_width(rows: list[list[str]], otherwise: int = 1) -> int:
    """The width of most rows, weighed by their cells; rows of one cell do not count unless all are."""
    widths = Counter(len(cells) for cells in rows if any(map(str.strip, cells)))
    ranked = sorted((number * (width - 1), number, width) for width, number in widths.items())
    return ranked[-1][2] if ranked else otherwise
