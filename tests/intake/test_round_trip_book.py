"""A workbook goes out sealed and comes back: unchanged to the last digit, or with exactly what was edited."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.bank import Version
from madang.declarations import DatasetColumn
from madang.formats.export import export
from madang.intake.round_trip import Edits, merge, table_of
from madang.intake.round_trip_book import (
    Copy,
    Returned,
    is_copy,
    labels_of,
    marks,
    read_copy,
    returned,
    seal,
)
from madang.messages import MadangError, text
from madang.workspace import Workspace

ROWS = [
    "번호,코드,이름,수량,비율,날짜,시각,여부,메모",
    "1,0012,가람,3,0.1,2026-01-01,2026-01-01 09:30:15,Y,=1+1",
    "2,0013,나루,1234567890123456,0.30000000000000004,2026-01-02,2026-01-02 00:00:00,N,+82-31-1",
    '3,0014," 다온 x",-5,1e-7,2026-01-03,2026-01-03 23:59:59,Y,"두 줄\n글"',
    "4,0015,라온,0,123456789.98765432,1950-12-31,2026-12-31 10:00:01,,@x",
    "5,0016,,,,,,Y,-5",
]  # fmt: skip


@pytest.fixture
def version(tmp_path: Path) -> Version:
    ws = Workspace.init(tmp_path / "w")
    (tmp_path / "물품.csv").write_text("\n".join(ROWS) + "\n", encoding="utf-8")
    (receipt,) = ws.deposit(tmp_path / "물품.csv", "물품")
    assert receipt.rows == 5
    found = ws.bank["물품"].latest
    assert found is not None
    return found


def sealed(
    version: Version, path: Path, rows: range | None = None, masked: frozenset[str] = frozenset()
) -> Path:
    """As the pages write it: the export of the version with the marks as its last column, sealed."""
    chosen = list(rows if rows is not None else range(version.rows))
    labels = dict(labels_of(version))
    table = table_of(version).take(pa.array(chosen))
    for name in masked:
        starred = pa.array(["*" if v else None for v in table[name].to_pylist()], pa.string())
        table = table.set_column(table.schema.get_field_index(name), name, starred)
    table = table.append_column("row_mark", pa.array(marks(version, chosen)))
    pq.write_table(table, path.with_suffix(".parquet"))
    columns = [
        replace(c, label=labels[c.name], type="text" if c.name in masked else c.type) for c in version.columns
    ]
    columns.append(DatasetColumn("row_mark", text("edit_row_label"), "text"))
    plain = io.BytesIO()
    export([path.with_suffix(".parquet")], columns, "xlsx", plain, places=False)
    with open(path, "wb") as out:
        seal(plain, out, Copy("물품", version.n, tuple(labels_of(version)), masked, tuple(chosen)), version)
    return path


def again(path: Path, change: Any = None) -> Path:
    """Loaded and saved by another program, edited by `change(sheet)` in between."""
    book = openpyxl.load_workbook(path)
    if change:
        change(book.worksheets[0])
    book.save(path)
    return path


def edits(found: Returned) -> Edits:
    assert found.notes == ()
    return found.edits


def test_it_comes_back_unchanged_to_the_last_digit(version: Version, tmp_path: Path) -> None:
    path = sealed(version, tmp_path / "a.xlsx")
    assert is_copy(path)
    assert edits(returned(path, version)).empty
    again(path)
    assert edits(returned(path, version)).empty


def test_marks_are_out_of_sight_and_texts_stay_texts(version: Version, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(sealed(version, tmp_path / "a.xlsx"))
    assert book["_madang"].sheet_state == "veryHidden"
    sheet = book.worksheets[0]
    assert sheet.column_dimensions["J"].hidden
    assert not sheet.column_dimensions["I"].hidden
    assert [sheet[f"I{n}"].data_type for n in (2, 3, 5)] == ["s"] * 3
    assert sheet["I2"].value == "=1+1"
    assert sheet["B2"].value == "0012"


def test_edits_are_told_cell_by_cell_whatever_the_order(version: Version, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet["D2"] = 30  # row 1: 수량
        sheet["C3"] = "나리"
        sheet["F3"] = date(2027, 1, 2)
        sheet["G3"] = datetime(2026, 1, 2, 8, 30)
        sheet["E4"] = None
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        sheet.delete_rows(2, 10)
        for row in (rows[4], rows[0], rows[2], rows[1]):  # sorted otherwise, the fourth deleted
            sheet.append(row)
        sheet.append([6, "0017", "마루", 7])
        sheet.append([])

    path = again(sealed(version, tmp_path / "a.xlsx"), change)
    came = returned(path, version)
    assert came.notes == (("copy_formulas_kept", {"cells": "1"}),)  # =1+1 was typed anew by that program
    found = came.edits
    assert found.cells == {
        0: {"수량": "30"},
        1: {"이름": "나리", "날짜": "2027-01-02", "시각": "2026-01-02 08:30:00"},
        2: {"비율": None},
    }
    assert found.removed == (3,)
    assert [{k: v for k, v in row.items() if v} for row in found.added] == [
        {"번호": "6", "코드": "0017", "이름": "마루", "수량": "7"}
    ]


def test_a_row_copied_below_itself_is_a_new_row(version: Version, tmp_path: Path) -> None:
    path = again(
        sealed(version, tmp_path / "a.xlsx"),
        lambda sheet: sheet.append([cell.value for cell in sheet[3]]),
    )
    found = edits(returned(path, version))
    assert (len(found.added), dict(found.cells), found.removed) == (1, {}, ())


def test_of_some_rows_only_those_can_be_missed(version: Version, tmp_path: Path) -> None:
    path = again(sealed(version, tmp_path / "a.xlsx", range(1, 3)), lambda sheet: sheet.delete_rows(3))
    assert edits(returned(path, version)).removed == (2,)


def test_starred_columns_stay_as_they_are(version: Version, tmp_path: Path) -> None:
    path = sealed(version, tmp_path / "a.xlsx", masked=frozenset({"이름"}))
    assert edits(returned(path, version)).empty
    found = returned(again(path, lambda sheet: sheet.__setitem__("C2", "새 이름")), version)
    assert found.edits.empty
    assert found.notes == (("copy_masked_kept", {"cells": "1"}), ("copy_masked_rows", {"rows": "2"}))


def test_an_emptied_starred_cell_is_told_and_a_new_row_keeps_what_was_typed(
    version: Version, tmp_path: Path
) -> None:
    def change(sheet: Any) -> None:
        sheet["C3"] = None
        sheet.append([9, None, "새 사람"])
        sheet.append([8, None, "*"])  # stars stand for the name of another row

    path = sealed(version, tmp_path / "a.xlsx", masked=frozenset({"이름"}))
    found = returned(again(path, change), version)
    assert not found.edits.cells
    assert found.notes == (("copy_masked_kept", {"cells": "1"}), ("copy_masked_rows", {"rows": "3"}))
    assert found.edits.added[0]["이름"] == "새 사람"
    typed, stars = merge(version, version, found.edits, masked={"이름"}).lines
    assert typed.applies
    assert not stars.applies
    assert [cell.wrong.code for cell in stars.cells if cell.wrong] == ["edit_starred"]


def test_columns_moved_gone_and_new_are_told(version: Version, tmp_path: Path) -> None:
    def change(sheet: Any) -> None:
        sheet.delete_cols(5)
        sheet.insert_cols(2)
        sheet["B1"] = "새 열"
        sheet["B2"] = "값"

    found = returned(again(sealed(version, tmp_path / "a.xlsx"), change), version)
    assert found.edits.empty
    assert found.notes == (
        ("copy_columns_gone", {"columns": "비율"}),
        ("copy_columns_new", {"columns": "새 열"}),
    )


def forge(book: Any) -> None:
    cell = book["_madang"]["A3"]
    cell.value = cell.value.replace('"version":1', '"version":2')


def drag(book: Any) -> None:
    book.worksheets[0]["J3"] = book.worksheets[0]["J2"].value.replace("0-", "4-")


def unmark(book: Any) -> None:
    book.worksheets[0].delete_cols(10)


@pytest.mark.parametrize("change", [forge, drag, unmark, lambda book: book["_madang"].delete_rows(2)])
def test_marks_that_were_changed_are_refused(version: Version, tmp_path: Path, change: Any) -> None:
    path = sealed(version, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    with pytest.raises(MadangError) as raised:
        returned(path, version)
    assert raised.value.code == "copy_broken"


def test_no_copy_is_told_from_one(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "b.xlsx")
    (tmp_path / "c.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert [is_copy(tmp_path / name) for name in ("b.xlsx", "c.xlsx", "none.xlsx")] == [False] * 3
    with pytest.raises(MadangError) as raised:
        read_copy(tmp_path / "b.xlsx")
    assert raised.value.code == "copy_broken"
