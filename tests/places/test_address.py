"""Addresses taken apart."""

from __future__ import annotations

import pyarrow as pa
import pytest

from madang.places.address import PARSED, parse

ROADS = [
    # address, sido, sigungu, emd, road, underground, main, sub
    ("서울특별시 강남구 테헤란로 152", "서울특별시", "강남구", None, "테헤란로", False, 152, 0),
    ("(03139) 서울특별시 종로구 종로 1", "서울특별시", "종로구", None, "종로", False, 1, 0),
    ("우)110-110 서울 종로구 종로 1", "서울특별시", "종로구", None, "종로", False, 1, 0),
    ("부산광역시 부산진구 중앙대로 666번길 50 (부전동)", "부산광역시", "부산진구", "부전동", "중앙대로666번길", False, 50, 0),
    ("경기도 수원시 장안구 정조로940번길 12-3, 3층", "경기도", "수원시 장안구", None, "정조로940번길", False, 12, 3),
    ("세종특별자치시 한누리대로 2130", "세종특별자치시", None, None, "한누리대로", False, 2130, 0),
    ("서울특별시 중구 세종대로 지하 2", "서울특별시", "중구", None, "세종대로", True, 2, 0),
    ("서울 중구 지하 세종대로 10", "서울특별시", "중구", None, "세종대로", True, 10, 0),
    ("중구로188번길 8-1", None, None, None, "중구로188번길", False, 8, 1),
    ("서울특별시 종로구 3·1대로 428", "서울특별시", "종로구", None, "3·1대로", False, 428, 0),
    ("경상남도 하동군 옥종면 양구 2길 3", "경상남도", "하동군", "옥종면", "양구2길", False, 3, 0),
    ("서울특별시 금천구 독산로 36길 14", "서울특별시", "금천구", None, "독산로36길", False, 14, 0),
    ("서울시 관악구 신림로23번안길 5", "서울특별시", "관악구", None, "신림로23번안길", False, 5, 0),
    ("서울특별시  종로구   종로 33길 15", "서울특별시", "종로구", None, "종로33길", False, 15, 0),
    ("서울특별시 종로구 창신7가길 14-7 (창신동)", "서울특별시", "종로구", "창신동", "창신7가길", False, 14, 7),
    ("광주광역시 북구 첨단연신로91번길 44, 105호 (신용동, 대성빌딩)", "광주광역시", "북구", "신용동", "첨단연신로91번길", False, 44, 0),
    ("강원특별자치도 춘천시 신북읍 천전로 12", "강원특별자치도", "춘천시", "신북읍", "천전로", False, 12, 0),
    ("경기 성남시 분당구 판교역로 166, 카카오 판교 아지트", "경기도", "성남시 분당구", None, "판교역로", False, 166, 0),
    ("부산 해운대구 센텀남대로 35 A동", "부산광역시", "해운대구", None, "센텀남대로", False, 35, 0),
    ("전라북도 전주시 완산구 효자로 225", "전라북도", "전주시 완산구", None, "효자로", False, 225, 0),
    ("서울특별시 도봉구 도봉구 방학로3길 117", "서울특별시", "도봉구", None, "방학로3길", False, 117, 0),
    ("경기도 고양시 일산동구 위시티 2로 43-6(식사동)", "경기도", "고양시 일산동구", "식사동", "위시티2로", False, 43, 6),
    ("서울특별시 강서구 양천로67 가길 63", "서울특별시", "강서구", None, "양천로67가길", False, 63, 0),
    ("대구광역시 동구해동로3길 80", "대구광역시", "동구", None, "해동로3길", False, 80, 0),
    ("경상남도 양산시 삼호로 98, 관리동 2층(106동 근처)", "경상남도", "양산시", None, "삼호로", False, 98, 0),
    ("경상남도 창원시 성산구 원이대로863번길 19, 213(상가)동 204호 (가음동, 더샵)", "경상남도", "창원시 성산구", "가음동", "원이대로863번길", False, 19, 0),
    ("서울특별시 영등포구 63로 7", "서울특별시", "영등포구", None, "63로", False, 7, 0),
    ("서울특별시중구세종대로110", "서울특별시", "중구", None, "세종대로", False, 110, 0),
]  # fmt: skip
LOTS = [
    # address, sido, sigungu, emd, ri, san, main, sub
    ("서울특별시 중구 을지로1가 16-1", "서울특별시", "중구", "을지로1가", None, False, 16, 1),
    ("서울특별시 중구 을지로 1가 16", "서울특별시", "중구", "을지로1가", None, False, 16, 0),
    ("종로1가 24", None, None, "종로1가", None, False, 24, 0),
    ("서울 종로구 세종로 1-68", "서울특별시", "종로구", "세종로", None, False, 1, 68),
    ("남포동5가 28-3", None, None, "남포동5가", None, False, 28, 3),
    ("전라북도 전주시 완산구 효자동3가 1", "전라북도", "전주시 완산구", "효자동3가", None, False, 1, 0),
    ("광주광역시 광산구 송정동 835-5 외 2필지", "광주광역시", "광산구", "송정동", None, False, 835, 5),
    ("광주광역시 북구 신용동 691번지", "광주광역시", "북구", "신용동", None, False, 691, 0),
    ("경기도 가평군 가평읍 읍내리 123번지 4호", "경기도", "가평군", "가평읍", "읍내리", False, 123, 4),
    ("세종 조치원읍 신흥리 산12-3번지", "세종특별자치시", None, "조치원읍", "신흥리", True, 12, 3),
    ("강원도 춘천시 동면 장학리 산 12", "강원도", "춘천시", "동면", "장학리", True, 12, 0),
    ("장안리 산53-6", None, None, None, "장안리", True, 53, 6),
    ("다대동_1592", None, None, "다대동", None, False, 1592, 0),
    ("충청남도 당진시 읍내동 58의3", "충청남도", "당진시", "읍내동", None, False, 58, 3),
    ("두암동927-1", None, None, "두암동", None, False, 927, 1),
    ("서울특별시강남구역삼동123-4", "서울특별시", "강남구", "역삼동", None, False, 123, 4),
    ("경기도 광주시 오포읍 신현리 12~15", "경기도", "광주시", "오포읍", "신현리", False, 12, 0),
    ("울산광역시 남구 무거동 1234번지 상가 101동 102호", "울산광역시", "남구", "무거동", None, False, 1234, 0),
    ("서울특별시 종로구 명륜3가 53", "서울특별시", "종로구", "명륜3가", None, False, 53, 0),
    ("서울 양천구 목동 405", "서울특별시", "양천구", "목동", None, False, 405, 0),
    ("서울 구로구 구로동 １２３－４", "서울특별시", "구로구", "구로동", None, False, 123, 4),
    ("서울 중랑구 면목동 120", "서울특별시", "중랑구", "면목동", None, False, 120, 0),
]  # fmt: skip


