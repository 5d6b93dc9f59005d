"""The 행정동 of an address through the dong that it names."""

from __future__ import annotations

import pyarrow as pa
import pytest

from madang.places.address import parse
from madang.places.address_dong import dongs_named
from madang.places.codes import Relation
from madang.places.names import AreaNames

# 청운동 lies in 청운효자동 alone, 역삼동 in 역삼1동 and 역삼2동; 가평읍 is a dong of its own
LEGAL = AreaNames.build(
    pa.array(["1111010100", "1168010100", "4182025021", "4182025000", "2611012000"]),
    pa.array(
        [
            "서울특별시 종로구 청운동",
            "서울특별시 강남구 역삼동",
            "경기도 가평군 가평읍 읍내리",
            "경기도 가평군 가평읍",
            "부산광역시 중구 남포동5가",
        ]
    ),
)
ADMIN = AreaNames.build(
    pa.array(["1168064000", "1168065000"]),
    pa.array(["서울특별시 강남구 역삼1동", "서울특별시 강남구 역삼2동"]),
)
RELATION = Relation.build(
    pa.array(["1111051500", "1168064000", "1168065000", "4182025000", "2611056000"]),
    pa.array(["1111010100", "1168010100", "1168010100", "4182025021", "2611012000"]),
)


@pytest.mark.parametrize(
    ("address", "bjd", "hjd", "sigungu"),
    [
        ("서울특별시 종로구 청운동 1-2", "1111010100", "1111051500", "11110"),
        ("서울특별시 종로구 자하문로 92 (청운동)", "1111010100", "1111051500", "11110"),
        (
            "서울특별시 강남구 역삼동 736",
            "1168010100",
            None,
            "11680",
        ),  # two 행정동: no further than the 시군구
        ("서울특별시 강남구 역삼1동 736", None, "1168064000", "11680"),  # an 행정동 where a legal one belongs
        ("경기도 가평군 가평읍 읍내리 5", "4182025021", "4182025000", "41820"),
        ("가평군 읍내리 5", "4182025021", "4182025000", "41820"),  # its 읍 left out
        ("경기도 가평군 가평읍 가화로 5", "4182025000", "4182025000", "41820"),
        ("서울특별시 강남구 테헤란로 152", None, None, "11680"),
        ("남포동5가 28-3", "2611012000", "2611056000", "26110"),
        ("모르는동 1", None, None, None),
    ],
)
def test_a_named_dong_leads_to_its_administrative_one(
    address: str, bjd: str | None, hjd: str | None, sigungu: str | None
) -> None:
    [found] = dongs_named(parse(pa.array([address])), LEGAL, RELATION, ADMIN).to_pylist()
    assert found == {"bjd_code": bjd, "hjd_code": hjd, "sigungu_code": sigungu}


def test_the_files_own_sigungu_stands_in_and_excludes_others() -> None:
    given = pa.array(["26110", "26140", None])
    found = dongs_named(
        parse(pa.array(["남포동5가 28-3", "남포동5가 28-3", "강남구 역삼동 1"])),
        LEGAL,
        RELATION,
        sigungu=given,
    )
    assert found["hjd_code"].to_pylist() == ["2611056000", None, None]
    assert found["sigungu_code"].to_pylist() == ["26110", "26140", "11680"]


def test_without_lists_only_the_given_sigungu_is_known() -> None:
    parsed = parse(pa.array(["서울특별시 종로구 청운동 1-2"]))
    assert dongs_named(parsed, None, None).to_pylist() == [
        {"bjd_code": None, "hjd_code": None, "sigungu_code": None}
    ]
