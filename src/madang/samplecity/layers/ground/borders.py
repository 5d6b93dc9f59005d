"""Papers of borders and code lists: 행정동, 법정동, the relation of both, 통."""

from __future__ import annotations

import numpy as np
import shapely

from madang.samplecity.city import SIDO, SIDO_CODE, City, Delivery
from madang.samplecity.layers.ground.model import Ground, Tongs
from madang.samplecity.map_paper import GeoJsonPaper, ShapefilePaper
from madang.samplecity.paper import Column
from madang.samplecity.sheet_paper import Cell, Sheet, WorkbookPaper
from madang.samplecity.text_paper import TextPaper
from madang.samplecity.words import words

SGIS_SIDO = "98"  # the statistics office counts 시도 otherwise than the ministry
FOUNDED, DIVIDED = "20040301", "20180702"  # most 행정동; those in new parts, numbered when they were divided


def dongs(city: City, delivery: Delivery) -> GeoJsonPaper:
    """Borders of the 행정동 as the file of the whole country has them."""
    ground = city.get(Ground)
    found, of = ground.dongs, ground.dongs.district.tolist()
    in_district = np.arange(len(found)) - np.searchsorted(found.district, found.district)
    columns: dict[str, Column] = {
        "OBJECTID": np.arange(len(found)) + 3001,
        "adm_nm": [f"{SIDO} {ground.districts.name[own]} {name}" for own, name in zip(of, found.name, strict=True)],
        "adm_cd": [f"{SGIS_SIDO}{10 * (own + 1):03d}{51 + at}" for own, at in zip(of, in_district.tolist(), strict=True)],
        "adm_cd2": list(found.code),
        "sgg": [ground.districts.code[own] for own in of],
        "sido": [SIDO_CODE] * len(found),
        "sidonm": [SIDO] * len(found),
        "sggnm": [ground.districts.name[own] for own in of],
    }  # fmt: skip
    return GeoJsonPaper(f"행정구역/행정동경계_{delivery.stamp}.geojson", found.shape, columns, 7)


def legal_codes(city: City, delivery: Delivery) -> TextPaper:
    """법정동코드, those given up among them, with two defects."""
    ground = city.get(Ground)
    rows = [(f"{SIDO_CODE}00000000", SIDO, "존재")]
    for number, (code, name) in enumerate(zip(ground.districts.code, ground.districts.name, strict=True)):
        rows.append((f"{code}00000", f"{SIDO} {name}", "존재"))
        own = [
            (legal, f"{SIDO} {name} {ground.legal.name[at]}", "존재")
            for at, legal in enumerate(ground.legal.code)
            if ground.legal.district[at] == number
        ]
        given_up = words("ground")["given_up"] if number == 0 else []
        own += [
            (f"{code}{19000 + 100 * at}", f"{SIDO} {name} {old}", "폐지")
            for at, old in enumerate(given_up, 1)
        ]
        rows += sorted(own)
    rng = city.rng("ground.legal_codes")
    wrong, again = rng.choice(np.arange(4, 22), 2, replace=False).tolist()
    rows.append(rows[again])
    columns = dict(
        zip(("법정동코드", "법정동명", "폐지여부"), map(list, zip(*rows, strict=True)), strict=True)
    )
    paper = TextPaper(path=f"행정구역/법정동코드_{delivery.stamp}.csv", columns=columns, encoding="utf-8")
    paper.plant(wrong, "폐지여부", "존속", "code_not_listed")
    paper.plant(len(rows) - 1, "법정동명", rows[again][1].replace(" ", "  "), "key_duplicate")
    return paper


def relation(city: City, delivery: Delivery) -> WorkbookPaper:
    """KIKmix: which 법정동 lie in which 행정동, rows of the 시도 and the 구 above them, with two defects."""
    ground = city.get(Ground)
    top = f"{SIDO_CODE}00000000"
    rows: list[list[Cell]] = [[top, SIDO, "", "", top, SIDO, "19890101", ""]]
    for number, (code, name) in enumerate(zip(ground.districts.code, ground.districts.name, strict=True)):
        rows.append([f"{code}00000", SIDO, name, "", f"{code}00000", name, "19890101", ""])
        for dong, legal in ground.legal.pairs.tolist():
            if ground.dongs.district[dong] == number:
                since = DIVIDED if ground.dongs.kind[dong] == "apartments" else FOUNDED
                rows.append([
                    ground.dongs.code[dong], SIDO, name, ground.dongs.name[dong],
                    ground.legal.code[legal], ground.legal.name[legal], since, "",
                ])  # fmt: skip
    header = ["행정동코드", "시도명", "시군구명", "읍면동명", "법정동코드", "동리명", "생성일자", "말소일자"]
    sheet = Sheet("KIKmix", [header], rows)
    month, gone = city.rng("ground.relation").choice(np.arange(3, 24), 2, replace=False)
    sheet.plant(month, "생성일자", "20041301", "cell_no_such_month")
    sheet.plant(gone, "말소일자", "19990101", "row_rule")
    return WorkbookPaper(f"행정구역/행정동_법정동_연계_{delivery.stamp}.xlsx", [sheet])


def tongs(city: City, delivery: Delivery) -> ShapefilePaper:
    """Borders of the 통, with defects."""
    ground = city.get(Ground)
    found: Tongs = ground.tongs if delivery.first else ground.tongs_later
    names = [ground.dongs.name[dong] for dong in found.dong.tolist()]
    many = len(found.id)
    columns: dict[str, Column] = {
        "TONG_ID": list(found.id),
        "HJD_CD": [ground.dongs.code[dong] for dong in found.dong.tolist()],
        "HJD_NM": names,
        "TONG_NO": np.array(found.number, np.int64),
        "TONG_NM": [f"{name} {at}통" for name, at in zip(names, found.number.tolist(), strict=True)],
        "AREA_M2": np.round(shapely.area(found.shape), 1),
    }
    rng = city.rng(f"ground.tongs.{delivery.number}")
    least = max(1, many // 700)
    at = rng.choice(many, 2 * least, replace=False)
    path = f"행정구역/통경계_{delivery.stamp}.shp"
    paper = ShapefilePaper(path=path, shapes=found.shape, columns=columns, day=f"{delivery.day}")
    for row in at[:least].tolist():
        paper.plant(row, "AREA_M2", "-1", "row_rule")
    for row in at[least:].tolist():
        paper.plant(row, "HJD_CD", found.id[row][:8], "row_rule")
    return paper
