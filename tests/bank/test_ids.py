"""Names of datasets from the names of files, as officials and portals write them."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta

import pytest

from madang.bank.durable import SEOUL, new_id
from madang.bank.ids import clean_id, dataset_id, is_valid_id, order_of, title_of

NAMES = [
    (
        "서울특별시_박물관미술관정보_20180821.csv",
        "서울특별시-박물관미술관정보",
        "서울특별시 박물관미술관정보",
    ),
    ("전국도서관표준데이터_2020.csv", "전국도서관표준데이터", "전국도서관표준데이터"),
    ("버스정류소(2020.03.06).xlsx", "버스정류소", "버스정류소"),
    ("지역아동센터_191231기준.xlsx", "지역아동센터", "지역아동센터"),
    ("주차장(2023년 12월말 기준).xlsx", "주차장", "주차장"),
    ("도서관 현황_최종_v2.xlsx", "도서관-현황", "도서관 현황"),
    ("민원목록 (3).xlsx", "민원목록", "민원목록"),
    (
        "주민등록_연령별_202107_1세단위.csv",
        "주민등록-연령별-1세단위",
        "주민등록 연령별 1세단위",
    ),
    ("202610_공영자전거.csv", "공영자전거", "공영자전거"),
    ("2026년 10월 공영자전거.csv", "공영자전거", "공영자전거"),
    ("주차장 2026-10-01 현황.csv", "주차장-현황", "주차장 현황"),
    ("주차장(2026.10) 현황.csv", "주차장-현황", "주차장 현황"),
    ("생활인구_20260101~20260131_동별.csv", "생활인구-동별", "생활인구 동별"),
    ("총조사_2020_표본.csv", "총조사-2020-표본", "총조사 2020 표본"),  # a year: perhaps what it is about
    ("도면_202113_배수.csv", "도면-202113-배수", "도면 202113 배수"),  # there is no 13th month
    ("도면_12021071_배수.csv", "도면-12021071-배수", "도면 12021071 배수"),  # part of a number
    ("제2026-10호 공고.csv", "제2026-10호-공고", "제2026-10호 공고"),
    ("문의_02-2020-0101_목록.csv", "문의-02-2020-0101-목록", "문의 02-2020-0101 목록"),
    ("row_less_sep_row3_col2.csv", "row-less-sep-row3-col2", "row less sep row3 col2"),
    ("sales2020.csv", "sales2020", "sales2020"),  # part of the word, no date behind it
    ("20200101.csv", "20200101", "20200101"),  # nothing else is left
    ("2026년 주차장.csv", "2026년-주차장", "2026년 주차장"),
    ("A.B.csv", "a-b", "A.B"),
]


@pytest.mark.parametrize(("name", "expected", "title"), NAMES)
def test_a_name(name: str, expected: str, title: str) -> None:
    assert dataset_id(name) == expected
    assert dataset_id(unicodedata.normalize("NFD", name)) == expected  # as macOS writes it
    assert title_of(name) == title
    assert is_valid_id(expected)


def test_files_of_one_dataset_stand_in_the_order_of_their_dates_however_these_are_written() -> None:
    names = [
        "인구.csv",
        "인구_191231.csv",
        "인구_2020.csv",
        "인구_2021년 9월.csv",
        "인구_202110_동별.csv",
        "2021.11.01_인구.csv",
    ]
    dates = [(0, 0, 0), (2019, 12, 31), (2020, 0, 0), (2021, 9, 0), (2021, 10, 0), (2021, 11, 1)]
    assert [order_of(name) for name in names] == dates


@pytest.mark.parametrize("name", ["$.csv", ".csv", " ", "...", "///"])
def test_a_name_without_a_letter_still_gets_an_id(name: str) -> None:
    assert is_valid_id(dataset_id(name))


@pytest.mark.parametrize("text", ["", "-a", "a-", "A", "a_b", "a/b", "..", "a" * 121, "가 나", "a\n"])
def test_what_is_no_id(text: str) -> None:
    assert not is_valid_id(text)


@pytest.mark.parametrize("name", ["snapshots", "tombstones"])
def test_the_banks_own_folders_are_no_datasets(name: str) -> None:
    assert not is_valid_id(name)
    assert dataset_id(f"{name}.csv") == f"{name}-자료"
    assert dataset_id(f"{name}_2020.xlsx") == f"{name}-자료"


def test_long_names_are_cut_and_stay_valid() -> None:
    assert is_valid_id(clean_id("가나 " * 200))


def test_ids_of_one_second_sort_by_time() -> None:
    noon = datetime(2026, 6, 1, 12, 0, tzinfo=SEOUL)
    ids = [new_id(noon + timedelta(microseconds=i * 11)) for i in range(200)]
    assert ids == sorted(ids)
    assert ids[0] > "20260601T120000-ffffff", "ids made before this were to the second"
