"""Marks in a workbook, read back by another program; everything else of it stays."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.workbook.defined_name import DefinedName

from madang.intake.marked import Mark, mark
from madang.intake.marked_original import marked_original
from madang.messages import MadangError
from madang.workspace import Workspace

RED, YELLOW = "FFFFC7CE", "FFFFEB9C"


def workbook(path: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "자료 '1'"
    for row in (
        ["이름", "날짜", "수량"],
        ["가", "2026-13-05", 3],
        ["나", "2026-01-02", -4],
        ["다", None, "=C2+1"],
    ):
        sheet.append(row)
    sheet["B2"].font = Font(bold=True)
    sheet["A2"].comment = Comment("담당자의 말", "김담당")
    sheet.merge_cells("A6:C6")
    sheet.freeze_panes = "A2"
    other = book.create_sheet("다른 시트")
    other["A1"] = "그대로"
    other.defined_names["구역"] = DefinedName("구역", attr_text="'다른 시트'!$A$1")
    book.save(path)
    return path


def marked(path: Path, *marks: Mark) -> Any:
    out = io.BytesIO()
    mark(path, out, list(marks), title="자료.xlsx")
    return openpyxl.load_workbook(io.BytesIO(out.getvalue()))


SHEET = "자료 '1'"


def test_cells_are_coloured_and_say_what_is_wrong(tmp_path: Path) -> None:
    book = marked(
        workbook(tmp_path / "a.xlsx"),
        Mark(SHEET, 2, 1, "13월은 없습니다.", "error", "날짜", "2026-13-05"),
        Mark(SHEET, 2, 1, "다시 보십시오.", "warning", "날짜"),
        Mark(SHEET, 3, 2, "0보다 작습니다.", "warning", "수량", "-4"),
        Mark(SHEET, 9, 4, "없던 칸입니다.", "warning"),
        Mark(SHEET, 2, 0, "이름을 확인하십시오.", "error"),
    )
    sheet = book[SHEET]
    assert sheet["B2"].fill.fgColor.rgb == RED
    assert sheet["B2"].font.bold
    assert "13월은 없습니다.\n다시 보십시오." in sheet["B2"].comment.text
    assert (sheet["C3"].fill.fgColor.rgb, sheet["E9"].fill.fgColor.rgb) == (YELLOW, YELLOW)
    assert sheet["A2"].comment.text.startswith("담당자의 말")
    assert sheet["A2"].comment.text.endswith("이름을 확인하십시오.")
    assert sheet["A3"].comment is None
    assert sheet["A3"].fill.fgColor.rgb not in (RED, YELLOW)


def test_the_first_sheet_lists_them_with_links(tmp_path: Path) -> None:
    book = marked(
        workbook(tmp_path / "a.xlsx"), Mark(SHEET, 2, 1, "13월은 없습니다.", "error", "날짜", "=SUM(A1)")
    )
    first = book.worksheets[0]
    assert (book.sheetnames, book.active.title) == (["점검 결과", SHEET, "다른 시트"], "점검 결과")
    assert [cell.value for cell in first[5]] == [
        f"{SHEET} B2",
        "2",
        "날짜",
        "=SUM(A1)",
        "오류",
        "13월은 없습니다.",
    ]
    assert first["D5"].data_type in ("s", "inlineStr")
    assert first["A5"].hyperlink.location == "'자료 ''1'''!B2"


def test_the_rest_stays_as_it_was(tmp_path: Path) -> None:
    source = workbook(tmp_path / "a.xlsx")
    out = io.BytesIO()
    mark(source, out, [Mark(SHEET, 2, 1, "틀림")])
    book = openpyxl.load_workbook(io.BytesIO(out.getvalue()))
    sheet = book[SHEET]
    values = [[cell.value for cell in row] for row in sheet.iter_rows(max_row=4, max_col=3)]
    assert values == [
        ["이름", "날짜", "수량"],
        ["가", "2026-13-05", 3],
        ["나", "2026-01-02", -4],
        ["다", None, "=C2+1"],
    ]
    assert str(sheet.merged_cells) == "A6:C6"
    assert sheet.freeze_panes == "A2"
    assert book["다른 시트"].defined_names["구역"].attr_text == "'다른 시트'!$A$1"
    selected = [each.sheet_view.tabSelected for each in book.worksheets]
    assert [bool(each) for each in selected] == [True, False, False]
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(io.BytesIO(out.getvalue())) as after:
        assert before.read("xl/worksheets/sheet2.xml") == after.read("xl/worksheets/sheet2.xml")
        assert after.testzip() is None
        assert len(after.namelist()) == len(set(after.namelist()))


def test_marking_twice_lists_twice_and_keeps_both(tmp_path: Path) -> None:
    first, again = tmp_path / "b.xlsx", io.BytesIO()
    with open(first, "wb") as out:
        mark(workbook(tmp_path / "a.xlsx"), out, [Mark(SHEET, 3, 2, "하나")])
    mark(first, again, [Mark(SHEET, 3, 2, "둘"), Mark(SHEET, 4, 0, "셋")])
    book = openpyxl.load_workbook(io.BytesIO(again.getvalue()))
    assert book.sheetnames[:2] == ["점검 결과 2", "점검 결과"]
    said = book[SHEET]["C3"].comment.text
    assert "하나" in said
    assert "둘" in said
    assert "셋" in book[SHEET]["A4"].comment.text


def test_what_is_no_workbook_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK\x03\x04 nothing")
    with pytest.raises(MadangError) as raised:
        mark(tmp_path / "a.xlsx", io.BytesIO(), [])
    assert raised.value.code == "marked_unreadable"


def deposited(tmp_path: Path, path: Path) -> tuple[Workspace, Any]:
    ws = Workspace.init(tmp_path / "w")
    (receipt,) = ws.deposit(path, "자료")
    assert receipt.problems
    found = ws.bank["자료"].latest
    assert found is not None
    return ws, found


def original(tmp_path: Path, path: Path, hidden: tuple[str, ...] = ()) -> tuple[bool, Any]:
    ws, version = deposited(tmp_path, path)
    problems = [(each, f"문제 {each['rule']}") for each in pq.read_table(version.problems_path).to_pylist()]
    out = io.BytesIO()
    snapshot = ws.bank.snapshots.path(version.receipt["sha256"])
    whole = marked_original(snapshot, version.receipt, version.facts, problems, out, hidden=hidden)
    return whole, openpyxl.load_workbook(io.BytesIO(out.getvalue()))


ROWS = [
    ["현황 2026"],
    [],
    ["번호", "이름", "날짜"],
    *([n, f"이름{n}", f"2026-01-{n % 28 + 1:02d}"] for n in range(40)),
]


def test_an_original_workbook_is_marked_where_the_cell_stands(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append([None, *row])  # the table begins in column B
    book.active["D10"] = "2026-13-05"
    book.active.title = "현황"
    book.save(tmp_path / "자료.xlsx")
    whole, found = original(tmp_path, tmp_path / "자료.xlsx")
    assert whole
    assert found["현황"]["D10"].comment is not None
    assert found["현황"]["D10"].fill.fgColor.rgb == RED
    assert found["현황"]["C10"].comment is None


def test_a_csv_becomes_a_workbook_in_its_own_order(tmp_path: Path) -> None:
    lines = [",".join(map(str, row)) for row in ROWS[2:]]
    lines[7] = '6,"=cmd(1)",2026-13-05'
    (tmp_path / "자료.csv").write_text("\n".join(lines) + "\n", encoding="cp949")
    whole, found = original(tmp_path, tmp_path / "자료.csv")
    sheet = found["자료"]
    assert not whole
    assert [cell.value for cell in sheet[1]] == ["번호", "이름", "날짜"]
    assert [cell.value for cell in sheet[8]] == ["6", "=cmd(1)", "2026-13-05"]
    assert sheet["B8"].data_type in ("s", "inlineStr")
    assert sheet["C8"].comment is not None
    assert sheet.max_row == 41


def test_hidden_columns_are_starred_even_in_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in ROWS[2:]:
        book.active.append(row)
    book.active["C10"] = "2026-13-05"
    book.save(tmp_path / "자료.xlsx")
    whole, found = original(tmp_path, tmp_path / "자료.xlsx", hidden=("이름",))
    assert not whole
    assert {cell.value for cell in found["자료"]["B"][1:]} == {"이**", "이***"}
    assert found["자료"]["C10"].comment is not None
