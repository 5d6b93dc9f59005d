"""Staged text becomes typed Parquet, and every cell without a value is listed where it stands."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from intake.staged_helper import column, problems, read, stage
from madang.declarations.standard import DatasetColumn, Standard, StandardColumn, Type, Unpivot, UnpivotCase
from madang.engine import duck
from madang.intake import conform as conform_module
from madang.intake import conform_write, values_evidence
from madang.intake.conform import Conformed, conform
from madang.intake.conform_plan import Plan, Source, WidePlan, hints, plan_of
from madang.intake.profile import profile
from madang.intake.raw import Override, RawTable
from madang.intake.recognise import recognise
from madang.intake.values import Reading
from madang.messages import text
from tests.intake.text_tables import as_sample


@pytest.fixture
def con(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return duck.connect(temp_dir=tmp_path / "spill", threads=1)


def guessed(con: duckdb.DuckDBPyConnection, table: RawTable, folder: Path) -> Conformed:
    return conform(table, plan_of(profile(table, con)), folder / "out", con)


def declared(
    con: duckdb.DuckDBPyConnection, table: RawTable, folder: Path, types: dict[str, str]
) -> Conformed:
    return conform(table, plan_of(profile(table, con, Override(types=types))), folder / "out", con)


def listed(table: RawTable) -> list[tuple[Any, ...]]:
    return [(p["row"], p["label"], p["value"], p["rule"], p["severity"]) for p in problems(table)]


def test_rows_keep_their_order_their_number_and_their_text(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    rows = [["  가나 ", "1,234"], ["\u00a0다\u3000", "5"], [" ", ""], ["라 마", "△6"]]
    table = stage(tmp_path, ["이름", "수"], rows)
    found = guessed(con, table, tmp_path)
    assert read(found) == {
        "source_row": [2, 3, 4, 5],
        "이름": ["가나", "다", None, "라 마"],
        "수": [1234, 5, None, -6],
    }
    assert found.rows == 4
    assert listed(table) == []
    assert [c.facts["empty"] for c in found.columns] == [1, 1]


def test_text_wanted_by_a_person_keeps_its_outer_blanks(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    table = stage(tmp_path, ["이름", "수"], [["  가나 ", "007 "], ["\u00a0다", ""], [" ", "-"]])
    found = conform(table, plan_of(profile(table, con, Override(text=True))), tmp_path / "out", con)
    rows = read(found)
    assert rows["이름"] == ["  가나 ", "\u00a0다", " "]
    assert rows["수"] == ["007 ", None, "-"]
    assert listed(table) == []


def test_every_unreadable_cell_is_a_problem_in_its_place(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    cells = ["2021-03-05"] * 97 + ["2021.13.05", "2021-02-30", "미정"]
    table = column(tmp_path, "설치일", cells)
    found = guessed(con, table, tmp_path)
    assert read(found)["설치일"] == [date(2021, 3, 5)] * 97 + [None] * 3
    rows = problems(table)
    assert [(p["row"], p["value"], p["rule"]) for p in rows] == [
        (99, "2021.13.05", "cell_no_such_month"),
        (100, "2021-02-30", "cell_no_such_day"),
        (101, "미정", "cell_not_date"),
    ]
    sentences = [
        text(p["rule"], column=p["label"], value=p["value"], **json.loads(p["detail"])) for p in rows
    ]
    assert sentences[0] == "설치일: '2021.13.05'는 날짜로 읽을 수 없습니다. 13월은 없습니다."
    assert "2021년 2월 30일은 없습니다" in sentences[1]
    assert found.columns[0].facts["unreadable"] == 3


def test_six_ways_of_no_value_are_told_apart(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    cells = ["10"] * 20 + ["-", "X", "*", "…", "", "0", "해당없음"]
    table = column(tmp_path, "인구", cells)
    found = guessed(con, table, tmp_path)
    assert read(found)["인구"] == [10] * 20 + [None, None, None, None, None, 0, None]
    assert listed(table) == [
        (22, "인구", "-", "cell_dash", "info"),
        (23, "인구", "X", "cell_suppressed", "info"),
        (24, "인구", "*", "cell_masked", "info"),
        (25, "인구", "…", "cell_not_available", "info"),
        (28, "인구", "해당없음", "cell_not_applicable", "info"),
    ]
    assert table.problems.count == 0  # none of them is a defect
    assert found.columns[0].facts == {
        "cells": 27, "empty": 1, "missing_tokens": 5, "dash": 1, "masked": 1, "not_applicable": 1,
        "not_available": 1, "suppressed": 1, "unreadable": 0,
    }  # fmt: skip


def test_tokens_stay_in_text_unless_the_standard_says_otherwise(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    table = column(tmp_path, "비고", ["-", "X", "말"])
    assert read(guessed(con, table, tmp_path))["비고"] == ["-", "X", "말"]
    told = Source(
        DatasetColumn("note", "비고", "text", standard="note"), 0, Reading(declared=True, missing=("-",))
    )
    again = conform(table, Plan((told,)), tmp_path / "told", con)
    assert read(again)["note"] == [None, "X", "말"]
    assert listed(table) == [(2, "비고", "-", "cell_missing_token", "info")]


def test_sentinel_dates_are_null_with_a_warning(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    table = column(tmp_path, "폐업일자", ["20210305", "00000000", "9999-12-31", "1900-01-01"])
    found = declared(con, table, tmp_path, {"폐업일자": "date"})
    assert read(found)["폐업일자"] == [date(2021, 3, 5), None, None, None]
    assert {(rule, severity) for *_, rule, severity in listed(table)} == {("cell_sentinel_date", "warning")}


def test_provisional_figures_and_excel_days_are_read_and_remarked(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    table = stage(tmp_path, ["생산", "허가"], [["1,234p", "2021-03-05"], ["5", "2021-03-06"], ["6", "44197"]])
    found = guessed(con, table, tmp_path)
    assert read(found)["생산"] == [1234, 5, 6]
    assert read(found)["허가"] == [date(2021, 3, 5), date(2021, 3, 6), date(2021, 1, 1)]
    assert listed(table) == [
        (2, "생산", "1,234p", "cell_provisional", "info"),
        (4, "허가", "44197", "cell_excel_serial", "info"),
    ]


def unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample sees 8 places of a table of batches of 10 rows; the last but one row of a batch is not in it."""
    monkeypatch.setattr(values_evidence, "ALL_ROWS", 0)
    monkeypatch.setattr(values_evidence, "SAMPLE_ROWS", 16)


