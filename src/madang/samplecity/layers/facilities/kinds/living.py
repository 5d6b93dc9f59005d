"""What daily life needs: toilets, Wi-Fi, parks, bins, kiosks, chargers, flats."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.facilities import slips
from madang.samplecity.layers.facilities.kind import Kind
from madang.samplecity.layers.facilities.kinds.names import houses, joined, of_dong, unique
from madang.samplecity.layers.facilities.rows import Rows
from madang.samplecity.layers.facilities.sites import (
    Sites,
    Terrain,
    along_roads,
    in_buildings,
    in_houses_of,
    on_cover,
)
from madang.samplecity.layers.streets.model import USES
from madang.samplecity.paper import Column


def toilet(rows: Rows) -> Mapping[str, Column]:
    bell, diaper, redone = rows.flags(0.5), rows.flags(0.3), rows.flags(0.35)
    men = rows.whole(1, 5)
    hours = rows.pick(rows.told["시간"])
    return {
        "화장실명": unique(joined(houses(rows, of_dong(rows, rows.pick(rows.told["이름"]))), ["화장실"] * len(rows)), rows),
        "개방시간": ["상시" if each == "00:00~24:00" else "정시" for each in hours],
        "개방시간상세": hours,
        "남성용-대변기수": men,
        "남성용-소변기수": men + rows.whole(0, 3),
        "여성용-대변기수": men + rows.whole(1, 4),
        "비상벨설치여부": rows.words(bell),
        "비상벨설치장소": rows.where(bell, rows.pick(["여자화장실", "남자화장실+여자화장실", "장애인화장실"])),
        "기저귀교환대유무": rows.words(diaper),
        "기저귀교환대장소": rows.where(diaper, rows.pick(["여자화장실", "남자화장실+여자화장실"])),
        "설치연월": rows.months("1998-03-01", "2015-12-31"),
        "리모델링연월": rows.where(redone, rows.months("2016-01-01", "2026-06-30")),
    }  # fmt: skip


def wifi(rows: Rows) -> Mapping[str, Column]:
    """In a house with a name what suits it; elsewhere at a stop, in a square, in a market lane."""
    told, own = rows.told["곳"], houses(rows, [""] * len(rows))
    others = [at for at, each in enumerate(told) if not each["ends"]]
    drawn, spot = rows.rng.choice(others, len(rows)).tolist(), rows.whole(0, 11).tolist()
    which = [next((at for at, each in enumerate(told) if name.endswith(tuple(each["ends"])) and each["ends"]), other)
             for name, other in zip(own, drawn, strict=True)]  # fmt: skip
    fits = [bool(told[at]["ends"]) for at in which]
    return {
        "관리번호": [f"AP{number:05d}" for number in range(1, len(rows) + 1)],
        "설치장소명": [
            name if fit else f"{road} {told[at]['name']}"
            for name, fit, road, at in zip(own, fits, rows.road_names, which, strict=True)
        ],
        "설치장소상세": [
            told[at]["spots"][number % len(told[at]["spots"])] for at, number in zip(which, spot, strict=True)
        ],
        "설치시설구분명": [told[at]["kind"] for at in which],
    }


def park(rows: Rows) -> Mapping[str, Column]:
    kind = np.array(rows.pick([["어린이공원", 6], ["소공원", 3], ["근린공원", 2]]))
    middle = np.select([kind == "근린공원", kind == "소공원"], [18_000.0, 700.0], 1_800.0)
    area = np.round(middle * np.exp(rows.rng.normal(0, 0.35, len(rows))), 1)
    return {
        "관리번호": [f"{code}-{number:05d}" for number, code in enumerate(rows.codes, 1)],
        "공원명": unique(
            joined(rows.dong_names, joined(rows.pick(rows.told["이름"]), kind.tolist(), by="")), rows
        ),
        "공원구분": kind,
        "공원면적": area,
        "소재지도로명주소": [""] * len(rows),
    }


def trash_bin(rows: Rows) -> Mapping[str, Column]:
    return {
        "설치장소명": unique(joined(rows.road_names, rows.pick(["버스정류장", "횡단보도", "상가 앞", "지하보도 입구"])), rows)
    }  # fmt: skip


def no_smoking(rows: Rows) -> Mapping[str, Column]:
    """Around what the house is; around stops and parks where it is nothing of the kind."""
    own, told = houses(rows, [""] * len(rows)), rows.told["곳"]
    kind = [next((told[end] for end in told if name.endswith(end)), "") for name in own]
    other = rows.pick(rows.told["구분"])
    names = [
        name if known else f"{road} {word}"
        for name, known, road, word in zip(own, kind, rows.road_names, other, strict=True)
    ]
    return {
        "금연구역명": unique(joined(names, rows.pick(["주변", "일대", "경계 10m 이내"])), rows),
        "금연구역구분": [known or word for known, word in zip(kind, other, strict=True)],
    }  # fmt: skip


def kiosk(rows: Rows) -> Mapping[str, Column]:
    houses_ = rows.terrain.streets.buildings
    code = rows.of_building([rows.terrain.streets.roads.code[road] for road in np.asarray(houses_.road).tolist()])  # fmt: skip
    all_day = rows.flags(0.2)
    names = houses(rows, of_dong(rows, ["민원실"] * len(rows)))
    spots = rows.pick(rows.told["자리"])
    hall = [name.endswith(("역", "터미널")) for name in names]
    return {
        "발급기명": unique(names, rows),
        "설치장소상세위치": ["대합실" if at else spot for at, spot in zip(hall, spots, strict=True)],
        "평일운영시작시각": rows.where(all_day, "00:00", "09:00"),
        "평일운영종료시각": rows.where(all_day, "24:00", "18:00"),
        "공휴일운영시작시각": rows.where(all_day, "00:00"),
        "공휴일운영종료시각": rows.where(all_day, "24:00"),
        "설치장소위치": names,
        "도로시군구코드": [each[:5] for each in code],
        "도로코드": [each[5:] for each in code],
        "도로건물본번호": rows.of_building(np.asarray(houses_.main).tolist()),
        "도로건물부번호": rows.of_building(np.asarray(houses_.sub).tolist()),
    }


def charger(rows: Rows) -> Mapping[str, Column]:
    fast = rows.flags(0.55)
    slow = rows.flags(0.75) | ~fast
    return {
        "충전소명": unique(houses(rows, of_dong(rows, ["공영주차장 충전소"] * len(rows))), rows),
        "완속충전가능여부": rows.words(slow),
        "급속충전가능여부": rows.words(fast),
        "급속충전타입구분": rows.where(fast, rows.pick(["DC콤보", "DC콤보+AC3상", "DC차데모+DC콤보"])),
        "완속충전기대수": np.where(slow, rows.whole(1, 10), 0),
        "급속충전기대수": np.where(fast, rows.whole(1, 4), 0),
        "주차료부과여부": rows.words(rows.flags(0.3)),
    }


def complexes(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    """The first block of every complex of flats."""
    houses_ = terrain.streets.buildings
    use = np.asarray(houses_.use) == USES.index("apartment")
    first: dict[tuple[str, int], int] = {}
    for row in np.flatnonzero(use).tolist():
        if houses_.name[row]:
            first.setdefault((houses_.name[row], int(houses_.legal[row])), row)
    rows = np.array(list(first.values()), np.int64)
    return Sites(houses_.x[rows], houses_.y[rows], np.asarray(houses_.dong)[rows], rows, np.full(len(rows), -1))  # fmt: skip


def _blocks(rows: Rows) -> Array:
    """Of every building the row of its complex, -1 for none."""
    houses_ = rows.terrain.streets.buildings
    row_of = {(houses_.name[first], int(houses_.legal[first])): row for row, first in enumerate(rows.sites.building.tolist())}  # fmt: skip
    flats = np.asarray(houses_.use) == USES.index("apartment")
    legal = np.asarray(houses_.legal).tolist()
    keys = zip(houses_.name, legal, flats.tolist(), strict=True)
    return np.array([row_of.get((name, dong), -1) if flat else -1 for name, dong, flat in keys])


def apartment(rows: Rows) -> Mapping[str, Column]:
    houses_, row = rows.terrain.streets.buildings, _blocks(rows)
    own = row >= 0

    def total(column: Array) -> Array:
        return np.bincount(row[own], weights=np.asarray(column, float)[own], minlength=len(rows))

    homes, floor = total(houses_.households).astype(int), np.round(total(houses_.floor_area_m2), 1)
    small, middle = homes * 4 // 10, homes * 4 // 10
    large = (homes - small - middle) * 9 // 10
    legal = [rows.terrain.ground.legal.name[each] for each in rows.of_building(np.asarray(houses_.legal).tolist())]  # fmt: skip
    year = rows.of_building(np.asarray(houses_.built_year).tolist())
    done = [f"{each}{month:02d}{day:02d}" for each, month, day in zip(year, rows.whole(1, 12).tolist(), rows.whole(1, 28).tolist(), strict=True)]  # fmt: skip
    return {
        "번호": np.arange(1, len(rows) + 1),
        "아파트코드": [f"A99{number:06d}" for number in range(10_001, 10_001 + len(rows))],
        "아파트명": rows.of_building(houses_.name),
        "주소(시도)k-apt주소split": ["가온광역시"] * len(rows),
        "주소(시군구)": rows.districts,
        "주소(읍면동)": legal,
        "전체동수": np.bincount(row[own], minlength=len(rows)),
        "전체세대수": homes,
        "준공일": done,
        "준공연월일": done,
        "연면적": floor,
        "주거전용면적": np.round(floor * 0.62, 1),
        "관리비부과면적": np.round(floor * 0.81, 1),
        "전용면적별세대현황(60㎡이하)": small,
        "전용면적별세대현황(60㎡~85㎡이하)": middle,
        "85㎡~135㎡이하": large,
        "135㎡초과": homes - small - middle - large,
        "건축면적": np.round(total(houses_.footprint_m2), 1),
        "주차대수": np.round(homes * rows.rng.uniform(0.7, 1.3, len(rows))).astype(int),
    }


_TAIL = "데이터기준일자, 제공기관코드, 제공기관명"
KINDS: tuple[Kind, ...] = (
    Kind(
        "public-toilet", "환경/공중화장실", 260,
        """개방자치단체코드, 관리번호, 구분명, 근거법령명, 화장실명, 소재지도로명주소, 소재지지번주소, 남성용-대변기수, 남성용-소변기수,
        남성용-장애인용대변기수, 남성용-장애인용소변기수, 남성용-어린이용대변기수, 남성용-어린이용소변기수, 여성용-대변기수,
        여성용-장애인용대변기수, 여성용-어린이용대변기수, 관리기관명, 전화번호, 개방시간, 개방시간상세, 설치연월, 화장실소유구분명, 오물처리방식,
        안전관리시설설치대상여부, 비상벨설치여부, 비상벨설치장소, 화장실입구CCTV설치유무, 기저귀교환대유무, 기저귀교환대장소, 리모델링연월,
        데이터기준일자, 데이터갱신구분, 데이터갱신시점, 최종수정시점""",
        in_buildings("public", "shop", "office", old=2.0, riverside=1.5), toilet,
        (slips.put("비상벨설치장소", "여자화장실", severity="warning", 비상벨설치여부="N"), slips.unread("설치연월", "month", "2013-00"),
         slips.unread("기저귀교환대유무", "boolean", "있슴"), slips.phone("전화번호"), slips.put("리모델링연월", "1990-05")),
        key="화장실명", age_days=25, least=8,
    ),
    Kind(
        "free-wifi", "통신/무료와이파이", 900,
        """관리번호, 설치장소명, 설치장소상세, 설치시도명, 설치시군구명, 설치시설구분명, 서비스제공사명, 와이파이SSID, 설치연월, 소재지도로명주소,
        소재지지번주소, 관리기관명, 관리기관전화번호, WGS84위도, WGS84경도, 데이터기준일자""",
        in_buildings("public", "shop", "office", each=2, farm=0.5), wifi,
        (slips.swapped("WGS84위도", "WGS84경도"), slips.missing("와이파이SSID"), slips.unread("설치연월", "month", "2021-13"), slips.zero("WGS84위도", "WGS84경도")),
        growth=0.05, age_days=3,
    ),
    Kind(
        "city-park", "환경/도시공원", 110,
        """관리번호, 공원명, 공원구분, 소재지도로명주소, 소재지지번주소, 위도, 경도, 공원면적, 공원보유시설(운동시설), 공원보유시설(유희시설),
        공원보유시설(편익시설), 공원보유시설(교양시설), 공원보유시설(기타시설), 지정고시일, 관리기관명, 전화번호, """ + _TAIL,
        on_cover("풀밭", "숲", apartments=2.0, industry=0.6, farm=0.3), park, (slips.negative("공원면적", "-1500"), slips.no_month("지정고시일")),
        form="xlsx", key="공원명", age_days=60, least=8,
        options={"titles": ("도시공원 현황",), "merged": "공원보유시설"},
    ),
    Kind(
        "trash-bin", "환경/휴지통", 520,
        "설치장소명, 시도명, 시군구명, 소재지도로명주소, 소재지지번주소, X좌표(EPSG5174), Y좌표(EPSG5174), 세부위치, 휴지통종류, 관리기관명, 관리기관전화번호, " + _TAIL,
        along_roads(1, 2, step_m=80, old=2.0, farm=0.1), trash_bin, (slips.missing("휴지통종류"), slips.phone("관리기관전화번호")),
        epsg=5174, age_days=45, least=20,
    ),
    Kind(
        "no-smoking-area", "보건/금연구역", 700,
        "금연구역명, 시도명, 시군구명, 금연구역구분, 금연구역면적, 위반과태료, 소재지도로명주소, 소재지지번주소, 관리기관명, 위도, 경도, " + _TAIL,
        in_buildings("public", "shop", "office", "apartment"), no_smoking,
        (slips.negative("금연구역면적", "-300"), slips.put("위반과태료", "10000000", severity="warning"), slips.missing("금연구역구분"), slips.swapped()), age_days=50,
    ),
    Kind(
        "civil-kiosk", "행정/무인민원발급기", 42,
        """개방자치단체코드, 관리번호, 관리기관명, 발급기명, 설치장소주소, 설치장소상세위치, 평일운영시작시각, 평일운영종료시각, 공휴일운영시작시각,
        공휴일운영종료시각, 운영시간참고내용, 설치운영URL, 사용여부명, 장애인편의기능정보, 시각장애인용키패드, 시각장애인용음성안내,
        청각장애인용화면안내, 점자라벨부착, 이어폰소켓, 촉각(전자)모니터, 화면확대기능, 휠체어사용자조작, 최종수정시점, 데이터갱신구분, 데이터갱신시점,
        시도코드, 설치장소위치, 도로시군구코드, 도로코드, 도로명읍면동번호, 도로건물층구분, 도로건물본번호, 도로건물부번호, 등기사항증명서발급구분,
        가족관계삭제발급구분""",
        in_houses_of("행정복지센터", "구청", "의료원", "역", "터미널", then=in_buildings("public", endings=("우체국", "복지관", "체육센터", "중앙도서관"))), kiosk, (slips.crossed("평일운영시작시각", "평일운영종료시각"), slips.missing("설치장소상세위치")), key="발급기명", least=5,
    ),
    Kind(
        "ev-charger", "환경/전기차충전소", 330,
        """충전소명, 충전소위치상세, 설치시도명, 휴점일, 이용가능시작시각, 이용가능종료시각, 완속충전가능여부, 급속충전가능여부, 급속충전타입구분,
        완속충전기대수, 급속충전기대수, 주차료부과여부, 소재지도로명주소, 소재지지번주소, 관리업체명, 관리업체전화번호, 위도, 경도, """ + _TAIL,
        in_buildings("public", "apartment", "office", apartments=1.4), charger,
        (slips.put("급속충전기대수", "2", 급속충전가능여부="N"), slips.unread("주차료부과여부", "boolean", "협의"), slips.negative("완속충전기대수", "-3")), growth=0.04, age_days=7, least=8,
    ),
    Kind(
        "apartment", "주택/공동주택단지", 1,
        """번호, 아파트코드, 아파트명, 단지분류(아파트/주상복합등등), 주소(시도)k-apt주소split, 주소(시군구), 주소(읍면동), 복도유형, 난방방식,
        전체동수, 전체세대수, 시공사, 준공일, 준공연월일, kapt도로명주소, 연면적, 주거전용면적, 관리비부과면적, 전용면적별세대현황(60㎡이하),
        전용면적별세대현황(60㎡~85㎡이하), 85㎡~135㎡이하, 135㎡초과, 건축면적, 주차대수, 좌표X, 좌표Y""",
        complexes, apartment, (slips.negative("주차대수", "-120"), slips.put("관리비부과면적", "99999999", severity="warning")),
        form="xlsx", key="아파트명", options={"titles": ("※ 공동주택관리정보시스템에서 내려받은 자료로, 단지가 직접 입력한 값입니다.",)},
    ),
)  # fmt: skip
