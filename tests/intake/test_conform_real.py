"""Columns of real files have the types and counts that their description says (../shared/data/README.md)."""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from intake.staged_helper import problems, read, stage
from madang.engine import duck
from madang.intake.conform import Conformed, conform
from madang.intake.conform_plan import plan_of
from madang.intake.profile import profile
from madang.intake.raw import RawTable
from shared_data import needs_shared, shared

pytestmark = [needs_shared, pytest.mark.slow]


def conformed(folder: Path, *parts: str, encoding: str, delimiter: str = ",") -> tuple[RawTable, Conformed]:
    text = shared(*parts).read_bytes().decode(encoding)
    header, *rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]
    table = stage(folder, header, [(row + [""] * len(header))[: len(header)] for row in rows])
    con = duck.connect(temp_dir=folder / "spill")
    return table, conform(table, plan_of(profile(table, con)), folder / "out", con)


def types(found: Conformed) -> dict[str, str]:
    return {column.label: column.type for column in found.columns}


def facts(found: Conformed, label: str) -> dict[str, int]:
    return next(column.facts for column in found.columns if column.label == label)


def test_licences(tmp_path: Path) -> None:
    _, found = conformed(tmp_path, "licences", "fulldata_02_03_01_P_동물병원.csv", encoding="cp949")
    assert found.rows == 9736
    said = types(found)
    expected = {
        "개방자치단체코드": "text", "관리번호": "text", "인허가일자": "date", "폐업일자": "date", "휴업시작일자": "date",
        "영업상태구분코드": "text", "상세영업상태코드": "text", "소재지면적": "number", "도로명우편번호": "text",
        "최종수정시점": "datetime", "좌표정보(x)": "number", "좌표정보(y)": "number", "총직원수": "integer",
    }  # fmt: skip
    assert {label: said[label] for label in expected} == expected
    assert facts(found, "좌표정보(x)")["empty"] == 1181
    closed = [state == "폐업" for state in read(found)["영업상태명"]]
    without = [when is None for when in read(found)["폐업일자"]]
    assert sum(closed) == 4578
    assert sum(c and w for c, w in zip(closed, without, strict=True)) == 93


def test_libraries(tmp_path: Path) -> None:
    _, found = conformed(tmp_path, "standard", "전국도서관표준데이터_2020.csv", encoding="cp949")
    said = types(found)
    assert found.rows == 3294
    assert {said[label] for label in said if "시각" in label} == {"time"}
    assert {said[label] for label in ("열람좌석수", "자료수(도서)", "대출가능권수")} == {"integer"}
    assert (said["위도"], said["데이터기준일자"], said["제공기관코드"]) == ("number", "date", "text")
    assert facts(found, "위도")["empty"] == 148
    days = read(found)["데이터기준일자"]
    assert (min(days), max(days)) == (date(2017, 3, 31), date(2020, 8, 7))


def test_cameras_with_broken_coordinates(tmp_path: Path) -> None:
    table, found = conformed(tmp_path, "standard", "부산광역시_방범용CCTV*구판.csv", encoding="cp949")
    assert found.rows == 12625
    assert types(found)["위도"] == "number"
    assert facts(found, "위도")["empty"] == 29
    assert facts(found, "위도")["unreadable"] == 460
    listed = [problem for problem in problems(table) if problem["label"] == "위도"]
    assert len(listed) == 460
    assert all(problem["rule"] == "cell_not_number" for problem in listed)


def test_population_with_separators(tmp_path: Path) -> None:
    _, found = conformed(tmp_path, "population", "주민등록_연령별_202107_1세단위.csv", encoding="cp949")
    assert (found.rows, len(found.columns)) == (3848, 104)
    assert [column.type for column in found.columns] == ["text"] + ["integer"] * 103


def test_households_where_a_dash_stands(tmp_path: Path) -> None:
    _, found = conformed(
        tmp_path,
        "population",
        "서울_행정동별_세대원수별세대_201712.txt",
        encoding="utf-8-sig",
        delimiter="\t",
    )
    assert types(found)["기간"] == "month"
    assert types(found)["10인세대 이상"] == "integer"
    assert facts(found, "10인세대 이상")["dash"] == 120  # counted with grep


def test_votes_epidemic_weather_and_water(tmp_path: Path) -> None:
    files: list[tuple[tuple[str, ...], dict[str, Any], dict[str, str]]] = [
        (("boundaries", "vote_emd_20220309.tsv"), {"encoding": "utf-8", "delimiter": "\t"},
         {"ELEC_CD": "text", "ELEC_EMD": "text", "POPU_ALL": "integer", "C01": "integer"}),
        (("epidemic", "kr_daily.csv"), {"encoding": "ascii"}, {"date": "date", "critical": "integer"}),
        (("weather_water", "ASOS_대구_일별.csv"), {"encoding": "cp949"}, {"날짜": "date", "평균기온(℃)": "number"}),
        (("weather_water", "팔당댐_한강수위_2022.csv"), {"encoding": "ascii"},
         {"ymdhm": "datetime", "swl": "number", "tide_level": "number", "fw_1018680": "text"}),
    ]  # fmt: skip
    for number, (parts, form, expected) in enumerate(files):
        table, found = conformed(tmp_path / str(number), *parts, **form)
        said = types(found)
        assert {label: said[label] for label in expected} == expected
        assert problems(table) == []
        assert sum(pq.read_metadata(file).num_rows for file in found.files) == found.rows
    epidemic = next((tmp_path / "1").glob("out/*.parquet"))
    assert pq.read_table(epidemic)["date"].to_pylist()[0] == date(2020, 1, 21)
    assert pq.read_table(epidemic)["critical"].null_count == 181
