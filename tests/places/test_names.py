"""Names of areas as people spell them."""

from __future__ import annotations

import pyarrow as pa
import pytest

from madang.declarations.places import SHIPPED, load_places
from madang.places.names import AreaNames

DECLARED = load_places(SHIPPED)
AREAS = {
    "1111053000": "서울특별시 종로구 사직동",
    "1111061500": "서울특별시 종로구 종로1.2.3.4가동",
    "1114055000": "서울특별시 중구 명동",
    "1168051000": "서울특별시 강남구 신사동",
    "1138068000": "서울특별시 은평구 신사동",
    "1141062000": "서울특별시 서대문구 홍제제1동",
    "1162068500": "서울특별시 관악구 신사동",
    "2611051000": "부산광역시 중구 중앙동",
    "2817752000": "인천광역시 미추홀구 숭의1.3동",
    "2920058000": "광주광역시 광산구 우산동",
    "2917055000": "광주광역시 북구 우산동",
    "3611025000": "세종특별자치시 조치원읍",
    "4111000000": "경기도 수원시",
    "4111156000": "경기도 수원시 장안구 파장동",
    "4111356000": "경기도 수원시 권선구 세류1동",
    "4511151000": "전라북도 전주시 완산구 중앙동",
    "4159025000": "경기도 화성시 봉담읍",
    "2772033000": "대구광역시 군위군 효령면",
}


@pytest.fixture(scope="module")
def names() -> AreaNames:
    return AreaNames.build(
        pa.array(list(AREAS)), pa.array(list(AREAS.values())), sidos=DECLARED.sidos, aliases=DECLARED.aliases
    )


@pytest.mark.parametrize(
    ("written", "code", "how"),
    [
        ("서울특별시 종로구 사직동", "1111053000", "exact"),
        ("서울 종로구  사직동", "1111053000", "spelling"),
        ("서울특별시 종로구 종로1·2·3·4가동", "1111061500", "spelling"),
        ("서울특별시 종로구 종로1,2,3,4가동", "1111061500", "spelling"),
        ("서울 종로구 (1111000000)", "1111000000", "code"),
        ("서울특별시 서대문구 홍제1동", "1141062000", "spelling"),
        ("경기도 수원시장안구 파장동", "4111156000", "spelling"),
        ("경기도 수원시 장안구 파장동", "4111156000", "exact"),
        ("경기도 수원시 파장동", "4111156000", "spelling"),
        ("경기도 수원시", "4111000000", "exact"),
        ("장안구", "4111100000", "unique"),
        ("전북특별자치도 전주시 완산구 중앙동", "4511151000", "spelling"),
        ("전북 전주시", "4511000000", "spelling"),
        ("인천 남구", "2817700000", "spelling"),
        ("인천광역시 남구 숭의1·3동", "2817752000", "spelling"),
        ("세종특별자치시 조치원읍", "3611025000", "exact"),
        ("세종특별자치시", "3611000000", "exact"),
        ("전남광주통합특별시 광산구 우산동", "2920058000", "spelling"),
        ("전남광주통합특별시 광산구", "2920000000", "spelling"),
        ("경상북도 군위군 효령면", "2772033000", "spelling"),
        ("경상북도", None, ""),
        ("경기도 화성시 효행구 봉담읍", "4159025000", "spelling"),
        ("강남구 신사동", "1168051000", "unique"),
        ("신사동", None, "ambiguous"),
        ("중구", None, "ambiguous"),
        ("우산동", None, "ambiguous"),
        ("서울특별시 종로구 신사동", None, ""),
        ("", None, ""),
    ],
)
def test_a_full_name_is_found_or_left_undecided(
    names: AreaNames, written: str, code: str | None, how: str
) -> None:
    found = names.find_full(pa.array([written]))
    assert (found.codes[0].as_py(), found.how[0].as_py()) == (code, how)


def test_columns_of_names_are_read_together(names: AreaNames) -> None:
    sido = pa.array(["서울", "부산광역시", "세종특별자치시", None])
    sigungu = pa.array(["중구", "중구", "세종특별자치시", "수원시장안구"])
    dong = pa.array(["명동", None, "조치원읍", "파장동"])
    found = names.find(sido, sigungu, dong)
    assert found.codes.to_pylist() == ["1114055000", "2611000000", "3611025000", "4111156000"]
    assert names.find(None, None, dong).codes.to_pylist() == ["1114055000", None, "3611025000", "4111156000"]


def test_the_workspaces_own_area_decides_between_places_of_one_name() -> None:
    at_home = AreaNames.build(pa.array(list(AREAS)), pa.array(list(AREAS.values())), home="29200")
    found = at_home.find_full(pa.array(["우산동", "신사동"]))
    assert found.codes.to_pylist() == ["2920058000", None]
    assert found.how.to_pylist() == ["home", "ambiguous"]


def test_a_new_name_of_a_larger_area_is_not_its_old_part(names: AreaNames) -> None:
    """전남광주통합특별시 as a whole is not 광주광역시."""
    assert names.find_full(pa.array(["전남광주통합특별시"])).codes.to_pylist() == [None]


def test_a_dong_that_moved_to_another_gu_is_not_taken_for_the_old_one(names: AreaNames) -> None:
    assert names.find_full(pa.array(["경기도 수원시 권선구 파장동"])).codes.to_pylist() == [None]
