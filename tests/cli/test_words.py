"""What the command line says and how much of it: problems in full, numbers of deposits, words instead of codes."""

from __future__ import annotations

import pytest

from cli.test_commands import PARKING, Desk


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def parking(rows: int) -> str:
    """Parking lots of which every one was opened in a 13th month."""
    lots = "".join(f"{i:04d},주차장 {i},{i},2021.13.05\n" for i in range(1, rows + 1))
    return PARKING.splitlines()[0] + "\n" + lots + "".join(f"9{i:03d},가,1,2020-01-01\n" for i in range(rows))


def test_problems_in_json_are_all_and_on_the_screen_a_hundred_of_how_many(desk: Desk) -> None:
    desk.run("deposit", desk.file("a.csv", parking(130)), code=0)
    of_dates = [row for row in desk.json("problems", "a") if row["rule"] == "cell_no_such_month"]
    assert len(of_dates) == 130
    everything = len(desk.json("problems", "a"))
    *lines, last = desk.run("problems", "a", code=0).stdout.splitlines()
    assert len(lines) == 100
    assert f"전체 {everything:,}건 가운데 처음 100건" in last
    assert "--limit 0" in last
    assert len(desk.run("problems", "a", "--limit", "0", code=0).stdout.splitlines()) == everything
    *lines, last = desk.run(
        "problems", "a", "--rule", "cell_no_such_month", "--limit", "2"
    ).stdout.splitlines()
    assert (len(lines), "전체 130건 가운데 처음 2건" in last) == (2, True)
    assert len(desk.json("problems", "a", "--limit", "7")) == 7


def test_no_line_of_more_where_exactly_all_are_shown(desk: Desk) -> None:
    desk.run("deposit", desk.file("a.csv"), code=0)
    (line,) = desk.run("problems", "a", "--limit", "1", code=0).stdout.splitlines()
    assert line.startswith("3행  ")


def test_the_receipt_says_the_number_of_the_deposit(desk: Desk) -> None:
    printed = desk.run("deposit", desk.file("a.csv"), code=0).stdout.splitlines()[-1].split()
    assert printed[:2] == ["입고", "번호"]
    assert "13월" in desk.run("problems", "a", "--deposit", printed[2], code=0).stdout


def test_a_problem_of_the_whole_file_has_no_row(desk: Desk) -> None:
    desk.run("deposit", desk.file("a.csv"), code=0)
    desk.run(
        "deposit", desk.file("a.csv", "관리번호,주차장명,구획수\n0001,가,1\n0002,나,2\n0003,다,3\n"), code=0
    )
    said = desk.run("problems", "a", code=0).stdout
    assert "파일 전체" in said
    assert "-행" not in said


def test_counts_of_personal_data_have_their_unit_each(desk: Desk) -> None:
    people = "".join(f"{i},가나{chr(0xAC00 + i * 31)},010-1234-{i:04d}\n" for i in range(1, 31))
    said = desk.run("deposit", desk.file("a.csv", "번호,성명,휴대전화번호\n" + people)).stdout
    (line,) = [line for line in said.splitlines() if "개인정보:" in line and "칸" in line][:1]
    assert "휴대전화번호 30칸" in line


def test_types_are_told_in_words(desk: Desk) -> None:
    desk.run("deposit", desk.file("a.csv"), code=0)
    desk.run("deposit", desk.file("a.csv"), "--type", "구획수=text", code=0)
    assert "자료형이 바뀐 열 구획수: 정수 → 글자" in desk.run("diff", "a", "1", "2", code=0).stdout
    assert desk.json("diff", "a", "1", "2")["types_changed"] == {"구획수": ["BIGINT", "VARCHAR"]}
    for kind in ("varchar", "geometry"):
        said = desk.run("deposit", desk.file("a.csv"), "--type", f"구획수={kind}", code=2).output
        assert "integer(정수)" in said
        assert "geometry(" not in said


def test_a_column_that_no_standard_has_cannot_be_mapped(desk: Desk) -> None:
    said = desk.run("deposit", desk.file("a.csv"), "--map", "구획수=qqqqzzzz", code=2).output
    assert "어느 표준에도 없습니다" in said
    assert ": -" not in said


def test_a_rule_over_several_columns_names_each_once(desk: Desk) -> None:
    from madang.messages import text

    label = "영업상태는 폐업인데 폐업일자가 없습니다"
    said = text("row_rule", label=label, column="폐업일자", value="폐업일자 없음")
    assert said == f"{label}. 적힌 값: 폐업일자 없음"


def test_help_and_wrong_use_are_korean_throughout(desk: Desk) -> None:
    helped = desk.run("erase", "--help", code=0).stdout
    assert "파기 기록" in helped
    assert "[꼭 적음]" in helped
    for english in ("Usage", "Options", "required", "Show"):
        assert english not in helped + desk.run("--help", code=0).stdout
    wrong = [
        desk.run("erase", "a", code=2),
        desk.run("problems", "a", "--limit", "x", code=2),
        desk.run("no", code=2),
    ]
    for result in wrong:
        assert "오류: " in result.output
        assert "Error" not in result.output


def test_the_receipt_says_how_many_rows_a_wide_file_became(desk: Desk) -> None:
    heads = ",".join(f"2021년07월_{sex}_{age}세" for sex in ("남", "여") for age in range(4))
    rows = "".join(
        f'"서울특별시 가상구 가상{i}동(11110{i:02d}000)",{",".join("3" * 8)}\n' for i in range(51, 56)
    )
    receipt = desk.json("deposit", desk.file("a.csv", f"행정구역,{heads}\n{rows}"))
    assert (receipt["standard"], receipt["rows"]) == ("resident-population", 5 * 8)
    (said,) = [reason["text"] for reason in receipt["reasons"] if reason["code"] == "rows_unpivoted"]
    assert "파일의 5행을 40행으로" in said
    plain = desk.json("deposit", desk.file("b.csv"))
    assert "rows_unpivoted" not in [reason["code"] for reason in plain["reasons"]]
