"""Shelters: from air raids, from heat, from earthquakes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.facilities import slips
from madang.samplecity.layers.facilities.kind import Edit, Kind
from madang.samplecity.layers.facilities.kinds.names import houses, joined, of_dong, unique
from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.layers.facilities.sites import in_buildings, in_houses_of, on_cover
from madang.samplecity.map_paper import projected
from madang.samplecity.paper import Column

_M2_PER_PERSON = 0.825


def triplets(name: str, degrees: Array) -> dict[str, Column]:
    """Degrees, minutes and seconds (to a hundredth, three metres and less) as their three columns."""
    hundredths = np.round(degrees * 360_000).astype(np.int64)
    return {
        f"{name}(도)": hundredths // 360_000,
        f"{name}(분)": hundredths // 6_000 % 60,
        f"{name}(초)": [f"{each // 100}.{each % 100:02d}" for each in (hundredths % 6_000).tolist()],
    }


def civil_defence(rows: Rows) -> Mapping[str, Column]:
    area = rows.sizes(900, 0.7, 0)
    lon, lat = projected(rows.sites.x, rows.sites.y, 4326)
    below = rows.flags(0.9)
    return {
        "시설명": unique(joined(houses(rows, of_dong(rows, rows.pick(rows.told["건물"]))), rows.where(below, rows.pick(["지하주차장", "지하1층", "지하2층"]), "1층 강당"))),
        "시설구분": rows.pick([["공공용시설", 4], ["정부지원시설", 1]]),
        "지정일자": rows.dates("2006-03-01", "2024-12-31"),
        "해제일자": [""] * len(rows),
        "시설위치(지상/지하)": rows.words(below, "지하", "지상"),
        "시설면적(㎡)": area.astype(int),
        "최대수용인원": np.floor(area / _M2_PER_PERSON).astype(int),
        **triplets("위도", lat),
        **triplets("경도", lon),
        "좌표정보X(EPSG5179)": [f"{value:.3f}" for value in rows.sites.x.tolist()],
        "좌표정보Y(EPSG5179)": [f"{value:.3f}" for value in rows.sites.y.tolist()],
    }  # fmt: skip


def closed_shelter(rows: Rows, texts: Mapping[str, Cells]) -> list[Edit]:
    """The owner rebuilds: the shelter is closed in the middle of the month."""
    row = len(rows) // 3
    until = rows.terrain.setting.until
    gone = (until.replace(day=1) + timedelta(days=13)).isoformat()
    return [Edit(row, "closed", {"운영상태": "사용중지", "해제일자": gone, "데이터갱신구분": "U"})]


def heat(rows: Rows) -> Mapping[str, Column]:
    names = houses(rows, [""] * len(rows))
    kind = [
        "노인시설" if name.endswith("경로당") else "행정복지센터" if name.endswith("센터") else other
        for name, other in zip(names, rows.pick(rows.told["구분"]), strict=True)
    ]
    area = rows.sizes(70, 0.4, 0)
    return {
        "시설년도": [str(rows.day.year)] * len(rows),
        "위치코드": [f"{code}{number:05d}" for number, code in enumerate(rows.codes, 1)],
        "시설구분1": kind,
        "시설구분2": ["실내"] * len(rows),
        "쉼터명칭": unique(houses(rows, of_dong(rows, rows.pick(rows.told["이름"]))), rows),
        "시설면적": area,
        "이용가능인원": np.maximum(area // 3.3, 5).astype(int),
    }


def _grounds(rows: Rows) -> Cells:
    """The yard of a school by its name, other open ground by its 행정동."""
    yards = zip(houses(rows, [""] * len(rows)), of_dong(rows, rows.pick(rows.told["장소"])), strict=True)
    return [f"{name} 운동장" if name.endswith("학교") else other for name, other in yards]


def earthquake(rows: Rows) -> Mapping[str, Column]:
    area = rows.sizes(3600, 0.6, 0)
    return {
        "지진옥외대피장소명": unique(_grounds(rows), rows),
        "지진옥외대피장소면적": area.astype(int),
        "최대수용인원수": np.floor(area / _M2_PER_PERSON).astype(int),
    }


KINDS: tuple[Kind, ...] = (
    Kind(
        "civil-defence-shelter", "안전/민방위대피시설", 240,
        """개방자치단체코드, 관리번호, 지정일자, 해제일자, 운영상태, 시설명, 시설구분, 도로명전체주소, 소재지전체주소, 도로명우편번호,
        시설위치(지상/지하), 시설면적(㎡), 최대수용인원, 최종수정시점, 데이터갱신구분, 데이터갱신시점, 위도(도), 위도(분), 위도(초),
        경도(도), 경도(분), 경도(초), 위도(EPSG4326), 경도(EPSG4326), 좌표정보X(EPSG5179), 좌표정보Y(EPSG5179)""",
        in_buildings("public", "apartment", "office"), civil_defence,
        (slips.put("최대수용인원", lambda row: row["시설면적(㎡)"], severity="warning"), slips.no_month("지정일자", required=True),
         slips.put("최대수용인원", "4105106", severity="warning"), slips.unlisted("시설위치(지상/지하)", "반지하")),
        key="관리번호", edits=closed_shelter, least=6,
    ),
    Kind(
        "heat-shelter", "안전/무더위쉼터", 190,
        "시설년도, 위치코드, 시설구분1, 시설구분2, 쉼터명칭, 도로명주소, 지번주소, 시설면적, 이용가능인원, 비고, 경도, 위도",
        in_houses_of("경로당", "행정복지센터", then=in_buildings("house", "villa", "apartment", farm=2.5, hill=1.8, old=1.5)), heat,
        (slips.negative("시설면적", "-66"), slips.missing("이용가능인원"), slips.swapped()), key="쉼터명칭", age_days=110, least=10,
    ),
    Kind(
        "earthquake-shelter", "안전/지진옥외대피장소", 60,
        """지진옥외대피장소명, 시도명, 시군구명, 소재지지번주소, 위도, 경도, 지진옥외대피장소면적, 최대수용인원수, 관리기관명,
        관리기관전화번호, 데이터기준일자, 제공기관코드, 제공기관명""",
        in_houses_of("학교", then=on_cover("풀밭", "시가지", farm=0.6)), earthquake, (slips.put("최대수용인원수", "990000", severity="warning"),), age_days=200, least=5,
    ),
)  # fmt: skip
