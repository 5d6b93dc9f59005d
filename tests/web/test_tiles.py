"""Vector tiles: where a row lies in them, how many there are of many, and that they show no more than the table."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from madang.access import View
from madang.bank.durable import SEOUL
from madang.declarations.standard import DatasetColumn
from madang.engine.rows import Filter, Query
from madang.formats import tiles
from madang.intake.problems import ProblemSink
from madang.workspace import Workspace
from made_up_bank import PARKING
from web_page import Page

COLUMNS = (DatasetColumn("name", "시설명", "text"), DatasetColumn("kind", "구분", "text"))
LON, LAT = 126.978, 37.5665  # the city hall of Seoul


def layer(
    folder: Path, rows: list[tuple[str, str, float, float]], shapes: list[Any] | None = None
) -> tiles.Layer:
    table = pa.table(
        {
            "source_row": pa.array(range(2, len(rows) + 2), pa.int64()),
            "name": [row[0] for row in rows], "kind": [row[1] for row in rows],
            "lon": [row[2] for row in rows], "lat": [row[3] for row in rows],
        }
    )  # fmt: skip
    columns = COLUMNS
    if shapes is not None:
        table = table.append_column(
            "geometry", pa.array([shapely.to_wkb(each) for each in shapes], pa.binary())
        )
        columns = (*COLUMNS, DatasetColumn("geometry", "도형", "geometry"))
    pq.write_table(table, folder / "v.parquet")
    return tiles.Layer((folder / "v.parquet",), columns, "name", shapes is not None, folder / "kept")


def tile_at(z: int, lon: float = LON, lat: float = LAT) -> tuple[int, int]:
    """Slippy map tile numbers, as OpenStreetMap's wiki gives them."""
    n = 2**z
    return int((lon + 180) / 360 * n), int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * n)


def decoded(tile: bytes) -> list[tuple[dict[str, Any], list[tuple[int, int]]]]:
    """Features of the layer `rows`, by a reader of our own of the published format: tags and the moves of the geometry."""

    def varint(data: bytes, at: int) -> tuple[int, int]:
        value = shift = 0
        while True:
            byte = data[at]
            value |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                return value, at

    def fields(data: bytes) -> list[tuple[int, Any]]:
        found, at = [], 0
        while at < len(data):
            key, at = varint(data, at)
            if key & 7 == 0:
                value, at = varint(data, at)
                found.append((key >> 3, value))
            else:
                size, at = (8, at) if key & 7 == 1 else (4, at) if key & 7 == 5 else varint(data, at)
                found.append((key >> 3, data[at : at + size]))
                at += size
        return found

    def packed(data: bytes) -> list[int]:
        found, at = [], 0
        while at < len(data):
            value, at = varint(data, at)
            found.append(value)
        return found

    def zigzag(value: int) -> int:
        return (value >> 1) ^ -(value & 1)

    whole = fields(fields(tile)[0][1])
    keys = [value.decode() for number, value in whole if number == 3]
    values = [fields(value)[0] for number, value in whole if number == 4]
    read = [
        value.decode() if number == 1 else zigzag(value) if number == 6 else value for number, value in values
    ]
    features = []
    for number, raw in whole:
        if number == 2:
            parts = dict(fields(raw))
            tags = packed(parts.get(2, b""))
            geometry = packed(parts[4])
            moves = [
                (zigzag(geometry[i]), zigzag(geometry[i + 1])) for i in range(1, min(len(geometry) - 1, 3), 2)
            ]
            features.append(({keys[k]: read[v] for k, v in zip(tags[::2], tags[1::2], strict=True)}, moves))
    return features


@pytest.mark.slow
@pytest.mark.parametrize("z", [0, 7, 12, 16])
def test_a_row_lies_where_it_lies(tmp_path: Path, z: int) -> None:
    x, y = tile_at(z)
    ((tags, (place,)),) = decoded(
        tiles.tile(layer(tmp_path, [("시청", "가", LON, LAT)]), Query(), View(), z, x, y)
    )
    assert tags == {"n": 1, "row": 2, "name": "시청"}
    n = 2**z
    expected_x = ((LON + 180) / 360 * n - x) * 4096
    expected_y = ((1 - math.asinh(math.tan(math.radians(LAT))) / math.pi) / 2 * n - y) * 4096
    assert abs(place[0] - expected_x) <= 1
    assert abs(place[1] - expected_y) <= 1


