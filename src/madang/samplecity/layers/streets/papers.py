"""The files: nodes and links of roads, road addresses, buildings."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import shapely

from madang.samplecity.city import SIDO, Array, City, Delivery
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.changes import Register, register
from madang.samplecity.layers.streets.filling import (
    APARTMENT,
    FACTORY,
    FARM,
    HOUSE,
    OFFICE,
    PUBLIC,
    SHOP,
    VILLA,
)
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.layers.streets.slips import plant_addresses, plant_buildings, plant_links, plant_nodes
from madang.samplecity.map_paper import ShapefilePaper, projected
from madang.samplecity.paper import Paper
from madang.samplecity.text_paper import TextPaper

ADDRESS_COLUMNS = (
    "도로명주소관리번호", "법정동코드", "시도명", "시군구명", "읍면동명", "리명", "산여부", "번지", "호", "도로명코드", "도로명", "지하여부",
    "건물본번", "건물부번", "행정동코드", "행정동명", "기초구역번호", "이전도로명주소", "효력발생일", "공동주택구분", "이동사유코드",
    "건축물대장건물명", "시군구용건물명", "비고",
)  # fmt: skip
_FIRST_DAY = np.datetime64("2011-07-29", "D")  # when road addresses came into force
_RANK_CODE = {1: "104", 2: "107", 3: "108"}


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    """Roads once; addresses and buildings in both deliveries."""
    known = register(city, delivery)
    if delivery.first:
        yield _nodes(city, delivery)
        yield _links(city, delivery)
    yield _addresses(city, delivery, known)
    yield _buildings(city, delivery, known)


def _updated(many: int, city: City) -> list[str]:
    """When each was last surveyed: in rounds of some years."""
    rounds = ("20190315", "20210422", "20230511", "20240620", "20250814")
    drawn: list[str] = (
        city.rng("streets.surveys").choice(rounds, many, p=(0.3, 0.25, 0.2, 0.15, 0.1)).tolist()
    )
    return drawn


def _nodes(city: City, delivery: Delivery) -> Paper:
    streets = city.get(Streets)
    nodes, links = streets.nodes, streets.links
    many = len(nodes.id)
    degree = np.bincount(np.r_[links.start, links.end], minlength=many)
    widest = np.full(many, 9)
    np.minimum.at(widest, links.start, links.rank)
    np.minimum.at(widest, links.end, links.rank)
    paper = ShapefilePaper(
        path=f"도로/표준노드_{delivery.stamp}.shp",
        shapes=shapely.points(nodes.x, nodes.y),
        columns={
            "NODE_ID": list(nodes.id),
            "NODE_TYPE": np.select([degree == 1, degree == 2], ["102", "103"], "101").tolist(),
            "NODE_NAME": _crossings(streets, widest),
            "TURN_P": np.where((widest == 1) & (degree >= 4), "1", "0").tolist(),
            "UPDATEDATE": _updated(many, city),
            "REMARK": [""] * many,
        },
        geometry_type="Point",
        day=f"{delivery.day}",
    )
    plant_nodes(paper, city)
    return paper


def _crossings(streets: Streets, widest: Array) -> list[str]:
    """Names of junctions on wide roads, after the two roads that meet there."""
    links, names = streets.links, streets.roads.name
    first, second = np.full(len(widest), -1), np.full(len(widest), -1)
    wide = np.flatnonzero(links.rank < 3)
    for end in (links.start, links.end):
        for at in wide[np.argsort(-links.rank[wide], kind="stable")].tolist():
            node, road = end[at], links.road[at]
            if first[node] != road:
                first[node], second[node] = road, first[node] if first[node] >= 0 else second[node]
    return [
        f"{names[a]}·{names[b]}교차로" if a >= 0 and b >= 0 and names[a] != names[b] else ""
        for a, b in zip(first.tolist(), second.tolist(), strict=True)
    ]


def _links(city: City, delivery: Delivery) -> Paper:
    """A row for each direction; the way back has the ID with 01 at its end."""
    streets = city.get(Streets)
    links, nodes = streets.links, streets.nodes
    both = np.flatnonzero(~links.one_way)
    at = np.r_[np.arange(len(links.id)), both]
    back = np.r_[np.zeros(len(links.id), bool), np.ones(len(both), bool)]
    start, end = (
        np.where(back, links.end[at], links.start[at]),
        np.where(back, links.start[at], links.end[at]),
    )
    shapes = np.where(back, shapely.reverse(links.shape[at]), links.shape[at])
    lanes = np.where(links.one_way[at], links.lanes[at], np.maximum(1, links.lanes[at] // 2))
    many = len(at)
    paper = ShapefilePaper(
        path=f"도로/표준링크_{delivery.stamp}.shp",
        shapes=shapes,
        columns={
            "LINK_ID": [
                f"{links.id[of][:8]}{'01' if turned else '00'}"
                for of, turned in zip(at.tolist(), back.tolist(), strict=True)
            ],
            "F_NODE": [nodes.id[of] for of in start.tolist()],
            "T_NODE": [nodes.id[of] for of in end.tolist()],
            "LANES": lanes.astype(np.int32),
            "ROAD_RANK": [_RANK_CODE[rank] for rank in links.rank[at].tolist()],
            "ROAD_TYPE": np.where(links.bridge[at], "003", "000").tolist(),
            "ROAD_NO": ["-"] * many,
            "ROAD_NAME": [streets.roads.name[of] for of in links.road[at].tolist()],
            "ROAD_USE": ["0"] * many,
            "MULTI_LINK": ["0"] * many,
            "CONNECT": ["000"] * many,
            "MAX_SPD": links.max_speed_kmh[at].astype(np.int32),
            "REST_VEH": ["0"] * many,
            "LENGTH": links.length_m[at].astype(np.float64),
            "UPDATEDATE": _updated(many, city),
            "REMARK": [""] * many,
        },
        geometry_type="LineString",
        day=f"{delivery.day}",
    )
    plant_links(paper, city, len(links.id))
    return paper


def _addresses(city: City, delivery: Delivery, known: Register) -> Paper:
    ground, streets = city.get(Ground), city.get(Streets)
    buildings, rows = streets.buildings, known.rows
    dong, legal, road = (each[rows].tolist() for each in (buildings.dong, buildings.legal, buildings.road))
    in_force = np.maximum(buildings.opened[rows], _FIRST_DAY)
    main, sub = buildings.main[rows].tolist(), buildings.sub[rows].tolist()
    empty = [""] * len(rows)
    codes = streets.roads.code
    values = (
        [f"{ground.legal.code[a][:8]}{codes[b][5:]}0{c:05d}{d:05d}" for a, b, c, d in zip(legal, road, main, sub, strict=True)],
        [ground.legal.code[at] for at in legal],
        [SIDO] * len(rows),
        [ground.districts.name[int(ground.dongs.district[at])] for at in dong],
        [ground.legal.name[at].split()[-1] for at in legal],
        empty,
        np.where(buildings.hill_lot[rows], "1", "0").tolist(),
        buildings.lot_main[rows],
        buildings.lot_sub[rows],
        [codes[at] for at in road],
        [streets.roads.name[at] for at in road],
        ["0"] * len(rows),
        main,
        sub,
        [ground.dongs.code[at] for at in dong],
        [ground.dongs.name[at] for at in dong],
        [buildings.postcode[at] for at in rows.tolist()],
        empty,
        [day.replace("-", "") for day in np.datetime_as_string(in_force).tolist()],
        np.where(np.isin(buildings.use[rows], (VILLA, APARTMENT)), "1", "0").tolist(),
        known.reason,
        known.name,
        known.name,
        empty,
    )  # fmt: skip
    paper = TextPaper(
        path=f"주소/도로명주소 한글_{delivery.stamp}.txt",
        columns=dict(zip(ADDRESS_COLUMNS, values, strict=True)),
        delimiter="|",
        header=False,
    )
    plant_addresses(paper, city, delivery, len(rows))
    return paper


_USE_NAMES = {
    HOUSE: "단독주택", VILLA: "공동주택", APARTMENT: "공동주택", OFFICE: "업무시설", FACTORY: "공장", FARM: "단독주택",
}  # fmt: skip
_PUBLIC_USES = (
    ("학교", "교육연구시설"), ("어린이집", "노유자시설"), ("경로당", "노유자시설"), ("복지관", "노유자시설"), ("도서관", "교육연구시설"),
    ("체육", "운동시설"), ("의료원", "의료시설"), ("장터", "판매시설"), ("역", "운수시설"), ("터미널", "운수시설"), ("창고", "창고시설"),
)  # fmt: skip


def main_use(use: int, name: str, number: int) -> str:
    """The main use as the building register calls it."""
    if use == PUBLIC:
        return next((said for word, said in _PUBLIC_USES if word in name), "업무시설")
    if use == SHOP:
        return "제1종근린생활시설" if number % 5 < 2 else "제2종근린생활시설"
    return _USE_NAMES[use]


def _buildings(city: City, delivery: Delivery, known: Register) -> Paper:
    ground, buildings, rows = city.get(Ground), city.get(Streets).buildings, known.rows
    x, y = projected(buildings.x[rows], buildings.y[rows], 5186)
    use, listed = buildings.use[rows], rows.tolist()
    below = np.where(
        np.isin(use, (OFFICE, APARTMENT)),
        1 + buildings.lot_sub[rows] % 3,
        ((use == SHOP) | (use == VILLA)) * (rows % 4 == 0),
    )
    opened = np.datetime_as_string(buildings.opened[rows]).tolist()
    unknown = (buildings.built_year[rows] < 1975) & (rows % 9 == 0)  # old ledgers do not tell the day
    paper = TextPaper(
        path=f"건물/건물현황_{delivery.stamp}.csv",
        columns={
            "건물관리번호": [buildings.id[at] for at in listed],
            "법정동코드": [ground.legal.code[at] for at in buildings.legal[rows].tolist()],
            "소재지도로명주소": [buildings.road_address[at] for at in listed],
            "소재지지번주소": [buildings.lot_address[at] for at in listed],
            "건물명": known.name,
            "동명칭": [buildings.block[at] for at in listed],
            "주용도": [main_use(kind, name, at) for kind, name, at in zip(use.tolist(), known.name, listed, strict=True)],
            "지상층수": known.floors,
            "지하층수": below,
            "건축면적(㎡)": buildings.footprint_m2[rows],
            "연면적(㎡)": known.floor_area_m2,
            "세대수": buildings.households[rows],
            "사용승인일": ["" if late else day for late, day in zip(unknown.tolist(), opened, strict=True)],
            "X좌표": np.round(x, 3),
            "Y좌표": np.round(y, 3),
            "데이터기준일자": [f"{delivery.day}"] * len(rows),
        },
    )  # fmt: skip
    plant_buildings(paper, city, delivery, np.flatnonzero(np.isin(use, (VILLA, APARTMENT))))
    return paper
