"""Tables of an HTML page that calls itself a workbook, as many public systems export them."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from lxml import etree

from madang.intake.excel_stage import Grid, StageFolder, stage_grid
from madang.intake.layout_labels import Merge
from madang.intake.raw import Evidence, Override, RawTable, Refused

_SIZE_LIMIT = 512 * 1024**2
_CELLS = 8_000_000
_SPAN = 1_000
_TAKEN = 2_000_000  # cells further down that spans have taken at a time
_WIDTH = 16_384  # columns, as a worksheet has at most
_DEPTH = 200
_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w\-]+)""", re.I)
_SPACES = re.compile(r"[ \t\r\n\u00a0]+")


def looks_html(head: bytes) -> bool:
    """Whether bytes begin as an HTML page or a table of one does, whatever the file is called."""
    start = head.removeprefix(b"\xef\xbb\xbf")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = head.decode("utf-16", "ignore").encode()
    start = start.lstrip().lower()
    opens = start.startswith(
        (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style", b"<body", b"<div")
    )
    return opens or (start.startswith(b"<") and (b"<table" in start or b"<html" in start))


def read_html(path: Path, folder: StageFolder, override: Override) -> list[RawTable]:
    """The tables of the page, staged; rows are counted over all its table rows. Member "표1", "표2" …

    No network, no entities beyond HTML's own, bounded in size, depth and number of cells.
    Raises Refused: workbook_bomb, workbook_broken.
    """
    if path.stat().st_size > _SIZE_LIMIT:
        raise Refused("workbook_bomb", file=path.name, reason=f"HTML {path.stat().st_size / 1024**2:,.0f} MB")
    text, encoding = _decode(path.read_bytes(), override.encoding)
    tables: list[RawTable] = []
    for index, grid in enumerate(_grids(path, text), 1):
        grid.name = f"표{index}"
        tables += stage_grid(grid, folder, override)
    for table in tables:
        table.encoding = encoding
        table.evidence.append(Evidence("encoding", encoding, "선언과 바이트가 맞음", 0.95))
    return tables


def _decode(data: bytes, wanted: str | None) -> tuple[str, str]:
    """The page as text: by its mark of order, what it declares, UTF-8, CP949; the first that fits."""
    declared = _CHARSET.search(data[:4096])
    names = [wanted] if wanted else []
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        names.append("utf-16")
    names += ["utf-8-sig"]
    if declared:
        name = declared[1].decode("ascii", "ignore").lower()
        names.append("cp949" if name in ("euc-kr", "ks_c_5601-1987", "ksc5601", "euckr", "ms949") else name)
    for name in [*names, "cp949"]:
        try:
            return data.decode(name), name.removesuffix("-sig")
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp949", "replace"), "cp949"


class _Table:
    """Rows of one table while they are read; spans are laid out as merged areas."""

    def __init__(self, first: int) -> None:
        self.first = first
        self.rows: list[list[Any]] = []
        self.merges: list[Merge] = []
        self.taken: dict[tuple[int, int], bool] = {}

    def add(self, row: Any, number: int) -> int:
        """Lay out one <tr>; the number of cells it has."""
        cells: list[Any] = []
        for cell in row:
            if cell.tag not in ("td", "th"):
                continue
            while self.taken.pop((number, len(cells)), False):
                cells.append("")
            wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
            at = len(cells)
            cells += [_text(cell)] + [""] * (wide - 1)
            if wide > 1 or high > 1:
                self.merges.append((number, at, number + high - 1, at + wide - 1))
                for below in range(number + 1, number + high):
                    for column in range(at, at + wide):
                        self.taken[below, column] = True
        while self.taken.pop((number, len(cells)), False):
            cells.append("")
        self.rows.append(cells)
        return len(cells)


def _span(cell: Any, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), _SPAN) if value.strip().isdecimal() else 1


def _text(cell: Any) -> str:
    return _SPACES.sub(" ", "".join(cell.itertext())).strip()


def _grids(path: Path, text: str) -> list[Grid]:
    """The innermost tables of a page, row by row, without keeping the page."""
    stack: list[_Table] = []
    done: list[_Table] = []
    number = cells = depth = 0
    stream = io.BytesIO(text.encode("utf-8", "replace"))
    options: dict[str, Any] = {"html": True, "encoding": "utf-8", "no_network": True, "huge_tree": False}
    try:
        for event, element in etree.iterparse(stream, events=("start", "end"), **options):
            depth += 1 if event == "start" else -1
            if depth > _DEPTH or cells > _CELLS:
                reason = f"HTML {cells:,}칸" if cells > _CELLS else f"{_DEPTH}겹 넘게 겹친 HTML"
                raise Refused("workbook_bomb", file=path.name, reason=reason)
            if element.tag == "table" and event == "start":
                stack.append(_Table(number + 1))
            elif element.tag == "table" and stack:
                done.append(stack.pop())
                element.clear()
            elif element.tag == "tr" and event == "end" and stack:
                number += 1
                wide = stack[-1].add(element, number)
                if wide > _WIDTH or len(stack[-1].taken) > _TAKEN:
                    raise Refused("workbook_bomb", file=path.name, reason=f"HTML {wide:,}열")
                cells += wide
                element.clear()
    except etree.XMLSyntaxError as error:
        if not done:
            raise Refused("workbook_broken", file=path.name) from error
    done.sort(key=lambda table: table.first)
    return [_grid(table) for table in done if any(len(row) > 1 for row in table.rows)]


def _grid(table: _Table) -> Grid:
    width = max(len(row) for row in table.rows)
    above = [[""] * width for _ in range(table.first - 1)]
    return Grid("표", above + [row + [""] * (width - len(row)) for row in table.rows], table.merges)
