"""A workbook with the cells in question marked: coloured, with a comment each, and a first sheet that lists them.

The XML of the workbook itself is edited, part by part: what is not touched (formatting, formulas, charts, macros, other
sheets) stays byte for byte. Loading and saving it through a library would lose what that library does not know.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Literal

from lxml import etree

from madang.intake.excel_guard import BROKEN, check_archive, xml_parser
from madang.intake.marked_notes import Notes
from madang.intake.marked_parts import (
    DOCUMENT,
    MAIN,
    Types,
    cell_reference,
    listing_sheet,
    number_of,
    relation_path,
)
from madang.intake.raw import Refused
from madang.messages import MadangError, text

MOST_COMMENTS = 5_000  # of a workbook; the rest is coloured and listed
MOST_LISTED = 50_000
_PART = 96 * 1024**2  # bytes of a sheet's XML that is edited as a tree
_FILLS = {"error": "FFFFC7CE", "warning": "FFFFEB9C", "info": "FFDDEBF7"}
_RANK = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Mark:
    """What is wrong with a cell (`column` from 0; None: with its row) of a sheet; `row` is the sheet's own, from 1."""

    sheet: str
    row: int
    column: int | None
    sentence: str
    severity: Literal["error", "warning", "info"] = "error"
    label: str = ""
    value: str = ""


