"""Workbooks as city halls keep them, made up here cell by cell, and what is read from them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from madang.intake.excel import read_excel
from madang.intake.excel_cells import cell_text, number_text
from madang.intake.layout_totals import take_out_totals
from madang.intake.raw import Override, RawTable, Refused
from tests.shared_data import shared

TITLE = [["2023년 구별 인구"], ["(단위: 명, %)"], []]


def workbook(
    path: Path, sheets: dict[str, list[list[Any]]], merges: dict[str, list[str]] | None = None
) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for area in (merges or {}).get(name, ()):
            sheet.merge_cells(area)
    book.save(path)
    return path


def read(path: Path, **override: Any) -> list[RawTable]:
    return read_excel(path, path.parent, Override(**override))


def rows(table: RawTable) -> list[list[Any]]:
    """Staged rows: source_row and texts."""
    return [list(row.values()) for batch in table.batches() for row in batch.to_pylist()]


def problems(table: RawTable) -> list[tuple[Any, ...]]:
    table.problems.close()
    found = pq.read_table(table.problems.path).to_pylist()
    return [(p["rule"], p["row"], p["label"], p["value"]) for p in found]


def test_title_unit_merged_header_subtotals_and_notes(tmp_path):
    sheet = [
        *TITLE,
        ["지역", "인구", None, "비율", "비고"],
        [None, "남", "여", None, None],
        ["합계", 30, 70, 100.0, None],
        ["종로구", 10, 40, 50.5, "잠정"],
        ["중구", 20, 30, 49.5, None],
        [],
        ["※ 외국인은 뺐음"],
        ["자료: 통계청"],
    ]
    merges = ["A1:E1", "A4:A5", "B4:C4", "D4:D5", "E4:E5"]
    (table,) = map(take_out_totals, read(workbook(tmp_path / "a.xlsx", {"인구": sheet}, {"인구": merges})))
    assert table.member is None
    assert [c.label for c in table.columns] == ["지역", "인구_남", "인구_여", "비율", "비고"]
    assert table.header_rows == (4, 5)
    assert rows(table) == [[7, "종로구", "10", "40", "50.5", "잠정"], [8, "중구", "20", "30", "49.5", ""]]
    kinds = [(entry["row"], entry["kind"]) for entry in table.left_out]
    assert kinds == [(1, "preamble"), (2, "unit"), (10, "footnote"), (11, "footnote"), (6, "total")]
    assert table.left_out_counts == {"preamble": 1, "unit": 1, "footnote": 2, "total": 1}
    assert problems(table) == []


def test_native_cells_become_text_and_are_counted(tmp_path):
    day, moment = dt.date(2020, 1, 2), dt.datetime(2020, 1, 2, 3, 4, 5)
    sheet = [
        ["번호", "설치일", "수정시점", "여는시각", "운영시간", "금액", "여부", "코드"],
        [1, day, moment, dt.time(9, 30), dt.timedelta(hours=24), 0.1, True, "007"],
        [2, day, moment, dt.time(9, 30, 5), dt.timedelta(hours=1), 1234567.0, False, "008"],
        [3, None, "미상", None, None, None, None, "009"],
    ]
    (table,) = read(workbook(tmp_path / "a.xlsx", {"자료": sheet}))
    assert rows(table) == [
        [2, "1", "2020-01-02", "2020-01-02T03:04:05", "09:30", "24:00", "0.1", "TRUE", "007"],
        [3, "2", "2020-01-02", "2020-01-02T03:04:05", "09:30:05", "01:00", "1234567", "FALSE", "008"],
        [4, "3", "", "미상", "", "", "", "", "009"],
    ]
    natives = [c.native for c in table.columns]
    assert natives[:3] == [{"number": 3}, {"date": 2}, {"datetime": 2}]
    assert natives[3:] == [{"time": 2}, {"time": 2}, {"number": 2}, {"boolean": 2}, {}]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (2.5e15, "2500000000000000"),
        (float("nan"), ""),
    ],
)
def test_numbers_as_shortest_text(value, text):
    assert number_text(value) == text
    assert cell_text(value) == text


def test_rows_keep_their_physical_numbers_where_the_sheet_begins_with_nothing(tmp_path):
    book = openpyxl.Workbook()
    for column, values in {"C": ["이름", "가", "나"], "D": ["수", 1, 2]}.items():
        for number, value in zip((4, 5, 7), values, strict=True):
            book.active[f"{column}{number}"] = value
    book.save(tmp_path / "a.xlsx")
    (table,) = read(tmp_path / "a.xlsx")
    assert (table.header_rows, [c.label for c in table.columns]) == ((4,), ["이름", "수"])
    assert rows(table) == [[5, "가", "1"], [7, "나", "2"]]
    assert table.left_out_counts == {"blank": 1}


def test_several_sheets_hidden_empty_and_charts(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "안내": [["이 통계는 해마다 고칩니다."], ["문의는 통계팀에 하십시오."]],
            "2022": [["구", "수"], ["가", 1], ["나", 2]],
            "빈 시트": [],
            "2023": [["구", "수"], ["가", 3], ["나", 4], [], ["동", "면적"], ["다", 5.5], ["라", 6.5]],
        },
    )
    book = openpyxl.load_workbook(path)
    book["2022"].sheet_state = "hidden"
    book.create_chartsheet("그림")
    book.save(path)
    tables = read(path)
    assert [(t.member, t.hidden, t.rows) for t in tables] == [
        ("2022", True, 2),
        ("2023", False, 2),
        ("2023-2", False, 2),
    ]
    said = next(e.because for e in tables[0].evidence if e.decision == "sheets")
    assert "'빈 시트' 시트는 비어 있어" in said
    assert "'그림'은 차트 시트라" in said
    assert "'안내' 시트는 한 열의 글뿐" in said


def test_tables_side_by_side(tmp_path):
    sheet = [["구", "수", None, "구", "수"], ["가", 1, None, "다", 3], ["나", 2, None, "라", 4]]
    left, right = read(workbook(tmp_path / "a.xlsx", {"자료": sheet}))
    assert (rows(left), rows(right)) == ([[2, "가", "1"], [3, "나", "2"]], [[2, "다", "3"], [3, "라", "4"]])
    assert (left.member, right.member) == ("자료", "자료-2")


def test_formula_errors_are_empty_cells_with_a_problem(tmp_path):
    (table,) = read(workbook(tmp_path / "a.xlsx", {"자료": [["구", "수"], ["가", "#N/A"], ["나", 2]]}))
    assert rows(table) == [[2, "가", ""], [3, "나", "2"]]
    assert problems(table) == [("cell_error", 2, "수", "#N/A")]


def test_words_of_merged_areas_in_the_data_stand_in_all_their_rows(tmp_path):
    sheet = [["구", "동", "수"], ["종로", "사직", 1], [None, "삼청", 2], ["중구", "명동", 3]]
    (table,) = read(workbook(tmp_path / "a.xlsx", {"자료": sheet}, {"자료": ["A2:A3"]}))
    assert [row[1] for row in rows(table)] == ["종로", "종로", "중구"]


def test_days_counted_from_1904(tmp_path):
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    for row in (["이름", "날"], ["가", dt.date(2020, 1, 2)], ["나", dt.date(1999, 12, 31)]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    (table,) = read(tmp_path / "a.xlsx")
    assert [row[2] for row in rows(table)] == ["2020-01-02", "1999-12-31"]


def test_serials_in_a_date_column_stay_numbers_until_they_are_typed(tmp_path):
    (table,) = read(
        workbook(tmp_path / "a.xlsx", {"자료": [["이름", "설치일자"], ["가", 43832], ["나", 43833]]})
    )
    assert [row[2] for row in rows(table)] == ["43832", "43833"]


def test_a_person_fixes_the_header(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"자료": [["구", "수"], ["가", 1], ["나", 2]]})
    (table,) = read(path, header_rows=())
    assert (table.header_rows, table.rows) == ((), 3)


def test_nothing_but_empty_sheets_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"빈 시트": []})
    with pytest.raises(Refused, match="workbook_no_table"):
        read(path)


@pytest.mark.parametrize(
    ("file", "count", "width", "labels"),
    [  # rows and columns as the README beside the files says (rows there include the header)
        (("commercial", "상권분석_개폐업수_2021.xlsx"), 104, 6, "지역 분기 개업수 폐업수 개업률 폐업률"),
        (("commercial", "점포수_데이터_2021.xlsx"), 104, 5, ""),
        (("commercial", "상권분석_인구수_2021.xlsx"), 104, 5, ""),
        (("standard", "지역아동센터_191231기준.xlsx"), 456, 7, ""),
        pytest.param(
            ("standard", "서울시버스정류소좌표데이터(2020.03.06).xlsx"),
            11280,
            6,
            "표준ID ARS-ID 정류장명 X좌표 Y좌표 비고",
            marks=pytest.mark.slow,
        ),
        pytest.param(("codes", "KIKmix_행정동_법정동_20200814.xlsx"), 21722, 8, "", marks=pytest.mark.slow),
    ],
)
def test_real_workbooks(tmp_path, file, count, width, labels):
    (table,) = read_excel(shared(*file), tmp_path, Override())
    assert table.rows == count
    assert table.left_out_counts == {}
    assert (len(table.columns), table.header_rows) == (width, (1,))
    assert not labels or [c.label for c in table.columns] == labels.split()
