"""Tables with a column of shapes written as text (`POINT (127 37)`), as QGIS, GDAL and databases export them to CSV."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from madang.intake.layer_geojson import declared_crs
from madang.intake.layer_stage import BATCH, GEOMETRY, Stage
from madang.intake.raw import RawColumn, RawTable

_HEADERS = frozenset(
    "geometry geom the_geom wkt geom_wkt wkt_geom geometry_wkt shape 도형 공간정보 좌표정보 geo".split()
)
_WKT = (
    r"(?i)^\s*(SRID=\d{4,6};)?\s*(POINT|LINESTRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION)"
    r"\s*(ZM?|M)?\s*(\(|EMPTY)"
)
_MOSTLY = 0.95  # of the cells looked at that hold something
_LOOKED_AT = 1_000
_LONGEST = 16 << 20  # bytes of one shape
_DEEPEST = 16  # collections in collections
_SRID = r"(?i)^\s*SRID=(?P<srid>\d{4,6});"


def with_shapes(tables: list[RawTable], place: Path) -> list[RawTable]:
    """The tables, those with a column of shapes in well-known text as layers: shapes as WKB, staged anew in `place`.

    A header that such columns have and nearly all of the first 1,000 cells must agree. What cannot be read is a problem.
    """
    return [
        _layer(table, column, Path(mkdtemp(dir=place))) if (column := _shapes_in(table)) else table
        for table in tables
    ]


def _shapes_in(table: RawTable) -> RawColumn | None:
    if table.layer is not None or table.refused is not None or not table.rows:
        return None
    for column in table.columns:
        if column.label.strip().lower() in _HEADERS:
            cells = next(table.batches()).column(column.index + 1).slice(0, _LOOKED_AT)
            cells = cells.filter(pc.not_equal(cells, ""))
            if len(cells) and pc.mean(pc.match_substring_regex(cells, _WKT)).as_py() >= _MOSTLY:
                return column
    return None


def _layer(table: RawTable, column: RawColumn, place: Path) -> RawTable:
    """`table` with the shapes of `column` as WKB in a last column."""
    others = [each for each in table.columns if each is not column]
    names = [f"c{each.index}" for each in others]  # headers may be empty or alike
    stage = Stage(place, "layer", labels=names)
    stage.problems = table.problems
    srids: set[str] = set()
    for batch in table.batches():
        for start in range(0, batch.num_rows, BATCH):
            piece = batch.slice(start, BATCH)
            cells = {name: piece.column(name) for name in names}
            rows = piece.column(0).to_numpy()
            stage.write(rows, cells, _shapes(piece.column(column.index + 1), rows, stage, srids))
    named = f"EPSG:{srids.pop()}" if len(srids) == 1 else ""
    declared, by = declared_crs(named, stage)
    layer = stage.finish(table.member, declared, by)
    table.stage.unlink()
    columns = [replace(each, index=i) for i, each in enumerate(others)]
    columns.append(replace(column, index=len(others), label=GEOMETRY))
    found = [*table.evidence, layer.evidence[-1]]
    return replace(table, stage=layer.stage, columns=columns, layer=layer.layer, evidence=found)


def _shapes(cells: pa.Array, rows: NDArray[np.int64], stage: Stage, srids: set[str]) -> list[bytes | None]:
    """WKB of each cell, None where there is none; what cannot be read is told."""
    srids.update(filter(None, pc.struct_field(pc.extract_regex(cells, _SRID), "srid").unique().to_pylist()))
    bodies = pc.utf8_trim_whitespace(pc.replace_substring_regex(cells, _SRID, ""))
    deep = pc.count_substring(bodies, "COLLECTION", ignore_case=True)
    sound = pc.and_(pc.less_equal(deep, _DEEPEST), pc.less_equal(pc.binary_length(bodies), _LONGEST))
    texts = pc.if_else(pc.and_(sound, pc.not_equal(bodies, "")), bodies, None)
    shapes = shapely.from_wkt(texts.to_numpy(zero_copy_only=False), on_invalid="ignore")
    lost = shapely.is_missing(shapes) & pc.not_equal(bodies, "").to_numpy(zero_copy_only=False)
    for row in rows[lost]:
        stage.tell("layer_shape_unreadable", int(row))
    found: list[bytes | None] = shapely.to_wkb(shapes).tolist()
    return found
