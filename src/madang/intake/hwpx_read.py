"""Tables inside HWPX documents (OWPML, KS X 6101): section by section from the XML, nothing kept but words and cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lxml import etree

from madang.intake.archive_guard import BROKEN, Unsafe, checked
from madang.intake.hwp_blocks import DEPTH, Budget, Cell, Paragraph, Table, TooLarge
from madang.intake.hwp_tables import stage_document
from madang.intake.raw import Override, Progress, RawTable, Refused, no_progress

_SECTION = re.compile(r"contents/section(\d{1,6})\.xml$", re.I)
_ENTRIES = 10_000
_UNPACKED = 512 * 1024**2  # bytes of XML of all sections
_ELEMENTS = 20_000_000
_NESTED = 250  # elements within elements
_SMALL = 4 * 1024**2
# what stands beside the body: notes, headers, comments, definitions
_MUTE = frozenset("footNote endNote header footer hiddenComment masterPage secPr fieldBegin memo".split())
_AS_SPACE = frozenset("lineBreak tab nbSpace fwSpace".split())


def read_hwpx(
    path: Path, place: Path, override: Override, progress: Progress = no_progress
) -> list[RawTable]:
    """The tables of a document, staged in `place`; `source_row` is the 1-based row in the table.

    The member is the table's caption or the heading above it, else 표1, 표2; None where there is one table. Frames,
    boxes of signatures and other tables that only give the page its looks are named in the first table's evidence.
    Progress counts sections. Raises Refused: document_broken, document_encrypted, document_bomb, document_no_table.
    """
    try:
        flow = _flow(path, progress)
    except Unsafe as unsafe:
        raise Refused("document_bomb", file=path.name, reason=unsafe.reason) from unsafe
    except TooLarge as large:
        raise Refused("document_bomb", file=path.name, reason=str(large)) from large
    except (KeyError, *BROKEN) as error:
        raise Refused("document_broken", file=path.name) from error
    return stage_document(path.name, flow, place, override, prefix="hwpx")


def _flow(path: Path, progress: Progress) -> list[Paragraph | Table]:
    """Everything of the body, section after section."""
    with zipfile.ZipFile(path) as package:
        infos = checked(path, package, entries=_ENTRIES)
        by_name = {info.filename: info for info in infos}
        if any(info.flag_bits & 1 for info in infos) or _locked(package, by_name):
            raise Refused("document_encrypted", file=path.name)
        numbered = [(int(m[1]), info) for info in infos if (m := _SECTION.search(info.filename))]
        sections = [info for _, info in sorted(numbered, key=lambda each: each[0])]
        if not sections:
            raise Refused("document_broken", file=path.name)
        if sum(info.file_size for info in sections) > _UNPACKED:
            raise TooLarge(
                "reason_body", size=f"{sum(info.file_size for info in sections) / 1024**2:,.0f} MB"
            )
        reading = _Reading()
        for done, info in enumerate(sections, 1):
            with package.open(info) as stream:
                reading.section(stream)
            progress(done, len(sections))
        return reading.flow


def _locked(package: zipfile.ZipFile, by_name: dict[str, zipfile.ZipInfo]) -> bool:
    """Whether the manifest says that parts are encrypted."""
    info = by_name.get("META-INF/manifest.xml")
    if info is None or info.file_size > _SMALL:
        return False
    return b"encryption-data" in package.read(info)


class _Reading:
    """What is found while the XML goes by: a stack of places for paragraphs, the innermost last."""

    def __init__(self) -> None:
        self.flow: list[Paragraph | Table] = []
        self.places: list[list[Paragraph | Table]] = [self.flow]
        self.paragraphs: list[Paragraph] = []
        self.tables: list[Table] = []
        self.cells: list[Cell] = []
        self.rows: list[
            list[int]
        ] = []  # of each open table: its row and the next column, where no address is given
        self.taken: list[set[tuple[int, int]]] = []
        self.mute = 0
        self.elements = 0
        self.budget = Budget()
        self._ends: dict[str, Callable[[Any], None]] = {
            "t": self._words, "cellAddr": self._address, "cellSpan": self._span, "tc": self._cell_ends,
            "tr": self._row_ends, "tbl": self._table_ends, "caption": self._caption_ends, "p": self._paragraph_ends,
        }  # fmt: skip

    def section(self, stream: Any) -> None:
        """Read one section. Raises TooLarge and what lxml raises for XML that is not well-formed."""
        events = etree.iterparse(
            stream, events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False,
            huge_tree=False, remove_comments=True, remove_pis=True,
        )  # fmt: skip
        depth = 0
        for event, element in events:
            name = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
            if event == "start":
                depth += 1
                self.elements += 1
                if self.elements > _ELEMENTS or depth > _NESTED:
                    raise TooLarge("reason_xml", count=f"{self.elements:,}", depth=depth)
                self._start(name, element)
                continue
            depth -= 1
            if name in _MUTE:
                self.mute -= 1
            elif not self.mute and name in self._ends:
                self._ends[name](element)
            if name in ("p", "tc", "tbl", "secPr"):
                element.clear()
                while element.getprevious() is not None:
                    del element.getparent()[0]

    def _start(self, name: str, element: Any) -> None:
        if name in _MUTE:
            self.mute += 1
        if self.mute:
            return
        if name == "p":
            paragraph = Paragraph()
            self.places[-1].append(paragraph)
            self.paragraphs.append(paragraph)
        elif name == "tbl":
            table = Table()
            self.places[-1].append(table)
            self.tables.append(table)
            self.rows.append([0, 0])
            self.taken.append(set())
            if len(self.tables) > DEPTH:
                raise TooLarge("reason_deep_table", depth=DEPTH)
        elif name == "tc" and self.tables:
            cell = Cell(row=-1, title=element.get("header") == "1")
            self.cells.append(cell)
            self.places.append(cell.flow)
        elif name == "caption" and self.tables:
            self.places.append(self.tables[-1].caption)

    def _words(self, element: Any) -> None:
        """The words of a run: marks of changes and highlights within them are passed over, breaks are spaces."""
        if not self.paragraphs:
            return
        parts = self.paragraphs[-1].parts
        parts.append(element.text or "")
        for mark in element:
            name = mark.tag.rpartition("}")[2] if isinstance(mark.tag, str) else ""
            parts.append(" " if name in _AS_SPACE else "-" if name == "hyphen" else "")
            parts.append(mark.tail or "")

    def _address(self, element: Any) -> None:
        if self.cells:
            self.cells[-1].row = _number(element.get("rowAddr"), 0)
            self.cells[-1].column = _number(element.get("colAddr"), 0)

    def _span(self, element: Any) -> None:
        if self.cells:
            self.cells[-1].high = max(1, _number(element.get("rowSpan"), 1))
            self.cells[-1].wide = max(1, _number(element.get("colSpan"), 1))

    def _cell_ends(self, _: Any) -> None:
        if not self.cells or not self.tables:
            return
        cell = self.cells.pop()
        self.places.pop()
        row, column = self.rows[-1]
        if cell.row < 0:  # no address: beside the one before, past what hangs down from above
            while (row, column) in self.taken[-1]:
                column += 1
            cell.row, cell.column = row, column
        self.budget.take(cell)
        self.rows[-1][1] = cell.column + cell.wide
        if cell.high > 1:
            below = range(cell.row + 1, cell.row + cell.high)
            across = range(cell.column, cell.column + cell.wide)
            self.taken[-1].update((r, c) for r in below for c in across)
        self.tables[-1].cells.append(cell)

    def _row_ends(self, _: Any) -> None:
        if self.rows:
            self.rows[-1] = [self.rows[-1][0] + 1, 0]

    def _table_ends(self, _: Any) -> None:
        if self.tables:
            self.tables.pop()
            self.rows.pop()
            self.taken.pop()

    def _caption_ends(self, _: Any) -> None:
        if self.tables:
            self.places.pop()

    def _paragraph_ends(self, _: Any) -> None:
        if self.paragraphs:
            self.paragraphs.pop()


def _number(value: str | None, default: int) -> int:
    """A whole number of an attribute, without sign; too long ones are beyond every limit."""
    if value is None or not value.strip().isdecimal():
        return default
    return int(value) if len(value) < 10 else 10**9
