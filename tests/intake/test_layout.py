"""Layout inference: a grid as drawn here, and where its tables stand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from madang.intake.layout import TableLayout, infer_layout


def grid(text: str) -> list[tuple[int, list[str]]]:
    """Rows as drawn: cells between bars, "." for an empty cell; the first row is row 1."""
    lines = [line.strip() for line in text.strip().splitlines()]
    cells = [[c.strip() for c in line.strip("|").split("|")] for line in lines]
    return [(n + 1, ["" if c == "." else c for c in row]) for n, row in enumerate(cells)]


def one(text: str, **options: object) -> TableLayout:
    tables = infer_layout(grid(text), **options)  # type: ignore[arg-type]
    assert len(tables) == 1
    return tables[0]


def kinds(table: TableLayout) -> list[tuple[int, str]]:
    return [(entry["row"], entry["kind"]) for entry in table.left_out]


def test_plain_header():
    table = one("""
        | 시설명 | 설치일자   | 면적  |
        | 가     | 2020-01-02 | 12.5  |
        | 나     | 2021-03-04 | 1,200 |
    """)
    assert (table.header_rows, table.labels) == ((1,), ("시설명", "설치일자", "면적"))
    assert (table.data_start, table.data_end, table.width) == (2, None, 3)
    assert table.confidence > 0.9


def test_title_and_unit_above_and_notes_below():
    table = one("""
        | 2023년 구별 인구 | . | . |
        | (단위: 명, %)    | . | . |
        | .      | .     | .    |
        | 지역   | 인구  | 비율 |
        | 종로구 | 1,500 | 60.0 |
        | 중구   | 1,000 | 40.0 |
        | .      | .     | .    |
        | 주: 외국인은 뺐음 | . | . |
        | 자료: 통계청      | . | . |
    """)
    assert table.header_rows == (4,)
    assert (table.data_start, table.data_end) == (5, 7)
    assert kinds(table) == [(1, "preamble"), (2, "unit"), (8, "footnote"), (9, "footnote")]
    assert (table.title, table.unit) == ("2023년 구별 인구", "(단위: 명, %)")


def test_three_levels_without_known_merges_fill_to_the_right():
    table = one("""
        | 구분 | 내국인 | .   | .   | .   | 비고 |
        | .    | 남     | .   | 여  | .   | .    |
        | .    | 0세    | 1세 | 0세 | 1세 | .    |
        | 종로 | 1      | 2   | 3   | 4   | -    |
        | 중구 | 5      | 6   | 7   | 8   | -    |
    """)
    assert table.header_rows == (1, 2, 3)
    assert table.labels == (
        "구분",
        "내국인_남_0세",
        "내국인_남_1세",
        "내국인_여_0세",
        "내국인_여_1세",
        "비고",
    )


def test_merged_areas_name_all_their_columns_and_equal_levels_collapse():
    table = one(
        """
        | 표 1 | . | . | . |
        | 지역 | 2023년 | . | 증감률 |
        | .    | 인구   | 세대 | .    |
        | 종로 | 100    | 40   | 1.5  |
        | 중구 | 200    | 90   | 2.5  |
        """,
        merges=[(1, 0, 1, 3), (2, 0, 3, 0), (2, 1, 2, 2), (2, 3, 3, 3)],
    )
    assert table.header_rows == (2, 3)
    assert table.labels == ("지역", "2023년_인구", "2023년_세대", "증감률")


def test_a_level_of_words_over_columns_of_words_belongs_to_the_header_that_is_merged_down_to_it():
    table = one(
        """
        | 공원명 | 면적 | 보유시설 | .    |
        | .      | .    | 운동     | 유희 |
        | 해오름 | 1500 | 철봉     | 그네 |
        | 솔바람 | 700  | 농구대   | 시소 |
        | 달빛   | 900  | 철봉     | 그네 |
        """,
        merges=[(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3)],
    )
    assert table.header_rows == (1, 2)
    assert table.labels == ("공원명", "면적", "보유시설_운동", "보유시설_유희")
    assert table.data_start == 3


def test_unit_row_under_the_header_is_set_behind_the_label():
    table = one("""
        | 시설 | 면적   | 정원 |
        | .    | (㎡)   | (명) |
        | 가   | 12.5   | 3    |
        | 나   | 13.5   | 4    |
    """)
    assert table.labels == ("시설", "면적(㎡)", "정원(명)")


def test_no_header_when_the_first_row_is_like_the_rows_below():
    table = one("""
        | 28/01/2018 | 2 | MG-8769 | Boots  |
        | 29/01/2018 | 0 | RI-3895 | Jacket |
        | 30/01/2018 | 1 | RI-8070 | Shoes  |
    """)
    assert (table.header_rows, table.labels, table.data_start) == ((), ("", "", "", ""), 1)


def test_words_only_first_row_is_a_header_unless_its_values_come_again():
    assert one("| 시도 | 이름 |\n| 서울 | 가 |\n| 부산 | 나 |").header_rows == (1,)
    assert one("| 서울 | 종로 |\n| 서울 | 중구 |\n| 부산 | 중구 |").header_rows == ()


def test_header_only_and_one_data_row():
    table = one("| DATE | Qty | 비고 |")
    assert (table.header_rows, table.data_start) == ((1,), 2)
    assert one("| DATE | Qty | 비고 |\n| 2020-01-01 | 3 | 없음 |").header_rows == (1,)
    assert one("| 2020-01-01 | 3 | 없음 |").header_rows == ()


def test_header_written_twice_is_one_header_and_again_below_is_left_out():
    table = one("""
        | DATE | Qty | 비고 |
        | DATE | Qty | 비고 |
        | 2020-01-01 | 2 | x가 |
        | DATE | Qty | 비고 |
        | 2020-01-02 | 3 | y나 |
    """)
    assert (table.header_rows, table.labels, table.data_start) == ((1, 2), ("DATE", "Qty", "비고"), 3)
    assert kinds(table) == [(4, "repeated_header")]
    assert table.repeats_header(["DATE", " Qty", "비고"])
    assert not table.repeats_header(["DATE", "2", "비고"])


def test_years_as_labels_and_a_row_that_numbers_the_columns():
    table = one("""
        | 구분 | 2019 | 2020 | 2021 |
        | (1)  | (2)  | (3)  | (4)  |
        | 종로 | 152,000 | 151,000 | 150,000 |
        | 중구 | 126,000 | 125,000 | 124,000 |
    """)
    assert (table.header_rows, table.data_start) == ((1,), 3)
    assert table.labels == ("구분", "2019", "2020", "2021")
    assert kinds(table) == [(2, "column_numbers")]


def test_missing_values_in_the_first_data_row_are_not_a_header_level():
    table = one("""
        | 이름 | 인구 |
        | 가   | -    |
        | 나   | 30   |
        | 다   | 40   |
    """)
    assert (table.header_rows, table.data_start) == ((1,), 2)


def test_a_word_in_the_only_number_column_is_data():
    table = one("""
        | 시설명 | 주소 | 전화기관 | 정원 |
        | 가관 | 서울 종로 1 | 시청 | 미정 |
        | 나관 | 서울 중구 2 | 구청 | 30 |
        | 다관 | 서울 중구 3 | 구청 | 40 |
    """)
    assert (table.header_rows, table.data_start) == ((1,), 2)


def test_second_table_below_with_its_own_header():
    first, second = infer_layout(
        grid("""
        | 날짜 | 수량 | 이름 |
        | 2020-01-01 | 1 | 가 |
        | 2020-01-02 | 2 | 나 |
        | 지역코드 | 금액 |
        | 11110 | 100 |
        | 11140 | 200 |
        """)
    )
    assert (first.header_rows, first.data_start, first.data_end) == ((1,), 2, 3)
    assert (second.header_rows, second.labels, second.data_end) == ((4,), ("지역코드", "금액"), None)


def test_second_table_after_a_blank_row_has_its_own_title():
    first, second = infer_layout(
        grid("""
        | 지역 | 인구 |
        | 종로 | 100  |
        | 중구 | 200  |
        | .    | .    |
        | 표 2. 면적 | . |
        | 지역명 | 면적 |
        | 종로 | 1.5  |
        """)
    )
    assert first.data_end == 3
    assert (second.header_rows, second.title, second.labels) == ((6,), "표 2. 면적", ("지역명", "면적"))


def test_three_small_tables_each_under_its_title():
    tables = infer_layout(
        grid("""
        | 표 1 | . | . |
        | 구 | 수 | . |
        | 가 | 1 | . |
        | 나 | 2 | . |
        | . | . | . |
        | 표 2 | . | . |
        | 동 | 면적 | 비고 |
        | 다 | 1.5 | x |
        | 라 | 2.5 | y |
        | . | . | . |
        | 표 3 | . | . |
        | 연번 | 시설 | 날짜 |
        | 1 | 바 | 2020-01-01 |
        | 2 | 사 | 2020-01-02 |
        """),
        trim=True,
    )
    assert [(t.header_rows, t.data_end, t.title, t.width) for t in tables] == [
        ((2,), 4, "표 1", 2),
        ((7,), 9, "표 2", 3),
        ((12,), None, "표 3", 3),
    ]


def test_blank_row_within_the_data_does_not_part_the_table():
    table = one("| 지역 | 인구 |\n| 종로 | 100 |\n| . | . |\n| 중구 | 200 |\n| 강남 | 300 |")
    assert (table.data_start, table.data_end) == (2, None)


def test_tables_side_by_side_only_where_their_headers_agree():
    left, right = infer_layout(
        grid(
            "| 지역 | 인구 | . | 지역 | 인구 |\n| 종로 | 100 | . | 강남 | 300 |\n| 중구 | 200 | . | 강동 | 400 |"
        ),
        side_by_side=True,
    )
    assert (left.first_column, left.last_column) == (0, 1)
    assert (right.first_column, right.last_column, right.labels) == (3, 4, ("지역", "인구"))
    spacer = grid(
        "| 지역 | 인구 | . | 면적 | 세대 |\n| 종로 | 100 | . | 5.5 | 30 |\n| 중구 | 200 | . | 6.5 | 40 |"
    )
    assert len(infer_layout(spacer, side_by_side=True)) == 1


def test_a_person_fixes_the_header():
    text = "| 가 | 1 |\n| 나 | 2 |\n| 다 | 3 |"
    assert one(text, override_header_rows=()).header_rows == ()
    table = one(text, override_header_rows=(2,))
    assert (table.labels, table.data_start, kinds(table)) == (("나", "2"), 3, [(1, "preamble")])
    assert [e.confidence for e in table.evidence if e.decision == "header"] == [1.0]


def test_rows_may_have_gaps_and_the_tail_tells_the_notes():
    head = grid("| 이름 | 수 |\n| 가 | 1 |\n| 나 | 2 |")
    tail = [(900_000, ["다", "3"]), (900_001, ["", ""]), (900_002, ["※ 잠정치", ""])]
    (table,) = infer_layout(head, tail)
    assert table.data_end == 900_001
    assert kinds(table) == [(900_002, "footnote")]


def test_nothing_in_the_grid():
    assert infer_layout([(1, ["", ""]), (2, [])]) == []


def test_two_languages_and_columns_of_numbers_or_days_as_labels():
    table = one("""
        | 연도별 | 세대 | 인구 | . |
        | Year | Households | 남 Male | 여 Female |
        | 2015 | 100 | 200 | 300 |
        | 2016 | 110 | 210 | 310 |
    """)
    assert table.labels == ("연도별_Year", "세대_Households", "인구_남 Male", "인구_여 Female")
    assert one("| 지점 | 2020-01-01 | 2020-01-02 |\n| 가 | 10 | 20 |\n| 나 | 20 | 30 |").header_rows == (1,)
    assert one("| . | 0 | 1 | 2 |\n| 0 | 가 | 5.5 | x |\n| 1 | 나 | 6.5 | y |").labels == ("", "0", "1", "2")


def test_key_and_value_rows_above_and_a_notice():
    table = one("""
        | 기관명 | 종로구청 | . | . |
        | 작성일 | 2023-01-01 | . | . |
        | .      | .  | .  | .  |
        | 연번 | 시설명 | 설치일 | 비고 |
        | 1 | 가 | 2020-01-01 | . |
        | 2 | 나 | 2020-01-02 | . |
    """)
    assert (table.header_rows, table.data_start) == ((4,), 5)
    notice = one(
        "| ※ 단지가 입력함 | . | . |\n| 시도 | 단지코드 | 세대수 |\n| 서울 | A1002 | 10 |\n| 서울 | A1003 | 20 |"
    )
    assert (notice.header_rows, kinds(notice)) == ((2,), [(1, "preamble")])


def test_counts_that_look_like_years_are_data():
    table = one("""
        | 지역 | 전체 | 가맹 | 일반 |
        | 강동구 | 20942 | 1934 | 19008 |
        | 강남구 | 44000 | 4100 | 39900 |
        | 강북구 | 1985 | 1990 | 2005 |
        | 중구 | 24000 | 1400 | 22600 |
    """)
    assert (table.header_rows, table.data_end, kinds(table)) == ((1,), None, [])


@given(
    st.lists(
        st.lists(
            st.sampled_from(["", "가", "종로구", "1", "2,000", "2020-01-01", "합계", "※ 주", "C01", "-"]),
            max_size=5,
        ),
        max_size=25,
    )
)
def test_any_grid_gives_tables_that_do_not_overlap(cells):
    rows = [(number, row) for number, row in enumerate(cells, 1)]
    tables = infer_layout(rows, rows[-5:])
    assert bool(tables) == any(c for row in cells for c in row)
    last = 0
    for table in tables:
        assert len(table.labels) == table.width
        assert all(last < row < table.data_start for row in table.header_rows)
        assert table.data_start > last
        assert table.data_end is None or table is not tables[-1] or table.data_end >= table.data_start - 1
        last = table.data_end or max(last, table.data_start - 1)
