"""``source show`` and ``source forget``: what is remembered of a dataset's files, by whom, and how it is forgotten."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from madang.cli import main

ROWS = "".join(f"{i:05d},공원{i},{i * 10}\n" for i in range(1, 13))


class Desk:
    """A workspace with one file, and its command line."""

    def __init__(self, folder: Path) -> None:
        self.workspace = folder / "w"
        self.file = folder / "공원.csv"
        self.file.write_text(f"번호,이름,면적\n{ROWS}", encoding="utf-8")
        self.run("init", str(self.workspace))

    def run(self, *arguments: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, ["-w", str(self.workspace), *arguments], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json").stdout)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_was_told_is_shown_with_who_and_when(desk: Desk) -> None:
    assert "기억한 것이 없습니다" in desk.run("source", "show").stdout
    told = ("--type", "면적=text", "--crs", "5174", "--header-rows", "1", "--by", "김담당")
    receipt = desk.run("deposit", str(desk.file), *told).stdout
    assert "다음에도 이렇게 읽습니다: 머리글 행 1; 좌표계 EPSG:5174; '면적' 열의 자료형 text." in receipt
    shown = desk.run("source", "show", "공원").stdout
    assert shown.count("김담당") == 6
    assert "EPSG:5174" in shown
    assert "공원.csv" in shown
    listed = desk.run("source", "show").stdout
    assert "머리글 행 1; 좌표계 EPSG:5174; '면적' 열의 자료형 text" in listed


def test_json_has_the_keys_of_the_reference(desk: Desk) -> None:
    desk.run("deposit", str(desk.file), "--map", "면적=")
    shown = desk.json("source", "show", "공원")
    assert shown["mapping"] == {"면적": ""}
    assert shown["labels"] == ["번호", "이름", "면적"]
    assert desk.json("source", "show") == [shown]
    reference = (Path(__file__).parents[2] / "docs/reference/command-line.md").read_text(encoding="utf-8")
    part = reference.partition("## `source show")[2].partition("\n## ")[0]
    for key in (*shown, *shown["history"][0]):
        assert f"`{key}`" in part, key


def test_one_header_one_setting_or_everything_is_forgotten(desk: Desk) -> None:
    desk.run("deposit", str(desk.file), "--type", "면적=text", "--type", "이름=text", "--crs", "EPSG:5186")
    said = desk.run("source", "forget", "공원", "--header", "면적").stdout
    assert said == "'공원'에서 1가지를 잊었습니다: '면적' 열의 자료형 text.\n"
    desk.run("source", "forget", "공원", "--setting", "crs")
    assert desk.json("source", "show", "공원")["types"] == {"이름": "text"}
    desk.run("source", "forget", "공원")
    assert "기억한 것이 없습니다" in desk.run("source", "show").stdout
    assert desk.run("source", "show", "공원").stdout.count("(잊음)") == 3


def test_what_is_not_known_is_told(desk: Desk) -> None:
    said = desk.run("source", "show", "공원", code=2).stderr
    assert "'공원'에 대해 기억한 것이 없습니다" in said
    desk.run("source", "forget", "공원", code=2)
    desk.run("deposit", str(desk.file), "--crs", "EPSG:5186")
    said = desk.run("source", "forget", "공원", "--header", "넓이", code=2).stderr
    assert "기억한 것: 좌표계 EPSG:5186" in said


def test_a_standard_that_hardly_fits_is_said_and_not_remembered(desk: Desk) -> None:
    shelters = "".join(f"{i:05d},버스쉘터 {i},가나구 다라로 {i},설치\n" for i in range(1, 13))
    desk.file.write_text(f"관리번호,쉘터명,설치위치,설치여부\n{shelters}", encoding="utf-8")
    receipt = desk.json("deposit", str(desk.file), "--standard", "library", "--type", "관리번호=text")
    assert (receipt["verdict"], receipt["standard"]) == ("accepted_with_problems", "library")
    said = {reason["code"]: reason["text"] for reason in receipt["reasons"]}
    assert "도서관명" in said["standard_hardly_fits"]
    assert "기억하지 않았습니다" in said["standard_not_learned"]
    assert "다음에도 이렇게 읽습니다: '관리번호' 열의 자료형 text." in said["learned_now"]
    assert "열 4개 가운데 0개만" in desk.run("problems", "공원", "--rule", "standard_hardly_fits").stdout
    assert "library" not in desk.run("source", "show", "공원").stdout


def test_a_standard_that_fits_is_remembered_without_a_word(desk: Desk) -> None:
    rows = "".join(
        f"도서관{i},서울특별시,종로구,공공도서관,{i},37.5,127.0,2026-01-01\n" for i in range(1, 13)
    )
    desk.file.write_text(
        f"도서관명,시도명,시군구명,도서관유형,좌석수,위도,경도,데이터기준일자\n{rows}", encoding="utf-8"
    )
    receipt = desk.json("deposit", str(desk.file), "--standard", "library")
    codes = [reason["code"] for reason in receipt["reasons"]]
    assert "standard_hardly_fits" not in codes
    assert "learned_now" in codes
    assert "library" in desk.run("source", "show", "공원").stdout


def test_once_teaches_nothing(desk: Desk) -> None:
    desk.run("deposit", str(desk.file), "--type", "면적=text", "--once")
    desk.run("source", "show", "공원", code=2)


def test_wrong_options_are_told(desk: Desk) -> None:
    assert "머리글=열 꼴" in desk.run("deposit", str(desk.file), "--map", "면적", code=2).stderr
    assert "좌표계 'TM'" in desk.run("deposit", str(desk.file), "--crs", "tm", code=2).stderr


@pytest.mark.slow
def test_a_folder_learns_and_applies_too(desk: Desk) -> None:
    desk.run("deposit", str(desk.file), "--type", "면적=text")
    desk.file.write_text(f"번호,이름,면적\n{ROWS.replace('공원', '마당')}", encoding="utf-8")
    folder = desk.file.parent / "받은 것"
    folder.mkdir()
    desk.file.rename(folder / "공원_20261201.csv")
    said = desk.run("deposit", "--all", str(folder)).stdout
    assert "지난번에 고친 대로 읽었습니다: '면적' 열의 자료형 text" in said
