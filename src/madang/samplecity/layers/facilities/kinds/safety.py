"""Cameras, lamps, bells, hydrants and houses that make streets safe."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from madang.samplecity.layers.facilities import slips
from madang.samplecity.layers.facilities.kind import Kind
from madang.samplecity.layers.facilities.kinds.names import houses, joined, of_dong, unique
from madang.samplecity.layers.facilities.rows import Rows
from madang.samplecity.layers.facilities.sites import along_roads, in_buildings, in_houses_of
from madang.samplecity.paper import Column


def cctv(rows: Rows) -> Mapping[str, Column]:
    purpose = np.array(rows.pick(rows.told["목적"]))
    cameras = np.where(np.isin(purpose, ["교통단속", "쓰레기단속"]), 1, rows.whole(1, 5))
    return {
        "설치목적구분": purpose,
        "카메라대수": cameras,
        "촬영방면정보": rows.where(cameras > 1, "360도전방면", rows.pick(["도로방면", "공원방면", "골목방면"])),
        "소재지도로명주소": rows.where(rows.flags(0.8), rows.of_building(rows.terrain.streets.buildings.road_address)),
    }  # fmt: skip


def security_light(rows: Rows) -> Mapping[str, Column]:
    letter = [chr(ord("A") + dong % 21) for dong in rows.sites.dong.tolist()]
    return {
        "보안등위치명": [f"{road} {each}-{number:04d}" for number, (road, each) in enumerate(zip(rows.road_names, letter, strict=True), 1)],
        "설치개수": np.where(rows.flags(0.94), 1, 2),
        "소재지도로명주소": rows.where(rows.flags(0.55), rows.of_building(rows.terrain.streets.buildings.road_address)),
    }  # fmt: skip


def child_zone(rows: Rows) -> Mapping[str, Column]:
    names = houses(rows, [""] * len(rows))
    drawn = rows.pick([["어린이집", 5], ["유치원", 3], ["학원", 1]])
    kind = [next((each for each in ("초등학교", "유치원", "어린이집") if name.endswith(each)), other) for name, other in zip(names, drawn, strict=True)]  # fmt: skip
    cctv_there = rows.flags(0.78)
    narrow = rows.whole(4, 10)
    word = rows.pick(rows.told["이름"])
    return {
        "시설종류": kind,
        "대상시설명": unique([name if name.endswith(each) else other for name, each, other in zip(names, kind, joined(rows.dong_names, joined(word, kind, by="")), strict=True)]),
        "CCTV설치여부": rows.words(cctv_there),
        "CCTV설치대수": np.where(cctv_there, rows.whole(1, 6), 0),
        "보호구역도로폭": rows.where(rows.flags(0.7), [f"{each}~{each + 2}" for each in narrow.tolist()], [str(each) for each in narrow.tolist()]),
    }  # fmt: skip


def bell(rows: Rows) -> Mapping[str, Column]:
    place = rows.pick(rows.told["장소"])
    return {
        "안전비상벨관리번호": [f"YB-{number:04d}" for number in range(1, len(rows) + 1)],
        "설치장소유형": place,
        "설치위치": joined(rows.dong_names, place, rows.pick(["입구", "안쪽", "사거리", "주차장 옆"])),
        "경찰연계유무": rows.words(rows.flags(0.8), "유", "무"),
        "경비업체연계유무": rows.words(rows.flags(0.1), "유", "무"),
        "관리사무소연계유무": rows.words(rows.flags(0.2), "유", "무"),
    }


def women_house(rows: Rows) -> Mapping[str, Column]:
    return {
        "점포명": unique(
            joined(rows.pick(rows.told["점포"]), joined(rows.dong_names, ["점"] * len(rows), by="")), rows
        ),
        "여성안심지킴이집전화번호": rows.phones(),
        "운영여부": rows.words(rows.flags(0.93)),
    }


def locker(rows: Rows) -> Mapping[str, Column]:
    large, small = rows.whole(2, 4), rows.whole(4, 12)
    return {
        "시설명": unique(houses(rows, of_dong(rows, ["안심택배함"] * len(rows))), rows),
        "칸개수": [f"대형/{one:02d}+소형/{two:02d}" for one, two in zip(large.tolist(), small.tolist(), strict=True)],
    }  # fmt: skip


def hydrant(rows: Rows) -> Mapping[str, Column]:
    return {
        "시설번호": [f"여울-{number:04d}" for number in range(1, len(rows) + 1)],
        "상세위치": joined(rows.road_names, rows.pick(["보도 위", "교차로 옆", "골목 입구", "버스정류장 옆"])),
        "안전센터명": rows.where(rows.sites.dong % 2 == 0, "여울119안전센터", "새솔119안전센터"),
        "보호틀유무": rows.words(rows.flags(0.4), "유", "무"),
        "사용가능여부": rows.words(rows.flags(0.985)),
        "관할기관명": [f"{district[:-1]}소방서" for district in rows.districts],
        "소재지도로명주소": rows.where(rows.flags(0.7), rows.of_building(rows.terrain.streets.buildings.road_address)),
    }  # fmt: skip


def smart_light(rows: Rows) -> Mapping[str, Column]:
    flags = {header: rows.words(rows.flags(share)) for header, share in rows.told["여부"].items()}
    return {**flags, "점등상태여부": rows.words(rows.flags(0.97))}


KINDS: tuple[Kind, ...] = (
    Kind(
        "cctv", "안전/CCTV", 2300,
        """개방자치단체코드, 관리번호, 관리기관명, 소재지도로명주소, 소재지지번주소, 설치목적구분, 카메라대수, 카메라화소수, 촬영방면정보,
        보관일수, 설치연월, 관리기관전화번호, WGS84위도, WGS84경도, 데이터기준일자, 데이터갱신구분, 데이터갱신시점, 최종수정시점""",
        along_roads(1, 2, 3, step_m=60, old=1.3, industry=0.7, farm=0.5), cctv,
        (slips.swapped("WGS84위도", "WGS84경도"), slips.put("카메라대수", "0", severity="warning"), slips.unread("설치연월", "month", "2021-13"),
         slips.digit("WGS84위도"), slips.put("보관일수", "3000", severity="warning"), slips.missing("설치목적구분")),
        key="관리번호", growth=0.02, age_days=5,
    ),
    Kind(
        "security-light", "안전/보안등", 6200,
        "보안등위치명, 설치개수, 소재지도로명주소, 소재지지번주소, 위도, 경도, 설치연도, 설치형태, 관리기관전화번호, 관리기관명, 데이터기준일자, 제공기관코드, 제공기관명",
        along_roads(2, 3, step_m=28, old=1.4, hill=1.2, apartments=0.6, farm=0.8), security_light,
        (slips.zero(), slips.negative("설치개수"), slips.elsewhere(), slips.phone("관리기관전화번호"), slips.unread("설치연도", "year", "2O19"),
         slips.put("설치개수", "0", severity="warning"), slips.swapped()),
        age_days=31,
    ),
    Kind(
        "child-zone", "교통/어린이보호구역", 95,
        """시설종류, 대상시설명, 소재지도로명주소, 소재지지번주소, 위도, 경도, 관리기관명, 관할경찰서명, CCTV설치여부, CCTV설치대수,
        보호구역도로폭, 데이터기준일자, 제공기관코드, 제공기관명""",
        in_houses_of("초등학교", "유치원", "어린이집", then=in_buildings("shop", "villa", apartments=1.5, industry=0.2, farm=0.5)), child_zone,
        (slips.put("CCTV설치대수", "2", CCTV설치여부="N"), slips.put("보호구역도로폭", "8~6")), key="대상시설명", age_days=40, least=8,
    ),
    Kind(
        "emergency-bell", "안전/안전비상벨", 420,
        """개방자치단체코드, 관리번호, 안전비상벨관리번호, 설치목적, 설치장소유형, 설치위치, 소재지도로명주소, 소재지지번주소, WGS84위도,
        WGS84경도, 연계방식, 경찰연계유무, 경비업체연계유무, 관리사무소연계유무, 부가기능, 안전비상벨설치연도, 최종점검일자, 최종점검결과구분,
        관리기관명, 관리기관전화번호, 데이터기준일자, 데이터갱신구분, 데이터갱신시점, 최종수정시점""",
        along_roads(2, 3, step_m=90, farm=0.4), bell,
        (slips.unread("경찰연계유무", "boolean", "확인필요", required=True), slips.missing("연계방식")), encoding="utf-8-sig", key="안전비상벨관리번호", age_days=12,
    ),
    Kind(
        "women-safety-house", "안전/여성안심지킴이집", 70,
        """점포명, 시도명, 시군구명, 시군구코드, 소재지도로명주소, 소재지지번주소, 위도, 경도, 여성안심지킴이집전화번호, 관할경찰서명, 지정연도,
        운영여부, 데이터기준일자, 제공기관코드, 제공기관명""",
        in_buildings("shop", farm=0.2), women_house, (slips.phone("여성안심지킴이집전화번호"),), form="xml", age_days=100, least=4,
    ),
    Kind(
        "parcel-locker", "안전/안심택배함", 24,
        """시설명, 시도명, 시군구명, 시군구코드, 소재지도로명주소, 소재지지번주소, 위도, 경도, 평일운영시작시각, 평일운영종료시각,
        토요일운영시작시각, 토요일운영종료시각, 공휴일운영시작시각, 공휴일운영종료시각, 무료이용시간, 연체료부과단위시간, 연체료,
        제어방식구분코드, 사용방법설명, 택배함종류코드, 칸개수, 칸깊이, 칸너비, 칸높이, 설치일자, 고객센터전화번호, 관리기관명,
        관리기관전화번호, 데이터기준일자, 제공기관코드, 제공기관명""",
        in_buildings("public", "villa", "shop", housing=2.0, farm=0.1), locker, (slips.negative("연체료", "-1000", money=True),), age_days=75, least=4,
    ),
    Kind(
        "hydrant", "안전/소방용수시설", 1300,
        """시설번호, 시설유형코드, 시도명, 시군구명, 시군구코드, 소재지도로명주소, 소재지지번주소, 위도, 경도, 상세위치, 안전센터명, 보호틀유무,
        사용가능여부, 설치연도, 배관깊이, 출수압력, 배관지름, 관할기관명, 관할기관전화번호, 데이터기준일자""",
        along_roads(1, 2, 3, step_m=90, old=1.3), hydrant,
        (slips.unread("사용가능여부", "boolean", "수리예정"), slips.negative("배관지름", "-100"), slips.zero()), age_days=20,
    ),
    Kind(
        "smart-streetlight", "안전/스마트가로등", 180,
        """스마트가로등유형, 시도명, 시군구명, 도로명, 소재지도로명주소, 소재지지번주소, 위도, 경도, 스마트가로등형태, 점등상태여부, 센서종류,
        센싱정보서비스, CCTV유무, WiFi유무, GPS수신기유무, 비콘유무, 조명제어여부, 위급상황신고가능여부, 앱서비스명, 앱서비스제공내용,
        기타서비스, 설치연도, 관리기관명, 관리기관전화번호, 데이터기준일자, 제공기관코드, 제공기관명""",
        along_roads(1, 2, step_m=35, apartments=2.0, farm=0.1, hill=0.2), smart_light,
        (slips.missing("센서종류"), slips.unread("CCTV유무", "boolean", "?")), key="도로명", age_days=60,
    ),
)  # fmt: skip
