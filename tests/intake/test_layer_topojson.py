"""TopoJSON: arcs quantised and not, turned, shared; several objects; the same shapes as GDAL makes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from madang.intake.raw import Refused
from tests.intake.layer_helper import problems, read, rows, shapes
from tests.shared_data import shared


def _topology(path: Path, objects: dict[str, Any], arcs: list[Any], **members: Any) -> Path:
    path.write_text(json.dumps({"type": "Topology", "objects": objects, "arcs": arcs, **members}), "utf-8")
    return path


def _polygon(arcs: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Polygon", "arcs": arcs, "properties": properties}


# two squares side by side: the shared border is arc 0, from (1, 0) to (1, 1)
TWO = [[[1, 0], [1, 1]], [[1, 1], [0, 1], [0, 0], [1, 0]], [[1, 1], [2, 1], [2, 0], [1, 0]]]


def test_a_shared_arc_is_used_in_both_directions(tmp_path: Path) -> None:
    west, east = _polygon([[0, 1]], 이름="서"), _polygon([[-3, -1][::1]], 이름="동")
    east["arcs"] = [[0, 2]]
    turned = _polygon([[-2, -1]], 이름="거꾸로")  # ~1, ~0: the western square walked the other way
    objects = {"dong": {"type": "GeometryCollection", "geometries": [west, east, turned]}}
    (table,) = read(_topology(tmp_path / "a.json", objects, TWO), tmp_path / "s")
    found = shapes(table)
    assert [row["이름"] for row in rows(table)] == ["서", "동", "거꾸로"]
    assert [each.wkt for each in found] == [
        "POLYGON ((1 0, 1 1, 0 1, 0 0, 1 0))",
        "POLYGON ((1 0, 1 1, 2 1, 2 0, 1 0))",
        "POLYGON ((1 0, 0 0, 0 1, 1 1, 1 0))",
    ]
    assert table.layer.declared == "EPSG:4326"


def test_quantised_arcs_are_sums_of_steps_scaled_and_moved(tmp_path: Path) -> None:
    transform = {"scale": [0.5, 0.25], "translate": [126, 37]}
    arcs = [[[0, 0], [4, 0], [0, 4], [-4, 0], [0, -4]], [[2, 2], [1, 1]]]
    geometries = [
        _polygon([[0]]),
        {"type": "LineString", "arcs": [1]},
        {"type": "Point", "coordinates": [2, 8]},
        {"type": "MultiPoint", "coordinates": [[0, 0], [4, 4]]},
        {"type": "MultiLineString", "arcs": [[1], [-2]]},
        {"type": "MultiPolygon", "arcs": [[[0]]]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [0, 0]}]},
        {"type": None, "properties": {"a": 1}},
    ]
    objects = {"x": {"type": "GeometryCollection", "geometries": geometries}}
    (table,) = read(_topology(tmp_path / "a.json", objects, arcs, transform=transform), tmp_path / "s")
    assert [each and each.wkt for each in shapes(table)] == [
        "POLYGON ((126 37, 128 37, 128 38, 126 38, 126 37))",
        "LINESTRING (127 37.5, 127.5 37.75)",
        "POINT (127 39)",
        "MULTIPOINT ((126 37), (128 38))",
        "MULTILINESTRING ((127 37.5, 127.5 37.75), (127.5 37.75, 127 37.5))",
        "MULTIPOLYGON (((126 37, 128 37, 128 38, 126 38, 126 37)))",
        "GEOMETRYCOLLECTION (POINT (126 37))",
        None,
    ]


def test_each_object_is_a_table_of_its_own(tmp_path: Path) -> None:
    objects = {
        "시": _polygon([[0, 1]], 코드="01"),
        "구": {"type": "GeometryCollection", "geometries": [_polygon([[0, 2]])]},
    }
    tables = read(_topology(tmp_path / "a.json", objects, TWO), tmp_path / "s")
    assert [(table.member, table.rows) for table in tables] == [("시", 1), ("구", 1)]
    assert rows(tables[0]) == [{"#": 1, "코드": "01"}]


def test_a_shape_that_points_to_no_arc_and_a_ring_shrunk_to_a_point_are_told(tmp_path: Path) -> None:
    speck = {"type": "MultiPolygon", "arcs": [[[3]], [[0, 1]]]}
    objects = {
        "x": {"type": "GeometryCollection", "geometries": [_polygon([[9]]), speck, _polygon([["가"]])]}
    }
    (table,) = read(_topology(tmp_path / "a.json", objects, [*TWO, [[5, 5], [5, 5]]]), tmp_path / "s")
    assert problems(table) == [("layer_arc_missing", 1), ("layer_specks", 2), ("layer_shape_unreadable", 3)]
    assert [each and each.area for each in shapes(table)] == [None, 1, None]


def test_a_topology_that_unfolds_without_bound_is_refused(tmp_path: Path) -> None:
    arc = [[i, 0] for i in range(50_000)]
    bomb = {"type": "MultiLineString", "arcs": [[0]] * 60}
    with pytest.raises(Refused, match="layer_arcs_bomb"):
        read(_topology(tmp_path / "a.json", {"x": bomb}, [arc]), tmp_path / "s")


@pytest.mark.parametrize("arcs", [[[["a", 1]]], [5], [[5, 6]], [[[1], [2]]]])
def test_arcs_that_are_none_are_refused(tmp_path: Path, arcs: Any) -> None:
    with pytest.raises(Refused):
        read(_topology(tmp_path / "a.json", {"x": _polygon([[0]])}, arcs), tmp_path / "s")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("skorea-submunicipalities-2018-topo.json", 3_504),
        ("skorea-municipalities-2018-topo-simple.json", 250),
    ],
)
def test_real_areas_are_those_that_gdal_decodes(tmp_path: Path, name: str, count: int) -> None:
    import pyogrio

    path = shared("boundaries", name)
    (table,) = read(path, tmp_path / "s")
    about, _, wkb, columns = pyogrio.raw.read(path)
    theirs = shapely.from_wkb(wkb)
    assert table.rows == count == len(theirs)
    np.testing.assert_allclose(shapely.area(shapes(table)), shapely.area(theirs), rtol=0, atol=1e-15)
    codes = columns[list(about["fields"]).index("code")]
    assert [row["code"] for row in rows(table)] == list(codes)
