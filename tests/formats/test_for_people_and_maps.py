"""A table for a report in 한글, and places for a map: read back by programs that are not ours."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.declarations.standard import DatasetColumn
from madang.engine.duck import connect, load_spatial
from madang.formats import export

COLUMNS = [
    DatasetColumn("name", "이름", "text"),
    DatasetColumn("seats", "좌석", "number"),
    DatasetColumn("open", "개방", "boolean"),
]


def bank(folder: Path, rows: int = 3) -> Path:
    table = pa.table(
        {
            "source_row": pa.array(range(2, rows + 2), pa.int64()),
            "name": ["한빛도서관", "=1+1", None, *(f"{n}번" for n in range(3, rows))][:rows],
            "seats": pa.array([12.0, 3.5, None, *([1.0] * (rows - 3))][:rows], pa.float64()),
            "open": pa.array([True, False, None, *([True] * (rows - 3))][:rows]),
            "lon": pa.array([126.978, 127.5, None, *([127.0] * (rows - 3))][:rows], pa.float64()),
            "lat": pa.array([37.566, 36.25, None, *([37.0] * (rows - 3))][:rows], pa.float64()),
        }
    )
    pq.write_table(table, folder / "v.parquet")
    return folder / "v.parquet"


def hwpx_rows(document: bytes) -> tuple[str, list[list[str]]]:
    from hwpx import HwpxDocument

    opened = HwpxDocument.open(io.BytesIO(document))
    table = next(t for p in opened.paragraphs for t in p.tables)
    grid = [
        [table.cell(r, c).text for c in range(table.column_count)] for r in range(min(table.row_count, 4))
    ]
    return "\n".join(p.text or "" for p in opened.paragraphs), grid


@pytest.mark.slow
def test_a_report_table_has_its_header_its_cells_and_its_day(tmp_path: Path) -> None:
    out = io.BytesIO()
    export(
        [bank(tmp_path)],
        COLUMNS,
        "hwpx",
        out,
        title="도서관@1",
        as_of="2026-06-30",
        source="도서관.csv",
        places=False,
    )
    said, grid = hwpx_rows(out.getvalue())
    assert grid == [
        ["이름", "좌석", "개방"],
        ["한빛도서관", "12", "예"],
        ["=1+1", "3.5", "아니요"],
        ["", "", ""],
    ]
    assert "도서관@1" in said
    assert "2026-06-30" in said
    assert "가운데 처음" not in said


@pytest.mark.slow
def test_a_report_table_says_that_it_was_cut(tmp_path: Path) -> None:
    out = io.BytesIO()
    export([bank(tmp_path, 1_002)], COLUMNS, "hwpx", out, places=False)
    said, _ = hwpx_rows(out.getvalue())
    assert "전체 1,002행 가운데 처음 1,000행" in said


@pytest.mark.slow
def test_points_are_read_by_duckdb_spatial(tmp_path: Path) -> None:
    export([bank(tmp_path)], COLUMNS, "geoparquet", tmp_path / "out.parquet")
    geo = json.loads(pq.read_metadata(tmp_path / "out.parquet").metadata[b"geo"])
    assert geo["primary_column"] == "geometry"
    assert geo["columns"]["geometry"]["bbox"] == [126.978, 36.25, 127.5, 37.566]
    with connect(temp_dir=tmp_path / "spill") as con:
        load_spatial(con)
        found = con.execute(
            f"SELECT 이름, ST_X(geometry), ST_Y(geometry) FROM read_parquet('{tmp_path / 'out.parquet'}')"
        ).fetchall()
    assert found == [("한빛도서관", 126.978, 37.566), ("=1+1", 127.5, 36.25), (None, None, None)]
