"""Shapes that leave the bank: read back by GDAL, shapely and plain JSON."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from madang.declarations.standard import DatasetColumn
from madang.formats import export
from madang.formats.shapes_text import described

SQUARE = shapely.box(126.5, 37.25, 127.5, 38.0)  # clockwise or not: written counter-clockwise
HOLED = shapely.Polygon([(0, 0), (0, 4), (4, 4), (4, 0)], [[(1, 1), (2, 1), (2, 2), (1, 2)]])
COLUMNS = [DatasetColumn("name", "이름", "text"), DatasetColumn("geometry", "geometry", "geometry")]


def _version(folder: Path, shapes: list[Any], **more: pa.Array) -> list[Path]:
    wkb = [None if each is None else shapely.to_wkb(each) for each in shapes]
    columns = {
        "name": pa.array([f"이름{i}" for i in range(len(wkb))]),
        "geometry": pa.array(wkb, pa.binary()),
        "source_row": pa.array(range(len(wkb), 0, -1), pa.int64()),  # the other way round
    }
    pq.write_table(pa.table({**columns, **more}), folder / "a.parquet")
    return [folder / "a.parquet"]


def _exported(
    files: list[Path], fmt: str, columns: list[DatasetColumn] | None = None, **options: Any
) -> bytes:
    held = io.BytesIO()
    export(files, columns or COLUMNS, fmt, held, **options)
    return held.getvalue()


def test_csv_and_xlsx_have_wkt_with_every_digit(tmp_path: Path) -> None:
    point = shapely.Point(126.91920507407151, 35.15325407909361)
    files = _version(tmp_path, [point, None])
    rows = list(csv.DictReader(io.StringIO(_exported(files, "csv").decode("utf-8-sig"))))
    assert rows == [
        {"이름": "이름1", "geometry": ""},
        {"이름": "이름0", "geometry": "POINT (126.91920507407151 35.15325407909361)"},
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(_exported(files, "xlsx"))).worksheets[0]
    assert sheet["B3"].value == "POINT (126.91920507407151 35.15325407909361)"


@pytest.mark.parametrize("fmt", ["json", "jsonl"])
def test_json_has_geojson_objects(tmp_path: Path, fmt: str) -> None:
    data = _exported(_version(tmp_path, [HOLED, None]), fmt)
    records = json.loads(data) if fmt == "json" else [json.loads(line) for line in data.splitlines()]
    assert records[0] == {"이름": "이름1", "geometry": None}
    assert records[1]["geometry"] == {
        "type": "Polygon",
        "coordinates": [
            [
                [0.0, 0.0],
                [4.0, 0.0],
                [4.0, 4.0],
                [0.0, 4.0],
                [0.0, 0.0],
            ],  # RFC 7946: the outer ring turns left
            [[1.0, 1.0], [1.0, 2.0], [2.0, 2.0], [2.0, 1.0], [1.0, 1.0]],
        ],
    }


def test_geojson_is_what_gdal_reads(tmp_path: Path) -> None:
    import pyogrio

    (tmp_path / "out.geojson").write_bytes(
        _exported(_version(tmp_path, [SQUARE, HOLED]), "geojson", title="구역@1")
    )
    about, _, wkb, columns = pyogrio.raw.read(tmp_path / "out.geojson")
    assert (about["crs"], list(about["fields"]), list(columns[0])) == (
        "EPSG:4326",
        ["이름"],
        ["이름1", "이름0"],
    )
    assert list(shapely.equals(shapely.from_wkb(wkb), [HOLED, SQUARE])) == [True, True]


def test_a_table_with_positions_becomes_points(tmp_path: Path) -> None:
    lon, lat = pa.array([126.5, None]), pa.array([37.5, 38.0])
    files = _version(tmp_path, [None, None], lon=lon, lat=lat)
    features = json.loads(_exported(files, "geojson", COLUMNS[:1], places=False))["features"]
    assert features == [
        {"type": "Feature", "properties": {"이름": "이름1"}, "geometry": None},
        {
            "type": "Feature",
            "properties": {"이름": "이름0"},
            "geometry": {"type": "Point", "coordinates": [126.5, 37.5]},
        },
    ]
    inner = json.loads(_exported(files, "geojson", COLUMNS[:1], with_source_row=True))["features"][1]
    assert inner["properties"] == {"source_row": 2, "이름": "이름0", "lon": 126.5, "lat": 37.5}


def test_parquet_is_geoparquet(tmp_path: Path) -> None:
    data = _exported(_version(tmp_path, [SQUARE, HOLED, shapely.Point(-1, 50), None]), "parquet")
    table = pq.read_table(io.BytesIO(data))
    geo = json.loads(table.schema.metadata[b"geo"])
    assert (geo["version"], geo["primary_column"]) == ("1.1.0", "geometry")
    assert geo["columns"]["geometry"] == {
        "encoding": "WKB",
        "geometry_types": ["Point", "Polygon"],
        "bbox": [-1.0, 0.0, 127.5, 50.0],
    }
    assert shapely.from_wkb(table["geometry"][3].as_py()).equals(SQUARE)


def test_shapes_of_a_large_batch_are_read_in_small_ones(tmp_path: Path) -> None:
    circle = shapely.Point(0, 0).buffer(1, quad_segs=2_000)  # 8,001 corners: 128 kB
    data = _exported(_version(tmp_path, [circle] * 200), "jsonl")
    lines = data.splitlines()
    assert (len(lines), len(json.loads(lines[0])["geometry"]["coordinates"][0])) == (200, 8_001)


def test_a_shape_is_described_in_a_few_words() -> None:
    assert described(shapely.to_wkb(HOLED)) == "다각형, 꼭짓점 10개"
    assert described(shapely.to_wkb(shapely.MultiPolygon([SQUARE, HOLED]))) == "다각형 2개, 꼭짓점 15개"
    assert described(shapely.to_wkb(shapely.Point(126.5, 37.25))) == "점(126.500000, 37.250000)"
    assert described(b"nothing") == "도형 없음"
