"""What a file says of its coordinate system is read with care."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from madang.workspace import Workspace

ROOT = Path(__file__).parents[2]
PIPELINE = "+proj=pipeline +step +proj=hgridshift +grids=/etc/passwd"


def layer(path: Path, declared: str) -> Path:
    """A GeoParquet of two points in metres whose metadata names `declared`."""
    shapes = [shapely.to_wkb(shapely.Point(198_000 + i, 551_000 + i)) for i in range(2)]
    geo = f'{{"version":"1.1.0","primary_column":"geometry","columns":{{"geometry":{{"encoding":"WKB","geometry_types":["Point"],"crs":{declared}}}}}}}'
    table = pa.table({"이름": ["가", "나"], "geometry": pa.array(shapes, pa.binary())})
    pq.write_table(table.replace_schema_metadata({"geo": geo}), path)
    return path


@pytest.mark.slow
def test_a_declared_system_that_names_files_is_not_taken(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    (receipt,) = workspace.deposit(layer(tmp_path / "점.parquet", f'"{PIPELINE}"'), by="a")
    assert receipt.accepted
    assert receipt.crs is None


@pytest.mark.slow
def test_the_receipt_names_a_system_by_its_number(tmp_path: Path) -> None:
    import pyproj

    workspace = Workspace.init(tmp_path / "w")
    said = pyproj.CRS.from_epsg(5186).to_json()
    (receipt,) = workspace.deposit(layer(tmp_path / "점.parquet", said), by="a")
    assert receipt.crs == "EPSG:5186"


@pytest.mark.slow
def test_what_is_not_in_korea_is_not_asked_for_among_no_candidates(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    workspace.deposit(ROOT / "examples/행정동경계_20260701.geojson", by="a")
    lines = ["이름,X,Y", *(f"곳{i},{2_000_000 + 31 * i},{9_000_000 + 17 * i}" for i in range(40))]
    (tmp_path / "먼곳.csv").write_text("\n".join(lines), encoding="utf-8")
    (receipt,) = workspace.deposit(tmp_path / "먼곳.csv", by="a")
    assert receipt.crs is None
    said = {reason.code: reason.text() for reason in receipt.reasons}
    assert "우리나라의 것으로 보이지 않아" in said["crs_abroad"]
