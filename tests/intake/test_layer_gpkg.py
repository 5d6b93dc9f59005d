"""GeoPackage as GDAL writes it, and as nobody should: hostile schemas are not run, cut files are refused."""

from __future__ import annotations

import sqlite3
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from madang.intake.raw import Refused
from tests.intake.layer_helper import problems, read, rows, shapes


def _gpkg(path: Path, layer: str, shapes: list[Any], *, append: bool = False, **columns: list[Any]) -> Path:
    import pyogrio

    wkb = np.array([None if each is None else shapely.to_wkb(each) for each in shapes], object)
    pyogrio.raw.write(
        path, wkb, [np.array(cells) for cells in columns.values()], list(columns), layer=layer, driver="GPKG",
        geometry_type="Unknown", crs="EPSG:5186", append=append,
    )  # fmt: skip
    return path


def _sql(path: Path, *statements: str) -> None:
    con = sqlite3.connect(path)
    for statement in statements:
        con.execute(statement)
    con.commit()
    con.close()


def test_layers_become_tables_with_exact_values(tmp_path: Path) -> None:
    square = shapely.box(0, 0, 4, 4)
    path = _gpkg(tmp_path / "a.gpkg", "구", [square, None], 이름=["가", "나"], 값=[0.1, 1e20], 수=[7, -1])
    _gpkg(path, "점", [shapely.Point(1, 2)], append=True, 코드=["007"])
    first, second = read(path, tmp_path / "s")
    assert (first.member, second.member) == ("구", "점")
    assert rows(first) == [
        {"#": 1, "fid": "1", "이름": "가", "값": "0.1", "수": "7"},
        {"#": 2, "fid": "2", "이름": "나", "값": "1e+20", "수": "-1"},
    ]
    assert [each and each.wkt for each in shapes(first)] == [square.wkt, None]
    assert rows(second) == [{"#": 1, "fid": "1", "코드": "007"}]
    assert first.layer.declared == "EPSG:5186"


def test_a_table_of_attributes_has_no_shapes(tmp_path: Path) -> None:
    path = _gpkg(tmp_path / "a.gpkg", "점", [shapely.Point(1, 2)], a=["x"])
    _sql(
        path,
        "CREATE TABLE 표 (id INTEGER, 값 TEXT)",
        "INSERT INTO 표 VALUES (1, '하나'), (2, NULL)",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('표', 'attributes', '표')",
    )
    table = read(path, tmp_path / "s")[1]
    assert (table.layer, rows(table)) == (
        None,
        [{"#": 1, "id": "1", "값": "하나"}, {"#": 2, "id": "2", "값": ""}],
    )


def test_views_and_virtual_tables_are_told_and_never_run(tmp_path: Path) -> None:
    path = _gpkg(tmp_path / "a.gpkg", "점", [shapely.Point(1, 2)], a=["x"])
    endless = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r"
    _sql(
        path,
        f"CREATE VIEW 끝없음 AS {endless}",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('끝없음', 'attributes', 'v')",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('sqlite_master', 'attributes', 'm')",
    )
    (table,) = read(path, tmp_path / "s")
    assert rows(table) == [{"#": 1, "fid": "1", "a": "x"}]
    assert problems(table) == [("gpkg_not_a_table", None)] * 2


def test_contents_that_are_a_view_are_refused(tmp_path: Path) -> None:
    path = _gpkg(tmp_path / "a.gpkg", "점", [shapely.Point(1, 2)], a=["x"])
    _sql(
        path,
        "DROP TABLE gpkg_contents",
        "CREATE VIEW gpkg_contents AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)"
        " SELECT n AS table_name, 'x' AS identifier, 'none' AS data_type FROM r",
    )
    with pytest.raises(Refused, match="gpkg_broken"):
        read(path, tmp_path / "s")


def test_hostile_shapes_end_as_problems(tmp_path: Path) -> None:
    path = _gpkg(tmp_path / "a.gpkg", "점", [shapely.Point(1, 2)] * 4, a=["x"] * 4)
    nest = struct.pack("<BII", 1, 7, 1) * 200_000 + struct.pack(
        "<BII", 1, 7, 0
    )  # would exhaust a parser's stack
    head = b"GP\x00\x01" + struct.pack("<i", 5186)
    con = sqlite3.connect(path)
    con.execute("DROP TRIGGER IF EXISTS rtree_점_geom_update1")
    for name, *_ in con.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        con.execute(f'DROP TRIGGER "{name}"')
    huge = head + struct.pack("<BII", 1, 2, 0xFFFFFFFF)
    for fid, blob in ((1, head + nest), (2, huge), (3, b"no shape")):
        con.execute("UPDATE 점 SET geom = ? WHERE fid = ?", (blob, fid))
    con.commit()
    con.close()
    (table,) = read(path, tmp_path / "s")
    assert problems(table) == [("layer_shape_unreadable", row) for row in (1, 2, 3)]
    assert [each and each.wkt for each in shapes(table)] == [None, None, None, "POINT (1 2)"]


def test_a_cut_or_empty_file_is_refused(tmp_path: Path) -> None:
    path = _gpkg(tmp_path / "a.gpkg", "점", [shapely.Point(1, 2)], a=["x"])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused, match="layer_part_truncated"):
        read(path, tmp_path / "s")
    path.write_bytes(whole[:5_000] + b"\xff" * (len(whole) - 5_000))
    with pytest.raises(Refused, match="gpkg_broken"):
        read(path, tmp_path / "t")
    path.write_bytes(whole)
    _sql(path, "DELETE FROM gpkg_contents")
    with pytest.raises(Refused, match="gpkg_empty"):
        read(path, tmp_path / "u")
