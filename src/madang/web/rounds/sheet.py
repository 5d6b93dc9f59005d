"""The form as a workbook: checked cells, drop-downs, a locked header, an example, instructions, whose form it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from madang.web.rounds.form import FormColumn
from madang.web.rounds.models import Part, Round

DATA_SHEET, GUIDE_SHEET, MARK_SHEET = "작성", "작성 안내", "_madang"
MARK = "madang-round"
_ROWS = 2_000  # that are open to write in and checked
_LIST = 255  # characters of a drop-down that stands in the cell's own rule
_TYPE_WORDS = {
    "text": "글자", "integer": "정수", "number": "수", "percent": "비율(%)", "boolean": "Y 또는 N",
    "date": "날짜(예: 2026-03-02)", "month": "연월(예: 2026-03)", "year": "연도(예: 2026)", "time": "시각(예: 09:00)",
}  # fmt: skip
Rows = Sequence[Sequence[Any]]


def type_word(column: FormColumn) -> str:
    """What is to be written into a column, in words."""
    return "목록에서 고름" if column.values else _TYPE_WORDS[column.type]


def workbook(round_: Round, part: Part | None, columns: Sequence[FormColumn], rows: Rows = ()) -> bytes:
    """The form of a round for a department (None: for nobody in particular), with `rows` already in it."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(
        held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": round_.title})
    _data(book, columns, rows)
    _guide(book, round_, columns)
    mark = book.add_worksheet(MARK_SHEET)
    mark.write_row(0, 0, [MARK, round_.key, str(part.pk) if part else ""])
    mark.very_hidden()
    book.close()
    return held.getvalue()


def _data(book: xlsxwriter.Workbook, columns: Sequence[FormColumn], rows: Rows) -> None:
    sheet = book.add_worksheet(DATA_SHEET)
    edge = {"border": 1, "border_color": "#8A94A6", "text_wrap": True, "valign": "vcenter", "align": "center"}
    must = book.add_format({**edge, "bold": True, "bg_color": "#D6E4FA", "locked": True})
    may = book.add_format({**edge, "bold": True, "bg_color": "#EEF1F5", "locked": True})
    example = book.add_format(
        {"italic": True, "font_color": "#6B7684", "bg_color": "#F7F7F7", "locked": False}
    )
    lists = book.add_worksheet("_목록")
    lists.very_hidden()
    shown = any(column.example for column in columns)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.shown, must if column.required or column.key else may)
        kind = book.add_format({"locked": False, **_number_format(column)})
        width = min(40, max(12, 2 * len(column.shown) + 2))
        sheet.set_column(place, place, width, kind)
        if shown:
            sheet.write_string(1, place, column.example, example)
        _check(sheet, lists, place, column)
    for number, row in enumerate(rows, 2 if shown else 1):
        for place, value in enumerate(row):
            _write(sheet, number, place, value)
    sheet.set_row(0, 34)
    sheet.freeze_panes(1, 0)
    allowed = {"format_cells": True, "format_columns": True, "format_rows": True, "insert_rows": True,
               "delete_rows": True, "sort": True, "autofilter": True}  # fmt: skip
    sheet.protect("", allowed)
    if shown:
        sheet.write_comment(1, 0, _("예시 행입니다. 그대로 두어도 모으지 않습니다. 아래 줄부터 적으십시오."))


def _number_format(column: FormColumn) -> dict[str, str]:
    if column.type == "date":
        return {"num_format": "yyyy-mm-dd"}
    return {"num_format": "@"} if column.type in ("text", "month", "time") else {}


def _write(sheet: Any, row: int, place: int, value: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_string(row, place, "Y" if value else "N")
    elif isinstance(value, int | float):
        sheet.write_number(row, place, value)
    elif isinstance(value, date):
        sheet.write_string(row, place, value.isoformat()[:10])
    else:
        sheet.write_string(row, place, str(value))


def _check(sheet: Any, lists: Any, place: int, column: FormColumn) -> None:
    """What may be written into a column; a wrong value is stopped where it is typed."""
    rule = _rule(column)
    if column.values and len(",".join(column.values)) > _LIST:
        lists.write_column(0, place, column.values)
        rule = {"validate": "list", "source": ["_목록", place, len(column.values)]}
        letter = xlsxwriter.utility.xl_col_to_name(place)
        rule["source"] = f"='_목록'!${letter}$1:${letter}${len(column.values)}"
    message = " ".join(filter(None, [column.help, type_word(column)]))[:255]
    told = {"input_title": column.label[:32], "input_message": message, "error_title": column.label[:32],
            "error_message": (_("이 칸에 적을 수 있는 것: ") + type_word(column))[:255]}  # fmt: skip
    sheet.data_validation(
        1, place, _ROWS, place, {**(rule or {"validate": "any"}), "ignore_blank": True, **told}
    )


def _rule(column: FormColumn) -> dict[str, Any] | None:
    if column.values:
        return {"validate": "list", "source": list(column.values)}
    match column.type:
        case "boolean":
            return {"validate": "list", "source": ["Y", "N"]}
        case "integer":
            return {"validate": "integer", "criteria": "between", "minimum": -(10**12), "maximum": 10**12}
        case "number":
            return {"validate": "decimal", "criteria": "between", "minimum": -1e15, "maximum": 1e15}
        case "percent":
            return {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
        case "date":
            return {
                "validate": "date",
                "criteria": "between",
                "minimum": date(1900, 3, 1),
                "maximum": date(2100, 12, 31),
            }
        case "year":
            return {"validate": "integer", "criteria": "between", "minimum": 1000, "maximum": 2200}
    return None


def _guide(book: xlsxwriter.Workbook, round_: Round, columns: Sequence[FormColumn]) -> None:
    sheet = book.add_worksheet(GUIDE_SHEET)
    bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 3, 34)
    lines = [
        (_("무엇을"), round_.title),
        (_("왜"), " ".join(filter(None, [round_.why, round_.document_number]))),
        (_("언제까지"), f"{timezone.localtime(round_.due_at):%Y-%m-%d %H:%M}"),
        (_("문의"), round_.contact),
        (
            _("쓰는 법"),
            _(
                "‘작성’ 시트에 한 줄에 하나씩 적으십시오. 머리글은 고치지 마십시오. 회색 예시 행은 모으지 않습니다."
            ),
        ),
    ]
    for number, (name, value) in enumerate(lines):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, value, wrap)
    head = len(lines) + 1
    for place, name in enumerate((_("항목"), _("적는 것"), _("설명"), _("쓸 수 있는 값"))):
        sheet.write_string(head, place, name, bold)
    for number, column in enumerate(columns, head + 1):
        must = _(" (필수)") if column.required or column.key else ""
        for place, value in enumerate(
            (column.shown + must, type_word(column), column.help, ", ".join(column.values))
        ):
            sheet.write_string(number, place, value, wrap)
    sheet.protect()
