"""Rows of an original as it arrived: read again from the kept snapshot, around one row, nothing typed.

Delimited text and worksheets have rows of their own and are shown as they stand; every other form is read again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from madang.intake.html_table import looks_html
from madang.intake.kinds import kind_of
from madang.intake.original_staged import staged_rows, told_override
from madang.intake.raw import Refused
from madang.messages import MadangError

_BLOCK = 1 << 22
_LINE_LIMIT = 200_000  # characters of one line that are shown at most
_EXCEL_HEADS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


@dataclass(frozen=True)
class SourceRow:
    """One physical row of an original: its 1-based number and its cells as text."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Original:
    """The neighbourhood of a row: the header over it, cell by cell, and the rows.

    `by_line`: every row of the original is there to be shown; else rows that are no data are absent.
    """

    header: list[str]
    rows: list[SourceRow]
    by_line: bool = True


def original(
    snapshot: Path, receipt: dict[str, Any], facts: dict[str, Any], *, first: int, count: int
) -> Original:
    """Rows `first` … `first + count - 1` of the table of a deposit, of whatever form its original is.

    `receipt` and `facts` are those of the deposit. Raises MadangError: original_too_large, original_not_shown.
    """
    name = str(receipt.get("file") or "")
    try:
        kind = kind_of(snapshot, name)
    except Refused as refused:
        raise MadangError("original_not_shown") from refused
    if kind in ("text", "excel") and not _is_html(snapshot):
        reading = {
            "sheet": facts.get("sheet"),
            **{key: receipt.get(key) for key in ("encoding", "delimiter")},
        }
        rows = rows_around(snapshot, **reading, first=first, count=count)
        over = receipt.get("header_rows") or []
        header = rows_around(snapshot, **reading, first=over[-1], count=1) if over else []
        return Original(header[0].cells if header else [], rows)
    member = facts.get("member", receipt.get("member"))
    override = told_override((facts.get("reading") or {}).get("override") or {})
    labels, found = staged_rows(
        snapshot, name=name, member=member, override=override, first=first, count=count
    )
    return Original(labels, [SourceRow(number, cells) for number, cells in found], by_line=False)


def _is_html(snapshot: Path) -> bool:
    with open(snapshot, "rb") as stream:
        return looks_html(stream.read(8192))


def rows_around(
    snapshot: Path, *, sheet: str | None, encoding: str | None, delimiter: str | None, first: int, count: int
) -> list[SourceRow]:
    """Rows `first` … `first + count - 1` (1-based, physical) of a snapshot (of its `sheet`, where it is a workbook).

    A text file is cut at its delimiter line by line, without repairing anything; of a workbook the sheet's cells
    are given as text. Fewer rows come back where the file ends.
    """
    with open(snapshot, "rb") as stream:
        head = stream.read(4)
    if head in _EXCEL_HEADS:
        rows = _sheet_rows(snapshot, sheet, first, count)
    else:
        lines = _lines(snapshot, encoding or "utf-8", first, count)
        rows = (_cells(line, delimiter or ",") for line in lines)
    return [SourceRow(first + i, cells) for i, cells in enumerate(rows)]


def _sheet_rows(snapshot: Path, sheet: str | None, first: int, count: int) -> Iterator[list[str]]:
    from python_calamine import CalamineWorkbook

    with open(snapshot, "rb") as stream:
        workbook = CalamineWorkbook.from_filelike(stream)
        name = sheet if sheet in workbook.sheet_names else workbook.sheet_names[0]
        rows = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=first - 1 + count)
    for row in rows[first - 1 :]:
        yield [_text(cell) for cell in row]


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter[:1]), [""])
    except csv.Error:
        return line.split(delimiter)


def _lines(snapshot: Path, encoding: str, first: int, count: int) -> Iterator[str]:
    if encoding.lower().replace("-", "").startswith(("utf16", "utf32")):
        with open(snapshot, encoding=encoding, errors="replace", newline=None) as text:
            yield from (
                line.rstrip("\n")[:_LINE_LIMIT] for line in islice(text, first - 1, first - 1 + count)
            )
        return
    with open(snapshot, "rb") as stream:
        end = _line_end(stream.read(_BLOCK))
        stream.seek(_offset_of_line(stream, first, end))
        for _ in range(count):
            line = _read_line(stream, end)
            if not line:
                return
            yield line.decode(encoding, errors="replace").lstrip("\ufeff").rstrip("\r\n")[:_LINE_LIMIT]


def _line_end(head: bytes) -> bytes:
    return b"\n" if b"\n" in head or b"\r" not in head else b"\r"


def _offset_of_line(stream: io.BufferedReader, line: int, end: bytes) -> int:
    """Where a 1-based line starts; lines before it are only counted, a block at a time."""
    stream.seek(0)
    ahead, offset = line - 1, 0
    while ahead > 0 and (block := stream.read(_BLOCK)):
        ends = block.count(end)
        if ends < ahead:
            ahead -= ends
            offset += len(block)
            continue
        at = -1
        for _ in range(ahead):
            at = block.index(end, at + 1)
        return offset + at + 1
    return offset


def _read_line(stream: io.BufferedReader, end: bytes) -> bytes:
    if end == b"\n":
        return stream.readline(_LINE_LIMIT * 4)
    start = stream.tell()
    block = stream.read(_LINE_LIMIT * 4)
    at = block.find(end)
    line = block if at < 0 else block[: at + 1]
    stream.seek(start + len(line))
    return line
