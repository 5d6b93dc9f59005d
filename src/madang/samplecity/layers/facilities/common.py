"""Columns that mean the same in every form: addresses, coordinates, offices, dates of the data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from madang.samplecity.city import SIDO, SIDO_CODE
from madang.samplecity.layers.facilities.kind import Kind
from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.map_paper import projected
from madang.samplecity.paper import cells_of

_ROAD = (
    "소재지도로명주소",
    "도로명전체주소",
    "교육장도로명주소",
    "설치장소주소",
    "kapt도로명주소",
    "도로명주소",
)
_LOT = ("소재지지번주소", "소재지전체주소", "지번주소", "소재지")
_LAT, _LON = ("위도", "WGS84위도", "위도(EPSG4326)"), ("경도", "WGS84경도", "경도(EPSG4326)")
_FLAT = ("X좌표", "Y좌표", "좌표X", "좌표Y", "X좌표(EPSG5174)", "Y좌표(EPSG5174)")


def column(kind: Kind, rows: Rows, header: str) -> Cells:
    """The cells of a column. KeyError: nobody says what stands in it."""
    if header in rows.made:
        return rows.made[header]
    told = rows.told_column(header)
    if told is not None:
        return told
    if header in _LAT + _LON:
        return degrees(rows, header in _LON, kind.digits)
    if header in _FLAT:
        return flat(rows, "X" in header, kind)
    if header.endswith("전화번호") or header == "신고전화":
        return rows.phones(lines=3)
    return _MEANING[header](rows)


def degrees(rows: Rows, east: bool, digits: int) -> Cells:
    """Longitudes or latitudes of EPSG:4326."""
    lon, lat = projected(rows.sites.x, rows.sites.y, 4326)
    return [written(value, digits) for value in (lon if east else lat).tolist()]


def written(degrees: float, digits: int) -> str:
    """Degrees as a file has them. Half a metre aside where chance made 35.666666 of them: so people fill cells by hand."""
    found = f"{degrees:.{digits}f}"
    return found if len(set(found.partition(".")[2])) > 2 else f"{degrees + 5e-6:.{digits}f}"


def flat(rows: Rows, east: bool, kind: Kind) -> Cells:
    """Coordinates in the system of the kind: metres with as many digits as its files have, or degrees."""
    x, y = projected(rows.sites.x, rows.sites.y, kind.epsg)
    digits = kind.digits if kind.epsg == 4326 else 3
    return [f"{value:.{digits}f}" for value in (x if east else y).tolist()]


def _numbers(rows: Rows) -> Cells:
    return [f"{code}00-{number:06d}" for number, code in enumerate(rows.codes, 1)]


def _legal(rows: Rows) -> Cells:
    legal = np.asarray(rows.terrain.streets.buildings.legal)[rows.sites.building]
    return [rows.terrain.ground.legal.name[number] for number in legal.tolist()]


_MEANING: dict[str, Callable[[Rows], Cells]] = {
    **dict.fromkeys(_ROAD, lambda rows: rows.of_building(rows.terrain.streets.buildings.road_address)),
    **dict.fromkeys(_LOT, lambda rows: rows.of_building(rows.terrain.streets.buildings.lot_address)),
    **dict.fromkeys(("시도명", "설치시도명"), lambda rows: [SIDO] * len(rows)),
    **dict.fromkeys(("시군구명", "설치시군구명"), lambda rows: rows.districts),
    "시도코드": lambda rows: [SIDO_CODE] * len(rows),
    "시군구코드": lambda rows: rows.codes,
    "법정동명": _legal,
    "도로명": lambda rows: rows.road_names,
    "도로명우편번호": lambda rows: rows.of_building(rows.terrain.streets.buildings.postcode),
    **dict.fromkeys(("제공기관코드", "개방자치단체코드"), lambda rows: [f"{code}00" for code in rows.codes]),
    "제공기관명": lambda rows: rows.offices,
    "관리기관명": lambda rows: [f"{office}청" for office in rows.offices],
    "관할경찰서명": lambda rows: [f"{district[:-1]}경찰서" for district in rows.districts],
    "관리번호": _numbers,
    "데이터기준일자": lambda rows: [rows.as_of.isoformat()] * len(rows),
    "데이터갱신구분": lambda rows: rows.pick([["I", 4], ["U", 1]]),
    "데이터갱신시점": lambda rows: rows.updated,
    "최종수정시점": lambda rows: cells_of(rows.changed),
    "연번": lambda rows: cells_of(np.arange(1, len(rows) + 1)),
}
