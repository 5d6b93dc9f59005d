"""A result as a workbook: its sentences, a sheet for each table, and what it must not be used for and was made of."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import xlsxwriter

from madang.messages import Language, text
from madang.results.charts import NUMBERS
from madang.results.report import About, Facts, Listed, Words, label_of, limits, line_text, made, sentences
from madang.results.result import Column, Result, Table

_MOST_ROWS = 1_048_570
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")


def report_xlsx(result: Result, about: About, language: Language = "ko") -> bytes:
    """The bytes of the workbook. Texts are never formulas; numbers stay numbers, with as many decimals as they carry."""
    held = BytesIO()
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(held, options) as book:
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        taken: set[str] = set()

        def sheet(name: str) -> Any:
            return book.add_worksheet(_name(name, taken))

        answer = sheet(text("result_sheet_answer", language))
        answer.set_column(0, 0, 100, wrapped)
        answer.write_string(0, 0, about.question, bold)
        answer.write_column(2, 0, [line_text(each) for each in sentences(result)])
        for table in result.tables:
            _table(book, sheet(table.title), table, language)
        _limits(sheet(text("result_limits", language)), bold, wrapped, result, about, language)
        _made_of(sheet(text("result_inputs", language)), bold, about, language)
    return held.getvalue()


def _table(book: Any, sheet: Any, table: Table, language: Language) -> None:
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    rows = min(table.rows.num_rows, _MOST_ROWS)
    for place, column in enumerate(table.columns):
        values = table.rows.column(column.name).slice(0, rows).to_pylist()
        sheet.write_string(0, place, label_of(column), head)
        shown = book.add_format({"num_format": _format(column)}) if column.kind in NUMBERS else None
        sheet.set_column(place, place, 12 if shown else 22)
        sheet.write_column(
            1, place, values if shown else ["" if each is None else str(each) for each in values], shown
        )
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), len(table.columns) - 1)
    notes = [table.note] if table.note else []
    if rows < table.rows.num_rows:
        notes.append(text("result_rows_cut", language, rows=f"{table.rows.num_rows:,}", shown=f"{rows:,}"))
    sheet.write_column(rows + 2, 0, notes)


def _format(column: Column) -> str:
    return "#,##0" + ("." + "0" * column.digits if column.digits else "")


def _limits(sheet: Any, bold: Any, wrapped: Any, result: Result, about: About, language: Language) -> None:
    """The sentences of method and limits below their heads; what it was made of has a sheet of its own."""
    sheet.set_column(0, 0, 100, wrapped)
    place, head = 0, ""
    for block in limits(result, about, language):
        if isinstance(block, Facts):
            continue
        if isinstance(block, Words) and block.head:
            head = block.text
            continue
        lines = [line_text(each) for each in block.lines] if isinstance(block, Listed) else [block.text]
        sheet.write_string(place, 0, head, bold)
        sheet.write_column(place + 1, 0, lines)
        place += len(lines) + 2


def _made_of(sheet: Any, bold: Any, about: About, language: Language) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 3, 36)
    lines: list[tuple[str, ...]] = [(each.role, each.title, each.name, each.as_of) for each in about.inputs]
    lines += [(), *about.parameters, ()]
    lines += [(name, value.text) for name, (value,) in made(about, language)]
    for place, line in enumerate(lines):
        sheet.write_row(place, 0, line)
        if line:
            sheet.write_string(place, 0, line[0], bold)


def _name(title: str, taken: set[str]) -> str:
    """A name that a workbook takes: short, without signs of its own, and not there yet whatever its letters' case."""
    bare = _NOT_IN_NAMES.sub(" ", title).strip()[:31].strip() or "-"
    name, number = bare, 2
    while name.casefold() in taken:
        name, number = f"{bare[:27]} {number}", number + 1
    taken.add(name.casefold())
    return name
