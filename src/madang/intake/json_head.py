"""What a JSON text is about, judged by its first bytes: records, or shapes on a map."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import Any, Literal

import ijson

_BEGINS = re.compile(r'\s*(?:\{\s*(?:"|\})|\[\s*(?:[{\["]|\]))')
_SHAPES = frozenset(
    "FeatureCollection Feature GeometryCollection Point LineString Polygon MultiPoint MultiLineString"
    " MultiPolygon".split()
)
_LEVELS = 16
_PIECE = 512  # bytes whose events are made at a time
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def head_text(head: bytes) -> str:
    """The first bytes of a text file as text good enough to judge it by: marks of order, UTF-16 without one, else Latin."""
    for mark, codec in _MARKS:
        if head.startswith(mark):
            body = head[len(mark) :] if codec == "utf-8" else head
            return body.decode(codec, "ignore")
    if len(head) > 3 and head[1] == 0 and head[3] == 0:
        return head.decode("utf-16-le", "ignore")
    if len(head) > 3 and head[0] == 0 and head[2] == 0:
        return head.decode("utf-16-be", "ignore")
    return head.decode("latin-1")


def json_kind(text: str) -> Literal["json", "layer"] | None:
    """ "layer" for GeoJSON (a collection, a shape, a bare array of features) and TopoJSON, "json" for other JSON."""
    text = text.lstrip("\x1e \t\r\n")  # 1e begins a record of a GeoJSON text sequence
    if not _BEGINS.match(text):
        return None
    return "layer" if _is_layer(text) else "json"


def _is_layer(text: str) -> bool:
    """By the outermost keys, in whatever order; what lies beyond the first bytes is not needed to tell."""
    keys: set[str] = set()
    told = bare = False
    for prefix, event, value in _events(text):
        if prefix.count(".") > _LEVELS:  # each level makes the next event dearer
            break
        if event == "map_key" and prefix in ("", "item"):
            keys.add(f"{prefix}.{value}" if prefix else str(value))
        elif prefix == "type" and event == "string":
            if value == "Topology":
                return True
            told = value in _SHAPES
        elif prefix in ("item.type", "features.item.type") and event == "string":
            bare = bare or value == "Feature"
        elif event == "string" and _in_an_envelope(prefix, value):
            return True
        elif prefix in ("item", "features.item") and event == "end_map":
            break
    if told and keys & {"features", "geometry", "geometries", "coordinates"}:
        return True
    if {"arcs", "objects"} <= keys:
        return True
    return bare and ("features" in keys or bool(keys & {"item.geometry", "item.properties"}))


def _in_an_envelope(prefix: str, value: str) -> bool:
    """Whether a collection of features stands in an answer of a service: `response.result.featureCollection`."""
    inside = value == "FeatureCollection" and prefix.endswith(".type") and "item" not in prefix.split(".")
    return inside or (value == "Feature" and prefix.endswith(".features.item.type"))


def _events(text: str) -> Iterator[tuple[str, str, Any]]:
    """What ijson says of a text that ends somewhere; nothing more where it ends or is broken."""
    try:
        yield from ijson.parse(io.BytesIO(text.encode("utf-8", "replace")), buf_size=_PIECE, use_float=True)
    except (ijson.JSONError, ValueError, UnicodeError):
        return
