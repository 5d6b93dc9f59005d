"""The type of a column is decided from its cells and its label, and the decision says why."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import duckdb
import pytest

from intake.staged_helper import column, stage
from madang.engine import duck
from madang.intake import values_evidence
from madang.intake.profile import Profile, column_names, profile
from madang.intake.raw import Override, RawColumn
from madang.messages import MadangError


@pytest.fixture
def con(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    return duck.connect(temp_dir=tmp_path / "spill", threads=1)


def one(con: duckdb.DuckDBPyConnection, folder: Path, label: str, cells: list[str]) -> Profile:
    return profile(column(folder, label, cells), con)


TYPES = [
    ("인구", ["1,234", "0", "56", "-"], "integer"),
    ("증감", ["△12", "34", "▲5"], "integer"),
    ("면적(㎡)", ["12.5", "3", ""], "number"),
    ("조위", ["81.0", "79.0"], "number"),  # written with a point: measured
    ("비율", ["12.3%", "4%", "5.0%"], "percent"),
    ("기준일", ["2021-03-05", "20210306", "2021.03.07."], "date"),
    ("date", ["20200121", "20200122"], "date"),
    ("설치일", ["44197", "44198", "2021-01-03"], "date"),  # day numbers of a spreadsheet
    ("토요일", ["44197", "44198"], "integer"),
    ("최종수정시점", ["2021-10-31 19:10:35", "2021-11-01 00:00:00"], "datetime"),
    ("ymdhm", ["202205010000", "202205010010"], "datetime"),
    ("평일운영시작시각", ["09:00", "9:30", "24:00"], "time"),
    ("개방시간", ["0900", "1800"], "time"),
    ("기준년월", ["202107", "202108"], "month"),
    ("설치연월", ["2021-07", "2021-08"], "month"),
    ("기간", ["2017.12", "2017.12"], "month"),
    ("설치년도", ["2019", "2021"], "year"),
    ("개설", ["2019년", "2021년"], "year"),
    ("유료사용여부", ["Y", "n", "y", ""], "boolean"),
    ("CCTV", ["설치", "미설치"], "boolean"),
    ("점자블록", ["O", "X", "O"], "boolean"),
    ("개방여부", ["Y", "Y"], "boolean"),
    # what looks like something else and is text
    ("관리번호", ["12", "13"], "text"),
    ("행정동코드", ["1111051500", "1111053000"], "text"),
    ("전화번호", ["15881234", "15771234"], "text"),
    ("구분", ["Y", "Y"], "text"),  # one side of a pair, and the label does not ask yes or no
    ("구분", ["1", "0", "1"], "integer"),  # yes and no only where somebody says so
    ("구분", ["유", "무", "혼합"], "text"),
    ("대상", ["0012", "0345", "1200"], "text"),
    ("기관", ["1234567890123456", "1234567890123457"], "text"),
    ("동", ["1111051500", "1111053000", "1111054000", "1111055000", "1111056000"], "text"),
    ("기간", ["2020.2/4", "2020.3/4"], "text"),  # quarters
    ("운영", ["09:00~18:00", "10:00~17:00"], "text"),
    ("비고", ["-", "X", "*"], "text"),
    ("비고", ["", " "], "text"),
    ("주소", ["서울시 종로구 1-1", "2"], "text"),
    # a quantity with a slip is still a quantity
    ("열람좌석수", ["40", "02", "7"], "integer"),
    ("X", ["954919", "1950195"], "integer"),
    ("연번", ["1", "2"], "integer"),
    ("번호", ["1", "2"], "integer"),
]


@pytest.mark.parametrize(("label", "cells", "expected"), TYPES)
def test_a_column_is(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, label: str, cells: list[str], expected: str
) -> None:
    found = one(con, tmp_path, label, cells).columns[0]
    assert found.type == expected
    assert found.because
    assert found.confidence < 1


def test_the_evidence_is_counted_and_said(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    cells = ["20210305"] * 98 + ["미정", "모름", "-", ""]
    found = one(con, tmp_path, "일자", cells).columns[0]
    assert (found.type, found.because) == ("date", "표본 100칸 가운데 98칸이 날짜")
    assert found.confidence == pytest.approx(99 / 102, abs=0.001)


@pytest.mark.parametrize(("defects", "expected"), [(5, "number"), (6, "text")])
def test_one_defect_in_twenty_is_tolerated(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, defects: int, expected: str
) -> None:
    cells = ["35.1"] * (100 - defects) + ["35°09'39.5\"N"] * defects
    assert one(con, tmp_path, "위도", cells).columns[0].type == expected


def test_an_impossible_day_is_still_meant_as_a_day(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    three = one(con, tmp_path / "a", "개방일자", ["2020-03-01", "2021.13.05", "2022-07-15"])
    assert three.columns[0].type == "date"
    mostly = one(con, tmp_path / "b", "판", ["2020.13.05", "2021.13.05", "2022-07-15"])
    assert mostly.columns[0].type == "text"


@pytest.mark.parametrize(
    ("cells", "day_first", "because"),
    [
        (["18/02/2018", "03/04/2018"], True, "앞 수가 12를 넘는 칸이 1칸이어서 일/월/년으로 읽음"),
        (["02/18/2018", "03/04/2018"], False, "둘째 수가 12를 넘는 칸이 1칸이어서 월/일/년으로 읽음"),
    ],
)
def test_the_whole_column_says_which_number_is_the_day(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, cells: list[str], day_first: bool, because: str
) -> None:
    found = one(con, tmp_path, "접수일", cells)
    assert found.columns[0].type == "date"
    assert found.readings[0].day_first is day_first
    assert because in found.columns[0].because


def test_dates_that_could_be_either_stay_text(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = one(con, tmp_path, "접수일", ["03/04/2018", "05/06/2018"])
    assert found.columns[0].type == "text"
    assert found.columns[0].because == "일/월/년인지 월/일/년인지 알 수 없어 글자로 둠"


def test_two_digit_years_are_read_by_a_stated_policy(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    found = one(con, tmp_path, "준공일", ["21.03.05", "98.12.31"]).columns[0]
    assert found.type == "date"
    assert "두 자리 연도 2칸" in found.because


def test_excel_day_numbers_count_only_among_dates(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    among = one(con, tmp_path / "a", "허가", ["2021-03-05", "2021-03-06", "44197"])
    assert among.columns[0].type == "date"
    assert among.readings[0].accept == {"serial"}
    alone = one(con, tmp_path / "b", "허가", ["44197", "44198"])
    assert alone.columns[0].type == "integer"


def test_a_person_goes_before_the_standard_and_both_before_a_guess(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    table = stage(tmp_path, ["좌석", "코드", "값"], [["1", "2", "3"]])
    found = profile(table, con, Override(types={"코드": "integer"}), hints={0: "number", 1: "text"})
    assert [c.type for c in found.columns] == ["number", "integer", "integer"]
    assert [c.because for c in found.columns[:2]] == ["표준이 정함", "사람이 정함"]
    assert [c.confidence for c in found.columns[:2]] == [1.0, 1.0]
    assert [reading.declared for reading in found.readings] == [True, True, False]


def test_everything_can_be_kept_as_text(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    table = stage(tmp_path, ["일자", "수"], [["2021-03-05", "3"]])
    assert [c.type for c in profile(table, con, Override(text=True)).columns] == ["text", "text"]


def test_an_unknown_type_is_refused(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    with pytest.raises(MadangError, match="정수형"):
        profile(column(tmp_path, "수", ["1"]), con, Override(types={"수": "정수형"}))


def test_a_long_table_is_looked_at_from_end_to_end(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words only in the last third: a look at the head alone would say integer."""
    monkeypatch.setattr(values_evidence, "ALL_ROWS", 900)
    monkeypatch.setattr(values_evidence, "SAMPLE_ROWS", 400)
    table = column(tmp_path, "값", ["1"] * 2000 + ["없음"] * 1000, batch=100)
    found = profile(table, con)
    assert found.rows == 8 * 50
    assert found.columns[0].type == "text"


