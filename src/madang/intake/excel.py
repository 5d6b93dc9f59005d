"""Reads workbooks as they come: XLSX, XLS, and XLS that is really HTML or delimited text; by bytes, not by name."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import python_calamine as calamine

from madang.intake.excel_guard import CELL_LIMIT, SheetFacts, check_archive, scan_reach, sheet_facts
from madang.intake.excel_large import stage_large
from madang.intake.excel_probe import probe
from madang.intake.excel_stage import Grid, StageFolder, stage_grid
from madang.intake.html_table import looks_html, read_html
from madang.intake.raw import Evidence, Override, Progress, RawTable, Refused, no_progress

LARGE = 2_000_000  # cells of a worksheet from which on it is streamed
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = ("EncryptedPackage".encode("utf-16-le"), "EncryptionInfo".encode("utf-16-le"))
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")


def read_excel(
    path: Path, stage_dir: Path, override: Override, progress: Progress = no_progress
) -> list[RawTable]:
    """The tables of a workbook, one after another, staged as text below `stage_dir`.

    `member` is the sheet's name, "<sheet>-2" for a second table of it, and None where the workbook holds one table.
    Rows are the sheet's own (1-based). Hidden sheets are read and marked; empty ones, chart sheets and sheets of
    remarks in one column are named in the first table's evidence. Progress counts sheets.
    Raises Refused: workbook_broken, workbook_encrypted, workbook_bomb, workbook_sheet_broken, workbook_no_table.
    """
    with open(path, "rb") as stream:
        head = stream.read(8192)
    folder = StageFolder(stage_dir)
    if head.startswith(_ZIP):
        check_archive(path)
        tables, notes = _zipped(path, folder, override, progress)
    elif head.startswith(_OLE2):
        tables, notes = _compound(path, folder, override, progress)
    elif looks_html(head):
        tables, notes = read_html(path, folder, override), ["이름은 엑셀이지만 내용은 HTML 표임"]
    else:
        return _delimited(path, stage_dir, override, progress)
    return _named(path, tables, notes)


def _named(path: Path, tables: list[RawTable], notes: list[str]) -> list[RawTable]:
    """Leave out sheets of remarks, name the tables, and put the notes about sheets into the first one's evidence."""
    if any(len(table.columns) > 1 for table in tables):
        remarks = [t for t in tables if len(t.columns) == 1 and not t.columns[0].native]
        notes += [f"'{t.member}' 시트는 한 열의 글뿐이라 표로 보지 않음" for t in remarks]
        tables = [table for table in tables if table not in remarks]
    if not tables:
        raise Refused("workbook_no_table", file=path.name)
    if len(tables) == 1:
        tables = [replace(tables[0], member=None)]
    if notes:
        note = Evidence("sheets", f"표 {len(tables)}개", "; ".join(notes[:20]), 0.95)
        tables[0].evidence.append(note)
    return tables


def _zipped(
    path: Path, folder: StageFolder, override: Override, progress: Progress
) -> tuple[list[RawTable], list[str]]:
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
    if "xl/workbook.xml" not in names:  # XLSB and ODS: by the small road only
        probe(path)
        return _opened(path, folder, override, progress, {})
    facts = sheet_facts(path)
    for sheet in facts:
        if sheet.area <= LARGE or sheet.area > sheet.size / 4:  # a dimension larger than its cells may lie
            scan_reach(path, sheet)
    return _opened(path, folder, override, progress, {sheet.name: sheet for sheet in facts})


def _compound(
    path: Path, folder: StageFolder, override: Override, progress: Progress
) -> tuple[list[RawTable], list[str]]:
    """An OLE2 file: an old workbook, or a newer one locked with a password."""
    missing = set(_LOCKED)
    with open(path, "rb") as stream:
        while missing and (block := stream.read(1 << 20)):
            missing -= {mark for mark in missing if mark in block}
    if not missing:
        raise Refused("workbook_encrypted", file=path.name)
    probe(path)
    return _opened(path, folder, override, progress, {})


def _opened(
    path: Path, folder: StageFolder, override: Override, progress: Progress, facts: dict[str, SheetFacts]
) -> tuple[list[RawTable], list[str]]:
    """Go through the sheets; large ones are streamed, the others read as a whole."""
    tables: list[RawTable] = []
    notes: list[str] = []
    if facts and all(sheet.area > LARGE for sheet in facts.values()):
        for done, sheet in enumerate(facts.values(), 1):
            tables += stage_large(path, sheet, folder, override)
            progress(done, len(facts))
        return tables, notes
    with open(path, "rb") as stream, _workbook(path, stream) as book:
        for done, meta in enumerate(book.sheets_metadata, 1):
            if meta.typ != calamine.SheetTypeEnum.WorkSheet:
                notes.append(f"'{meta.name}'{_kind_note(meta.typ)}")
                continue
            known = facts.get(meta.name)
            if known is not None and known.area > LARGE:
                found = stage_large(path, known, folder, override)
            else:
                grid = _grid(path, book, meta, known)
                found = stage_grid(grid, folder, override)
            tables += found
            if not found:
                notes.append(f"'{meta.name}' 시트는 비어 있어 건너뜀")
            progress(done, len(book.sheets_metadata))
    return tables, notes


def _kind_note(kind: Any) -> str:
    return (
        "은 차트 시트라 건너뜀" if kind == calamine.SheetTypeEnum.ChartSheet else "은 표가 아닌 시트라 건너뜀"
    )


def _workbook(path: Path, stream: Any) -> Any:
    """Opened from a stream: from a path calamine would believe the name."""
    try:
        return calamine.CalamineWorkbook.from_filelike(stream)
    except calamine.PasswordError as error:
        raise Refused("workbook_encrypted", file=path.name) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        if "password" in str(error).lower() or "encrypt" in str(error).lower():
            raise Refused("workbook_encrypted", file=path.name) from error
        raise Refused("workbook_broken", file=path.name) from error


def _grid(path: Path, book: Any, meta: Any, facts: SheetFacts | None) -> Grid:
    """A sheet with its cells at their true places: what stands left of its first column is put back as empty."""
    try:
        sheet = book.get_sheet_by_name(meta.name)
        left = sheet.start[1] if sheet.start else 0
        high, wide = sheet.end or (0, 0)
        if (high + 1) * (wide + 1) > CELL_LIMIT:
            reason = f"'{meta.name}' 시트의 칸이 {high + 1:,}행 {wide + 1:,}열까지 있음"
            raise Refused("workbook_bomb", file=path.name, reason=reason)
        rows = (
            [[""] * left + row for row in sheet.iter_rows()] if left else [list(r) for r in sheet.iter_rows()]
        )
        merges = [(r0 + 1, c0, r1 + 1, c1) for (r0, c0), (r1, c1) in sheet.merged_cell_ranges or []]
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Refused("workbook_sheet_broken", file=path.name, sheet=meta.name) from error
    hidden = meta.visible != calamine.SheetVisibleEnum.Visible
    return Grid(meta.name, rows, merges, hidden, facts.errors if facts else {})


def _delimited(path: Path, stage_dir: Path, override: Override, progress: Progress) -> list[RawTable]:
    """A workbook by name that is delimited text within."""
    from madang.intake.csv_read import read_csv

    tables = read_csv(path, stage_dir, override, progress)
    for table in tables:
        table.evidence.append(
            Evidence("layout", "구분자 텍스트", "이름은 엑셀이지만 내용은 글자로 된 표임", 0.99)
        )
    return tables
