"""XLSX written as text: DuckDB writes the rows of a sheet as XML, Python passes them into the ZIP.

A cell by cell writer takes minutes for a million rows of forty columns; this takes as long as compressing does.
Text is written inline, with the row and column reference that some office programs need.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO
from xml.sax.saxutils import escape

from madang.formats.lines import guarded, is_formula, iso_datetime, text_bytes
from madang.formats.source import ROW_NUMBER, Column, Source
from madang.intake.raw import Progress
from madang.messages import MadangError, text

ROWS_PER_SHEET = 1_048_575  # beside the header
_COLUMNS = 16_384
_CELL = 32_767  # characters that Excel keeps of a cell
_EXACT = 999_999_999_999_999  # Excel keeps 15 digits; a longer integer is written as text
_CONTROLS = [chr(code) for code in (*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF)]
_ZIP64_FROM = 1_800_000_000  # bytes of a sheet
_BOOLEAN = ' t="b"'
_HEAD, _DATE, _DATETIME, _QUOTED = 1, 2, 3, 4  # styles, see _STYLES
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_STYLES = f"""{_XML}<styleSheet xmlns="{_MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>\
<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/>\
<name val="맑은 고딕"/></font><font><b/><sz val="11"/><name val="맑은 고딕"/></font></fonts><fills count="2"><fill>\
<patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1">\
<border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="5"><xf/><xf fontId="1" applyFont="1"/>\
<xf numFmtId="164" applyNumberFormat="1"/><xf numFmtId="165" applyNumberFormat="1"/><xf quotePrefix="1"/></cellXfs>\
</styleSheet>"""


def write_xlsx(
    source: Source, out: IO[bytes], progress: Progress, about: dict[str, str], *, raw: bool
) -> None:
    """The rows in as many sheets as they need, and a last sheet that says what they are."""
    if len(source.columns) > _COLUMNS:
        raise MadangError("export_too_wide", columns=len(source.columns), limit=_COLUMNS)
    name = text("export_sheet")
    sheets = [name, *(f"{name} {number}" for number in range(2, -(-source.rows // ROWS_PER_SHEET) + 1))]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        _write_frame(archive, [*sheets, text("export_sheet_about")])
        _write_rows(source, archive, progress, raw)
        with _part(archive, f"xl/worksheets/sheet{len(sheets) + 1}.xml") as part:
            part.write(_about_sheet(source, about).encode("utf-8"))


def _write_rows(source: Source, archive: zipfile.ZipFile, progress: Progress, raw: bool) -> None:
    batches = source.lines(_row(source, raw))
    large = _bytes_of_rows(source) > _ZIP64_FROM
    rest = next(batches, None)
    done, number = 0, 1
    while True:
        here = min(ROWS_PER_SHEET, source.rows - done)
        with _part(archive, f"xl/worksheets/sheet{number}.xml", large) as part:
            part.write(_before_rows(source, here, raw).encode("utf-8"))
            while rest is not None and here:
                taken = rest.slice(0, here)
                part.write(text_bytes(taken))
                here -= len(taken)
                done += len(taken)
                rest = rest.slice(len(taken)) if len(taken) < len(rest) else next(batches, None)
                progress(done, source.rows)
            part.write(_after_rows(source).encode("utf-8"))
        number += 1
        if done >= source.rows:
            return


def _bytes_of_rows(source: Source) -> int:
    """About how long the XML of all rows is, rather too much than too little."""
    texts = source.total(lambda column: f"sum(strlen({column.read}))", "text")
    return 2 * texts + 90 * source.rows * len(source.columns)


def _row(source: Source, raw: bool) -> str:
    """SQL of a row's XML."""
    at = f"({ROW_NUMBER} % {ROWS_PER_SHEET} + 2)::VARCHAR"
    cells = [_cell(column, reference(number), at, raw) for number, column in enumerate(source.columns)]
    return f"concat('<row r=\"', {at}, '\">', {', '.join(cells)}, '</row>')"


def _cell(column: Column, letters: str, at: str, raw: bool) -> str:
    """SQL of a cell's XML; an empty cell is nothing at all."""
    cell = column.sql
    start = f"'<c r=\"{letters}', {at}"

    def value(shown: str, attributes: str = "") -> str:
        return f"concat({start}, '\"{attributes}><v>', {shown}, '</v></c>')"

    def words(shown: str, style: str = "''") -> str:
        return f"concat({start}, '\"', {style}, ' t=\"inlineStr\"><is><t', {_inline(shown)}, '</t></is></c>')"

    if column.kind == "integer":
        return f"CASE WHEN {cell} BETWEEN -{_EXACT} AND {_EXACT} THEN {value(cell)} WHEN {cell} IS NOT NULL THEN {words(f'{cell}::VARCHAR')} END"
    if column.kind == "number":
        return f"CASE WHEN {cell} IS NOT NULL THEN {value(cell)} END"
    if column.kind == "boolean":
        return f"CASE WHEN {cell} IS NOT NULL THEN {value(cell + '::INTEGER', _BOOLEAN)} END"
    if column.kind in ("date", "datetime"):
        style = f' s="{_DATE if column.kind == "date" else _DATETIME}"'
        days = f"epoch_us({cell}::TIMESTAMP) / 86400000000.0 + 25569"
        days = f"({days})::BIGINT" if column.kind == "date" else days
        within = (
            f"{cell} >= DATE '1900-03-01' AND {cell} < DATE '10000-01-01'"  # Excel counts a 29 February 1900
        )
        return f"CASE WHEN {within} THEN {value(days, style)} WHEN {cell} IS NOT NULL THEN {words(iso_datetime(cell, 'T'))} END"
    style = "''" if raw else f"CASE WHEN {is_formula(cell)} THEN ' s=\"{_QUOTED}\"' ELSE '' END"
    return f"CASE WHEN {cell} <> '' THEN {words(cell, style)} END"


