"""상가(상권)정보: every living shop at the end of a quarter, licensed or not, in 39 columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np

from madang.samplecity.city import SIDO, SIDO_CODE, Array, City, Delivery
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import Shops
from madang.samplecity.layers.shops.trades import kinds
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.map_paper import projected
from madang.samplecity.paper import Column, Paper
from madang.samplecity.text_paper import TextPaper

QUARTERS = 4  # handed over in the first delivery


def quarter_ends(city: City) -> list[date]:
    """The last days of the quarters that the first delivery has, oldest first."""
    first = city.deliveries[0].day
    day, found = first + timedelta(days=1), list[date]()
    while len(found) < QUARTERS:
        day = day.replace(day=1)
        before = day - timedelta(days=1)
        if before.month % 3 == 0:
            found.append(before)
        day = before
    return found[::-1]


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    """Four quarters at once; none has ended by the second delivery."""
    if not delivery.first:
        return
    for at, day in enumerate(quarter_ends(city)):
        rows = np.flatnonzero(city.get(Shops).lives.living(day))
        paper = TextPaper(
            path=f"상가/상가정보_{day:%Y%m}.csv", columns=columns(city, rows, day), encoding="utf-8"
        )
        _plant(city, at, rows, paper)
        yield paper


def shop_ids(shops: Shops) -> list[str]:
    """상가업소번호 of all shops: by the month of the opening, never used again."""
    months = np.datetime_as_string(shops.lives.opened.astype("datetime64[M]")).tolist()
    return [f"MA0101{month[:4]}{month[5:]}{at:08d}" for at, month in enumerate(months, 1)]


def columns(city: City, rows: Array, day: date) -> dict[str, Column]:
    """The table of the shops `rows` as they are on `day`."""
    shops, ground, streets = city.get(Shops), city.get(Ground), city.get(Streets)
    buildings, roads, every = streets.buildings, streets.roads, kinds()
    at, where = shops.kind[rows].tolist(), shops.building[rows]
    dongs, legal = shops.lives.dong[rows].tolist(), buildings.legal[where].tolist()
    place, district = where.tolist(), ground.dongs.district[shops.lives.dong[rows]].tolist()
    ids, names = shop_ids(shops), shops.names(day)
    number = rows.tolist()
    lon, lat = projected(shops.x[rows], shops.y[rows], 4326)
    hill = buildings.hill_lot[where]
    land = np.where(hill, "2", "1").tolist()
    lots = list(zip(buildings.lot_main[where].tolist(), buildings.lot_sub[where].tolist(), strict=True))
    road = buildings.road[where].tolist()
    floor = shops.floor[rows].tolist()
    return {
        "상가업소번호": [ids[n] for n in number], "상호명": [names[n] for n in number],
        "지점명": [shops.branch[n] for n in number],
        "상권업종대분류코드": [every[k].code[:2] for k in at], "상권업종대분류명": [every[k].names[0] for k in at],
        "상권업종중분류코드": [every[k].code[:4] for k in at], "상권업종중분류명": [every[k].names[1] for k in at],
        "상권업종소분류코드": [every[k].code for k in at], "상권업종소분류명": [every[k].names[2] for k in at],
        "표준산업분류코드": [every[k].ksic[0] for k in at], "표준산업분류명": [every[k].ksic[1] for k in at],
        "시도코드": [SIDO_CODE] * len(at), "시도명": [SIDO] * len(at),
        "시군구코드": [ground.districts.code[d] for d in district], "시군구명": [ground.districts.name[d] for d in district],
        "행정동코드": [ground.dongs.code[d] for d in dongs], "행정동명": [ground.dongs.name[d] for d in dongs],
        "법정동코드": [ground.legal.code[d] for d in legal], "법정동명": [ground.legal.name[d] for d in legal],
        "지번코드": [f"{ground.legal.code[d]}{kind}{a:04d}{b:04d}" for d, kind, (a, b) in zip(legal, land, lots, strict=True)],
        "대지구분코드": land, "대지구분명": np.where(hill, "산", "대지").tolist(),
        "지번본번지": [a for a, _ in lots], "지번부번지": [b or "" for _, b in lots],
        "지번주소": [buildings.lot_address[b] for b in place],
        "도로명코드": [roads.code[r] for r in road], "도로명": [_road(buildings.road_address[b], roads.name[r]) for b, r in zip(place, road, strict=True)],
        "건물본번지": buildings.main[where], "건물부번지": [b or "" for b in buildings.sub[where].tolist()],
        "건물관리번호": [buildings.id[b] for b in place], "건물명": [buildings.name[b] for b in place],
        "도로명주소": [buildings.road_address[b].partition(" (")[0] for b in place],
        "구우편번호": [""] * len(at), "신우편번호": [buildings.postcode[b] for b in place],
        "동정보": [buildings.block[b].removesuffix("동") for b in place],
        "층정보": ["지" if f < 0 else str(f) for f in floor],
        "호정보": [f"{abs(f)}{u:02d}" if n % 4 == 0 else "" for f, u, n in zip(floor, shops.unit[rows].tolist(), number, strict=True)],
        "경도": np.round(lon, 12), "위도": np.round(lat, 12),
    }  # fmt: skip


def _road(address: str, name: str) -> str:
    """도로명 with 시도 and 시군구 before it, as the snapshots write it."""
    return f"{' '.join(address.split(' ')[:2])} {name}"


def _plant(city: City, quarter: int, rows: Array, paper: TextPaper) -> None:
    """About one row in 600; the newest snapshot has the most kinds."""
    rng = city.rng(f"shops.snapshot.{quarter}")
    count = max(8, len(rows) // 600)
    chosen = rng.choice(len(rows), size=min(count, len(rows)), replace=False).tolist()
    for turn, row in enumerate(chosen):
        kind, columns = (turn + quarter) % 8, paper.columns
        lon, lat = float(columns["경도"][row]), float(columns["위도"][row])
        if kind == 0:
            paper.plant(row, "상호명", "", "required_missing")
        elif kind == 1:
            paper.plant(
                row,
                "상권업종소분류코드",
                "Q12A01" if columns["상권업종대분류코드"][row] != "Q1" else "I20101",
                "row_rule",
            )
        elif kind == 2:
            columns["지번주소"][row] = ""
            paper.plant(row, "도로명주소", "", "row_rule")
        elif kind == 3:
            paper.plant(row, "지번코드", str(columns["지번코드"][row])[:18], "row_rule", "warning")
        elif kind == 4:
            paper.plant(row, "신우편번호", "5403", "number_pattern")
        elif kind == 5:
            columns["위도"][row] = round(lat + 0.43, 6)
            paper.plant(row, "경도", f"{lon + 0.37:.6f}", "point_outside_claim", "warning")
        elif kind == 6:
            paper.plant(row, "경도", "0.0", "point_zero", "warning")
            paper.plant(row, "위도", "0.0", "coordinate_outside", "warning")
        else:
            paper.plant(row, "상가업소번호", "", "required_missing")
