"""The report as a workbook, read by another library."""

from __future__ import annotations

import io

import openpyxl

from madang.results import Column, Finding, Result, table_of
from madang.results.xlsx import report_xlsx
from results.shown import ABOUT, result


def test_a_sheet_for_each_table_and_one_for_each_of_the_rest() -> None:
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx(result(), ABOUT)))
    assert book.sheetnames == ["답", "업종별 생존", "곡선", "방법과 한계", "쓴 데이터"]
    answer = [cell.value for cell in book["답"]["A"]]
    assert answer == [
        ABOUT.question,
        None,
        "제과점이 80.0\u202f%로 가장 오래 버팁니다.",
        "카페는 12.3만\u202f곳입니다.",
        "모두 세 업종입니다.",
    ]
    rows = list(book["업종별 생존"].iter_rows(max_row=4, values_only=True))
    assert rows == [
        ("업종", "3년 생존율 (%)", "가게 (곳)"),
        ("카페", 40, 123456),
        ("제과점", 80, 900),
        ("<약국>", None, 12),
    ]
    assert book["업종별 생존"]["B2"].number_format == "#,##0.0"
    assert [cell.value for cell in book["방법과 한계"]["A"] if cell.value] == [
        "이런 데 쓰지 마십시오", *ABOUT.not_for, "읽을 때 조심할 것", "인허가 업종만 셉니다.", "방법", "카플란-마이어",
    ]  # fmt: skip
    used = list(book["쓴 데이터"].iter_rows(max_row=1, values_only=True))
    assert used == [("인허가", "카페 & 빵", "cafes@2", "2026-06-30")]


def test_texts_are_never_formulas_and_names_of_sheets_fit() -> None:
    rows = [{"a": "=1+1", "b": "http://example.org"}, {"a": None, "b": "-5"}]
    columns = [Column("a", "가"), Column("b", "나")]
    long = "아주 긴 이름의 표 [둘/셋]: 31자를 넘는 것입니다 정말로 길게 씁니다"
    tables = tuple(table_of(name, long, rows, columns) for name in ("x", "y"))
    book = openpyxl.load_workbook(io.BytesIO(report_xlsx(Result((Finding("한 문장."),), tables), ABOUT)))
    assert len(set(book.sheetnames)) == 5
    sheet = book.worksheets[1]
    assert [sheet["A2"].value, sheet["A2"].data_type] == ["=1+1", "s"]
    assert sheet["B2"].hyperlink is None
    assert [sheet["A3"].value, sheet["B3"].data_type] == [None, "s"]
