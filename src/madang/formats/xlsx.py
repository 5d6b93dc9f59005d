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

import pyarrow as pa

from madang.formats.lines import FORMULA, guarded, is_formula, iso_datetime
from madang.formats.source import ROW_NUMBER, Column, Source
from madang.formats.texts import begins, holds, text_bytes
from madang.formats.xlsx_frame import DATE, DATETIME, HEAD, MAIN, QUOTED, XML, frame
from madang.intake.raw import Progress
from madang.messages import MadangError, text

ROWS_PER_SHEET = 1_048_575  # beside the header
_COLUMNS = 16_384
_CELL = 32_767  # characters that Excel keeps of a cell
_EXACT = 999_999_999_999_999  # Excel keeps 15 digits; a longer integer is written as text
_CONTROLS = [chr(code) for code in (*range(9), 11, 12, *range(13, 32), 0xFFFE, 0xFFFF)]
_ZIP64_FROM = 1_800_000_000  # bytes of a sheet
_SPECIAL_BYTES = re.compile(rb"[&<>\x00-\x1f]|_x[0-9A-Fa-f]{4}_|\xef\xbf[\xbe\xbf]")
_KEPT = "' xml:space=\"preserve\">'"
_BOOLEAN = ' t="b"'


def write_xlsx(
    source: Source, out: IO[bytes], progress: Progress, about: dict[str, str], *, raw: bool
) -> None:
    """The rows in as many sheets as they need, and a last sheet that says what they are."""
    if len(source.columns) > _COLUMNS:
        raise MadangError("export_too_wide", columns=len(source.columns), limit=_COLUMNS)
    name = text("export_sheet")
    sheets = [name, *(f"{name} {number}" for number in range(2, -(-source.rows // ROWS_PER_SHEET) + 1))]
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path, content in frame([*sheets, text("export_sheet_about")]).items():
            with _part(archive, path) as part:
                part.write(content.encode("utf-8"))
        _write_rows(source, archive, progress, raw)
        with _part(archive, f"xl/worksheets/sheet{len(sheets) + 1}.xml") as part:
            part.write(_about_sheet(source, about).encode("utf-8"))


def _write_rows(source: Source, archive: zipfile.ZipFile, progress: Progress, raw: bool) -> None:
    batches = source.numbered_lines(lambda part: _row(source, part, raw))
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
            part.write(b"</sheetData></worksheet>")
        number += 1
        if done >= source.rows:
            return


def _bytes_of_rows(source: Source) -> int:
    """About how long the XML of all rows is, rather too much than too little."""
    texts = source.total(lambda column: f"sum(strlen({column.read}))", "text")
    return 2 * texts + 90 * source.rows * len(source.columns)


def _row(source: Source, part: pa.Table, raw: bool) -> str:
    """SQL of the XML of the rows of a part."""
    at = f"({ROW_NUMBER} % {ROWS_PER_SHEET} + 2)::VARCHAR"
    cells = [
        _cell(column, f"'<c r=\"{reference(number)}', {at}", part.column(number), raw)
        for number, column in enumerate(source.columns)
    ]
    return f"concat('<row r=\"', {at}, '\">', {', '.join(cells)}, '</row>')"


def _cell(column: Column, start: str, cells: pa.ChunkedArray, raw: bool) -> str:
    """SQL of a cell's XML, `start` being its beginning; an empty cell is nothing at all."""
    cell = column.sql

    def value(shown: str, attributes: str = "") -> str:
        return f"concat({start}, '\"{attributes}><v>', {shown}, '</v></c>')"

    def words(shown: str) -> str:
        return f"concat({start}, '\" t=\"inlineStr\"><is><t>', {shown}, '</t></is></c>')"

    match column.kind:
        case "integer":
            shown, alone = value(cell), f"{cell} BETWEEN -{_EXACT} AND {_EXACT}"
        case "number":
            shown, alone = value(cell), "true"
        case "boolean":
            shown, alone = value(f"{cell}::INTEGER", _BOOLEAN), "true"
        case "date":
            shown, alone = value(f"({cell} - DATE '1899-12-30')", f' s="{DATE}"'), _counted(cell)
        case "datetime":
            days = f"epoch_us({cell}) / 86400000000.0 + 25569"
            shown, alone = value(days, f' s="{DATETIME}"'), _counted(cell)
        case "text":
            return _text_sql(cell, start, cells, raw)
    written = iso_datetime(cell, "T") if column.kind == "datetime" else f"{cell}::VARCHAR"
    return f"CASE WHEN {cell} IS NULL THEN NULL WHEN {alone} THEN {shown} ELSE {words(written)} END"


def _counted(cell: str) -> str:
    """SQL of whether Excel has a number for a day: it counts a 29 February 1900, so from March on."""
    return f"{cell} >= DATE '1900-03-01' AND {cell} < DATE '10000-01-01'"


def _text_sql(cell: str, start: str, cells: pa.ChunkedArray, raw: bool) -> str:
    """SQL of a text cell: cut at what Excel keeps, blanks at its ends kept, marked where it looks like a formula."""
    special = holds(cells, _SPECIAL_BYTES)
    style = (
        ""
        if raw or not begins(cells, FORMULA)
        else f", CASE WHEN {is_formula(cell)} THEN ' s=\"{QUOTED}\"' ELSE '' END"
    )
    cut = f"CASE WHEN strlen({cell}) > {_CELL} THEN left({cell}, {_CELL}) ELSE {cell} END"
    kept = (
        "'>'"
        if special
        else f"CASE WHEN starts_with({cell}, ' ') OR ends_with({cell}, ' ') THEN {_KEPT} ELSE '>' END"
    )
    if special:
        kept, cut = _KEPT, _escaped(cut)
    inline = f"concat({start}, '\"'{style}, ' t=\"inlineStr\"><is><t', {kept}, {cut}, '</t></is></c>')"
    return f"CASE WHEN {cell} <> '' THEN {inline} END"


def _escaped(cell: str) -> str:
    """SQL of a text as XML; what XML cannot hold is written as Excel writes it: _x000D_."""
    escaped = f"regexp_replace({cell}, '_(x[0-9A-Fa-f]{{4}}_)', '_x005F_\\1', 'g')"
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        escaped = f"replace({escaped}, '{char}', '{entity}')"
    rare = escaped
    for char in _CONTROLS:
        rare = f"replace({rare}, chr({ord(char)}), '_x{ord(char):04X}_')"
    pattern = "[\\x00-\\x08\\x0B-\\x1F\\x{FFFE}\\x{FFFF}]"
    return f"CASE WHEN regexp_matches({cell}, '{pattern}') THEN {rare} ELSE {escaped} END"


def _before_rows(source: Source, rows: int, raw: bool) -> str:
    last = f"{reference(max(len(source.columns) - 1, 0))}{rows + 1}"
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{_width(column)}" customWidth="1"/>'
        for number, column in enumerate(source.columns, 1)
    )
    labels = "".join(
        _text_cell(f"{reference(number)}1", column.label, HEAD)
        for number, column in enumerate(source.columns)
    )
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><dimension ref="A1:{last}"/><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f'{f"<cols>{widths}</cols>" if widths else ""}<sheetData><row r="1">{labels}</row>'
    )


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
        f'<row r="{number}">{_text_cell(f"A{number}", name, HEAD)}{_text_cell(f"B{number}", value)}</row>'
        for number, (name, value) in enumerate(lines, 1)
    )
    return (
        f'{XML}<worksheet xmlns="{MAIN}"><cols><col min="1" max="1" width="16" customWidth="1"/>'
        f'<col min="2" max="2" width="60" customWidth="1"/></cols><sheetData>{rows}</sheetData></worksheet>'
    )


def _text_cell(at: str, shown: str, style: int = 0) -> str:
    clean = re.sub(r"_(x[0-9A-Fa-f]{4}_)", r"_x005F_\1", shown[:_CELL])
    clean = re.sub("[\x00-\x08\x0b-\x1f\ufffe\uffff]", lambda found: f"_x{ord(found[0]):04X}_", clean)
    if not style and guarded(shown) != shown:
        style = QUOTED
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(clean)}</t></is></c>'


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
