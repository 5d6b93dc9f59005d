"""A column of a large sheet that looked empty in its first rows and is not: the table is read again, wider."""

from __future__ import annotations

from dataclasses import replace

from madang.intake.layout import TableLayout
from madang.intake.raw import Evidence


class FilledLater(Exception):
    """A column beside the table, empty in the first rows, has a value after all: its place and the row."""

    def __init__(self, column: int, row: int) -> None:
        self.column, self.row = column, row
        super().__init__(column, row)


def widened(layout: TableLayout, found: FilledLater, seen: int) -> TableLayout:
    """The layout with columns without label up to the one found, which were empty in the first rows `seen`."""
    left = ("",) * max(0, layout.first_column - found.column)
    right = ("",) * max(0, found.column - layout.last_column)
    because = f"머리글도 없고 앞 {seen}행에도 값이 없으나 {found.row:,}행에 값이 있음"
    note = Evidence("layout", f"{found.column + 1}번째 열까지 표로 봄", because, 0.8)
    return replace(
        layout,
        first_column=layout.first_column - len(left),
        last_column=layout.last_column + len(right),
        labels=(*left, *layout.labels, *right),
        header_lines=tuple((*left, *line, *right) for line in layout.header_lines),
        evidence=(*layout.evidence, note),
    )
