"""What stands on roads and beside them, and where cars and bicycles are left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from madang.samplecity.layers.facilities import car_parks, slips
from madang.samplecity.layers.facilities.kind import Edit, Kind
from madang.samplecity.layers.facilities.kinds.names import houses, joined, unique
from madang.samplecity.layers.facilities.kinds.sides import bus_stop, one_for_each_road, street_tree
from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.layers.facilities.sites import (
    Sites,
    Terrain,
    along_roads,
    at_junctions,
    in_buildings,
)
from madang.samplecity.paper import Column, cells_of

_ROUTE = """시도명, 시군구명, 도로종류, 도로노선번호, 도로노선명, 도로노선방향"""


def with_counted(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    """First the public car parks whose cars are counted, then others beside roads."""
    own = terrain.at(*terrain.car_parks)
    others = along_roads(2, 3, step_m=120, aside=4.0, old=1.5, hill=0.7, farm=0.4)
    return own.and_(others(terrain, kind, rng, max(count - len(own), 0)))


def parking(rows: Rows) -> Mapping[str, Column]:
    east, north = (each.tolist() for each in rows.terrain.car_parks)
    told = dict(zip(zip(east, north, strict=True), car_parks.told(), strict=True))
    counted = [told.get(point) for point in zip(rows.sites.x.tolist(), rows.sites.y.tolist(), strict=True)]
    known = np.array([each is not None for each in counted])
    public = rows.flags(0.72) | known
    free = rows.flags(0.35)
    base, unit = rows.whole(300, 1000, 100), rows.whole(200, 600, 100)
    opens, closes = rows.hours([["00:00~24:00", 4], ["08:00~20:00", 3], ["09:00~18:00", 3]])
    opens, closes = _told(counted, "open", opens), _told(counted, "close", closes)
    kind = _kinds(counted, rows.pick([["노상", 3], ["노외", 6], ["부설", 1]]))
    days = [told_days if each is None else _EVERY_DAY for each, told_days in zip(counted, rows.pick(rows.told["요일"]), strict=True)]  # fmt: skip
    saturday, holiday = (np.array([what in each for each in days]) for what in ("토요일", "공휴일"))
    number = len(car_parks.told()) + np.cumsum(~known)
    plain = [f"{code}-{'1' if own else '2'}-{each:06d}" for code, own, each in zip(rows.codes, public.tolist(), number.tolist(), strict=True)]  # fmt: skip
    names = joined(rows.road_names, rows.where(public, "공영주차장", rows.pick(rows.told["민영"])))
    fees: dict[str, Any] = {
        "주차기본시간": 30, "주차기본요금": base, "추가단위시간": 10, "추가단위요금": unit,
        "1일주차권요금적용시간": 24, "1일주차권요금": base * 12, "월정기권요금": base * 90,
    }  # fmt: skip
    return {
        "주차장관리번호": _told(counted, "code", plain),
        "주차장명": unique(_told(counted, "name", names), rows),
        "주차장구분": rows.words(public, "공영", "민영"),
        "주차장유형": kind,
        "주차구획수": _told(counted, "spaces", cells_of(rows.sizes(34, 0.7, 0).astype(int) + 4)),
        "운영요일": days,
        "평일운영시작시각": opens, "평일운영종료시각": closes,
        "토요일운영시작시각": rows.where(saturday, opens, "00:00"), "토요일운영종료시각": rows.where(saturday, closes, "00:00"),
        "공휴일운영시작시각": rows.where(holiday, opens, "00:00"), "공휴일운영종료시각": rows.where(holiday, closes, "00:00"),
        "요금정보": rows.words(free, "무료", "유료"),
        **{header: np.where(free, 0, fee) for header, fee in fees.items()},
        "결제방법": rows.where(~free, "현금+카드"),
        "장애인전용주차구역보유여부": rows.words(rows.flags(0.7) | known),
    }  # fmt: skip


_EVERY_DAY = "평일+토요일+공휴일"


def _told(counted: list[dict[str, Any] | None], name: str, otherwise: Cells) -> Cells:
    """What is told of the counted car parks, of the others something else."""
    return [str(each[name]) if each else other for each, other in zip(counted, otherwise, strict=True)]


def _kinds(counted: list[dict[str, Any] | None], otherwise: Cells) -> Cells:
    own = ["노외" if each is None or "부설" not in each["name"] else "부설" for each in counted]
    return [mine if each else other for each, mine, other in zip(counted, own, otherwise, strict=True)]


def dearer_parking(rows: Rows, texts: Mapping[str, Cells]) -> list[Edit]:
    """From this month on every third paid public car park takes 200 won more for the first half hour."""
    paid = [
        row
        for row in range(len(rows))
        if texts["주차장구분"][row] == "공영" and texts["요금정보"][row] == "유료"
    ]
    return [
        Edit(row, "fee_changed", {"주차기본요금": str(int(texts["주차기본요금"][row]) + 200)})
        for row in paid[::3]
    ]


def route(rows: Rows) -> dict[str, Column]:
    rank = rows.of_link(rows.terrain.streets.links.rank)
    return {
        "도로종류": np.array(["", "시도", "구도", "구도"])[rank],
        "도로노선번호": [""] * len(rows),
        "도로노선명": rows.road_names,
        "도로노선방향": rows.pick(["1", "2", "3"]),
        "소재지도로명주소": rows.where(rows.flags(0.65), rows.of_building(rows.terrain.streets.buildings.road_address)),
        "차로수": rows.of_link(rows.terrain.streets.links.lanes),
    }  # fmt: skip


def crosswalk(rows: Rows) -> Mapping[str, Column]:
    lanes = np.maximum(rows.of_link(rows.terrain.streets.links.lanes), 1)
    length = np.round(lanes * 3.2 + rows.rng.uniform(0, 2, len(rows)), 1)
    light = rows.flags(np.where(lanes >= 4, 0.95, np.where(lanes >= 2, 0.45, 0.05)))
    green = np.where(light, np.ceil(length) + 7, 0).astype(int)
    flags = {header: rows.words(rows.flags(share), "Y", "N") for header, share in rows.told["여부"].items()}
    return {
        **route(rows),
        **flags,
        "횡단보도관리번호": [f"CW-{number:05d}" for number in range(1, len(rows) + 1)],
        "차로수": lanes,
        "횡단보도연장": length,
        "보행자신호등유무": rows.words(light),
        "녹색신호시간": green,
        "적색신호시간": np.where(light, rows.whole(60, 120, 5), 0),
    }


def traffic_light(rows: Rows) -> Mapping[str, Column]:
    flags = {header: rows.words(rows.flags(share)) for header, share in rows.told["여부"].items()}
    walkers = rows.flags(0.45)
    flashing = rows.flags(0.2)
    said = rows.told["등화"]
    phases = [
        each.split("/") for each in rows.where(walkers, rows.pick(said["보행등"]), rows.pick(said["차량등"]))
    ]
    return {
        **route(rows),
        **flags,
        "신호등관리번호": [f"TL-{number:05d}" for number in range(1, len(rows) + 1)],
        "신호등구분": rows.words(walkers, "보행등", "차량등"),
        **{
            header: [each[at] for each in phases]
            for at, header in enumerate(("신호등화방식", "신호등색종류", "신호등화순서", "신호등화시간"))
        },
        "점멸등운영여부": rows.words(flashing),
        "점멸등운영시작시각": rows.where(flashing, "23:00"),
        "점멸등운영종료시각": rows.where(flashing, "05:00"),
    }


def bump(rows: Rows) -> Mapping[str, Column]:
    return {
        "과속방지턱관리번호": [f"SB-{number:05d}" for number in range(1, len(rows) + 1)],
        "설치장소": joined(
            rows.road_names, rows.pick(["어린이집 앞", "골목 입구", "경로당 앞", "내리막", "교차로 앞"])
        ),
        "규격여부": rows.words(rows.flags(0.9)),
        "보차분리여부": rows.words(rows.flags(0.3)),
        "연속형여부": rows.words(rows.flags(0.1)),
    }


def camera(rows: Rows) -> Mapping[str, Column]:
    zone = rows.flags(0.45)
    limit = np.where(zone, 30, rows.of_link(rows.terrain.streets.links.max_speed_kmh))
    return {
        **route(rows),
        "무인교통단속카메라관리번호": [f"G{number:04d}" for number in range(1, len(rows) + 1)],
        "설치장소": joined(rows.road_names, rows.pick(["교차로", "초등학교 앞", "내리막 끝", "역 앞"])),
        "제한속도": np.clip(limit, 30, 80),
        "보호구역구분": rows.words(zone, "어린이보호구역", "해당없음"),
    }


def sign(rows: Rows) -> Mapping[str, Column]:
    drawn = [text.split("/") for text in rows.pick(rows.told["표지"])]
    limit = rows.of_link(rows.terrain.streets.links.max_speed_kmh)
    return {
        **route(rows),
        "도로폭": np.round(np.maximum(rows.of_link(rows.terrain.streets.links.lanes), 1) * 3.2 + 2, 1),
        "안전표지일련번호": [f"S{number:06d}" for number in range(1, len(rows) + 1)],
        "안전표지구분": [kind for kind, _, _ in drawn],
        "안전표지종별일련번호": [number for _, number, _ in drawn],
        "안전표지설명": [text for _, _, text in drawn],
        "주행제한속도": limit,
        "제2외국어표기여부": rows.words(rows.flags(0.03)),
    }


def bike_rack(rows: Rows) -> Mapping[str, Column]:
    pump = rows.flags(0.25)
    return {
        "자전거보관소명": unique(
            joined(houses(rows, rows.dong_names), rows.pick(["자전거보관대", "자전거주차장"])), rows
        ),
        "차양막설치여부": rows.words(rows.flags(0.4)),
        "공기주입기비치여부": rows.words(pump),
        "공기주입기유형": rows.where(pump, "수동식"),
        "수리대설치여부": rows.words(rows.flags(0.1)),
    }


_TAIL = "데이터기준일자, 제공기관코드, 제공기관명"
KINDS: tuple[Kind, ...] = (
    Kind(
        "parking", "교통/주차장", 220,
        """주차장관리번호, 주차장명, 주차장구분, 주차장유형, 소재지도로명주소, 소재지지번주소, 주차구획수, 급지구분, 부제시행구분, 운영요일,
        평일운영시작시각, 평일운영종료시각, 토요일운영시작시각, 토요일운영종료시각, 공휴일운영시작시각, 공휴일운영종료시각, 요금정보, 주차기본시간,
        주차기본요금, 추가단위시간, 추가단위요금, 1일주차권요금적용시간, 1일주차권요금, 월정기권요금, 결제방법, 특기사항, 관리기관명, 전화번호,
        위도, 경도, 장애인전용주차구역보유여부, 데이터기준일자, 제공기관코드, 제공기관명""",
        with_counted, parking,
        (slips.put("주차기본요금", "500", 요금정보="무료"), slips.unlisted("주차장유형", "노면"), slips.crossed("평일운영시작시각", "평일운영종료시각"), slips.negative("주차구획수", "-12")),
        edits=dearer_parking, age_days=10, least=30, digits=8,
    ),
    Kind(
        "crosswalk", "교통/횡단보도", 1900,
        """시도명, 시군구명, 도로명, 소재지도로명주소, 소재지지번주소, 횡단보도관리번호, 횡단보도종류, 자전거횡단도겸용여부, 고원식적용여부, 위도,
        경도, 차로수, 횡단보도폭, 횡단보도연장, 보행자신호등유무, 보행자작동신호기유무, 음향신호기설치여부, 녹색신호시간, 적색신호시간, 교통섬유무,
        보도턱낮춤여부, 점자블록유무, 집중조명시설유무, 관리기관명, 관리기관전화번호, """ + _TAIL,
        at_junctions(1, 2, 3), crosswalk,
        (slips.put("녹색신호시간", "25", severity="warning", 보행자신호등유무="N"), slips.put("녹색신호시간", "2", severity="warning", 보행자신호등유무="Y"),
         slips.unread("점자블록유무", "boolean", "일부"), slips.swapped()), key="횡단보도관리번호", age_days=45,
    ),
    Kind(
        "traffic-light", "교통/신호등", 1500,
        _ROUTE + """, 소재지도로명주소, 소재지지번주소, 위도, 경도, 신호기설치방식, 도로형태, 주도로여부, 신호등관리번호, 신호등구분, 신호등색종류,
        신호등화방식, 신호등화순서, 신호등화시간, 광원종류, 신호제어방식, 신호시간결정방식, 점멸등운영여부, 점멸등운영시작시각, 점멸등운영종료시각,
        보행자작동신호기유무, 잔여시간표시기유무, 시각장애인용음향신호기유무, 관리기관명, 관리기관전화번호, """ + _TAIL,
        at_junctions(1, 2, offset_m=9), traffic_light,
        (slips.unread("점멸등운영시작시각", "time", "밤11시"), slips.missing("신호등구분"), slips.digit(), slips.twice("신호등관리번호")), key="신호등관리번호", age_days=45,
    ),
    Kind(
        "speed-bump", "교통/과속방지턱", 1100,
        """개방자치단체코드, 관리번호, 과속방지턱관리번호, 도로명, 시도명, 시군구명, 소재지도로명주소, 소재지지번주소, 설치장소, 과속방지턱재료,
        과속방지턱형태구분, 과속방지턱높이, 과속방지턱폭, 과속방지턱연장, 도로유형구분, 규격여부, X좌표, Y좌표, 보차분리여부, 연속형여부""",
        along_roads(2, 3, step_m=70, aside=0.0), bump,
        (slips.negative("과속방지턱높이", "-10"), slips.missing("과속방지턱형태구분"), slips.unread("규격여부", "boolean", "미확인")),
        epsg=5186, key="과속방지턱관리번호", age_days=150,
    ),
    Kind(
        "speed-camera", "교통/무인교통단속카메라", 90,
        "무인교통단속카메라관리번호, " + _ROUTE + """, 소재지도로명주소, 소재지지번주소, 위도, 경도, 설치장소, 단속구분, 제한속도, 단속구간위치구분,
        과속단속구간길이, 보호구역구분, 설치연도, 관리기관명, 관리기관전화번호, """ + _TAIL,
        along_roads(1, 2, step_m=150), camera, (slips.put("제한속도", "500", severity="warning"), slips.elsewhere()), age_days=31, least=5,
    ),
    Kind(
        "traffic-sign", "교통/도로안전표지", 2700,
        _ROUTE + """, 안전표지일련번호, 도로형태, 차로수, 도로폭, 소재지도로명주소, 소재지지번주소, 위도, 경도, 안전표지구분, 안전표지종별일련번호,
        주행제한속도, 안전표지설명, 지주형식, 제2외국어표기여부, 설치일자, 관리기관명, 관리기관전화번호, """ + _TAIL,
        along_roads(1, 2, 3, step_m=45), sign,
        (slips.no_month("설치일자"), slips.missing("안전표지구분"), slips.negative("도로폭", "-6.4"), slips.zero(), slips.twice("안전표지일련번호")), key="안전표지일련번호", age_days=80,
    ),
    Kind(
        "bus-stop", "교통/버스정류장", 560,
        "정류장번호, 정류장명, 위도, 경도, 정보수집일, 모바일단축번호, 도시코드, 도시명, 관리도시명",
        along_roads(1, 2, step_m=240, aside=1.3, farm=1.5), bus_stop, (slips.swapped(), slips.missing("정류장명"), slips.zero()),
        encoding="utf-8-sig", digits=6, least=10,
    ),
    Kind(
        "street-tree", "환경/가로수길", 45,
        """가로수길명, 가로수길시작위도, 가로수길시작경도, 가로수길종료위도, 가로수길종료경도, 가로수종류, 가로수수량, 가로수길길이, 식재연도,
        가로수길소개, 도로명, 도로종류, 도로구간, 관리기관전화번호, 관리기관명, """ + _TAIL,
        one_for_each_road, street_tree, (slips.negative("가로수수량", "-40"),), age_days=220, least=4,
    ),
    Kind(
        "bike-rack", "교통/자전거보관소", 210,
        """자전거보관소명, 소재지도로명주소, 소재지지번주소, 보관대수, 설치연도, 설치형태, 차양막설치여부, 공기주입기비치여부,
        공기주입기유형, 수리대설치여부, 관리기관전화번호, 관리기관명, """ + _TAIL,
        in_buildings("public", "office", "apartment", "shop", apartments=1.5), bike_rack, form="geojson", age_days=31, least=6,
    ),
)  # fmt: skip
