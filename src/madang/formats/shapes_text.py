"""Shapes of the bank (WKB) as text: WKT or GeoJSON."""

from __future__ import annotations

from typing import Literal

import pyarrow as pa
import shapely

from madang.messages import Language, text

Form = Literal["wkt", "geojson", "wkb"]


def as_text(cells: pa.ChunkedArray, form: Form) -> pa.ChunkedArray:
    """WKB as WKT (all digits kept) or as GeoJSON (outer rings counter-clockwise, as RFC 7946 wants); null stays null."""
    shapes = shapely.from_wkb(cells.to_numpy(), on_invalid="ignore")
    if form == "wkt":
        texts = shapely.to_wkt(shapes, rounding_precision=-1)
    else:
        texts = shapely.to_geojson(shapely.orient_polygons(shapes))
    return pa.chunked_array([pa.array(texts, pa.string())])


_WORDS = ("point", "line", "line", "area", "points", "lines", "areas", "mixed")


def described(wkb: bytes, language: Language = "ko") -> str:
    """A shape in a few words: "다각형, 꼭짓점 1,234개"; a point with its coordinates."""
    shape = shapely.from_wkb(wkb, on_invalid="ignore")
    if shape is None or shape.is_empty:
        return text("shape_none", language)
    if shape.geom_type == "Point":
        return text("shape_point", language, lon=f"{shape.x:.6f}", lat=f"{shape.y:.6f}")
    kind = _WORDS[shapely.get_type_id(shape)]
    corners, parts = int(shapely.get_num_coordinates(shape)), int(shapely.get_num_geometries(shape))
    return text(f"shape_{kind}", language, parts=f"{parts:,}", corners=f"{corners:,}")
