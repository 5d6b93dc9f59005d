"""Formats that are lines of text: CSV, JSON, JSON lines. DuckDB writes the lines, Python passes the bytes on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import IO

import pyarrow as pa

from madang.formats.source import Column, Source, quoted_text, unique
from madang.formats.texts import begins, holds, text_bytes
from madang.intake.raw import Progress

_NUMBER = r"[+-]?[0-9][0-9,]*(\.[0-9]*)?([eE][+-]?[0-9]+)?\s?%?|[+-]?\.[0-9]+"
FORMULA = b"=+-@\t\r"  # what a formula may begin with
_QUOTED = re.compile(b'[,"\r\n]')
_WHOLE_BELOW = 1e15  # a whole number below it is written without ".0", exactly


def write_csv(source: Source, out: IO[bytes], progress: Progress, *, excel: bool, raw: bool) -> None:
    """Comma separated, quoted where it must be. `excel`: UTF-8 with BOM, CRLF, a blank between day and time."""
    end = "\r\n" if excel else "\n"
    labels = [quoted_cell(column.label if raw else guarded(column.label)) for column in source.columns]
    if len(labels) == 1 and not labels[0]:
        labels = ['""']
    out.write((("\ufeff" if excel else "") + ",".join(labels) + end).encode("utf-8"))

    def line(part: pa.Table) -> str:
        cells = [_csv_cell(column, part.column(column.name), excel, raw) for column in source.columns]
        if len(cells) == 1:  # a line with nothing on it would be skipped by readers
            cells = [f"coalesce(nullif({cells[0]}, ''), '\"\"')"]
        separated = ", ',', ".join(cells)
        return f"concat({separated}, {_sql(end)})"

    pass_on(source.lines(line), out, source.rows, progress)


def write_json(source: Source, out: IO[bytes], progress: Progress) -> None:
    """One array of objects, one object per line; keys are the labels, made unique."""
    out.write(b"[")
    line = f"concat(',', chr(10), {json_object(source.columns)})"
    pass_on(source.lines(lambda part: line), out, source.rows, progress, skip=1)
    out.write(b"\n]\n")


def write_jsonl(source: Source, out: IO[bytes], progress: Progress) -> None:
    """One object per line."""
    line = f"concat({json_object(source.columns)}, chr(10))"
    pass_on(source.lines(lambda part: line), out, source.rows, progress)


def pass_on(lines: Iterable[pa.Array], out: IO[bytes], rows: int, progress: Progress, skip: int = 0) -> None:
    """Write the bytes of text arrays as they lie in memory, but for the first `skip` of all."""
    done = 0
    for array in lines:
        out.write(text_bytes(array)[skip:])
        skip = 0
        done += len(array)
        progress(done, rows)


def guarded(text: str) -> str:
    """A text that a spreadsheet does not take for a formula: '=1+1 for =1+1; numbers and a lone sign stay."""
    if len(text) > 1 and text[0] in FORMULA.decode() and not re.fullmatch(_NUMBER, text):
        return "'" + text
    return text


def quoted_cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search('[",\r\n]', text) else text


def is_formula(cell: str) -> str:
    """The SQL of `guarded`: whether a spreadsheet might take the text `cell` for a formula."""
    heads = ", ".join(map(str, sorted(FORMULA)))
    return (
        f"(ascii({cell}) IN ({heads}) AND length({cell}) > 1 AND NOT regexp_full_match({cell}, '{_NUMBER}'))"
    )


def _csv_cell(column: Column, cells: pa.ChunkedArray, excel: bool, raw: bool) -> str:
    """SQL of a cell as it stands in a line; what none of `cells` needs is left out."""
    cell = column.sql
    if column.kind == "number":
        whole = f"{cell} = trunc({cell}) AND abs({cell}) < {_WHOLE_BELOW}"
        return f"CASE WHEN {whole} THEN ({cell})::BIGINT::VARCHAR ELSE ({cell})::VARCHAR END"
    if column.kind == "datetime":
        return iso_datetime(cell, " " if excel else "T")
    if column.kind != "text":
        return f"{cell}::VARCHAR"
    plain = cell
    if not raw and begins(cells, FORMULA):
        plain = f"CASE WHEN {is_formula(cell)} THEN concat('''', {cell}) ELSE {cell} END"
    if not holds(cells, _QUOTED):
        return plain
    special = " OR ".join(f"contains({cell}, {mark})" for mark in ("','", "'\"'", "chr(10)", "chr(13)"))
    return f"CASE WHEN {special} THEN concat('\"', replace({plain}, '\"', '\"\"'), '\"') ELSE {plain} END"


def json_object(columns: Sequence[Column]) -> str:
    """SQL of a JSON object: the labels, made unique, with their values; shapes, which are JSON already, stand last."""
    named = list(zip(unique([column.label for column in columns]), columns, strict=True))
    plain = [(name, column) for name, column in named if column.kind != "shape"]
    shapes = [(name, column) for name, column in named if column.kind == "shape"]
    pairs = ", ".join(f"{quoted_text(name)}: {_json_value(column)}" for name, column in plain)
    found = f"to_json({{{pairs}}})::VARCHAR" if pairs else "'{}'"
    if not shapes:
        return found
    more = "".join(
        f", {quoted_text(', ' if plain or place else '')}, {quoted_text(json.dumps(name, ensure_ascii=False) + ': ')},"
        f" coalesce({column.sql}, 'null')"
        for place, (name, column) in enumerate(shapes)
    )
    return f"concat(left({found}, -1){more}, '}}')"


def _json_value(column: Column) -> str:
    return iso_datetime(column.sql, "T") if column.kind == "datetime" else column.sql


def iso_datetime(cell: str, between: str) -> str:
    """SQL of a date and time as text: 2026-11-21T09:30:00, with a fraction only where there is one."""
    return f"replace({cell}::VARCHAR, ' ', '{between}')"


def _sql(text: str) -> str:
    return " || ".join(f"chr({ord(char)})" for char in text)
