"""Papers that people made by hand: workbooks with titles, merged headers, subtotals and notes, and HWPX documents."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from hwpx.document import HwpxDocument

from madang.samplecity.paper import Defect, Plant

Cell = str | int | float | date | None
_MADE = datetime(2026, 1, 1)  # of every workbook: a file must not tell when it was generated


@dataclass
class Sheet:
    """A sheet (or a table of a document) as a person lays it out.

    `titles`: lines above the table. `header`: one row of labels for each level; equal neighbours of a level, and an empty
    cell below a label, are merged. `rows`: data, subtotals among them as they come. `notes`: lines below.
    """

    name: str
    header: Sequence[Sequence[str]]
    rows: Sequence[Sequence[Cell]]
    titles: Sequence[str] = ()
    notes: Sequence[str] = ()
    hidden: bool = False
    plants: list[Plant] = field(default_factory=list)

    def plant(self, row: int, column: str, value: str, rule: str, severity: str = "error") -> None:
        """Write `value` into the cell of data row `row` (from 0) below `column`: the labels of its levels joined by "_"."""
        self.plants.append(Plant(int(row), column, value, rule, severity))

    @property
    def labels(self) -> list[str]:
        """The header of each column, its levels joined by "_" as intake joins them."""
        filled = []
        for level in self.header:
            line: list[str] = []
            for label in level:
                line.append(label or (line[-1] if line and level is not self.header[-1] else ""))
            filled.append(line)
        joined = []
        for at in range(len(self.header[-1])):
            parts: list[str] = []
            for level in filled:
                if level[at] and (not parts or parts[-1] != level[at]):
                    parts.append(level[at])
            joined.append("_".join(parts))
        return joined

    @property
    def first_row(self) -> int:
        """The physical row (from 1) of the first data row."""
        return len(self.titles) + len(self.header) + 1

    def filled(self) -> list[list[Cell]]:
        """The rows with their plants."""
        rows, labels = [list(row) for row in self.rows], self.labels
        for plant in self.plants:
            rows[plant.row][labels.index(plant.column)] = plant.value
        return rows

    def defects(self, path: str) -> list[Defect]:
        return [
            Defect(path, self.first_row + each.row, each.column, each.rule, each.severity, each.value)
            for each in self.plants
        ]


@dataclass
class WorkbookPaper:
    """An XLSX workbook."""

    path: str
    sheets: Sequence[Sheet]

    def write(self, folder: Path) -> list[Defect]:
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        with xlsxwriter.Workbook(str(target), {"default_date_format": "yyyy-mm-dd"}) as book:
            book.set_properties({"created": _MADE})
            head = book.add_format({"bold": True, "align": "center", "valign": "vcenter", "border": 1, "text_wrap": True})  # fmt: skip
            title = book.add_format({"bold": True, "font_size": 14})
            for sheet in self.sheets:
                _write_sheet(book.add_worksheet(sheet.name), sheet, head, title)
        return [defect for sheet in self.sheets for defect in sheet.defects(self.path)]


def _write_sheet(page: Any, sheet: Sheet, head: Any, title: Any) -> None:
    if sheet.hidden:
        page.hide()
    for row, line in enumerate(sheet.titles):
        page.write_string(row, 0, line, title if row == 0 else None)
    for top, left, bottom, right, label in merged(sheet.header):
        top, bottom = top + len(sheet.titles), bottom + len(sheet.titles)
        if (top, left) == (bottom, right):
            page.write_string(top, left, label, head)
        else:
            page.merge_range(top, left, bottom, right, label, head)
    rows = sheet.filled()
    for at, cells in enumerate(rows):
        page.write_row(sheet.first_row - 1 + at, 0, cells)
    for at, note in enumerate(sheet.notes):
        page.write_string(sheet.first_row - 1 + len(rows) + at, 0, note)


def merged(header: Sequence[Sequence[str]]) -> list[tuple[int, int, int, int, str]]:
    """The cells of a header as (top, left, bottom, right, label), rows and columns from 0."""
    found, taken = [], set()
    for top, level in enumerate(header):
        for left, label in enumerate(level):
            if (top, left) in taken:
                continue
            right = left
            while label and right + 1 < len(level) and level[right + 1] == label and top + 1 < len(header):
                right += 1
            bottom = top
            while label and bottom + 1 < len(header) and not any(header[bottom + 1][left : right + 1]):
                bottom += 1
            taken |= {(row, at) for row in range(top, bottom + 1) for at in range(left, right + 1)}
            found.append((top, left, bottom, right, label))
    return found


@dataclass
class DocumentPaper:
    """An HWPX document: lines of text with tables among them."""

    path: str
    parts: Sequence[str | Sheet]

    def write(self, folder: Path) -> list[Defect]:
        document = HwpxDocument.new()
        for part in self.parts:
            if isinstance(part, str):
                document.add_paragraph(part)
            else:
                _write_table(document, part)
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        made = io.BytesIO()
        document.save_to_stream(made)
        target.write_bytes(_renumbered(made.getvalue()))
        return [
            Defect(self.path, len(part.header) + 1 + each.row, each.column, each.rule, each.severity, each.value)
            for part in self.parts
            if isinstance(part, Sheet)
            for each in part.plants
        ]  # fmt: skip


def _write_table(document: HwpxDocument, sheet: Sheet) -> None:
    """Titles and notes of the sheet become paragraphs around the table."""
    for line in sheet.titles:
        document.add_paragraph(line)
    rows = sheet.filled()
    table = document.add_table(len(sheet.header) + len(rows), len(sheet.header[-1]))
    for top, left, bottom, right, label in merged(sheet.header):
        if (top, left) != (bottom, right):
            table.merge_cells(top, left, bottom, right)
        table.set_cell_text(top, left, label)
    for at, cells in enumerate(rows, len(sheet.header)):
        for column, cell in enumerate(cells):
            shown = f"{cell:,}" if isinstance(cell, int) else "" if cell is None else str(cell)
            table.set_cell_text(at, column, shown)
    for note in sheet.notes:
        document.add_paragraph(note)


def _renumbered(package: bytes) -> bytes:
    """The library gives paragraphs random numbers: here they are counted, so that the same table gives the same bytes."""
    numbers: dict[str, str] = {}

    def counted(found: re.Match[str]) -> str:
        return f'id="{numbers.setdefault(found[1], str(1000 + len(numbers)))}"'

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:  # fmt: skip
        for info in source.infolist():
            content = source.read(info)
            if info.filename.startswith("Contents/section"):
                content = re.sub(r'\bid="(\d{4,})"', counted, content.decode()).encode()
            target.writestr(zipfile.ZipInfo(info.filename), content, info.compress_type)
    return out.getvalue()
