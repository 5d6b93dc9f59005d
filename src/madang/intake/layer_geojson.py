"""GeoJSON feature by feature: a FeatureCollection, a bare array of features, one feature, bare shapes, or one
feature a line; attributes exactly as they are written, shapes as WKB."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madang.intake.layer_features import Drawing, Features
from madang.intake.layer_json import EXACT, FLOATS, JsonText, flat
from madang.intake.layer_stage import Stage
from madang.intake.layer_wkb import BrokenShape
from madang.intake.raw import Evidence, Progress, RawTable, Refused
from madang.messages import text

_SHAPES = frozenset(
    "Point MultiPoint LineString MultiLineString Polygon MultiPolygon GeometryCollection".split()
)
_EPSG = re.compile(
    r"(?:urn:(?:x-)?ogc:def:crs:EPSG:[^:]*:|https?://www\.opengis\.net/def/crs/EPSG/[^/]+/|EPSG:+)(\d{4,6})",
    re.I,
)
_DEGREES = re.compile(r"CRS:?84$|WGS[ _]?(?:19)?84$", re.I)
_DEEPEST = 16
_WRAPPED = 6  # objects around a collection
_OF_A_FEATURE = frozenset(("properties", "geometry", "crs"))


class IsTopology(Exception):
    """The file is TopoJSON, which cannot be read piece by piece."""


@dataclass
class _Reading:
    """What has been read so far."""

    source: JsonText
    features: Features
    named_crs: str = ""
    _streamed: bool = False

    def run(self) -> None:
        """Read every value of the text (a GeoJSON sequence has one a line)."""
        while sign := self.source.peek():
            if sign == "{":
                self._top()
            elif sign == "[":
                for _ in self.source.items():
                    self._feature(None)
            else:
                self.source.value(EXACT)
                raise Refused("layer_no_features")

    def _top(self) -> None:
        """An object at the top: a collection that is streamed, or a feature or shape."""
        self._streamed = False
        held = self._object(0)
        if not self._streamed and held.get("type") != "FeatureCollection":
            self._feature(held)

    def _object(self, level: int) -> dict[str, Any]:
        """The members of an object but its features, which are taken where they stand; a service wraps the collection
        in its answer."""
        held: dict[str, Any] = {}
        for key in self.source.members():
            sign = self.source.peek()
            untold = held.get("type") is None
            if key == "features" and sign == "[":
                self._streamed = True
                for _ in self.source.items():
                    self._feature(None)
            elif key in ("arcs", "objects") and sign in "[{" and (untold or held["type"] == "Topology"):
                raise IsTopology
            elif sign == "{" and untold and key not in _OF_A_FEATURE and level < _WRAPPED:
                held[key] = self._object(level + 1)
            else:
                held[key] = self._member(key)
        self._know_crs(held.get("crs"))
        return held

    def _feature(self, held: dict[str, Any] | None) -> None:
        """One feature (or bare shape): taken from the text, or given as `held`."""
        if held is None:
            if self.source.peek() != "{":
                raise Refused("layer_no_features")
            held = {key: self._member(key) for key in self.source.members()}
        kind = held.get("type")
        if kind == "FeatureCollection" and isinstance(held.get("features"), list):
            for each in held["features"]:
                self._feature(each if isinstance(each, dict) else {})
            return
        if kind in _SHAPES:
            held = {"geometry": held}
        elif kind != "Feature" and "geometry" not in held:
            raise Refused("layer_no_features")
        geometry = held.get("geometry")
        self.features.add(_attributes(held), lambda: None if geometry is None else _parts(geometry, 0))

    def _member(self, key: str) -> Any:
        floats = key in ("geometry", "coordinates", "geometries")
        return self.source.value(FLOATS if floats else EXACT)

    def _know_crs(self, crs: Any) -> None:
        properties = crs.get("properties") if isinstance(crs, dict) else None
        name = properties.get("name") or properties.get("code") if isinstance(properties, dict) else None
        if name:
            self.named_crs = f"EPSG:{name}" if str(name).isdigit() else str(name)


def read_geojson(path: Path, place: Path, encoding: str, progress: Progress) -> RawTable:
    """The features of a GeoJSON file as one staged table; its rows are the numbers of the features.

    One feature is in memory at a time (128 million characters at most), and a batch of shapes. Raises IsTopology,
    UnicodeDecodeError, Refused (json_…, layer_no_features).
    """
    source = JsonText(path, encoding, progress)
    reading = _Reading(source, Features(Stage(place, "table1")))
    try:
        reading.run()
    finally:
        source.close()
    stage = reading.features.finish()
    if not reading.features.number and not stage.labels and not reading.named_crs:
        stage.tell("layer_no_features_inside", None, "info")
    declared, by = declared_crs(reading.named_crs, stage)
    encoded = Evidence("encoding", encoding, text("layer_because_json_text"), 0.99)
    return stage.finish(None, declared, by, encoding=encoding, evidence=[encoded])


def declared_crs(named: str, stage: Stage) -> tuple[str | None, str]:
    """What the file says of its coordinates, as "EPSG:…" (None: nothing, or nothing that can be), and where."""
    found = epsg_of(named)
    if found == "EPSG:4326" or not named:
        if stage.mostly_degrees:
            by = text("layer_by_crs", name=named) if named else text("layer_by_rfc")
            return "EPSG:4326", by
        inside, shapes = f"{stage.in_degrees:,}", f"{stage.shapes:,}"
        stage.tell("layer_not_degrees", None, "info", inside=inside, shapes=shapes)
        return None, text("layer_by_nothing_metres")
    if found is None:
        stage.tell("layer_crs_unknown", None, "info", name=named)
        return None, text("layer_by_unknown", name=named)
    return found, text("layer_by_crs", name=named)


def epsg_of(name: str) -> str | None:
    """ "EPSG:5186" of urn:ogc:def:crs:EPSG::5186 and the like; None where the name is none of them."""
    match = _EPSG.fullmatch(name.strip())
    if match:
        return f"EPSG:{match[1]}"
    return "EPSG:4326" if _DEGREES.search(name.strip()) else None


def _attributes(held: dict[str, Any]) -> dict[str, str]:
    """The properties, then the id and whatever else stands beside them in the feature."""
    properties = held.get("properties")
    found = flat(properties) if isinstance(properties, dict) else {}
    for key, value in held.items():
        if key not in ("type", "properties", "geometry", "bbox", "crs", "features") and key not in found:
            found |= flat({key: value})
    return found


def _parts(geometry: Any, depth: int) -> Drawing:
    """Kind, coordinates and members of a GeoJSON shape. Raises BrokenShape."""
    if not isinstance(geometry, dict) or depth > _DEEPEST:
        raise BrokenShape("layer_shape_unreadable")
    inner = geometry.get("geometries")
    members = [_parts(each, depth + 1) for each in inner] if isinstance(inner, list) else []
    return geometry.get("type"), geometry.get("coordinates"), members
