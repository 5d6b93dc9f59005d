"""CSV files as they are: line ends, delimiters, quotes, broken rows; every row is staged or counted."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.intake.csv_record import Dialect, readings, strict
from madang.intake.raw import Refused
from madang.messages import text
from tests.intake.csv_helper import details, labels, one, problems, rows, source_rows, tables

PARKS = [
    ["동", "공원", "면적"],
    ["수완동", "수완 호수공원", "1200.5"],
    ["첨단1동", "쌍암, 공원", "880"],
    ["월계동", "장자 공원", "93"],
]


def written(delimiter: str = ",", end: str = "\n") -> str:
    return "".join(
        delimiter.join(f'"{cell}"' if "," in cell else cell for cell in row) + end for row in PARKS
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", ", ", "||"])
def test_delimiters_and_line_ends(delimiter: str, end: str, tmp_path: Path):
    table = one(written(delimiter, end), tmp_path)
    assert [labels(table), *rows(table)] == PARKS
    assert source_rows(table) == [2, 3, 4]
    assert table.delimiter == delimiter


def test_a_line_break_inside_quotes_counts_as_a_physical_line(tmp_path: Path):
    table = one('id,memo\n1,"둘째\n줄"\n2,"\n\n끝"\n3,x\n', tmp_path)
    assert rows(table) == [["1", "둘째\n줄"], ["2", "\n\n끝"], ["3", "x"]]
    assert source_rows(table) == [2, 4, 7]


def test_one_column_stays_one_column(tmp_path: Path):
    table = one("주소\n광주 광산구 1, 2층\n광주 북구 3\n광주 서구 4-1\n", tmp_path)
    assert (table.delimiter, rows(table)[0]) == ("", ["광주 광산구 1, 2층"])


def test_quotes_in_a_file_of_one_column_do_not_make_another_delimiter(tmp_path: Path):
    lines = ["메모", *(f"메모{n}" for n in range(30)), '"메모"와\t"끝, 3']
    table = one("\n".join(lines), tmp_path)
    assert [row[0] for row in rows(table)] == lines[1:]
    assert problems(table) == [(32, "stray_quote")]


@pytest.mark.parametrize("end", [" ", ""])
def test_blanks_around_the_cells_of_a_blank_delimited_file_are_no_columns(end: str, tmp_path: Path):
    table = one("".join(f" {n} {n + 1} {n * 7}{end}\n" for n in range(1, 30)), tmp_path)
    assert rows(table)[:2] == [["1", "2", "7"], ["2", "3", "14"]]
    assert (table.rows, source_rows(table)[-1], problems(table)) == (29, 29, [])


@pytest.mark.parametrize(
    "note", ["# 2024년 12월 기준", "이 자료는 참고용입니다,,", "매월 말일을 기준으로 작성함", "# 주의,,"]
)
def test_a_remark_below_the_rows_is_a_note_not_a_row(note: str, tmp_path: Path):
    body = [f"공원 {n}호,{n},Y" for n in range(20)]
    table = one("\n".join(["공원,면적,개방여부", *body, note, ""]), tmp_path)
    assert (table.rows, problems(table)) == (20, [])
    assert [(entry["row"], entry["kind"]) for entry in table.left_out] == [(22, "footnote")]


def test_a_name_alone_in_the_last_row_is_a_row_that_lost_its_end(tmp_path: Path):
    body = [f"공원 {n}호,{n},Y" for n in range(20)]
    table = one("\n".join(["공원,면적,개방여부", *body, "수완 호수 공원"]), tmp_path)
    assert rows(table)[-1] == ["수완 호수 공원", "", ""]
    assert problems(table) == [(22, "row_too_short")]


def test_blank_rows_are_counted_not_staged(tmp_path: Path):
    table = one('a,b\n\n가,1\n,\n"",""\n나,2\n \n\n', tmp_path)
    assert rows(table) == [["가", "1"], ["나", "2"]]
    assert source_rows(table) == [3, 6]
    assert table.left_out_counts["blank"] == 5  # rows 2, 4, 5, 7 and 8
    assert problems(table) == []


def test_what_stands_around_the_table_is_kept_beside_it(tmp_path: Path):
    made = "광산구 주차장 현황\n\n이름,면수\n가나,10\n다라,20\n이름,면수\n마바,30\n자료: 광산구청\n"
    table = one(made, tmp_path)
    assert (table.header_rows, rows(table)) == ((3,), [["가나", "10"], ["다라", "20"], ["마바", "30"]])
    assert [(each["row"], each["kind"]) for each in table.left_out] == [
        (1, "preamble"),
        (6, "repeated_header"),
        (8, "footnote"),
    ]


def test_a_delimiter_that_ends_every_line_is_no_column(tmp_path: Path):
    table = one("번호,이름,동,\n11,가,수완동,\n12,나,월계동,\n", tmp_path)
    assert (labels(table), rows(table)[1]) == (["번호", "이름", "동"], ["12", "나", "월계동"])
    assert any("마지막 구분자" in each.because for each in table.evidence)


def test_unless_a_value_stands_behind_it_somewhere(tmp_path: Path):
    made = "번호,이름,동,\n" + "11,가,수완동,\n" * 30_000 + "12,나,월계동,비고\n" + "13,다,신가동,\n" * 5_000
    table = one(made, tmp_path)
    assert (labels(table), table.rows) == (["번호", "이름", "동", ""], 35_001)
    assert ["12", "나", "월계동", "비고"] in rows(table)


def test_a_header_alone_is_a_table_without_rows(tmp_path: Path):
    table = one("이름,전화번호,주소\n", tmp_path)
    assert (labels(table), table.rows, list(table.batches())) == (["이름", "전화번호", "주소"], 0, [])


def test_a_second_table_far_below_the_sample_is_found(tmp_path: Path):
    first = "동,번호,면적\n" + "".join(f"수완동,{n},{n}.25\n" for n in range(40_000))
    second = "\n이름,전화번호,주소,비고\n" + "".join(
        f"가게{n},062-{n:04},광산구 {n},없음\n" for n in range(3_000)
    )
    above, below = tables(first + second, tmp_path)
    assert (above.rows, below.rows) == (40_000, 3_000)
    assert (below.header_rows, labels(below)) == ((40_003,), ["이름", "전화번호", "주소", "비고"])
    assert source_rows(below)[0] == 40_004
    assert problems(above) == problems(below) == []


def test_overrides_are_obeyed(tmp_path: Path):
    assert labels(one("x,y\n이름;값\n가;1\n", tmp_path, delimiter=";", header_rows=(2,))) == ["이름", "값"]
    assert rows(one("가;1\n나;2\n", tmp_path, header_rows=())) == [["가", "1"], ["나", "2"]]


BODY = [f"2024-03-{day:02},{day % 24:02}:30,{day},C-{1000 + day},작은 책상 {day}호" for day in range(1, 26)]


def broken(line: str, at: int = 10) -> str:
    return "\n".join(["일자,시각,수량,번호,물품", *BODY[:at], line, *BODY[at:]]) + "\n"


@pytest.mark.parametrize(
    ("line", "cells", "rule"),
    [
        (
            "2024-03-28,07:30,5,C-1055,,큰 의자",
            ["2024-03-28", "07:30", "5", "C-1055", "큰 의자"],
            "row_too_long",
        ),
        (
            "2024-03-28,07:305,C-1055,큰 의자",
            ["2024-03-28", "07:30", "5", "C-1055", "큰 의자"],
            "row_too_short",
        ),
        (
            "2024-03-28,07:30,C-1055,큰 의자",
            ["2024-03-28", "07:30", "", "C-1055", "큰 의자"],
            "row_too_short",
        ),
        (
            "2024-03-28,07:30,5,C-1055,의자, 큰 것",
            ["2024-03-28", "07:30", "5", "C-1055", "의자, 큰 것"],
            "row_too_long",
        ),
        (
            '2024-03-28,07:30,5,"C-1055,큰 의자',
            ["2024-03-28", "07:30", "5", '"C-1055', "큰 의자"],
            "stray_quote",
        ),
        (
            '2024-03-28,07:30,5,C-1055,"큰 "의자"',
            ["2024-03-28", "07:30", "5", "C-1055", '큰 "의자'],
            "stray_quote",
        ),
        (
            "2024-03-28;07:30;5;C-1055;큰 의자",
            ["2024-03-28", "07:30", "5", "C-1055", "큰 의자"],
            "other_delimiter",
        ),
        (
            '2024-03-28 07:30 5 C-1055 "큰 의자"',
            ["2024-03-28", "07:30", "5", "C-1055", "큰 의자"],
            "other_delimiter",
        ),
        (
            '2024-03-28, 07:30, 5, "C-1055", "큰 의자, 나무"',
            ["2024-03-28", "07:30", "5", "C-1055", "큰 의자, 나무"],
            "other_delimiter",
        ),
    ],
)
def test_a_broken_row_is_put_right_and_told(line: str, cells: list[str], rule: str, tmp_path: Path):
    table = one(broken(line), tmp_path)
    assert rows(table) == [
        *(each.split(",") for each in BODY[:10]),
        cells,
        *(each.split(",") for each in BODY[10:]),
    ]
    assert problems(table) == [(12, rule)]
    (problem,) = details(table, rule)
    assert problem["value"] == line
    assert "{" not in text(rule, row=12, value=line, **json.loads(problem["detail"] or "{}"))


def test_a_quote_that_never_closes_takes_no_other_row_with_it(tmp_path: Path):
    table = one(broken('2024-03-28,07:30,5,C-1055,"큰 의자'), tmp_path)
    assert table.rows == 26
    assert rows(table)[10][4] == '"큰 의자'
    assert problems(table) == [(12, "stray_quote")]


def test_a_bare_return_between_two_rows_parts_them(tmp_path: Path):
    table = one(broken(BODY[0] + "\r" + BODY[1]), tmp_path)
    assert table.rows == 27
    assert rows(table)[10:12] == [BODY[0].split(","), BODY[1].split(",")]


def test_a_cell_of_megabytes_is_cut_and_told(tmp_path: Path):
    table = one('가,나\n1,"' + "x" * 3_000_000 + '"\n2,y\n', tmp_path)
    assert [len(row[1]) for row in rows(table)] == [1 << 20, 1]
    assert problems(table) == [(2, "cell_cut")]


@pytest.mark.slow
def test_a_line_without_end_is_refused(tmp_path: Path):
    with pytest.raises(Refused) as refusal:
        one(b"a,b\n1," + b"x" * (80 << 20), tmp_path)
    assert refusal.value.code == "csv_line_too_long"
    assert refusal.value.params["file"] == "made.csv"


CELL = st.text(st.sampled_from('ab 가,"\n;1'), max_size=6)


@pytest.mark.slow
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=2), min_size=1, max_size=12))
def test_every_well_formed_file_is_read_as_python_reads_it(tmp_path: Path, made: list[list[str]]):
    """Python's own csv module is the referee, over cells with quotes, delimiters and line breaks."""
    out = io.StringIO()
    numbered = [[str(number), *cells, "끝"] for number, cells in enumerate(made, start=11)]
    csv.writer(out, lineterminator="\n").writerows([["번호", "내용", "비고", "끝"], *numbered])
    expected = list(csv.reader(io.StringIO(out.getvalue())))[1:]
    table = one(out.getvalue(), tmp_path, delimiter=",", header_rows=(1,))
    assert rows(table) == expected


@settings(max_examples=300)
@given(st.text(st.sampled_from('ab,"'), min_size=1, max_size=14))
def test_the_best_reading_is_the_strict_one_where_there_is_one(line: str):
    dialect = Dialect(",", '"')
    cells = strict(line, dialect)
    reading = readings(line, dialect, None)
    assert reading is not None
    if cells is not None:
        assert reading == (cells, 0)
        assert cells == next(csv.reader([line]))
    else:
        assert reading[1] > 0