def _inline(cell: str) -> str:
    """SQL of what follows `<t`: the text as XML, cut at what Excel keeps; blanks at its ends are kept."""
    cut = f"CASE WHEN strlen({cell}) > {_CELL} THEN left({cell}, {_CELL}) ELSE {cell} END"
    escaped = f"regexp_replace({cut}, '_(x[0-9A-Fa-f]{{4}}_)', '_x005F_\\1', 'g')"
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        escaped = f"replace({escaped}, '{char}', '{entity}')"
    for char in _CONTROLS:
        escaped = f"replace({escaped}, chr({ord(char)}), '_x{ord(char):04X}_')"
    special = "[&<>\\x00-\\x08\\x0B-\\x1F\\x{FFFE}\\x{FFFF}]|_x[0-9A-Fa-f]{4}_"
    blanks = f"CASE WHEN {cell} = trim({cell}, concat(' ', chr(9), chr(10), chr(13))) THEN '>' ELSE ' xml:space=\"preserve\">' END"
    return f"{blanks}, CASE WHEN regexp_matches({cell}, '{special}') THEN {escaped} ELSE {cut} END"


def _before_rows(source: Source, rows: int, raw: bool) -> str:
    last = f"{reference(max(len(source.columns) - 1, 0))}{rows + 1}"
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{_width(column)}" customWidth="1"/>'
        for number, column in enumerate(source.columns, 1)
    )
    labels = "".join(
        _text_cell(f"{reference(number)}1", column.label, _HEAD)
        for number, column in enumerate(source.columns)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{last}"/><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'{f"<cols>{widths}</cols>" if widths else ""}<sheetData><row r="1">{labels}</row>'
    )


def _after_rows(source: Source) -> str:
    return "</sheetData></worksheet>"


def _width(column: Column) -> int:
    """Characters wide: room for the label (Hangul counts double) and for a date."""
    label = sum(2 if ord(char) > 0x2E80 else 1 for char in column.label)
    return min(40, max(label + 2, {"date": 12, "datetime": 20, "text": 14}.get(column.kind, 10)))


def _about_sheet(source: Source, about: dict[str, str]) -> str:
    cut = source.total(lambda column: f"count(*) FILTER (length({column.read}) > {_CELL})", "text")
    lines = [(text(f"export_about_{key}"), value) for key, value in about.items() if value]
    lines.append((text("export_about_rows"), f"{source.rows:,}"))
    if cut:
        lines.append(
            (text("export_about_cut"), text("export_about_cut_cells", cells=f"{cut:,}", limit=f"{_CELL:,}"))
        )
    rows = "".join(
        f'<row r="{number}">{_text_cell(f"A{number}", name, _HEAD)}{_text_cell(f"B{number}", value)}</row>'
        for number, (name, value) in enumerate(lines, 1)
    )
    return (
        f'{_XML}<worksheet xmlns="{_MAIN}"><cols><col min="1" max="1" width="16" customWidth="1"/>'
        f'<col min="2" max="2" width="60" customWidth="1"/></cols><sheetData>{rows}</sheetData></worksheet>'
    )


def _text_cell(at: str, shown: str, style: int = 0) -> str:
    clean = re.sub(r"_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1", shown[:_CELL])
    clean = re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda found: f"_x{ord(found[0]):04X}_", clean)
    if not style and guarded(shown) != shown:
        style = _QUOTED
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


def _write_frame(archive: zipfile.ZipFile, sheets: list[str]) -> None:
    """The parts of a workbook around its sheets."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_KIND}.worksheet+xml"/>'
        for n in numbers
    )
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_DOCUMENT}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOCUMENT}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{related}'
        f'<Relationship Id="rId{len(sheets) + 1}" Type="{_DOCUMENT}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }  # fmt: skip
    for name, content in parts.items():
        with _part(archive, name) as part:
            part.write((content if content.startswith("<?xml") else _XML + content).encode("utf-8"))


@contextmanager
def _part(archive: zipfile.ZipFile, name: str, large: bool = False) -> Iterator[IO[bytes]]:
    """A part of the workbook, dated alike each time: the same rows give the same bytes."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    with archive.open(info, "w", force_zip64=large) as part:
        yield part


def reference(column: int) -> str:
    """Letters of a column, counted from 0: A … Z, AA …"""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
