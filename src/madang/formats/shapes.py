"""Shapes out: what GeoParquet says of itself, and the format GeoJSON."""

from __future__ import annotations

import json
from typing import IO, Any

import numpy as np
import pyarrow as pa
import shapely

from madang.formats.lines import json_object, pass_on
from madang.formats.source import Source
from madang.intake.raw import Progress


def geoparquet(source: Source, labels: dict[str, str]) -> str:
    """The key `geo` of a GeoParquet 1.1 file whose shapes stand in the columns `labels` (name in the bank -> label).

    CRS84 is its default and is not named. Reads the shapes once.
    """
    kinds: dict[str, set[str]] = {name: set() for name in labels}
    boxes: dict[str, list[Any]] = {name: [] for name in labels}
    for batch in source.batches(list(labels)):
        for name in labels:
            shapes = shapely.from_wkb(batch.column(name).to_numpy(zero_copy_only=False), on_invalid="ignore")
            shapes = shapes[~shapely.is_missing(shapes)]
            if len(shapes):
                kinds[name].update(_KINDS[int(kind)] for kind in np.unique(shapely.get_type_id(shapes)))
                boxes[name].append(shapely.total_bounds(shapes))
    described: dict[str, Any] = {}
    for name, label in labels.items():
        described[label] = {"encoding": "WKB", "geometry_types": sorted(kinds[name])}
        if boxes[name]:
            every = np.array(boxes[name])
            described[label]["bbox"] = [
                *every[:, :2].min(axis=0).tolist(),
                *every[:, 2:].max(axis=0).tolist(),
            ]
    first = next(iter(labels.values()))
    return json.dumps({"version": "1.1.0", "primary_column": first, "columns": described}, ensure_ascii=False)


def points_geoparquet(source: Source, label: str) -> str:
    """As `geoparquet`, of the points that `source` has hidden. Reads them once."""
    boxes = []
    for batch in source.batches([column.name for column in source.hidden]):
        lon, lat = (
            np.asarray(batch.column(column.name).to_numpy(zero_copy_only=False), float)
            for column in source.hidden
        )
        there = np.isfinite(lon) & np.isfinite(lat)
        if there.any():
            boxes.append([lon[there].min(), lat[there].min(), lon[there].max(), lat[there].max()])
    described: dict[str, Any] = {"encoding": "WKB", "geometry_types": ["Point"] if boxes else []}
    if boxes:
        every = np.array(boxes)
        described["bbox"] = [*every[:, :2].min(axis=0).tolist(), *every[:, 2:].max(axis=0).tolist()]
    return json.dumps(
        {"version": "1.1.0", "primary_column": label, "columns": {label: described}}, ensure_ascii=False
    )


def as_points(lon: pa.ChunkedArray, lat: pa.ChunkedArray) -> pa.Array:
    """WKB points; null where a coordinate is missing."""
    x, y = (np.asarray(each.to_numpy(), float) for each in (lon, lat))
    there = np.isfinite(x) & np.isfinite(y)
    points = shapely.to_wkb(shapely.points(np.where(there, x, 0.0), np.where(there, y, 0.0)))
    return pa.array(np.where(there, points, None), pa.binary())


_KINDS = {0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon",
          7: "GeometryCollection"}  # fmt: skip


def write_geojson(source: Source, out: IO[bytes], progress: Progress, title: str) -> None:
    """A FeatureCollection, one feature per line; its geometry is the first shape, or the point lon, lat, or null."""
    shape = next((column for column in source.columns if column.kind == "shape"), None)
    if shape is not None:
        geometry = f"coalesce({shape.sql}, 'null')"
    elif source.hidden:
        point = "concat('{\"type\": \"Point\", \"coordinates\": [', lon, ', ', lat, ']}')"
        geometry = f"CASE WHEN lon IS NOT NULL AND lat IS NOT NULL THEN {point} ELSE 'null' END"
    else:
        geometry = "'null'"
    properties = json_object([column for column in source.columns if column is not shape])
    feature = f"""'{{"type": "Feature", "properties": ', {properties}, ', "geometry": ', {geometry}, '}}'"""
    name = json.dumps(title, ensure_ascii=False)
    out.write(f'{{"type": "FeatureCollection", "name": {name}, "features": ['.encode())
    line = f"concat(',', chr(10), {feature})"
    pass_on(source.lines(lambda part: line), out, source.rows, progress, skip=1)
    out.write(b"\n]}\n")
