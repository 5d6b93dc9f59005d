"""The shapes of a GeoParquet file: which column, and which coordinate system it declares."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from madang.messages import text

_GEOARROW = (b"geoarrow.wkb", b"ogc.wkb")


@dataclass(frozen=True)
class Shapes:
    """`columns` hold WKB, of which `column` is the layer's; `hidden` are only there for fast search."""

    column: str
    columns: frozenset[str]
    declared: str | None
    declared_by: str
    hidden: frozenset[str] = frozenset()


def shapes_of(schema: pa.Schema) -> Shapes | None:
    """The shapes that the file's "geo" metadata (GeoParquet 1) or a column's own (geoarrow.wkb) tell of."""
    geo = _object((schema.metadata or {}).get(b"geo"))
    columns = {
        k: v for k, v in _dict(geo.get("columns")).items() if k in schema.names and isinstance(v, dict)
    }
    wkb = {name: told for name, told in columns.items() if str(told.get("encoding", "WKB")).upper() == "WKB"}
    if wkb:
        column = geo.get("primary_column")
        column = column if column in wkb else next(iter(wkb))
        told = wkb[column]
        declared = crs_text(told["crs"]) if "crs" in told else "EPSG:4326"  # absent: OGC:CRS84
        covering = [_dict(each.get("covering")).get("bbox") for each in wkb.values()]
        hidden = {
            side[0]
            for box in map(_dict, covering)
            for side in box.values()
            if isinstance(side, list) and side
        }
        by = text("because_geoparquet") if "crs" in told else text("because_geoparquet_default")
        return Shapes(column, frozenset(wkb), declared, by, frozenset(map(str, hidden)))
    for field in schema:
        told = field.metadata or {}
        if told.get(b"ARROW:extension:name") in _GEOARROW:
            crs = _object(told.get(b"ARROW:extension:metadata")).get("crs")
            return Shapes(field.name, frozenset({field.name}), crs_text(crs), text("because_geoparquet"))
    return None


def crs_text(crs: Any) -> str | None:
    """ "EPSG:5186" where the declared system has a code, else its WKT; None where nothing is declared."""
    if isinstance(crs, str):
        return crs or None
    if not isinstance(crs, dict):
        return None
    told = _dict(crs.get("id"))
    authority, code = str(told.get("authority", "")).upper(), str(told.get("code", ""))
    if (authority, code.upper()) == ("OGC", "CRS84"):
        return "EPSG:4326"
    if authority == "EPSG" and code.isdecimal():
        return f"EPSG:{code}"
    import pyproj

    try:
        return str(pyproj.CRS.from_json_dict(crs).to_wkt())
    except (pyproj.exceptions.CRSError, TypeError, ValueError):
        return None


def _object(raw: bytes | None) -> dict[str, Any]:
    try:
        return _dict(json.loads(raw or b"{}"))
    except (ValueError, RecursionError):
        return {}


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
