"""Pieces of a workbook's XML: references, content types, relations, and sheets written from scratch."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import IO, Any, Protocol
from xml.sax.saxutils import escape, quoteattr

from lxml import etree

from madang.messages import text

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_CELL = 32_767


class Listed(Protocol):
    """What the list says of a mark."""

    @property
    def sheet(self) -> str: ...
    @property
    def row(self) -> int: ...
    @property
    def column(self) -> int | None: ...
    @property
    def sentence(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def value(self) -> str: ...


class Types:
    """[Content_Types].xml."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree

    def part(self, name: str, kind: str) -> None:
        """Say what a part is."""
        etree.SubElement(self.tree, f"{{{_TYPES}}}Override", PartName=f"/{name}", ContentType=kind)

    def extension(self, name: str, kind: str) -> None:
        """Say what parts with an extension are, where nothing says so."""
        known = {each.get("Extension", "").lower() for each in self.tree.iter(f"{{{_TYPES}}}Default")}
        if name not in known:
            self.tree.insert(0, etree.Element(f"{{{_TYPES}}}Default", Extension=name, ContentType=kind))


def number_of(said: str | None) -> int:
    """A number of an attribute; 0 where there is none."""
    return int(said) if said and said.isascii() and said.isdigit() else 0


def cell_reference(row: int, column: int) -> str:
    """ "B3" of row 3 and column 1."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row}"


def relation_path(part: str) -> str:
    """Where the relations of a part stand."""
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def resolved(part: str, target: str) -> str:
    """The path of a relation's target."""
    return (
        target.lstrip("/")
        if target.startswith("/")
        else posixpath.normpath(posixpath.join(posixpath.dirname(part), target))
    )


def listing_sheet(marks: Sequence[Listed], title: str, total: int) -> str:
    """The XML of the sheet that lists the marks, each with a link to its cell."""
    heads = [text(f"marked_{name}") for name in ("where", "row", "column", "value", "severity", "what")]
    rows = [
        _row(1, [title or text("marked_sheet")]),
        _row(2, [text("marked_lead", count=f"{total:,}")]),
        _row(4, heads),
    ]
    links = []
    for number, each in enumerate(marks, 5):
        at = cell_reference(each.row, each.column or 0)
        severity = text(f"marked_{each.severity}")
        rows.append(
            _row(
                number, [f"{each.sheet} {at}", str(each.row), each.label, each.value, severity, each.sentence]
            )
        )
        place = "'" + each.sheet.replace("'", "''") + f"'!{at}"
        links.append(f'<hyperlink ref="A{number}" location={quoteattr(place)}/>')
    widths = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>'
        for n, width in enumerate((22, 8, 18, 24, 10, 90), 1)
    )
    linked = f"<hyperlinks>{''.join(links)}</hyperlinks>" if links else ""
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><sheetViews><sheetView tabSelected="1" workbookViewId="0">'
        '<pane ySplit="4" topLeftCell="A5" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"<cols>{widths}</cols><sheetData>{''.join(rows)}</sheetData>{linked}</worksheet>"
    )


def _row(number: int, cells: Iterable[str]) -> str:
    written = "".join(_text_cell(cell_reference(number, i), said) for i, said in enumerate(cells) if said)
    return f'<row r="{number}">{written}</row>'


def _text_cell(at: str, said: str) -> str:
    """A text, whatever it begins with: an inline string is never a formula."""
    clean = re.sub(r"_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1", _CONTROLS.sub("", said[:_CELL]))
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


def plain_book(out: IO[bytes], sheet: str, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """A workbook of one sheet of texts; `rows` are rising row numbers with their cells. Dated alike each time."""
    name = quoteattr(re.sub(r"[\[\]:*?/\\]", " ", sheet).strip("' ")[:31] or "1")
    styles = (
        f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="맑은 고딕"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        '<cellXfs count="1"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_SHEET}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET}.styles+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{DOCUMENT}"><sheets><sheet name={name} sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{DOCUMENT}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": styles,
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, content in parts.items():
            archive.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), XML + content)
        with archive.open(zipfile.ZipInfo("xl/worksheets/sheet1.xml", (1980, 1, 1, 0, 0, 0)), "w") as part:
            part.write(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for number, cells in rows:
                part.write(_row(number, cells).encode("utf-8", errors="replace"))
            part.write(b"</sheetData></worksheet>")
