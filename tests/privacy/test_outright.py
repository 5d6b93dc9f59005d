"""Resident numbers outside every column. All numbers are made up."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from madang.privacy import outright
from madang.privacy.outright import ASCII, written

# check digits by hand: 9*2+0*3+0*4+1*5+0*6+1*7+1*8+2*9+3*2+4*3+5*4+6*5 = 124; 124 % 11 = 3; 11 - 3 = 8
CHECKED = "9001011234568"


@pytest.mark.parametrize(
    "said",
    [
        "담당 홍길동(900101-1234567) 확인",
        "900101 - 2234567",
        CHECKED,
        "번호:９００１０１－１２３４５６７",
        "90.01.01-1234567",
    ],
)
def test_a_number_with_a_mark_or_a_check_digit_is_one(said: str) -> None:
    assert outright([said])


@pytest.mark.parametrize(
    "said",
    [
        "9001011234567",  # in one run and without the check digit
        "901301-1234567",  # no such month
        "900230-1234567",  # no such day
        "010229-3234567",  # 2001 had no 29th of February
        "900101-0234567",  # born before 1900
        "110111-1234569",  # a corporate number: 1+2+0+2+1+2+1+4+3+8+5+12 = 41, so it ends in 9
        "좌표 200115.1234567, 126.9001011234567",
        "전화 062-960-1234",
    ],
)
def test_what_only_looks_alike_is_none(said: str) -> None:
    assert not outright([said])


def test_the_pattern_of_bytes_finds_what_is_then_read() -> None:
    content = '{"담당": "900101-1234567", "법인": "110111-1234569"}'
    for encoding in ("utf-8", "cp949"):
        assert pc.match_substring_regex(pa.array([content.encode(encoding)]), ASCII)[0].as_py()
        assert written(content.encode(encoding).decode("latin-1")) == {"900101-1234567"}
    assert not pc.match_substring_regex(pa.array(["좌표 200115.1234567".encode()]), ASCII)[0].as_py()
