"""Thirty departments with their committees: what is true, and the file in which each writes it down."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl

from intake.document_helper import hwpx, tbl

HEADER = ["위원회명", "위원수(명)", "설치일", "구분"]
EXAMPLE = ["도시계획위원회", 15, "2009-04-01", "법정"]
Row = tuple[str, int, str, str]
SHAPES = ("form", "variants", "cp949", "document", "sheets", "merged")


@dataclass
class Department:
    """One department: its true rows, the shape of its file, and what it writes wrongly (wrong -> right)."""

    number: int
    name: str
    rows: list[Row]
    shape: str
    slips: dict[str, str] = field(default_factory=dict)

    def written(self) -> list[list[str]]:
        """Its rows as it writes them, slips and all."""
        wrong = {right: slip for slip, right in self.slips.items()}
        made = [[str(cell) for cell in row] for row in self.rows]
        if self.slips:
            slip, right = next(iter(self.slips.items()))
            place = 1 if right.isdigit() else 2 if "-" in right else 3
            assert made[2][place] == right, (made[2], wrong)
            made[2][place] = slip
        return made


def departments() -> list[Department]:
    """Thirty of them; every third makes a slip: a number in words, a word that is not on the list, a month 13."""
    made = []
    for number in range(30):
        name = f"제{number + 1:02}과"
        rows: list[Row] = [
            (f"{name} 제{n + 1}위원회", 5 + (number * 7 + n * 3) % 40, f"20{(number + n) % 24:02}-0{n % 9 + 1}-15",
             ("법정", "조례", "규칙")[(number + n) % 3])
            for n in range(5 + number % 4)
        ]  # fmt: skip
        slips: dict[str, str] = {}
        if number % 3 == 0:
            row = rows[2]
            slips = [{"여남은": str(row[1])}, {"법령": row[3]}, {f"{row[2][:4]}-13-15": row[2]}][
                number // 3 % 3
            ]
        made.append(Department(number, name, rows, SHAPES[number % 6], slips))
    return made


def write(department: Department, folder: Path) -> Path:
    """Its file, in its shape."""
    rows = department.written()
    stem = folder / f"{department.name} 위원회"
    match department.shape:
        case "form":
            return _book(stem, [("Sheet1", [HEADER, *rows])])
        case "variants":
            return _book(stem, [("현황", [["위원회 명", "위원 수", "설치일자", "종류"], *rows])])
        case "cp949":
            path = stem.with_suffix(".csv")
            turned = [["구분", "설치일", "위원회명", "위원수"], *([r[3], r[2], r[0], r[1]] for r in rows)]
            with open(path, "w", encoding="cp949", newline="") as stream:
                csv.writer(stream).writerows(turned)
            return path
        case "document":
            return hwpx(stem.with_suffix(".hwpx"), tbl([HEADER, *rows]))
        case "sheets":
            half = len(rows) // 2 + 1
            return _book(stem, [("본청", [HEADER, *rows[:half]]), ("동", [HEADER, *rows[half:]]),
                                ("연락처", [["담당", "전화"], ["김담당", "내선 100"], ["이담당", "내선 101"]])])  # fmt: skip
    title = [[f"{department.name} 위원회 현황"], [], ["위원회명", "위원 현황", "", "설치일", "구분", "비고"],
             ["", "위원수(명)", "여성", "", "", ""]]  # fmt: skip
    body = [[r[0], r[1], str(int(r[1]) // 2) if r[1].isdigit() else "1", r[2], r[3], "확인"] for r in rows]
    return _book(stem, [("취합", [*title, *body])], merge=("A3:A4", "B3:C3", "D3:D4", "E3:E4", "F3:F4"))


def _book(
    stem: Path, sheets: Sequence[tuple[str, Sequence[Sequence[str]]]], merge: Sequence[str] = ()
) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([int(cell) if cell.isdigit() else cell or None for cell in row])
        for area in merge:
            sheet.merge_cells(area)
    path = stem.with_suffix(".xlsx")
    book.save(path)
    return path


def form(folder: Path) -> Path:
    """The form that the officer has: a header, and one row of example."""
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(EXAMPLE)
    path = folder / "서식.xlsx"
    book.save(path)
    return path
