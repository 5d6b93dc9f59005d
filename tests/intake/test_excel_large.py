"""Large worksheets: the streamed way gives what the small way gives, and memory does not grow with the sheet."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from madang.intake import excel
from madang.intake.excel_styles import format_kind
from madang.intake.raw import Override, RawTable


def contents(table: RawTable) -> tuple[Any, ...]:
    table.problems.close()
    found = [(p["rule"], p["row"], p["value"]) for p in pq.read_table(table.problems.path).to_pylist()]
    rows = [list(row.values()) for batch in table.batches() for row in batch.to_pylist()]
    labels = [(c.label, c.native) for c in table.columns]
    left_out = sorted((entry["row"], entry["kind"], entry["text"]) for entry in table.left_out)
    return table.member, labels, table.header_rows, rows, left_out, found


def sample(path: Path, epoch: dt.datetime | None = None) -> Path:
    book = openpyxl.Workbook()
    if epoch is not None:
        book.epoch = epoch
    sheet = book.active
    for row in (["2023년 자료"], ["관리번호", "코드", "설치일", "시점", "시각", "면적", "여부", "비고"]):
        sheet.append(row)
    for n in range(400):
        day = dt.date(1999, 12, 31) + dt.timedelta(days=n)
        moment = dt.datetime(2023, 1, 1) + dt.timedelta(seconds=n * 61 + 1)
        area = [0.1, 1234567.0, 2.5, 1e-7, 901.43][n % 5] * (n + 1)
        sheet.append([n, f"{n:05d}", day, moment, dt.time(n % 24, 30), area, n % 3 == 0, None])
    sheet["H10"], sheet["C11"] = "#DIV/0!", "미상"
    sheet["A405"], sheet["A406"] = "※ 잠정치", "자료: 시청"
    book.save(path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize("epoch", [None, openpyxl.utils.datetime.CALENDAR_MAC_1904])
def test_streamed_and_whole_reading_agree(tmp_path, monkeypatch, epoch):
    path = sample(tmp_path / "a.xlsx", epoch)
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    (whole,) = excel.read_excel(path, tmp_path / "1", Override())
    monkeypatch.setattr(excel, "LARGE", 100)
    (streamed,) = excel.read_excel(path, tmp_path / "2", Override())
    small, large = contents(whole), contents(streamed)
    assert large[3] == small[3]
    assert large == small
    assert len(small[3]) == 400
    assert small[3][0][1:5] == ["0", "00000", "1999-12-31", "2023-01-01T00:00:01"]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("yyyy-mm-dd", "date"),
        ('yyyy"년" m"월" d"일"', "date"),
        ("yyyy-mm-dd hh:mm", "datetime"),
        ("[h]:mm", "time"),
        ("h:mm AM/PM", "time"),
        ("#,##0_);[Red](#,##0)", "number"),
        ('0.0"days"', "number"),
        ("[$-412]yyyy/m/d;@", "date"),
        ("General", "number"),
        ("@", "number"),
    ],
)
def test_what_a_number_format_shows(code, kind):
    assert format_kind(code) == kind


CHILD = """
import resource, sys
from pathlib import Path
from madang.intake import excel
from madang.intake.raw import Override
excel.LARGE = 100
(table,) = excel.read_excel(Path(sys.argv[1]), Path(sys.argv[2]), Override())
print(table.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.mark.slow
def test_memory_does_not_grow_with_the_sheet(tmp_path):
    peaks = []
    for count in (10_000, 80_000):  # read as a whole the larger one takes some 43 MB more
        path = tmp_path / f"{count}.xlsx"
        book = xlsxwriter.Workbook(path, {"constant_memory": True})
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [f"열{i}" for i in range(6)])
        for number in range(count):
            sheet.write_row(number + 1, 0, [number, 1.5, f"서울특별시 {number}", 3, 4, "끝"])
        book.close()
        command = [sys.executable, "-c", CHILD, str(path), str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows, peak = map(int, done.stdout.split())
        assert rows == count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 25


@pytest.mark.slow
@pytest.mark.parametrize("late", [0, 4], ids=["left", "right"])
def test_a_column_that_is_empty_at_first_and_has_no_label_is_kept(tmp_path, monkeypatch, late):
    book = openpyxl.Workbook()
    sheet = book.active
    for column, label in ((2, "이름"), (3, "수")):
        sheet.cell(1, column, label)
        for number in range(2, 900):
            sheet.cell(number, column, f"가{number}" if column == 2 else number)
    sheet["C700"] = "#N/A"
    sheet.cell(800, late + 1, "나중에 적은 말")
    book.save(tmp_path / "a.xlsx")
    monkeypatch.setattr(excel, "LARGE", 100)
    (table,) = excel.read_excel(tmp_path / "a.xlsx", tmp_path, Override())
    place = 0 if late == 0 else 3
    _, labels, _, rows, _, found = contents(table)
    assert [label for label, _ in labels] == (["", "이름", "수"] if late == 0 else ["이름", "수", "", ""])
    assert [native for label, native in labels if label == "수"] == [{"number": 897}]
    assert {row[0]: row[1 + place] for row in rows if row[1 + place]} == {800: "나중에 적은 말"}
    assert found == [("cell_error", 700, "#N/A")]
    assert any("800행" in each.because for each in table.evidence)
