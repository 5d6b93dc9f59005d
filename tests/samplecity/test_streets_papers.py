"""What was planted in the streets, found again in the files with plain readers."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from madang.samplecity.city import City, Setting
from madang.samplecity.layers import grown, streets
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.papers import ADDRESS_COLUMNS
from madang.samplecity.map_paper import shapes_in
from madang.samplecity.paper import Defect

pytestmark = pytest.mark.slow  # they share one city and its files


class Files:
    """The files of both deliveries, and the defects of each by its path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.city: City = grown(Setting(seed=7, scale=0.05), "streets")
        self.truth = {name: table.to_pylist() for name, table in streets.truths(self.city).items()}
        self.defects: dict[tuple[int, str], list[Defect]] = {}
        for delivery in self.city.deliveries:
            for paper in streets.papers(self.city, delivery):
                name = Path(paper.path).stem.rsplit("_", 1)[0]
                self.defects[delivery.number, name] = paper.write(folder / str(delivery.number))

    def rows(self, number: int, name: str) -> list[dict[str, str]]:
        """Rows of a text file, the broken ones among them."""
        (path,) = self.folder.glob(f"{number}/*/{name}_*")
        head = ADDRESS_COLUMNS if path.suffix == ".txt" else None
        with path.open(encoding="cp949", newline="") as file:
            return list(csv.DictReader(file, fieldnames=head, delimiter="|" if head else ","))

    def broken(self, number: int, name: str) -> set[int]:
        """Data rows (from 0) with a defect."""
        first = 1 if name == "도로명주소 한글" else 2
        return {each.row - first for each in self.defects[number, name] if each.row}

    def layer(self, name: str) -> tuple[dict[str, Any], Any]:
        (path,) = self.folder.glob(f"1/도로/{name}_*.shp")
        meta, _, shapes, cells = pyogrio.raw.read(path, encoding="cp949")
        return dict(zip(meta["fields"], cells, strict=True)), shapely.from_wkb(shapes)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("streets"))


def fact(files: Files, what: str) -> float:
    return next(row["value"] for row in files.truth["network"] if row["what"] == what)


def test_the_network_is_found_in_nodes_and_links(files: Files) -> None:
    nodes, points = files.layer("표준노드")
    links, lines = files.layer("표준링크")
    assert len(points) == fact(files, "nodes")
    assert len(lines) == fact(files, "directed_links")
    ends = Counter(frozenset(pair) for pair in zip(links["F_NODE"], links["T_NODE"], strict=True))
    loops = sum(len(pair) == 1 for pair in ends)
    assert sum(times == 1 for pair, times in ends.items() if len(pair) == 2) - loops == fact(
        files, "one_way_links"
    )
    # each node joined with its neighbours, until nothing grows any more
    home = {node: node for pair in ends for node in pair}

    def root(node: str) -> str:
        while home[node] != node:
            home[node] = home[home[node]]
            node = home[node]
        return node

    for pair in ends:
        first, *other = pair
        for node in other:
            home[root(node)] = root(first)
    assert len({root(node) for node in home}) == fact(files, "parts") == 1
    assert set(home) >= {node for node in nodes["NODE_ID"] if len(node) == 10 and node in home}


def test_metres_of_road_by_dong_are_those_of_the_file(files: Files) -> None:
    links, lines = files.layer("표준링크")
    forward = np.array([each[8:10] == "00" for each in links["LINK_ID"]])
    dongs = shapes_in(files.city.get(Ground).dongs.shape, 5186, 3)
    for at, row in enumerate(files.truth["road_length"]):
        for code, column in (("104", "rank1_m"), ("107", "rank2_m"), ("108", "rank3_m")):
            some = lines[forward & (links["ROAD_RANK"] == code)]
            found = shapely.length(shapely.intersection(some, dongs[at])).sum()
            assert found == pytest.approx(
                row[column], rel=0.002, abs=2
            )  # the metres of 5186 and 5179 differ by 0.05 %


