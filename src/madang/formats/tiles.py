"""Vector tiles (MVT) out of the rows of one version: shapes or points, gathered into circles where there are many.

A tile is 4096 units wide, in web mercator, with a layer `rows`; a feature is a row (its `row` in the source) or, where a
tile would hold more than `MOST` of them, a cell of the tile with `n` rows at their middle.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import duckdb

from madang.access import View
from madang.declarations.standard import DatasetColumn
from madang.engine.duck import connect, load_spatial
from madang.engine.rows_fields import Fields
from madang.engine.rows_query import Query
from madang.engine.rows_sql import Condition, condition, quoted

MOST = 2_000  # single rows of a tile
DEEPEST = 16
_CELLS = 32  # along a side of a tile that is gathered
_HALF = 20_037_508.342789244  # of web mercator, in metres
_LABEL = 60  # letters
_ROW = "__row"


@dataclass(frozen=True)
class Layer:
    """What tiles are made of: the files of a version, the column that names a row ("" for none), whether rows have shapes.

    `kept` is the folder that holds shapes made ready for tiles.
    """

    files: tuple[Path, ...]
    columns: tuple[DatasetColumn, ...]
    label: str
    shapes: bool
    kept: Path


def tile(layer: Layer, query: Query, view: View, z: int, x: int, y: int) -> bytes:
    """The tile z/x/y of the rows that `query` finds under `view`; b"" where nothing lies in it.

    The caller shows no places where the view masks anything. Raises as `madang.engine.rows.rows`.
    """
    con = _shared().cursor()
    try:
        found = _condition(con, layer, query, view)
        relation = _shapes(con, layer) if layer.shapes else _points(layer)
        west, south, east, north = bounds(z, x, y)
        if layer.shapes:
            inside = Condition(
                ["xmax >= ? AND xmin <= ? AND ymax >= ? AND ymin <= ?"], [west, east, south, north]
            )
        else:
            inside = Condition(
                ["lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?"], [*_lon(west, east), *_lat(south, north)]
            )
        where = Condition([*inside.parts, *found.parts], [*inside.values, *found.values])
        return _encoded(con, relation, where, layer, (west, south, east, north), z)
    finally:
        con.close()


def bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """West, south, east and north of a tile in web mercator metres."""
    side = 2 * _HALF / 2**z
    return -_HALF + x * side, _HALF - (y + 1) * side, -_HALF + (x + 1) * side, _HALF - y * side


def extent(layer: Layer, query: Query, view: View) -> tuple[int, tuple[float, float, float, float] | None]:
    """How many rows with places the query finds, and the box of all but the outermost (west, south, east, north in degrees).

    A few misplaced rows would make it a map of the whole country: a hundredth at each side is left out. None without any.
    """
    con = _shared().cursor()
    try:
        found = _condition(con, layer, query, view)
        found.add("lon IS NOT NULL AND lat IS NOT NULL")
        ends = ", ".join(f"approx_quantile({name}, {at})" for at in (0.01, 0.99) for name in ("lon", "lat"))
        sql = f"SELECT count(*), {ends} FROM {_files(layer)}{found.where}"
        row = con.execute(sql, found.values).fetchone()
        assert row is not None
        return int(row[0]), (tuple(map(float, row[1:])) if row[0] else None)  # type: ignore[return-value]
    finally:
        con.close()


def _condition(con: duckdb.DuckDBPyConnection, layer: Layer, query: Query, view: View) -> Condition:
    names = tuple(str(row[0]) for row in con.execute(f"DESCRIBE SELECT * FROM {_files(layer)}").fetchall())
    return condition(query, Fields(layer.columns, view, names), view, names)


def _files(layer: Layer) -> str:
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in layer.files)
    return f"(SELECT *, (file_index << 40) + file_row_number AS {_ROW} FROM read_parquet([{listed}]))"


def _points(layer: Layer) -> str:
    x = f"lon * {_HALF} / 180"
    y = f"ln(tan(radians(45 + lat / 2))) * {_HALF} / pi()"
    return f"(SELECT *, {x} AS px, {y} AS py, NULL AS shape FROM {_files(layer)})"


def _shapes(con: duckdb.DuckDBPyConnection, layer: Layer) -> str:
    """The rows with their shapes in web mercator, which are made once for a version and kept."""
    kept = layer.kept / "shapes.parquet"
    if not kept.is_file():
        kept.parent.mkdir(parents=True, exist_ok=True)
        column = next(column.name for column in layer.columns if column.type == "geometry")
        fresh = kept.with_name(f".{secrets.token_hex(4)}.parquet")
        made = f"ST_Transform(ST_GeomFromWKB({quoted(column)}), 'EPSG:4326', 'EPSG:3857', always_xy := true)"
        con.execute(
            f"COPY (SELECT {_ROW} AS shape_row, ST_AsWKB(m) AS shape, ST_XMin(m) AS xmin, ST_XMax(m) AS xmax, ST_YMin(m) AS ymin,"
            f" ST_YMax(m) AS ymax FROM (SELECT {_ROW}, {made} AS m FROM {_files(layer)} WHERE {quoted(column)} IS NOT NULL)) TO"
            f" '{str(fresh).replace(chr(39), chr(39) * 2)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 8192)"
        )
        fresh.replace(kept)
    shapes = "'" + str(kept).replace("'", "''") + "'"
    middle = "(xmin + xmax) / 2 AS px, (ymin + ymax) / 2 AS py"
    return f"(SELECT r.*, s.shape, xmin, xmax, ymin, ymax, {middle} FROM {_files(layer)} r JOIN read_parquet({shapes}) s ON s.shape_row = r.{_ROW})"


def _encoded(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    where: Condition,
    layer: Layer,
    box: Sequence[float],
    z: int,
) -> bytes:
    west, south, east, north = box
    frame = f"ST_MakeBox2D(ST_Point({west}, {south}), ST_Point({east}, {north}))"
    label = f"left({quoted(layer.label)}::VARCHAR, {_LABEL})" if layer.label else "NULL"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE here AS SELECT px, py, shape, source_row, {label} AS name FROM {relation}{where.where}",
        where.values,
    )
    counted = con.execute("SELECT count(*) FROM here").fetchone()
    if counted is None or not counted[0]:
        return b""
    side = (east - west) / _CELLS
    if counted[0] > MOST:
        rows = (
            f"SELECT ST_Point(avg(px), avg(py)) AS g, count(*)::INTEGER AS n, NULL::BIGINT AS row, NULL::VARCHAR AS name FROM here"
            f" GROUP BY floor((px - ({west})) / {side}), floor((py - ({south})) / {side})"
        )
    else:
        fine = (east - west) / 2048
        drawn = f"ST_Simplify(ST_GeomFromWKB(shape), {fine})" if layer.shapes else "ST_Point(px, py)"
        rows = f"SELECT {drawn} AS g, 1::INTEGER AS n, source_row::BIGINT AS row, name FROM here"
    sql = (
        f"SELECT ST_AsMVT({{'geom': geom, 'n': n, 'row': row, 'name': name}}, 'rows', 4096, 'geom') FROM"
        f" (SELECT ST_AsMVTGeom(g, {frame}, 4096, 64, true) AS geom, n, row, name FROM ({rows})) WHERE geom IS NOT NULL"
    )
    made = con.execute(sql).fetchone()
    return bytes(made[0]) if made and made[0] else b""


def _lon(west: float, east: float) -> tuple[float, float]:
    return west * 180 / _HALF, east * 180 / _HALF


def _lat(south: float, north: float) -> tuple[float, float]:
    def degrees(y: float) -> float:
        return math.degrees(2 * math.atan(math.exp(y / _HALF * math.pi)) - math.pi / 2)

    return degrees(south), degrees(north)


@cache
def _shared() -> duckdb.DuckDBPyConnection:
    con = connect(temp_dir=Path(gettempdir()) / "madang-tiles", ordered=False)
    load_spatial(con)
    return con
