"""Rows of totals: taken out where the rows they sum stand in the table, checked, and otherwise left alone."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from madang.intake.layout_totals import take_out_totals, total_mask
from madang.intake.problems import ProblemSink
from madang.intake.raw import RawColumn, RawTable, StageWriter
from tests.shared_data import shared


def staged(folder: Path, labels: str, *rows: str | Sequence[str]) -> RawTable:
    """A staged table; rows begin at physical row 2, cells parted by blanks, "." for an empty one."""
    names = labels.split()
    cells = [["" if c == "." else c for c in (r.split() if isinstance(r, str) else r)] for r in rows]
    writer = StageWriter(folder / "stage.arrow", len(names))
    columns = [pa.array([row[i] for row in cells], pa.string()) for i in range(len(names))]
    writer.write(pa.array(range(2, 2 + len(cells)), pa.int64()), columns)
    writer.close()
    sink = ProblemSink(folder / "problems.parquet")
    return RawTable(None, writer.path, [RawColumn(i, n) for i, n in enumerate(names)], len(cells), (1,), sink)


def kept(table: RawTable) -> list[int]:
    return [row for batch in table.batches() for row in batch.column(0).to_pylist()]


def problems(table: RawTable) -> list[dict[str, object]]:
    table.problems.close()
    return list(pq.read_table(table.problems.path).to_pylist())


def test_words_of_totals():
    words = ["합계", "소  계", "(계)", "총계", "서울시 전체", "계산동", "합정동", "전체", "", None]
    found = total_mask(pa.array(words)).to_pylist()
    assert found == [True, True, True, True, True, False, False, True, False, False]


def test_totals_at_two_levels_are_taken_out_and_agree(tmp_path):
    table = take_out_totals(
        staged(
            tmp_path,
            "기간 자치구 동 인구 세대",
            "2020.2/4 합계 합계 1,000 400",
            "2020.2/4 종로구 소계 600 250",
            "2020.2/4 종로구 사직동 350 150",
            "2020.2/4 종로구 삼청동 250 100",
            "2020.2/4 중구 소계 400 150",
            "2020.2/4 중구 명동 400 150",
        )
    )
    assert (kept(table), table.rows) == ([4, 5, 7], 3)
    assert table.left_out_counts == {"total": 3}
    assert table.left_out[0] == {"row": 2, "kind": "total", "text": "2020.2/4 합계 합계 1,000 400"}
    assert problems(table) == []


def test_a_total_that_is_not_the_sum_is_a_warning(tmp_path):
    table = take_out_totals(
        staged(tmp_path, "구 인구 면적", "가구 10 1.5", "나구 20 2.5", "다구 30 3.5", "합계 61 7.5")
    )
    (problem,) = problems(table)
    assert (problem["rule"], problem["row"], problem["label"], problem["value"]) == (
        "total_mismatch",
        5,
        "인구",
        "61",
    )
    assert problem["severity"] == "warning"
    assert json.loads(str(problem["detail"])) == {"sum": "60", "children": 3}
    assert kept(table) == [2, 3, 4]


def test_rates_and_suppressed_cells_are_not_summed(tmp_path):
    table = take_out_totals(
        staged(tmp_path, "구 인구 고령화율 환자", "가구 10 20.5 3", "나구 20 30.5 X", "계 30 27.2 9")
    )
    assert (kept(table), problems(table)) == ([2, 3], [])


def test_total_of_a_category_column_within_each_place(tmp_path):
    table = take_out_totals(
        staged(
            tmp_path,
            "동 구분 인구",
            "사직동 계 30",
            "사직동 남 14",
            "사직동 여 16",
            "삼청동 계 9",  # the only row of 삼청동: nothing it could be the sum of
        )
    )
    assert kept(table) == [3, 4, 5]


def test_labels_written_only_once_are_filled_down_to_find_the_rows(tmp_path):
    table = take_out_totals(
        staged(tmp_path, "구 동 인구", "종로구 소계 5", ". 사직동 2", ". 삼청동 3", "중구 소계 4", ". 명동 4")
    )
    assert kept(table) == [3, 4, 6]
    assert problems(table) == []


def test_ordinary_words_need_the_numbers_to_bear_them_out(tmp_path):
    proven = staged(tmp_path, "지역 점포", ["서울시 전체", "60"], "가구 10", "나구 20", "다구 30")
    assert kept(take_out_totals(proven)) == [3, 4, 5]
    density = take_out_totals(
        staged(tmp_path, "지역 밀도", ["서울시 전체", "22"], "가구 10", "나구 20", "다구 30")
    )
    assert kept(density) == [2, 3, 4, 5]
    assert [(p["rule"], p["severity"]) for p in problems(density)] == [("total_suspected", "info")]


def test_a_mean_is_taken_out_where_it_is_the_mean(tmp_path):
    table = take_out_totals(staged(tmp_path, "지역 점수", "가구 10", "나구 20", "다구 30", "평균 20"))
    assert (kept(table), problems(table)) == ([2, 3, 4], [])


def test_a_small_table_with_remarks_has_its_total_taken_out(tmp_path):
    # 3,210 + 2,874 + 1,905 = 7,989; the remark after the number is no label of the rows
    rows = ("가동 3,210 .", "나동 2,874 .", "다동 1,905 추정", "합계 7,989 .")
    table = take_out_totals(staged(tmp_path, "동 고령인구 비고", *rows))
    assert (kept(table), table.left_out_counts, problems(table)) == ([2, 3, 4], {"total": 1}, [])


def test_subtotals_and_a_total_under_running_numbers(tmp_path):
    # 10 + 20 = 30, 5 + 7 = 12, 30 + 12 = 42: the words stand where the running number would
    rows = ("1 가 10 .", "2 나 20 .", "소계 . 30 .", "3 다 5 .", "4 라 7 비고", "소계 . 12 .", "총계 . 42 .")
    table = take_out_totals(staged(tmp_path, "번호 쉼터 인원 비고", *rows))
    assert (kept(table), problems(table)) == ([2, 3, 5, 6], [])


def test_a_total_that_stands_first_in_a_small_table(tmp_path):
    table = take_out_totals(staged(tmp_path, "동 인구 비고", "계 30 .", "가동 10 .", "나동 20 추정"))
    assert (kept(table), problems(table)) == ([3, 4], [])


def test_a_small_total_that_does_not_fit_stays_with_a_warning(tmp_path):
    rows = ("가동 3,210 .", "나동 2,874 .", "다동 1,905 추정", "합계 8,989 .")
    table = take_out_totals(staged(tmp_path, "동 고령인구 비고", *rows))
    assert table.rows == 4
    (problem,) = problems(table)
    said = (problem["rule"], problem["row"], problem["label"], problem["value"], problem["severity"])
    assert said == ("total_kept", 5, "고령인구", "8989", "warning")
    assert json.loads(str(problem["detail"])) == {"sum": "7989", "children": 3}


def test_a_word_of_totals_over_one_part_or_beside_other_words_proves_nothing(tmp_path):
    alone = staged(tmp_path, "동 인구 비고", "가동 10 추정", "합계 12 .")
    assert take_out_totals(alone).rows == 2
    (tmp_path / "named").mkdir()
    named = staged(tmp_path / "named", "동 인구 비고", "가동 10 가", "나동 20 나", "계 30 관양동")
    assert take_out_totals(named).rows == 3


def test_facilities_for_everybody_are_not_totals(tmp_path):
    table = staged(tmp_path, "시설명 대상 정원", "가관 전체 10", "나관 청소년 20", "다관 전체 30")
    assert take_out_totals(table).rows == 3


def test_without_totals_the_same_table_comes_back(tmp_path):
    table = staged(tmp_path, "구 인구", "가구 10", "나구 20")
    before = table.stage.stat().st_mtime_ns
    assert take_out_totals(table) is table
    assert table.stage.stat().st_mtime_ns == before


def test_real_households_of_seoul_2017(tmp_path):
    path = shared("population", "서울_행정동별_세대원수별세대_201712.txt")
    with open(path, encoding="utf-8-sig", newline="") as stream:
        labels, *rows = csv.reader(stream, delimiter="\t")
    table = staged(tmp_path, " ".join(c.replace(" ", "") for c in labels), *rows)
    after = take_out_totals(table)
    # 1 합계 and 25 소계 (one per 자치구); 450 rows in all
    assert (table.rows, after.rows, after.left_out_counts) == (450, 424, {"total": 26})
    assert problems(after) == []
