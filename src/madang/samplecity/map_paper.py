"""Papers with shapes: GeoJSON and Shapefiles (DBF in CP949), in the coordinate system that such files have."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import shapely
from pyproj import Transformer

from madang.samplecity.city import Array
from madang.samplecity.paper import Column, Defect, Planting, cells_of


@cache
def _transformer(epsg: int) -> Transformer:
    return Transformer.from_crs(5179, epsg, always_xy=True)


def projected(x: Array, y: Array, epsg: int) -> tuple[Array, Array]:
    """Points of the city (EPSG:5179, metres) in another system, x before y."""
    found: tuple[Array, Array] = _transformer(epsg).transform(x, y)
    return found


def shapes_in(shapes: Array, epsg: int, digits: int) -> Array:
    """Shapes of the city in another system, rounded to `digits` after the point (7 for degrees, 2 for metres)."""

    def move(points: Array) -> Array:
        x, y = projected(points[:, 0], points[:, 1], epsg) if epsg != 5179 else (points[:, 0], points[:, 1])
        return np.round(np.column_stack([x, y]), digits)

    found: Array = shapely.transform(shapes, move)
    return found


@dataclass
class GeoJsonPaper:
    """A FeatureCollection in degrees, `digits` after the point."""

    path: str
    shapes: Array  # shapely geometries, EPSG:5179
    columns: Mapping[str, Column]
    digits: int = 6

    def write(self, folder: Path) -> list[Defect]:
        shapes = shapely.to_geojson(shapes_in(self.shapes, 4326, self.digits))
        names = list(self.columns)
        features = (
            f'{{"type":"Feature","properties":{json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False)},"geometry":{shape}}}'
            for row, shape in zip(zip(*map(_values, self.columns.values()), strict=True), shapes, strict=True)
        )
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        crs = '"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}'
        target.write_text(
            f'{{"type":"FeatureCollection",{crs},"features":[\n' + ",\n".join(features) + "\n]}\n", encoding="utf-8"
        )  # fmt: skip
        return []


def _values(column: Column) -> list[Any]:
    return (
        column.tolist() if isinstance(column, np.ndarray) and column.dtype.kind != "M" else cells_of(column)
    )


@dataclass
class ShapefilePaper(Planting):
    """A Shapefile (.shp, .shx, .dbf, .prj, .cpg); `path` is that of the .shp. Column names of at most ten bytes.

    Columns of numbers are fields of numbers, with a number planted in them; all others are text, as wide as it must be.
    """

    path: str = ""
    shapes: Array = field(
        default_factory=lambda: np.empty(0, object)
    )  # shapely geometries of one kind, EPSG:5179
    columns: Mapping[str, Column] = field(default_factory=dict)
    geometry_type: str = "Polygon"  # or "Point", "LineString"
    epsg: int = 5186
    day: str = "2026-01-01"  # what the DBF says of its last change

    def write(self, folder: Path) -> list[Defect]:
        fields = {name: _field(column) for name, column in self.columns.items()}
        self.apply(fields)
        target = folder / self.path
        target.parent.mkdir(parents=True, exist_ok=True)
        pyogrio.raw.write(
            target,
            geometry=shapely.to_wkb(shapes_in(self.shapes, self.epsg, 2)),
            field_data=list(fields.values()),
            fields=list(fields),
            geometry_type=self.geometry_type,
            crs=f"EPSG:{self.epsg}",
            driver="ESRI Shapefile",
            encoding="CP949",
            layer_options={"DBF_DATE_LAST_UPDATE": self.day, "RESIZE": "YES"},
        )
        return [
            Defect(self.path, each.row + 1, each.column, each.rule, each.severity, each.value)
            for each in self.plants
        ]


def _field(column: Column) -> Array:
    """A copy: numbers as they are, everything else as text."""
    if isinstance(column, np.ndarray) and column.dtype.kind in "if":
        return column.copy()
    return np.array(cells_of(column), object)