def only(address: str) -> dict[str, object]:
    return parse(pa.array([address])).to_pylist()[0]


@pytest.mark.parametrize("row", ROADS, ids=lambda row: row[0])
def test_a_road_address_is_taken_apart(row: tuple[object, ...]) -> None:
    found = only(str(row[0]))
    keys = ("sido", "sigungu", "emd", "road", "underground", "building_main", "building_sub")
    assert found["kind"] == "road"
    assert tuple(found[key] for key in keys) == row[1:]


@pytest.mark.parametrize("row", LOTS, ids=lambda row: row[0])
def test_a_lot_address_is_taken_apart(row: tuple[object, ...]) -> None:
    found = only(str(row[0]))
    keys = ("sido", "sigungu", "emd", "ri", "san", "lot_main", "lot_sub")
    assert found["kind"] == "lot"
    assert tuple(found[key] for key in keys) == row[1:]


@pytest.mark.parametrize(
    ("address", "emd", "road"),
    [
        ("서울특별시 종로구 사직동 일원", "사직동", None),
        ("광주 광산구 상무대로 일원", None, "상무대로"),
        ("서울 노원구 상계동 주공아파트 101동", "상계동", None),
        ("온라인", None, None),
        ("", None, None),
    ],
)
def test_what_has_no_number_is_neither_but_keeps_its_names(
    address: str, emd: str | None, road: str | None
) -> None:
    found = only(address)
    assert (found["kind"], found["emd"], found["road"]) == ("none", emd, road)
    assert found["lot_main"] is None
    assert found["building_main"] is None


def test_addresses_that_end_with_the_gu_are_read_beside_others() -> None:
    rows = parse(pa.array(["서울 중구", "서울 종로구 종로 1", "부산광역시", "서울 종로구"])).to_pylist()
    assert [row["sigungu"] for row in rows] == ["중구", "종로구", None, "종로구"]
    assert [row["road"] for row in rows] == [None, "종로", None, None]
    assert [row["sigungu"] for row in parse(pa.array(["서울 중구"])).to_pylist()] == ["중구"]


def test_a_sido_that_nobody_listed_is_no_city() -> None:
    """A made-up or a new 시도 is known by how its name ends: 가온광역시 is not a 시 with a 구 of its own."""
    found = parse(pa.array(["가온광역시 여울구 버들로 12 (버들동)", "가온광역시 여울구 버들동 123-4"]))
    assert found["sido"].to_pylist() == ["가온광역시"] * 2
    assert found["sigungu"].to_pylist() == ["여울구"] * 2
    assert found["emd"].to_pylist() == ["버들동"] * 2


def test_what_stands_behind_the_number_is_kept() -> None:
    assert only("서울 강남구 테헤란로 152, 강남파이낸스센터 3층")["rest"] == ", 강남파이낸스센터 3층"


def test_rows_keep_their_order_and_nulls() -> None:
    texts = pa.chunked_array([["종로 1", None], ["종로1가 24", "종로 1"]])
    found = parse(texts)
    assert found.schema == PARSED
    assert found["kind"].to_pylist() == ["road", None, "lot", "road"]
    assert parse(pa.array([], pa.string())).num_rows == 0
    assert parse(pa.array([None, None], pa.string()))["kind"].to_pylist() == [None, None]