@pytest.mark.slow
def test_many_rows_are_gathered_and_none_is_lost(tmp_path: Path) -> None:
    count = tiles.MOST + 500
    rows = [("점", "가", LON + (i % 50) / 5000, LAT + (i // 50) / 5000) for i in range(count)]
    x, y = tile_at(8)
    made = tiles.tile(layer(tmp_path, rows), Query(), View(), 8, x, y)
    found = decoded(made)
    assert sum(tags["n"] for tags, _ in found) == count
    assert len(found) < 50
    assert len(made) < 20_000


@pytest.mark.slow
def test_tiles_hold_what_the_filter_finds(tmp_path: Path) -> None:
    made = layer(
        tmp_path, [("시청", "가", LON, LAT), ("궁", "나", LON, LAT + 0.001), ("-", "나", 129.0, 35.0)]
    )
    query = Query(filters=(Filter("kind", "eq", "나"),))
    x, y = tile_at(12)
    assert [tags["name"] for tags, _ in decoded(tiles.tile(made, query, View(), 12, x, y))] == ["궁"]
    assert tiles.extent(made, query, View())[0] == 2
    own = View(own_rows="kind", own_values=("가",))
    assert [tags["name"] for tags, _ in decoded(tiles.tile(made, Query(), own, 12, x, y))] == ["시청"]


@pytest.mark.slow
def test_a_shape_reaches_into_every_tile_it_touches(tmp_path: Path) -> None:
    square = shapely.box(LON - 0.2, LAT - 0.2, LON + 0.2, LAT + 0.2)
    made = layer(tmp_path, [("구역", "가", LON, LAT)], [square])
    for lon in (LON - 0.15, LON, LON + 0.15):
        x, y = tile_at(12, lon)
        assert [tags["name"] for tags, _ in decoded(tiles.tile(made, Query(), View(), 12, x, y))] == ["구역"]
    x, y = tile_at(12, LON + 1)
    assert tiles.tile(made, Query(), View(), 12, x, y) == b""


# over HTTP -------------------------------------------------------------------------------------------------


@pytest.fixture
def placed(own_city: Workspace, tmp_path: Path) -> Workspace:
    """One more dataset, of three places."""
    rows = [("시청", "가", LON, LAT), ("궁", "나", LON, LAT + 0.001), ("역", "나", LON + 0.01, LAT)]
    made = layer(tmp_path, rows)
    facts = {
        "columns": [asdict(each) for each in COLUMNS], "quality": {}, "evidence": [],
        "located": {"rows": 3, "dongs": 0, "levels": {"point": 3}, "register": ""},
    }  # fmt: skip
    receipt = {
        "file": "곳.csv",
        "member": None,
        "sha256": "0" * 64,
        "rows": 3,
        "verdict": "accepted",
        "problems": 0,
        "reasons": [],
    }
    sink = ProblemSink(tmp_path / "problems.parquet")
    sink.close()
    (own_city.bank.folder / "곳" / "deposits").mkdir(parents=True)
    at = datetime(2026, 7, 1, tzinfo=SEOUL)
    own_city.bank["곳"].write_card({"title": "곳"}, by="김새빛", at=at)
    own_city.bank.commit(
        "곳", list(made.files), receipt=receipt, facts=facts, problems=sink.path, by="김새빛", at=at
    )
    return own_city


def address(z: int, **more: Any) -> str:
    x, y = tile_at(z)
    return f"/data/곳/tiles/1/{z}/{x}/{y}.mvt"


@pytest.mark.slow
def test_a_tile_is_made_once(
    placed: Workspace, client: Any, monkeypatch: pytest.MonkeyPatch, signed_in: Any
) -> None:
    from django.test import override_settings

    with override_settings(MADANG_WORKSPACE=str(placed.folder)):
        alice = signed_in("official")
        first = alice.get(address(12))
        assert first.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
        assert {tags["name"] for tags, _ in decoded(first.content)} == {"시청", "궁", "역"}
        filtered = alice.get(address(12), {"구분": "나"})
        assert {tags["name"] for tags, _ in decoded(filtered.content)} == {"궁", "역"}
        monkeypatch.setattr(tiles, "tile", lambda *_: pytest.fail("made twice"))
        assert alice.get(address(12)).content == first.content
        page = Page(alice.get("/data/곳/map/", {"구분": "나"}))
        assert "3행 가운데 2행" in page.text
        assert "2행이 지도에 있습니다" in page.text
        box = page.tree.xpath("//*[@data-map]")[0]
        assert box.get("data-tiles") == "/data/%EA%B3%B3/tiles/1/{z}/{x}/{y}.mvt?kind.eq=%EB%82%98"


@pytest.mark.slow
def test_tiles_obey_the_policy(placed: Workspace, signed_in: Any) -> None:
    alice = signed_in("official", department="교통과")
    assert alice.get(address(12)).status_code == 200
    found = placed.bank["곳"]
    found.write_card(
        {**found.card, "access": "restricted", "readers": ["민원과"]}, by="김새빛", at=placed.clock()
    )
    assert alice.get(address(12)).status_code == 404
    assert signed_in("official", department="민원과").get(address(12)).status_code == 200
    found.write_card({**found.card, "access": "internal", "own_rows": "kind"}, by="김새빛", at=placed.clock())
    assert alice.get(address(12)).status_code == 403
    assert b"\xea\xb6\x81" not in alice.get(address(12)).content
    told = alice.get("/data/곳/map/")
    assert told.status_code == 403
    assert "내 부서의 행만 보여 지도를 그리지 않습니다" in Page(told).text
    assert alice.get("/data/곳/tiles/1/99/0/0.mvt").status_code == 403


def test_the_map_of_personal_rows_says_why_there_is_none(own_city: Workspace, signed_in: Any) -> None:
    path = own_city.folder / "신고.csv"
    rows = [f"{n},010-1234-{5600 + n},37.{40 + n},127.{10 + n}" for n in range(1, 31)]
    path.write_text("\n".join(["번호,전화,위도,경도", *rows]) + "\n", encoding="utf-8")
    own_city.deposit(path, "신고")
    alice = signed_in("official", department="교통과")
    there = Page(alice.get("/data/신고/rows/")).link("지도")
    told = alice.get(there)
    page = Page(told)
    assert told.status_code == 403
    assert "가린 개인정보가 있어 위치를 한 행씩 지도에 찍지 않습니다" in page.text
    assert not page.find("#map")
    assert "010-" not in page.text


def test_a_table_without_places_has_no_tiles(client: Any) -> None:
    assert client.get(f"/data/{PARKING}/tiles/2/8/218/99.mvt").status_code == 404
