"""Rows of an original, read again from its bytes: every encoding, every line end, workbooks."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from madang.intake.original import SourceRow, rows_around
from madang.web.shell.masking import masked

LINES = ["이름,값", "가,1", '"나,다",2', "라,3", "마,4"]


def around(
    path: Path, first: int, count: int, encoding: str = "utf-8", delimiter: str = ","
) -> list[SourceRow]:
    return rows_around(path, sheet=None, encoding=encoding, delimiter=delimiter, first=first, count=count)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_those_of_the_file_whatever_its_encoding(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "snapshot"
    path.write_bytes((end.join(LINES) + end).encode(encoding))
    assert around(path, 3, 2, encoding) == [SourceRow(3, ["나,다", "2"]), SourceRow(4, ["라", "3"])]
    assert around(path, 1, 1, encoding) == [SourceRow(1, ["이름", "값"])]


def test_fewer_rows_come_back_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "snapshot"
    path.write_text("\n".join(LINES), encoding="utf-8")
    assert [row.number for row in around(path, 5, 4)] == [5]
    assert around(path, 6, 4) == []


def test_a_broken_row_is_shown_and_nothing_swallowed(tmp_path: Path) -> None:
    path = tmp_path / "snapshot"
    path.write_text('a,b\n"x,1\ny,2\n', encoding="utf-8")
    assert [row.cells for row in around(path, 2, 2)] == [["x,1"], ["y", "2"]]


def test_a_row_far_down_is_found_by_counting_lines(tmp_path: Path) -> None:
    path = tmp_path / "snapshot"
    path.write_bytes(b"".join(b"%d,%s\n" % (n, b"x" * 40) for n in range(1, 200_001)))  # 9 MB: three blocks
    assert around(path, 150_000, 1)[0].cells[0] == "150000"
    assert around(path, 200_000, 2)[0].cells[0] == "200000"


def test_a_sheet_keeps_its_own_row_numbers(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "첫째"
    sheet = book.create_sheet("둘째")
    sheet["B3"], sheet["C3"], sheet["B4"] = "머리", 7, 2.5
    book.save(tmp_path / "book.xlsx")
    rows = rows_around(tmp_path / "book.xlsx", sheet="둘째", encoding=None, delimiter=None, first=3, count=5)
    assert rows == [SourceRow(3, ["", "머리", "7"]), SourceRow(4, ["", "2.5", ""])]


def test_a_masked_value_keeps_its_first_character_and_its_gaps() -> None:
    assert masked("홍길동 010-1234") == "홍** ********"
    assert masked("") == ""
