"""Parquet and GeoParquet files, read back as text."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from intake.forms_helper import labels, natives, one, problems, refused, rows, source_rows
from madang.intake import parquet_read

POINT = bytes.fromhex("0101000000000000000000f03f0000000000000040")  # POINT (1 2), by the rules of WKB


def written(table: pa.Table, **options: object) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, **options)
    return bytes(sink.getvalue())


@pytest.mark.parametrize(
    ("values", "of", "expected", "native"),
    [
        ([1, None, -3], pa.int32(), ["1", "", "-3"], {"number": 2}),
        ([0.1, 2.0, None], pa.float64(), ["0.1", "2", ""], {"number": 2}),
        ([0.1, None], pa.float32(), ["0.1", ""], {"number": 1}),
        ([2**63], pa.uint64(), ["9223372036854775808"], {"number": 1}),
        ([Decimal("1.10")], pa.decimal128(10, 2), ["1.10"], {"number": 1}),
        ([True, False, None], pa.bool_(), ["true", "false", ""], {"boolean": 2}),
        ([dt.date(2024, 2, 29)], pa.date32(), ["2024-02-29"], {"date": 1}),
        ([dt.datetime(2024, 1, 2), dt.datetime(2024, 1, 2, 9, 30, 0, 120_000)], pa.timestamp("us"),
         ["2024-01-02", "2024-01-02T09:30:00.12"], {"datetime": 2}),
        ([dt.datetime(2024, 1, 2, 0, 0)], pa.timestamp("ms", "Asia/Seoul"), ["2024-01-02T00:00:00Z"], {"datetime": 1}),
        ([dt.time(9, 30)], pa.time64("us"), ["09:30:00"], {"time": 1}),
        (["가", None, ""], pa.string(), ["가", "", ""], None),
        (["가", "나", "가"], pa.dictionary(pa.int8(), pa.string()), ["가", "나", "가"], None),
        ([b"\xea\xb0\x80", None], pa.binary(), ["가", ""], None),
        ([b"\xff\x00"], pa.binary(), ["ff00"], None),
        ([[1, None], None], pa.list_(pa.int64()), ["[1, null]", ""], None),
        ([{"a": "가", "b": 0.5}], pa.struct({"a": pa.string(), "b": pa.float64()}), ['{"a": "가", "b": 0.5}'], None),
        ([None, None], pa.null(), ["", ""], None),
    ],
)  # fmt: skip
def test_values_are_written_in_their_shortest_exact_form(tmp_path, values, of, expected, native):
    table = one(tmp_path, written(pa.table({"값": pa.array(values, of)})), "a.parquet")
    assert rows(table) == [[each] for each in expected]
    assert natives(table) == ({"값": native} if native else {})
    assert labels(table) == ["값"]


def test_nan_is_empty_and_infinity_is_said(tmp_path):
    table = one(tmp_path, written(pa.table({"x": [1.5, float("nan"), float("inf")]})), "a.parquet")
    assert rows(table) == [["1.5"], [""], [""]]
    assert problems(table) == [(3, "json_not_a_number", "x")]


def test_row_groups_do_not_matter_and_pandas_index_is_left_out(tmp_path):
    metadata = {b"pandas": json.dumps({"index_columns": ["__index_level_0__"]}).encode()}
    made = pa.table({"a": list(range(50_000)), "__index_level_0__": list(range(50_000))})
    data = written(made.replace_schema_metadata(metadata), row_group_size=7_000)
    table = one(tmp_path, data, "a.bin")
    assert labels(table) == ["a"]
    assert source_rows(table) == list(range(1, 50_001))
    assert rows(table)[-1] == ["49999"]


@pytest.mark.parametrize(
    ("told", "declared"),
    [
        ({"crs": {"id": {"authority": "EPSG", "code": 5186}}}, "EPSG:5186"),
        ({"crs": {"id": {"authority": "OGC", "code": "CRS84"}}}, "EPSG:4326"),
        ({"crs": None}, None),
        ({}, "EPSG:4326"),
    ],
)
def test_geoparquet_is_a_layer_in_the_system_it_declares(tmp_path, told, declared):
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": {
        "encoding": "WKB", "geometry_types": ["Point"], "covering": {"bbox": {"xmin": ["bbox", "xmin"]}}, **told}}}  # fmt: skip
    box = pa.array([{"xmin": 1.0}, None], pa.struct({"xmin": pa.float64()}))
    made = pa.table({"이름": ["가", "나"], "bbox": box, "geometry": [POINT, None]})
    table = one(
        tmp_path, written(made.replace_schema_metadata({b"geo": json.dumps(geo).encode()})), "a.parquet"
    )
    assert labels(table) == ["이름", "geometry"]
    assert rows(table) == [["가", POINT.hex()], ["나", ""]]
    assert table.layer is not None
    assert (table.layer.column, table.layer.declared) == (1, declared)


def test_a_file_by_geopandas_says_its_system(tmp_path):
    geopandas = pytest.importorskip("geopandas")
    from shapely import Point

    frame = geopandas.GeoDataFrame({"n": [1]}, geometry=[Point(1, 2)], crs=5179)
    frame.to_parquet(tmp_path / "made.parquet")
    table = one(tmp_path, (tmp_path / "made.parquet").read_bytes(), "a.parquet")
    assert table.layer is not None
    assert table.layer.declared == "EPSG:5179"
    assert rows(table) == [["1", POINT.hex()]]


def test_broken_files_are_refused(tmp_path):
    whole = written(pa.table({"a": list(range(10_000)), "b": ["가" * 20] * 10_000}), compression="none")
    for cut in (4, 100, len(whole) // 2, len(whole) - 1):
        assert refused(tmp_path, whole[:cut], "a.parquet")[0] == "parquet_broken"
    spoiled = bytearray(whole)
    spoiled[4:200] = bytes(196)
    assert refused(tmp_path, bytes(spoiled), "a.parquet")[0] == "parquet_broken"
    assert refused(tmp_path, b"PARE" + bytes(100) + b"PARE", "a.parquet")[0] == "parquet_encrypted"


def test_what_grows_far_beyond_its_file_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_read, "_FREE", 1 << 20)
    monkeypatch.setattr(parquet_read, "_BATCH", 1 << 18)
    data = written(pa.table({"a": ["x" * 10_000] * 20_000}))
    assert len(data) < 10_000
    assert refused(tmp_path, data, "a.parquet")[0] == "parquet_bomb"


def test_batches_hold_so_many_bytes_of_text_however_few_their_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_read, "_BATCH", 100_000)
    data = written(pa.table({"a": [f"{number:05}" * 200 for number in range(1_000)]}))
    table = one(tmp_path, data, "a.parquet")
    batches = [batch.num_rows for batch in table.batches()]
    assert sum(batches) == 1_000
    assert max(batches) <= 100  # of 1,000 letters each


def test_a_dictionary_weighs_what_its_cells_do_when_they_are_written_out(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_read, "_BATCH", 100_000)
    table = one(tmp_path, written(pa.table({"a": ["x" * 1_000] * 1_000})), "a.parquet")
    assert max(batch.num_rows for batch in table.batches()) <= 100