def test_bridges_lie_over_water_and_are_few(files: Files) -> None:
    river = {row["bridge"] for row in files.truth["bridges"] if row["over"] == "강"}
    assert 2 <= len(river) <= 12
    links, _ = files.layer("표준링크")
    of_type = {each for each, kind in zip(links["LINK_ID"], links["ROAD_TYPE"], strict=True) if kind == "003"}
    told = {row["link_id"] for row in files.truth["bridges"]}
    assert len(told - of_type) <= 1  # but for one whose number was broken
    assert {each[:8] for each in of_type} == {each[:8] for each in told}


@pytest.mark.parametrize("number", [1, 2])
def test_homes_by_dong_are_counted_from_buildings_and_addresses(files: Files, number: int) -> None:
    buildings, addresses = files.rows(number, "건물현황"), files.rows(number, "도로명주소 한글")
    flawed = files.broken(number, "건물현황")
    found: dict[str, int] = defaultdict(int)
    lost: dict[str, int] = defaultdict(int)
    by_id = {row["building_id"]: row for row in files.truth["places"]}
    for at, (building, address) in enumerate(zip(buildings, addresses, strict=True)):
        found[address["행정동코드"]] += int(building["세대수"])
        if at in flawed and building["세대수"] == "0" and building["건물관리번호"] in by_id:
            lost[address["행정동코드"]] += by_id[building["건물관리번호"]]["households"]
    for row in files.truth["homes"]:
        code = row["dong_code"]
        assert found[code] + lost[code] == row[f"households_{number}"]
        count = sum(each["행정동코드"] == code for each in addresses)
        assert count == row[f"buildings_{number}"]


def test_changes_are_what_differs_between_the_deliveries(files: Files) -> None:
    flawed = files.broken(1, "건물현황") | files.broken(2, "건물현황")
    old = {row["건물관리번호"]: row for at, row in enumerate(files.rows(1, "건물현황")) if at not in flawed}
    new = {row["건물관리번호"]: row for at, row in enumerate(files.rows(2, "건물현황")) if at not in flawed}
    told = {row["building_id"]: row["what"] for row in files.truth["changed_buildings"]}
    added = set(new) - set(old)
    assert added == {each for each, what in told.items() if what == "new"}
    differs = {
        key
        for key in set(old) & set(new)
        if {**old[key], "데이터기준일자": ""} != {**new[key], "데이터기준일자": ""}
    }
    assert differs <= set(told)
    assert {each for each in told if each in old} == differs
    first = {row["도로명주소관리번호"] for row in files.rows(1, "도로명주소 한글")}
    reasons = Counter(row["이동사유코드"] for row in files.rows(2, "도로명주소 한글"))
    assert reasons["31"] == len(added)
    assert reasons["34"] == sum(what == "name" for what in told.values())
    assert len(first) > 1_000


def test_every_address_names_its_building(files: Files) -> None:
    buildings, addresses = files.rows(1, "건물현황"), files.rows(1, "도로명주소 한글")
    flawed = files.broken(1, "건물현황") | files.broken(1, "도로명주소 한글")
    for at, (building, address) in enumerate(zip(buildings, addresses, strict=True)):
        if at in flawed:
            continue
        sub = f"-{address['건물부번']}" if address["건물부번"] != "0" else ""
        said = f"{address['시도명']} {address['시군구명']} {address['도로명']} {address['건물본번']}{sub} ({address['읍면동명']}"
        assert building["소재지도로명주소"].startswith(said)
        assert building["건물관리번호"][:10] == address["법정동코드"]
        assert len(address["도로명주소관리번호"]) == 26
        assert address["도로명코드"][:5] == address["법정동코드"][:5]


def test_every_file_has_defects_of_several_kinds_and_few(files: Files) -> None:
    for (number, name), defects in files.defects.items():
        assert len({(each.rule, each.column) for each in defects}) >= 4, (number, name)
        rows = {each.row for each in defects}
        assert len(rows) <= 15


def test_the_same_city_gives_the_same_bytes(files: Files, tmp_path: Path) -> None:
    again = Files(tmp_path)
    for path in sorted(files.folder.rglob("*")):
        if path.is_file():
            assert (again.folder / path.relative_to(files.folder)).read_bytes() == path.read_bytes()