@pytest.mark.parametrize(
    ("label", "usual", "odd", "because"),
    [
        ("값", "12", "0012", "0으로 시작하거나 15자리를 넘는"),
        ("값", "12", "1234567890123456", "0으로 시작하거나 15자리를 넘는"),
        ("사용여부", "Y", "보류", "여부가 아닌 값이 1칸"),
    ],
)
def test_one_cell_outside_the_sample_can_turn_a_guess_to_text(
    con: duckdb.DuckDBPyConnection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    label: str,
    usual: str,
    odd: str,
    because: str,
) -> None:
    unseen(monkeypatch)
    cells = [usual] * 100
    cells[48] = odd
    table = column(tmp_path, label, cells, batch=10)
    found = guessed(con, table, tmp_path)
    assert read(found)[label] == cells
    assert found.columns[0].type == "text"
    assert because in found.columns[0].because
    assert listed(table) == []


def test_a_guess_that_fails_on_all_rows_becomes_text_and_a_declared_one_does_not(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unseen(monkeypatch)
    cells = [
        cell for _ in range(10) for cell in ["1"] * 8 + ["없음", "1"]
    ]  # every ninth of ten: never sampled
    table = column(tmp_path / "a", "값", cells, batch=10)
    found = guessed(con, table, tmp_path / "a")
    assert found.columns[0].because == "전체 100칸 가운데 10칸이 정수로 읽히지 않아 글자로 바꿈"
    assert read(found)["값"] == cells
    assert listed(table) == []
    table = column(tmp_path / "b", "값", cells, batch=10)
    found = declared(con, table, tmp_path / "b", {"값": "integer"})
    assert found.columns[0].type == "integer"
    assert len(listed(table)) == found.columns[0].facts["unreadable"] == 10


def test_two_parts_are_one_table(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conform_module, "_TWO_PARTS", 50)
    con.execute("SET threads = 2")
    monkeypatch.setattr(conform_write, "GROUP_CELLS", 14)
    rows = [[str(n), f"이름{n}" if n % 3 else ""] for n in range(100)]
    rows[97][0] = "셋"
    table = stage(tmp_path, ["수", "이름"], rows, batch=9)
    told: list[tuple[int, int | None]] = []
    plan = plan_of(profile(table, con))
    found = conform(table, plan, tmp_path / "out", con, progress=lambda done, of: told.append((done, of)))
    assert len(found.files) == 2
    assert read(found) == {
        "source_row": list(range(2, 102)),
        "수": [None if n == 97 else n for n in range(100)],
        "이름": [f"이름{n}" if n % 3 else None for n in range(100)],
    }
    assert listed(table) == [(99, "수", "셋", "cell_not_integer", "error")]
    assert max(told) == (100, 100)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["part-0.parquet", "part-1.parquet"]


def test_a_table_without_rows(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = guessed(con, stage(tmp_path, ["가", "나"], []), tmp_path)
    assert (found.rows, read(found)) == (0, {"source_row": [], "가": [], "나": []})


# wide to long


def wide_plan() -> Plan:
    area = Source(DatasetColumn("area", "구역", "text"), 0, Reading(declared=True))
    headers = (
        (1, "7월_남", ("2021-07", "남")),
        (2, "7월_여", ("2021-07", "여")),
        (3, "8월_계", ("2021-08", None)),
    )
    into = (DatasetColumn("month", "", "month"), DatasetColumn("sex", "", "text"))
    value = DatasetColumn("people", "", "integer", standard="people")
    return Plan((area,), WidePlan(headers, into, value, Reading("integer", declared=True)))


def test_wide_columns_become_rows_and_problems_point_to_the_source(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    """
    구역 | 7월_남 | 7월_여 | 8월_계        area month sex people
    가   | 1,000  | 2      | 3        ->   가 07 남 1000, 가 07 여 2, 가 08 - 3
    나   | 4      | ?      | -             나 07 남 4,    나 07 여 -, 나 08 - -
    """
    rows = [["가", "1,000", "2", "3"], ["나", "4", "?", "-"]]
    table = stage(tmp_path, ["구역", "7월_남", "7월_여", "8월_계"], rows)
    found = conform(table, wide_plan(), tmp_path / "out", con)
    assert read(found) == {
        "source_row": [2, 2, 2, 3, 3, 3],
        "area": ["가", "가", "가", "나", "나", "나"],
        "month": ["2021-07", "2021-07", "2021-08"] * 2,
        "sex": ["남", "여", None] * 2,
        "people": [1000, 2, 3, 4, None, None],
    }
    assert [(p["row"], p["column"], p["label"], p["value"], p["rule"]) for p in problems(table)] == [
        (3, "people", "7월_여", "?", "cell_not_integer"),
        (3, "people", "8월_계", "-", "cell_dash"),
    ]
    assert found.columns[-1].facts == {
        "cells": 6, "empty": 0, "missing_tokens": 1, "dash": 1, "unreadable": 1,
    }  # fmt: skip
    assert found.columns[2].facts["empty"] == 2


def test_a_recognised_standard_gives_names_types_extracts_and_rows(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    standard = Standard(
        id="people",
        version="1",
        label="주민등록인구",
        columns=(
            StandardColumn("area", "행정구역", aliases=("행정구역",), required=True, extract=r"^(.*?)\s*\("),
            StandardColumn("area_code", "행정구역코드", derived_from="area", extract=r"\((\d{10})\)"),
            StandardColumn("month", "기준월", "month"),
            StandardColumn("sex", "성별"),
            StandardColumn("people", "인구", "integer", unit="명"),
        ),
        unpivot=Unpivot(
            r"(?P<y>\d{4})년(?P<m>\d{2})월_(?P<s>계|남|여)_(?P<what>.+)",
            {"month": "{y}-{m}", "sex": "{s}"},
            "people",
            (UnpivotCase("what", "인구", {}),),
        ),
    )
    labels = ["행정구역", "2021년07월_계_인구", "2021년07월_남_인구", "2021년07월_여_인구", "lon"]
    rows = [["종로구  (1111000000)", "3", "1", "2", "x"], ["이름뿐", "1,100", "600", "500", "y"]]
    table = stage(tmp_path, labels, rows)
    found = recognise(labels, as_sample(rows), {"people": standard}, Override(standard="people"))
    plan = plan_of(profile(table, con, hints=hints(found)), found)
    result = conform(table, plan, tmp_path / "out", con)
    assert read(result) == {
        "source_row": [2, 2, 2, 3, 3, 3],
        "area": ["종로구"] * 3 + ["이름뿐"] * 3,
        "lon_source": ["x"] * 3 + ["y"] * 3,
        "area_code": ["1111000000"] * 3 + [None] * 3,
        "month": ["2021-07"] * 6,
        "sex": ["계", "남", "여"] * 2,
        "people": [3, 1, 2, 1100, 600, 500],
    }
    assert listed(table) == [(3, "행정구역", "이름뿐", "cell_not_extracted", "warning")]
    units = {c.name: (c.unit, c.standard) for c in result.columns}
    assert units["people"] == ("명", "people")
    assert units["lon_source"] == (None, None)


# the obvious, slow way as a referee

SLOW: dict[Type, Any] = {"integer": int, "number": float}


@pytest.mark.parametrize("kind", ["integer", "number"])
def test_plain_numbers_are_what_python_reads(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, kind: Type
) -> None:
    dice = random.Random(7)
    cells: Sequence[str] = [
        f"{dice.randrange(-(10**9), 10**9):,}" if kind == "integer" else f"{dice.uniform(-1e6, 1e6):,.5f}"
        for _ in range(500)
    ]
    found = guessed(con, column(tmp_path, "값", cells), tmp_path)
    assert found.columns[0].type == kind
    assert read(found)["값"] == [SLOW[kind](cell.replace(",", "")) for cell in cells]
