"""Vector tiles of open editions, and the borders that a small map stands in."""

from __future__ import annotations

import json
from typing import Any

import pyarrow.parquet as pq
import shapely

from madang.engine.rows import Query, parse
from madang.formats.tiles import Layer, extent, tile
from madang.web.portal.shelf import EVERYTHING, NOTE, Open, shelf
from madang.web.shell.workspace import workspace

_FINE = 0.0001  # degrees: ten metres


def layer(each: Open) -> Layer:
    """What the tiles of an edition are made of."""
    columns = each.version.columns
    texts = [c for c in columns if c.type == "text" and not c.name.endswith(NOTE)]
    named = next((c.name for c in texts if c.name.endswith("_name")), texts[0].name if texts else "")
    kept = workspace().folder / "cache" / "open-tiles" / each.id / str(each.version.n)
    return Layer(
        tuple(each.version.files), tuple(columns), named, any(c.type == "geometry" for c in columns), kept
    )


def drawn(each: Open, z: int, x: int, y: int, given: Any) -> bytes:
    """A tile of the rows that a question finds."""
    return tile(layer(each), parse(given, each.version.columns, EVERYTHING), EVERYTHING, z, x, y)


def box(each: Open) -> tuple[float, float, float, float] | None:
    """West, south, east, north of its rows; None where none has a place."""
    return extent(layer(each), Query(), EVERYTHING)[1]


def outlines() -> list[dict[str, Any]]:
    """GeoJSON features of the neighbourhoods, of the first open edition that has their shapes; none without one."""
    for each in shelf():
        shape = next((c.name for c in each.version.columns if c.type == "geometry"), None)
        coded = any(c.format in ("hjd_code", "area_code") for c in each.version.columns)
        if shape and coded:
            cells = [
                cell for path in each.version.files for cell in pq.read_table(path).column(shape).to_pylist()
            ]
            shapes = shapely.simplify(shapely.from_wkb([cell for cell in cells if cell]), _FINE)
            return [
                {"type": "Feature", "properties": {}, "geometry": json.loads(text)}
                for text in shapely.to_geojson(shapes)
            ]
    return []
