"""HWPX: a table for a report in 한글. A document is read by people, so it takes as many rows as people read."""

from __future__ import annotations

import re
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc

from madang.formats.source import Source
from madang.intake.raw import Progress
from madang.messages import text

MOST_ROWS, MOST_COLUMNS = 1_000, 30
_PARAGRAPH = "{http://www.hancom.co.kr/hwpml/2011/paragraph}"
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_hwpx(source: Source, out: IO[bytes], progress: Progress, about: dict[str, str]) -> None:
    """A document with a title, a line that says what it is, and one table whose header stands on every page.

    It holds the first `MOST_ROWS` rows and `MOST_COLUMNS` columns; where there are more, it says so.
    """
    from hwpx import HwpxDocument  # 0.5 s

    columns = source.columns[:MOST_COLUMNS]
    rows = _texts(source, len(columns))
    document = HwpxDocument.new()
    document.add_paragraph(_clean(about.get("title", "")))
    document.add_paragraph(_clean(_said(source, len(rows), about)))
    table = document.add_table(rows=len(rows) + 1, cols=max(len(columns), 1)).element
    _fill(table, [[column.label for column in columns], *rows])
    table.set("repeatHeader", "1")
    table.find(f"{_PARAGRAPH}pos").set("treatAsChar", "0")  # a table on a line of its own breaks over pages
    out.write(document.to_bytes())
    progress(len(rows), source.rows)


def _said(source: Source, rows: int, about: dict[str, str]) -> str:
    parts = [text("export_hwpx_about", as_of=about.get("as_of", ""), source=about.get("source", ""))]
    if rows < source.rows:
        parts.append(text("export_hwpx_cut", rows=f"{source.rows:,}", shown=f"{rows:,}"))
    if len(source.columns) > MOST_COLUMNS:
        parts.append(text("export_hwpx_narrow", columns=len(source.columns), shown=MOST_COLUMNS))
    return " ".join(parts)


def _texts(source: Source, width: int) -> list[list[str]]:
    """The first rows as texts; empty cells are ""."""
    found: list[list[str]] = []
    for table in source.tables():
        part = table.slice(0, MOST_ROWS - len(found)).select(list(range(width)))
        columns = [pc.fill_null(_written(part.column(place)), "").to_pylist() for place in range(width)]
        found += [list(row) for row in zip(*columns, strict=True)]
        if len(found) >= MOST_ROWS:
            break
    return found


def _written(column: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_boolean(column.type):
        return pc.if_else(column, text("export_yes"), text("export_no"))
    if pa.types.is_floating(column.type):
        whole = pc.and_kleene(pc.equal(column, pc.trunc(column)), pc.less(pc.abs(column), 1e15))
        plain = column.cast(pa.string())
        return pc.if_else(pc.fill_null(whole, False), pc.replace_substring_regex(plain, r"\.0$", ""), plain)
    return column.cast(pa.string())


def _fill(table: Any, rows: list[list[str]]) -> None:
    """Write the texts into the cells of a new table: cell by cell through the library a thousand rows take minutes."""
    for number, (line, row) in enumerate(zip(table.iter(f"{_PARAGRAPH}tr"), rows, strict=True)):
        for cell, said in zip(line.iter(f"{_PARAGRAPH}tc"), row, strict=False):
            next(cell.iter(f"{_PARAGRAPH}t")).text = _clean(said)
            if number == 0:
                cell.set("header", "1")


def _clean(said: str) -> str:
    return _NOT_XML.sub("", said).replace("\r", "").replace("\n", " ").replace("\t", " ")
