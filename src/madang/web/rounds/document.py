"""The form as a Hangul document: what is asked, and one table to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from madang.web.rounds.form import FormColumn
from madang.web.rounds.models import Round
from madang.web.rounds.sheet import type_word

_EMPTY = 10  # rows to write in


def document(round_: Round, columns: Sequence[FormColumn], rows: Sequence[Sequence[Any]] = ()) -> bytes:
    """The form of a round as HWPX, with `rows` already in it. Its example stands above the table, not in it."""
    from hwpx import HwpxDocument

    made = HwpxDocument.new()
    try:
        made.add_paragraph(round_.title)
        for line in _lines(round_, columns):
            made.add_paragraph(line)
        table = made.add_table(1 + len(rows) + _EMPTY, len(columns))
        for place, column in enumerate(columns):
            table.set_cell_text(0, place, column.shown)
            table.set_cell_shading(0, place, "#D6E4FA")
        for number, row in enumerate(rows, 1):
            for place, value in enumerate(row):
                if value is not None:
                    table.set_cell_text(number, place, _written(value))
        return bytes(made.to_bytes())
    finally:
        made.close()


def _written(value: Any) -> str:
    return ("Y" if value else "N") if isinstance(value, bool) else str(value)


def _lines(round_: Round, columns: Sequence[FormColumn]) -> list[str]:
    due = timezone.localtime(round_.due_at)
    said = [
        _("왜: %s") % " ".join(filter(None, [round_.why, round_.document_number])) if round_.why else "",
        _("언제까지: %s") % f"{due:%Y-%m-%d %H:%M}",
        _("문의: %s") % round_.contact if round_.contact else "",
        _("아래 표에 한 줄에 하나씩 적으십시오. 머리글은 고치지 마십시오."),
    ]
    told = [
        f"- {column.shown}: {type_word(column)}" + (f" [{', '.join(column.values)}]" if column.values else "")
        for column in columns
        if column.values or column.type != "text"
    ]
    return [line for line in (*said, *told) if line]
