"""The shipped standards carry exactly the headers that the public forms have."""

from __future__ import annotations

import pytest

from madang.declarations.headers import forms, normalise
from madang.declarations.load import SHIPPED, load_standards
from madang.declarations.standard import Standard

STANDARDS = load_standards(SHIPPED)

# the forms as published: 15013109, 15012896, 15012892 (new and older), LOCALDATA (old and new)
LIBRARY = """도서관명, 시도명, 시군구명, 도서관유형, 휴관일, 평일운영시작시각, 평일운영종료시각, 토요일운영시작시각,
토요일운영종료시각, 공휴일운영시작시각, 공휴일운영종료시각, 열람좌석수, 자료수(도서), 자료수(연속간행물), 자료수(비도서),
대출가능권수, 대출가능일수, 소재지도로명주소, 운영기관명, 도서관전화번호, 부지면적, 건물면적, 홈페이지주소, 위도, 경도,
데이터기준일자, 제공기관코드, 제공기관명"""
LIBRARY_30 = LIBRARY + ", 시도코드, 시군구코드"
PARKING = """주차장관리번호, 주차장명, 주차장구분, 주차장유형, 소재지도로명주소, 소재지지번주소, 주차구획수, 급지구분,
부제시행구분, 운영요일, 평일운영시작시각, 평일운영종료시각, 토요일운영시작시각, 토요일운영종료시각, 공휴일운영시작시각,
공휴일운영종료시각, 요금정보, 주차기본시간, 주차기본요금, 추가단위시간, 추가단위요금, 1일주차권요금적용시간, 1일주차권요금,
월정기권요금, 결제방법, 특기사항, 관리기관명, 전화번호, 위도, 경도, 장애인전용주차구역보유여부, 데이터기준일자, 제공기관코드,
제공기관명"""
TOILET = """개방자치단체코드, 관리번호, 구분명, 근거법령명, 화장실명, 소재지도로명주소, 소재지지번주소, 남성용-대변기수,
남성용-소변기수, 남성용-장애인용대변기수, 남성용-장애인용소변기수, 남성용-어린이용대변기수, 남성용-어린이용소변기수,
여성용-대변기수, 여성용-장애인용대변기수, 여성용-어린이용대변기수, 관리기관명, 전화번호, 개방시간, 개방시간상세, 설치연월,
화장실소유구분명, 오물처리방식, 안전관리시설설치대상여부, 비상벨설치여부, 비상벨설치장소, 화장실입구CCTV설치유무,
기저귀교환대유무, 기저귀교환대장소, 리모델링연월, 데이터기준일자, 데이터갱신구분, 데이터갱신시점, 최종수정시점"""
TOILET_OLDER = """구분, 화장실명, 소재지도로명주소, 소재지지번주소, 남녀공용화장실여부, 남성용-대변기수, 남성용-소변기수,
남성용-장애인용대변기수, 남성용-장애인용소변기수, 남성용-어린이용대변기수, 남성용-어린이용소변기수, 여성용-대변기수,
여성용-장애인용대변기수, 여성용-어린이용대변기수, 관리기관명, 전화번호, 개방시간, 설치년도, WGS84위도, WGS84경도,
데이터기준일자"""
LICENCE_OLD = """번호, 개방서비스명, 개방서비스아이디, 개방자치단체코드, 관리번호, 인허가일자, 인허가취소일자, 영업상태구분코드,
영업상태명, 상세영업상태코드, 상세영업상태명, 폐업일자, 휴업시작일자, 휴업종료일자, 재개업일자, 소재지전화, 소재지면적,
소재지우편번호, 소재지전체주소, 도로명전체주소, 도로명우편번호, 사업장명, 최종수정시점, 데이터갱신구분, 데이터갱신일자,
업태구분명, 좌표정보(x), 좌표정보(y), 업무구분명, 상세업무구분명, 권리주체일련번호, 총직원수"""
LICENCE_NEW = """개방자치단체코드, 관리번호, 데이터갱신구분, 데이터갱신시점, 인허가일자, 인허가취소일자, 영업상태코드, 영업상태명,
상세영업상태코드, 상세영업상태명, 폐업일자, 휴업시작일자, 휴업종료일자, 재개업일자, 소재지전화번호, 소재지면적, 소재지우편번호,
지번주소, 도로명주소, 도로명우편번호, 사업장명, 최종수정시점, 업태구분명, 좌표X, 좌표Y"""
LICENCE_NEWEST = LICENCE_NEW.replace("좌표X, 좌표Y", "좌표정보x(epsg5174), 좌표정보y(epsg5174)")


def headers(text: str) -> list[str]:
    return [header.strip() for header in text.replace("\n", " ").split(",")]


def mapped(standard: Standard, header: str) -> str | None:
    known = {normalise(alias): column.name for column in standard.columns for alias in column.aliases}
    return next((known[form] for form in forms(header) if form in known), None)


@pytest.mark.parametrize(
    ("id_", "text", "count"),
    [
        ("library", LIBRARY, 28),
        ("library", LIBRARY_30, 30),
        ("parking", PARKING, 34),
        ("public-toilet", TOILET, 34),
        ("public-toilet", TOILET_OLDER, 21),
        ("licence", LICENCE_OLD, 32),
        ("licence", LICENCE_NEW, 25),
        ("licence", LICENCE_NEWEST, 25),
    ],
)
def test_every_published_header_has_its_column(id_: str, text: str, count: int) -> None:
    found = {header: mapped(STANDARDS[id_], header) for header in headers(text)}
    assert len(found) == count
    assert [header for header, column in found.items() if column is None] == []
    assert len(set(found.values())) == count, "two headers on one column"


def test_old_and_new_licence_headers_meet_in_the_same_columns() -> None:
    licence = STANDARDS["licence"]
    for old, new in [
        ("영업상태구분코드", "영업상태코드"),
        ("소재지전화", "소재지전화번호"),
        ("소재지전체주소", "지번주소"),
        ("도로명전체주소", "도로명주소"),
        ("데이터갱신일자", "데이터갱신시점"),
        ("좌표정보(X)", "좌표X"),
    ]:
        assert mapped(licence, old) == mapped(licence, new) is not None


def test_required_columns_and_keys() -> None:
    assert STANDARDS["library"].key_for(["library_name", "sido_name", "sigungu_name", "road_address"]) == (
        "library_name", "sido_name", "sigungu_name", "road_address",
    )  # fmt: skip
    assert STANDARDS["licence"].key == ("authority_code", "licence_number")
    assert STANDARDS["public-toilet"].key_for(["toilet_name", "road_address"]) == ()
    assert [STANDARDS[id_].public_id for id_ in ("library", "parking", "public-toilet")] == [
        "15013109", "15012896", "15012892",
    ]  # fmt: skip


def test_units_stand_in_the_names() -> None:
    """A quantity that is not a plain count names its unit, so that nobody adds won to thousands of won."""
    for standard in STANDARDS.values():
        for column in standard.columns:
            suffix = {"원": "_krw", "㎡": "_m2", "m": "_m", "명": ("_count", "_persons")}.get(
                column.unit or ""
            )
            assert suffix is None or column.name.endswith(suffix), (standard.id, column.name)