def test_what_the_workbook_says_of_its_cells_is_evidence(
    con: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    table = column(tmp_path, "수", ["1", "2", "3"])
    table.columns[0] = RawColumn(0, "수", {"number": 3})
    assert profile(table, con).columns[0].because == "표본 3칸 가운데 3칸이 정수; 엑셀에서 3칸의 서식이 숫자"


def test_one_sample_serves_recognition_and_profile(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    table = stage(tmp_path, ["수", "말"], [[str(n), " 가 "] for n in range(50)])
    seen = values_evidence.sample(table)
    assert seen.table(3).to_pydict() == {"c0": ["0", "24", "49"], "c1": ["가"] * 3}
    assert profile(table, con, seen=seen).columns == profile(table, con).columns


def test_names() -> None:
    labels = [
        "이름",
        "이름",
        "",
        "lon",
        "LAT",
        "평균기온(℃)",
        "a b\n c",
        unicodedata.normalize("NFD", "주소"),
        "이름_2",
    ]
    assert column_names(labels) == [
        "이름", "이름_2", "열_3", "lon_source", "LAT_source", "평균기온_℃", "a_b_c", "주소", "이름_2_2",
    ]  # fmt: skip


def test_names_keep_clear_of_those_a_standard_gives() -> None:
    assert column_names(["name", "x"], ["name"]) == ["name_2", "x"]