@dataclass
class _Book:
    source: zipfile.ZipFile
    new: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        if name in self.new:
            return self.new[name]
        info = self.source.getinfo(name)
        if info.file_size > _PART:
            raise MadangError("marked_too_large")
        return self.source.read(name)

    def has(self, name: str) -> bool:
        return name in self.new or name in self.source.NameToInfo

    def tree(self, name: str) -> Any:
        return etree.fromstring(self.read(name), xml_parser())

    def put(self, name: str, tree: Any) -> None:
        self.new[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def mark(source: Path, out: IO[bytes], marks: Sequence[Mark], *, title: str = "") -> int:
    """Write the XLSX `source` to `out` with `marks`; returns how many cells got a comment.

    The first sheet lists every mark (up to 50,000) with a link to its cell; at most 5,000 cells get a comment, all get
    the colour of their worst mark. Comments that are there already are kept and added to. Raises MadangError:
    marked_unreadable (it is no whole XLSX of the usual form), marked_too_large.
    """
    try:
        check_archive(source)
        with zipfile.ZipFile(source) as archive:
            book = _Book(archive)
            sheets, commented = _edit(book, marks, title)
            _write(book, out)
    except (Refused, KeyError, *BROKEN) as error:
        raise MadangError("marked_unreadable") from error
    return commented


def _edit(book: _Book, marks: Sequence[Mark], title: str) -> tuple[dict[str, str], int]:
    types = Types(book.tree("[Content_Types].xml"))
    workbook = book.tree("xl/workbook.xml")
    if workbook.tag != f"{{{MAIN}}}workbook":
        raise KeyError("strict form")
    sheets = _sheets(book, workbook)
    styles = _Styles(book)
    left = MOST_COMMENTS
    for number, (name, part) in enumerate(sheets.items(), 1):
        mine = [each for each in marks if each.sheet == name]
        if mine:
            left -= _mark_sheet(book, types, styles, part, mine, left, number)
        else:
            _unselect(book, part)
    styles.save(types)
    _add_listing(book, types, workbook, sheets, marks, title)
    book.put("[Content_Types].xml", types.tree)
    return sheets, MOST_COMMENTS - left


def _sheets(book: _Book, workbook: Any) -> dict[str, str]:
    """Worksheets by name: the path of their part."""
    targets = {r.get("Id"): r for r in book.tree("xl/_rels/workbook.xml.rels")}
    found = {}
    for sheet in workbook.iter(f"{{{MAIN}}}sheet"):
        relation = targets[sheet.get(f"{{{DOCUMENT}}}id")]
        if str(relation.get("Type")).endswith("/worksheet"):
            target = str(relation.get("Target"))
            found[sheet.get("name")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


class _Styles:
    """The looks of cells, with the three colours added; a marked cell keeps everything else of its look."""

    def __init__(self, book: _Book) -> None:
        self.book = book
        self.tree = book.tree("xl/styles.xml")
        self.cells = self.tree.find(f"{{{MAIN}}}cellXfs")
        fills = self.tree.find(f"{{{MAIN}}}fills")
        if self.cells is None or fills is None:
            raise KeyError("styles")
        self.fill: dict[str, int] = {}
        for severity, colour in _FILLS.items():
            self.fill[severity] = len(fills)
            pattern = etree.SubElement(
                etree.SubElement(fills, f"{{{MAIN}}}fill"), f"{{{MAIN}}}patternFill", patternType="solid"
            )
            etree.SubElement(pattern, f"{{{MAIN}}}fgColor", rgb=colour)
            etree.SubElement(pattern, f"{{{MAIN}}}bgColor", indexed="64")
        fills.set("count", str(len(fills)))
        self.made: dict[tuple[int, str], int] = {}

    def look(self, style: int, severity: str) -> int:
        """The number of the look `style` in the colour of `severity`."""
        key = (style, severity)
        if key not in self.made:
            known = self.cells[style] if 0 <= style < len(self.cells) else self.cells[0]
            clone = etree.fromstring(etree.tostring(known))
            clone.set("fillId", str(self.fill[severity]))
            clone.set("applyFill", "1")
            self.made[key] = len(self.cells)
            self.cells.append(clone)
        return self.made[key]

    def save(self, types: Types) -> None:
        self.cells.set("count", str(len(self.cells)))
        self.book.put("xl/styles.xml", self.tree)


def _mark_sheet(
    book: _Book, types: Types, styles: _Styles, part: str, marks: Sequence[Mark], left: int, number: int
) -> int:
    """Colour and comment the cells of one sheet; returns how many comments were made."""
    tree = book.tree(part)
    for view in tree.iter(f"{{{MAIN}}}sheetView"):
        view.attrib.pop("tabSelected", None)
    grid = _Grid(tree)
    by_cell: dict[tuple[int, int], list[Mark]] = {}
    for each in marks:
        by_cell.setdefault((each.row, each.column or 0), []).append(each)
    for (row, column), several in by_cell.items():
        cell = grid.cell(row, column)
        worst = min(several, key=lambda each: _RANK[each.severity]).severity
        cell.set("s", str(styles.look(number_of(cell.get("s")), worst)))
    chosen = sorted(by_cell)[: max(left, 0)]
    if chosen:
        notes = Notes(book, types, part, tree, number)
        for row, column in chosen:
            said = "\n".join(each.sentence for each in by_cell[row, column])
            notes.add(row, column, f"{text('marked_author')}\n{said}")
        notes.save()
    book.put(part, tree)
    return len(chosen)


class _Grid:
    """The rows and cells of a sheet by their place; those that are not there are made where they belong."""

    def __init__(self, tree: Any) -> None:
        self.data = tree.find(f"{{{MAIN}}}sheetData")
        if self.data is None:
            raise KeyError("sheetData")
        self.rows: dict[int, Any] = {}
        at = 0
        for row in self.data:
            at = number_of(row.get("r")) or at + 1
            row.set("r", str(at))
            self.rows[at] = row
        self.cells: dict[int, dict[int, Any]] = {}

    def cell(self, row: int, column: int) -> Any:
        """The cell in a row (from 1) and column (from 0)."""
        cells = self._cells(row)
        if column not in cells:
            made = etree.Element(f"{{{MAIN}}}c", r=cell_reference(row, column))
            behind = sum(1 for other in cells if other < column)
            self.rows[row].insert(behind, made)
            cells[column] = made
        return cells[column]

    def _cells(self, row: int) -> dict[int, Any]:
        if row not in self.rows:
            made = etree.Element(f"{{{MAIN}}}row", r=str(row))
            behind = sum(1 for other in self.rows if other < row)
            self.data.insert(behind, made)
            self.rows[row] = made
        if row not in self.cells:
            found: dict[int, Any] = {}
            at = -1
            for cell in self.rows[row].iterfind(f"{{{MAIN}}}c"):
                said = re.match(r"([A-Z]{1,3})\d", cell.get("r") or "")
                at = _column(said[1]) if said else at + 1
                cell.set("r", cell_reference(row, at))
                found[at] = cell
            self.cells[row] = found
        return self.cells[row]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _unselect(book: _Book, part: str) -> None:
    """Two sheets selected at once would be edited at once: only the listing is."""
    info = book.source.getinfo(part)
    if info.file_size <= _PART:
        data = book.source.read(part)
        head, rest = data[:65_536], data[65_536:]
        changed = re.sub(rb'\btabSelected="(?:1|true)"', b'tabSelected="0"', head)
        if changed != head:
            book.new[part] = changed + rest


def _add_listing(
    book: _Book, types: Types, workbook: Any, sheets: dict[str, str], marks: Sequence[Mark], title: str
) -> None:
    """The list of all marks as the first sheet."""
    listed = workbook.find(f"{{{MAIN}}}sheets")
    taken = {sheet.get("name").casefold() for sheet in listed}
    name, number = text("marked_sheet"), 2
    while name.casefold() in taken:
        name, number = f"{text('marked_sheet')} {number}", number + 1
    part = "xl/worksheets/sheetMadang.xml"
    book.new[part] = listing_sheet(marks[:MOST_LISTED], title, len(marks)).encode("utf-8")
    types.part(part, "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml")
    relations = book.tree("xl/_rels/workbook.xml.rels")
    etree.SubElement(
        relations, relations[0].tag, Id="rIdMadangList", Type=f"{DOCUMENT}/worksheet", Target="worksheets/sheetMadang.xml"
    )  # fmt: skip
    book.put(relation_path("xl/workbook.xml"), relations)
    ids = max(number_of(sheet.get("sheetId")) for sheet in listed) + 1
    sheet = etree.Element(f"{{{MAIN}}}sheet", name=name, sheetId=str(ids))
    sheet.set(f"{{{DOCUMENT}}}id", "rIdMadangList")
    listed.insert(0, sheet)
    for defined in workbook.iter(f"{{{MAIN}}}definedName"):
        if defined.get("localSheetId") is not None:
            defined.set("localSheetId", str(number_of(defined.get("localSheetId")) + 1))
    for view in workbook.iter(f"{{{MAIN}}}workbookView"):
        view.attrib.pop("firstSheet", None)
        view.set("activeTab", "0")
    book.put("xl/workbook.xml", workbook)


def _write(book: _Book, out: IO[bytes]) -> None:
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as to:
        for info in book.source.infolist():
            if info.is_dir():
                continue
            if info.filename in book.new:
                to.writestr(info.filename, book.new.pop(info.filename))
                continue
            with book.source.open(info) as part, to.open(info.filename, "w") as copy:
                while block := part.read(1 << 20):
                    copy.write(block)
        for name, content in book.new.items():
            to.writestr(name, content)
