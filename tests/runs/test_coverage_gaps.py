"""The shipped analysis of coverage: people out of reach as they were placed, hidden cells and unplaced facilities told."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest

from madang.access import owner
from madang.results import Cell, sentence
from madang.runs import Analyses, Input, Inputs, Part
from madang.runs.why import behind
from madang.workspace import Workspace

EAST, NORTH = 953_050.0, 1_950_050.0  # the first cell's middle, EPSG:5179
LON_LAT = pyproj.Transformer.from_crs(5179, 4326, always_xy=True)


def part(folder: Path, name: str, **columns: Any) -> Input:
    table = pa.table(columns)
    pq.write_table(table, folder / f"{name}.parquet")
    named = {each: each for each in table.schema.names}
    return Input(name, (Part(name, 1, name, "2026-01-01", named, (folder / f"{name}.parquet",)),))


def written(path: Path, rows: list[list[object]]) -> Path:
    with open(path, "w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows(rows)
    return path


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """A row of ten cells, 100 m apart, 10, 20 … 100 people, the last one hidden; one Wi-Fi in the first cell, one without
    a place."""
    ws = Workspace.init(tmp_path / "w", "시험 도시")
    cells = [["격자코드", "격자중심X", "격자중심Y", "총인구수"]]
    for n in range(10):
        cells.append([f"다사{n:03d}500", EAST + 100 * n, NORTH, 10 * (n + 1) if n < 9 else "N/A"])
    header = ["관리번호", "설치장소명", "설치시도명", "설치시군구명", "설치시설구분", "서비스제공사명", "와이파이SSID",
              "소재지도로명주소", "관리기관명", "관리기관전화번호", "위도", "경도", "데이터기준일자"]  # fmt: skip
    lon, lat = LON_LAT.transform(EAST, NORTH)
    wifi = [header]
    for n, place in enumerate(((f"{lat:.7f}", f"{lon:.7f}"), ("", "")), 1):
        wifi.append(
            [
                f"W{n}",
                f"주민센터 {n}",
                "서울특별시",
                "중구",
                "관공서",
                "KT",
                f"free{n}",
                "",
                "중구청",
                "02-120",
                *place,
                "2026-01-01",
            ]
        )
    ws.deposit(written(tmp_path / "격자인구.csv", cells), standard="grid-population", by="lee")
    ws.deposit(written(tmp_path / "무료와이파이.csv", wifi), standard="free-wifi", by="lee")
    return ws


def test_people_out_of_reach_are_those_that_were_placed_there(ws: Workspace) -> None:
    run = ws.run("coverage-gaps", {"reach_m": 250, "sites": 2})
    (city,) = run.result.table("city").rows.to_pylist()
    assert (city["people"], city["uncovered"], city["share"]) == (
        450,
        450 - 60,
        86.7,
    )  # cells 0, 1, 2 are reached
    assert (city["uncovered_half"], city["uncovered_more"]) == (
        450 - 30,
        450 - 100,
    )  # 125 m: two cells; 375 m: four
    assert (city["facilities"], city["unplaced"], city["hidden"]) == (1, 1, 1)
    gaps = run.result.table("gaps").rows.to_pylist()
    assert [row["people"] for row in gaps] == [40, 50, 60, 70, 80, 90]
    assert [row["metres"] for row in gaps] == pytest.approx([300, 400, 500, 600, 700, 800], abs=1)
    places = run.result.table("places").rows.to_pylist()
    assert [row["gain"] for row in places] == [
        50 + 60 + 70 + 80 + 90,
        40,
    ]  # around the cell of 70 people; then what is left
    assert "390\u202f명(86.7\u202f%)" in sentence(run.result.findings[0], run.result)
    counted = {
        name: [
            (each.read.dataset, each.page(ws.bank, owner("lee"))[2])
            for each in behind(run, Cell("city", name), ws.bank)
        ]
        for name in ("people", "uncovered", "facilities", "unplaced", "hidden")
    }
    assert counted == {
        "people": [("격자인구", 10)], "uncovered": [("격자인구", 6)], "facilities": [("무료와이파이", 1)],
        "unplaced": [("무료와이파이", 1)], "hidden": [("격자인구", 1)],
    }  # fmt: skip
    assert (
        behind(run, Cell("places", "gain"), ws.bank) == []
    )  # people of many cells, which no condition on the rows tells
    (found,) = behind(run, Cell("gaps", "people", 3), ws.bank)
    version, page, count = found.page(ws.bank, owner("lee"))
    assert (count, version.dataset.id) == (1, "격자인구")
    assert 70 in page.rows[0]


def test_a_cell_that_is_told_twice_counts_once(ws: Workspace, tmp_path: Path) -> None:
    cells = [["격자코드", "격자중심X", "격자중심Y", "총인구수"]]
    cells += [[f"다사{n:03d}500", EAST + 100 * n, NORTH, 10 * (n + 1)] for n in (*range(9), 3)]
    ws.deposit(written(tmp_path / "격자인구.csv", cells), standard="grid-population", by="lee")
    result = ws.run("coverage-gaps", {"reach_m": 250}).result
    assert result.table("city").value(0, "people") == 450
    assert "같은 격자를 두 번 적은 1행은 앞의 것만 셌습니다." in result.caveats
    (there,) = result.table("there").rows.to_pylist()  # the one that has a place is on the map too
    assert (there["source_row"], there["dong"]) == (2, "동을 알 수 없음")
    assert [each.table for each in result.layers].count("there") == 1


def test_where_all_are_reached_nothing_is_proposed(ws: Workspace) -> None:
    result = ws.run("coverage-gaps", {"reach_m": 1000}).result
    assert result.table("city").value(0, "uncovered") == 0
    assert result.table("places").rows.num_rows == result.table("gaps").rows.num_rows == 0
    assert len(result.findings) == 1


def test_on_foot_a_river_keeps_people_out_whom_a_line_reaches(tmp_path: Path) -> None:
    """Homes on both banks, 200 m from the place in a line; over the bridge the far bank walks 2,200 m."""
    lon, lat = LON_LAT.transform(EAST + np.array([0.0, 0.0]), NORTH + np.array([-100.0, 300.0]))
    place = LON_LAT.transform(EAST, NORTH + 100)
    corners = np.array([[0, -100], [1000, -100], [1000, 100], [0, 100], [0, 300]]) + [EAST, NORTH]
    at = LON_LAT.transform(*corners.T)
    inputs = {
        "people": part(tmp_path, "people", source_row=[1, 2], population_persons=[70, 30], lon=lon, lat=lat,
                       dong_code=["1111051500"] * 2),
        "facilities": part(tmp_path, "facilities", lon=[place[0]], lat=[place[1]]),
        "nodes": part(tmp_path, "nodes", node_id=list("abcde"), lon=at[0], lat=at[1]),
        "links": part(tmp_path, "links", from_node_id=list("abcd"), to_node_id=list("bcde"), length_m=[1000.0, 200, 1000, 200],
                      road_rank=["107"] * 4),
    }  # fmt: skip
    analysis = Analyses(tmp_path / "none")["coverage-gaps"]
    walk, line = (
        analysis.run(Inputs(inputs), reach_m=250, sites=1, way=way).check() for way in ("walk", "straight")
    )
    assert (walk.table("city").value(0, "uncovered"), line.table("city").value(0, "uncovered")) == (70, 0)
    assert walk.table("gaps").value(0, "metres") == pytest.approx(2200, abs=2)
    assert walk.table("places").value(0, "gain") == 70
    assert "걸어서 250 m" in sentence(walk.findings[0], walk)
    assert "걷는 길" in walk.caveats[0]
    assert "직선거리로 250 m" in sentence(line.findings[0], line)


def test_without_a_reach_it_is_that_of_the_kind_of_facility(ws: Workspace, tmp_path: Path) -> None:
    """Wi-Fi in the first cell reaches 100 m; half as far again are the cells of 10 and 20 people."""
    result = ws.run("coverage-gaps", {}).result
    assert result.table("city").value(0, "uncovered_more") == 450 - 30
    assert "100 m 밖에 사는" in sentence(result.findings[0], result)
    assert "닿는 거리를 정하지 않아" in result.caveats[0]
    said = ws.run("coverage-gaps", {"reach_m": 100}).result
    assert said.table("city").rows.equals(result.table("city").rows)
    assert not any("정하지 않아" in each for each in said.caveats)
    lon, lat = LON_LAT.transform([EAST, EAST + 200], [NORTH, NORTH])
    people = part(tmp_path, "people", source_row=[1, 2], population_persons=[70, 30], lon=lon, lat=lat,
                  dong_code=["1111051500"] * 2)  # fmt: skip
    (place,) = part(tmp_path, "facilities", lon=lon[:1], lat=lat[:1]).parts
    analysis = Analyses(tmp_path / "none")["coverage-gaps"]
    for standard, reach in (
        ("cctv", 50),
        ("security-light", 50),
        ("emergency-bell", 100),
        ("library", 300),
        ("", 300),
    ):
        of = Input("facilities", (replace(place, standard=standard),))
        found = analysis.run(Inputs({"people": people, "facilities": of})).check()
        assert f"{reach} m 밖에 사는" in sentence(found.findings[0], found)
        assert found.table("city").value(0, "uncovered") == (30 if reach < 200 else 0)
