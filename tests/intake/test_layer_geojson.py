"""GeoJSON as it comes: every form, exact attributes, unsound shapes told and kept, cut files refused with the byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from madang.intake.raw import Refused
from tests.intake.layer_helper import SQUARE, details, feature, geojson, point, problems, read, rows, shapes
from tests.shared_data import shared

LON, LAT = 126.9784, 37.5665


def _one(tmp_path: Path, geometry: Any, **properties: Any) -> Any:
    return read(geojson(tmp_path / "a.geojson", [feature(geometry, **properties)]), tmp_path / "s")[0]


def test_a_collection_becomes_rows_numbered_by_feature_with_its_shapes(tmp_path: Path) -> None:
    path = geojson(
        tmp_path / "a.geojson", [feature(point(LON, LAT), 이름="시청"), feature(None, 이름="없음")]
    )
    (table,) = read(path, tmp_path / "s")
    assert rows(table) == [{"#": 1, "이름": "시청"}, {"#": 2, "이름": "없음"}]
    assert [each and each.wkt for each in shapes(table)] == ["POINT (126.9784 37.5665)", None]
    assert (table.layer.declared, problems(table)) == ("EPSG:4326", [])


@pytest.mark.parametrize(
    "text",
    [
        '[{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}]',
        '{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":1}}',
        '\ufeff {"features":[{"geometry":{"coordinates":[1,2],"type":"Point"},"properties":{"a":1},"type":"Feature"}]}',
        '{"type":"Feature","properties":{"a":1},"geometry":{"type":"Point","coordinates":[1,2]}}\n',
        '[{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1},'
        '"geometry":{"type":"Point","coordinates":[1,2]}}]}]',
        '{"response":{"status":"OK","record":{"total":"1"},"result":{"featureCollection":{"bbox":[1,2,1,2],'
        '"features":[{"geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":1},"type":"Feature"}],'
        '"type":"FeatureCollection"}}}}',
        '\x1e{"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]},"properties":{"a":1}}\n',
    ],
)
def test_every_wrapping_of_a_feature_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    (table,) = read(tmp_path / "a.json", tmp_path / "s")
    assert rows(table) == [{"#": 1, "a": "1"}]
    assert shapes(table)[0].wkt == "POINT (1 2)"


def test_features_one_a_line_and_bare_shapes_are_read(tmp_path: Path) -> None:
    lines = [json.dumps(feature(point(1, 2), a="x")), json.dumps(feature(point(3, 4), a="y"))]
    (tmp_path / "a.geojsonl").write_text("\n".join(lines))
    assert [row["a"] for row in rows(read(tmp_path / "a.geojsonl", tmp_path / "s")[0])] == ["x", "y"]
    bare = {
        "type": "GeometryCollection",
        "geometries": [point(1, 2), {"type": "Polygon", "coordinates": SQUARE}],
    }
    (tmp_path / "b.json").write_text(json.dumps(bare))
    assert shapes(read(tmp_path / "b.json", tmp_path / "t")[0])[0].area == 16


def test_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    text = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":549909.03064699995,"b":1.50,'
    text += '"c":1E5,"d":007e0,"e":12345678901234567890123},"geometry":null}]}'
    (tmp_path / "a.json").write_text(text.replace("007e0", "-0.0"))
    found = rows(read(tmp_path / "a.json", tmp_path / "s")[0])[0]
    assert found == {"#": 1, "a": "549909.03064699995", "b": "1.50", "c": "1E5", "d": "-0.0",
                     "e": "12345678901234567890123"}  # fmt: skip


def test_nested_and_differing_attributes_become_columns_in_the_order_they_come(tmp_path: Path) -> None:
    first = feature(None, 주소={"시도": "서울", "번지": [1, 2.50]}, 사용=True)
    second = {**feature(None, 이름="b"), "id": 7}
    (table,) = read(geojson(tmp_path / "a.json", [first, second]), tmp_path / "s")
    assert rows(table) == [
        {"#": 1, "주소.시도": "서울", "주소.번지": "[1, 2.5]", "사용": "true", "이름": "", "id": ""},
        {"#": 2, "주소.시도": "", "주소.번지": "", "사용": "", "이름": "b", "id": "7"},
    ]


def test_an_attribute_that_first_comes_after_many_features_is_still_a_column(tmp_path: Path) -> None:
    features = [feature(point(1, 2), a=str(i)) for i in range(4_500)] + [feature(point(3, 4), b="late")]
    (table,) = read(geojson(tmp_path / "a.json", features), tmp_path / "s")
    found = rows(table)
    assert (table.rows, [c.label for c in table.columns]) == (4_501, ["a", "b", "geometry"])
    assert (found[4_499], found[4_500]) == (
        {"#": 4_500, "a": "4499", "b": ""},
        {"#": 4_501, "a": "", "b": "late"},
    )
    assert shapes(table)[4_500].wkt == "POINT (3 4)"


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("urn:ogc:def:crs:EPSG::5186", "EPSG:5186"),
        ("EPSG:5174", "EPSG:5174"),
        ("http://www.opengis.net/def/crs/EPSG/0/5179", "EPSG:5179"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", None),  # the coordinates below are no degrees
        ("우리 좌표계", None),
    ],
)
def test_the_crs_of_the_file_is_what_it_declares(tmp_path: Path, name: str, declared: str | None) -> None:
    crs = {"type": "name", "properties": {"name": name}}
    (table,) = read(geojson(tmp_path / "a.json", [feature(point(197_100, 550_722))], crs=crs), tmp_path / "s")
    assert table.layer.declared == declared
    assert bool(problems(table)) == (declared is None)


def test_metres_without_a_crs_are_said_to_be_no_degrees(tmp_path: Path) -> None:
    features = [feature(point(197_100, 550_722)), feature(point(200_000, 500_000)), feature(point(1, 2))]
    (table,) = read(geojson(tmp_path / "a.json", features), tmp_path / "s")
    assert table.layer.declared is None
    assert problems(table) == [("layer_not_degrees", None)]
    assert details(table) == [{"inside": "1", "shapes": "3"}]


def test_unsound_shapes_are_kept_and_told_with_what_a_mend_would_do(tmp_path: Path) -> None:
    bow = [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]  # two triangles of area 1 that meet at (1, 1)
    table = _one(tmp_path, {"type": "Polygon", "coordinates": bow})
    assert shapes(table)[0].wkt == "POLYGON ((0 0, 2 2, 2 0, 0 2, 0 0))"
    assert problems(table) == [("layer_shape_invalid", 1)]
    assert (details(table)[0]["parts"], details(table)[0]["at"]) == ("2", "1 1")


def test_an_open_ring_is_closed_and_that_is_said(tmp_path: Path) -> None:
    table = _one(tmp_path, {"type": "Polygon", "coordinates": [SQUARE[0][:4]]})
    assert (shapes(table)[0].area, problems(table)) == (16, [("layer_ring_open", 1)])


@pytest.mark.parametrize(
    ("geometry", "rule"),
    [
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [None, 1], [0, 0]]]}, "layer_shape_not_finite"),
        ({"type": "Point", "coordinates": ["가", 2]}, "layer_shape_unreadable"),
        ({"type": "Point", "coordinates": [5]}, "layer_shape_unreadable"),
        ({"type": "Point", "coordinates": 5}, "layer_shape_unreadable"),
        ({"type": "LineString", "coordinates": [[1, 2]]}, "layer_shape_unreadable"),
        ({"type": "Circle", "coordinates": [1, 2]}, "layer_shape_unknown"),
        ("POINT (1 2)", "layer_shape_unreadable"),
    ],
)
def test_a_shape_that_is_none_is_left_empty_and_told(tmp_path: Path, geometry: Any, rule: str) -> None:
    table = _one(tmp_path, geometry, a="kept")
    assert (rows(table), shapes(table)[0], problems(table)) == ([{"#": 1, "a": "kept"}], None, [(rule, 1)])


def test_heights_are_dropped_and_that_is_said(tmp_path: Path) -> None:
    mixed = {"type": "LineString", "coordinates": [[1, 2, 30], [3, 4]]}
    (table,) = read(
        geojson(tmp_path / "a.json", [feature(mixed), feature({**point(1, 2), "coordinates": [1, 2, 3]})]),
        tmp_path / "s",
    )
    assert [each.wkt for each in shapes(table)] == ["LINESTRING (1 2, 3 4)", "POINT (1 2)"]
    assert (problems(table), details(table)) == ([("layer_heights", None)], [{"count": "2"}])


@pytest.mark.parametrize("cut", [1, 40, 88, 89, 90, 91, 150, -1, -2])
def test_a_file_cut_off_anywhere_is_refused_with_the_byte(tmp_path: Path, cut: int) -> None:
    whole = json.dumps(
        {"type": "FeatureCollection", "features": [feature(point(LON, LAT), 이름="광산구")] * 3},
        ensure_ascii=False,
    )
    (tmp_path / "a.geojson").write_bytes(whole.encode()[:cut].rstrip())
    size = (tmp_path / "a.geojson").stat().st_size
    with pytest.raises(Refused) as refused:
        read(tmp_path / "a.geojson", tmp_path / "s")
    assert (refused.value.code, refused.value.params["byte"]) == ("layer_json_truncated", f"{size:,}")


def test_broken_syntax_is_refused_with_its_byte(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature" "x":1}]' + " " * 50 + "}"
    )
    with pytest.raises(Refused) as refused:
        read(tmp_path / "a.json", tmp_path / "s")
    assert (refused.value.code, refused.value.params["byte"]) == ("layer_json_broken", "59")


@pytest.mark.parametrize(
    "text",
    [
        '{"type":"FeatureCollection","features":[' + '{"a":' * 50_000,
        "[" * 100_000,
        '{"type":"Feature","geometry":{"type":"Point","coordinates":' + "[" * 50_000,
    ],
)
def test_a_deep_nest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(Refused) as refused:
        read(tmp_path / "a.json", tmp_path / "s")
    assert refused.value.code in ("layer_json_too_deep", "layer_json_truncated", "layer_no_features")


def test_collections_nested_in_collections_end_as_a_problem(tmp_path: Path) -> None:
    geometry: Any = point(1, 2)
    for _ in range(60):
        geometry = {"type": "GeometryCollection", "geometries": [geometry]}
    assert problems(_one(tmp_path, geometry)) == [("layer_shape_unreadable", 1)]


def test_korean_in_cp949_is_read(tmp_path: Path) -> None:
    text = json.dumps(
        {"type": "FeatureCollection", "features": [feature(point(LON, LAT), 이름="똠방각하")]},
        ensure_ascii=False,
    )
    (tmp_path / "a.geojson").write_bytes(text.encode("cp949"))
    (table,) = read(tmp_path / "a.geojson", tmp_path / "s")
    assert (rows(table), table.encoding) == ([{"#": 1, "이름": "똠방각하"}], "cp949")


def test_objects_that_stand_before_the_type_of_a_feature_are_attributes(tmp_path: Path) -> None:
    text = '{"style":{"a":1,"b":{"c":2}},"type":"Feature","geometry":{"type":"Point","coordinates":[1,2]}}'
    (tmp_path / "a.json").write_text(text)
    assert rows(read(tmp_path / "a.json", tmp_path / "s")[0]) == [{"#": 1, "style.a": "1", "style.b.c": "2"}]


def test_json_without_features_is_refused(tmp_path: Path) -> None:
    texts = ('{"type":"FeatureCollection","features":[1,2]}', '[{"a":1}]', "3", '{"type":"Topologie"}')
    for number, text in enumerate(texts):
        (tmp_path / "a.json").write_text(text)
        with pytest.raises(Refused) as refused:
            read(tmp_path / "a.json", tmp_path / str(number))
        assert refused.value.code == "layer_no_features"


def test_real_dongs_have_the_attributes_and_areas_that_gdal_sees(tmp_path: Path) -> None:
    import pyogrio

    path = shared("boundaries", "hangjeongdong_광주광역시.geojson")
    (table,) = read(path, tmp_path / "s")
    about, _, wkb, columns = pyogrio.raw.read(path)
    assert list(shapely.area(shapes(table))) == list(shapely.area(shapely.from_wkb(wkb)))
    found = rows(table)
    for label, values in zip(about["fields"], columns, strict=True):
        assert [row[label] for row in found] == [str(value) for value in values]
    assert (len(found), sum(row["sgg"] == "29200" for row in found)) == (96, 21)  # the data's own description


def test_real_schools_in_metres_are_not_taken_for_degrees(tmp_path: Path) -> None:
    (table,) = read(shared("standard", "유치원_초중고_위치데이터_원본.geojson"), tmp_path / "s")
    assert (table.rows, table.layer.declared) == (2_296, None)
    assert rows(table)[0]["TM_Y"] == "549909.03064699995"
