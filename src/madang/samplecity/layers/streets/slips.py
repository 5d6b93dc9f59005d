"""The defects planted in the files of streets and buildings."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.map_paper import ShapefilePaper
from madang.samplecity.text_paper import TextPaper

_SHARE = 0.0015  # rows with a defect
WARNING = "warning"


def _rows(city: City, name: str, many: int, kinds: int, share: float = _SHARE) -> list[Array]:
    """Rows for each kind of defect, none twice; every kind has one at least."""
    each = max(1, round(share * many / kinds))
    drawn = city.rng(f"streets.slips.{name}").permutation(many)[: each * kinds]
    return [np.sort(part) for part in drawn.reshape(kinds, -1)]


def plant_nodes(paper: ShapefilePaper, city: City) -> None:
    columns, ids = paper.columns, list(paper.columns["NODE_ID"])
    twice, short, kind, nothing = _rows(city, "nodes", len(ids), 4)
    for row in twice.tolist():  # that differs in something else, or the whole row would be there twice
        day, others = columns["UPDATEDATE"], range(row - 1, -1, -1)
        other = next((at for at in others if day[at] != day[row] and at not in short), None)
        if other is not None:
            paper.plant(row, "NODE_ID", ids[other], "key_duplicate")
    for row in short.tolist():
        paper.plant(row, "NODE_ID", ids[row][:9], "row_rule")
    for row in kind.tolist():
        paper.plant(row, "NODE_TYPE", "999", "code_not_listed")
    for row in nothing.tolist():
        paper.plant(row, "NODE_TYPE", "", "required_missing")


def plant_links(paper: ShapefilePaper, city: City, forward: int) -> None:
    columns = paper.columns
    speed, lanes, loop, length, id_ = _rows(city, "links", forward, 5)
    for row in speed.tolist():
        paper.plant(row, "MAX_SPD", "600", "row_rule", WARNING)
    for row in lanes.tolist():
        paper.plant(row, "LANES", "0", "row_rule", WARNING)
    for row in loop.tolist():
        paper.plant(row, "T_NODE", columns["F_NODE"][row], "row_rule", WARNING)
    for row in length.tolist():
        paper.plant(row, "LENGTH", str(-float(columns["LENGTH"][row])), "quantity_negative")
    for row in id_.tolist():
        paper.plant(row, "LINK_ID", f"{columns['LINK_ID'][row]}A", "row_rule")


def _late(rows: list[Array], delivery: Delivery) -> Iterator[list[int]]:
    """In the second delivery half of the defects are mended, but one of each kind stays."""
    for part in rows:
        yield part.tolist() if delivery.first else part[: max(1, len(part) // 2)].tolist()


def plant_addresses(paper: TextPaper, city: City, delivery: Delivery, many: int) -> None:
    first = int(many if delivery.first else many - _opened(city))
    id_, road, san, number, day, postcode, again = _late(_rows(city, "addresses", first, 7), delivery)
    columns = paper.columns
    for row in id_:
        paper.plant(row, "도로명주소관리번호", columns["도로명주소관리번호"][row][:22], "row_rule")
    for row in road:
        paper.plant(row, "도로명코드", "99990" + columns["도로명코드"][row][5:], "row_rule", WARNING)
    for row in san:
        paper.plant(row, "산여부", "2", "code_not_listed")
    for row in number:
        paper.plant(row, "건물본번", "", "required_missing")
    for row in day:
        paper.plant(row, "효력발생일", "20251305", "cell_no_such_month")
    for row in postcode:
        paper.plant(row, "기초구역번호", columns["기초구역번호"][row][1:], "number_pattern")
    for row in (each for each in again if each > 0 and each - 1 not in id_):
        paper.plant(row, "도로명주소관리번호", columns["도로명주소관리번호"][row - 1], "key_duplicate")


def _opened(city: City) -> int:
    return int((~city.get(Streets).buildings.standing(city.deliveries[0].day)).sum())


def plant_buildings(paper: TextPaper, city: City, delivery: Delivery, flats: Array) -> None:
    columns = paper.columns
    first = len(columns["건물관리번호"]) - (0 if delivery.first else _opened(city))
    rows = _rows(city, "buildings", first, 9)
    flat = np.setdiff1d(flats[flats < first], np.concatenate(rows))
    rows.append(
        np.sort(city.rng("streets.slips.flats").choice(flat, min(len(rows[0]), len(flat)), replace=False))
    )
    no_day, future, floors, area, words, id_, zero, far, again, homes = _late(rows, delivery)
    for row in no_day:
        paper.plant(row, "사용승인일", "1997-02-30", "cell_no_such_day")
    for row in future:
        paper.plant(row, "사용승인일", "2045-05-11", "date_out_of_range")
    for row in floors:
        paper.plant(row, "지상층수", f"-{columns['지상층수'][row]}", "quantity_negative")
    for row in area:
        paper.plant(row, "연면적(㎡)", f"-{columns['연면적(㎡)'][row]}", "quantity_negative")
    for row in words:
        paper.plant(row, "건축면적(㎡)", "약 30평", "cell_not_number")
    for row in id_:
        paper.plant(row, "건물관리번호", f"{columns['건물관리번호'][row][:24]}", "row_rule")
    for row in zero:
        paper.plant(row, "X좌표", "0", "point_zero", WARNING)
        paper.plant(row, "Y좌표", "0", "point_zero", WARNING)
    for row in far:  # so far in both directions that no single digit explains it
        for header, metres in (("X좌표", 38_777.7), ("Y좌표", 55_666.6)):
            moved = f"{float(columns[header][row]) + metres:.3f}"
            paper.plant(row, header, moved, "point_outside_claim", WARNING)
    for row in homes:
        paper.plant(row, "세대수", "0", "row_rule", WARNING)
    for row in again:
        code = columns["법정동코드"][row]  # of another building of the same 법정동
        other = next(
            (at for at in range(row - 1, -1, -1) if columns["법정동코드"][at] == code and at not in id_), None
        )
        if other is not None:
            paper.plant(row, "건물관리번호", columns["건물관리번호"][other], "key_duplicate")
