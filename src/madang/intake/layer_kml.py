"""KML placemark by placemark: each folder a table, extended data as columns. Nothing a document points to is fetched,
no entity is expanded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

import numpy as np
from lxml import etree

from madang.intake.layer_features import Drawing, Features
from madang.intake.layer_stage import Stage
from madang.intake.layer_wkb import BrokenShape
from madang.intake.raw import Progress, RawTable, Refused
from madang.messages import text

_TABLES = 200
_TEXTS = ("name", "description", "address", "phoneNumber")
_COMMA = re.compile(r"\s*,\s*")
_DEEPEST = 16
_MULTI = {"Point": "MultiPoint", "LineString": "MultiLineString", "Polygon": "MultiPolygon"}


@dataclass
class _Folder:
    """The placemarks of one folder on their way into a table."""

    name: str
    features: Features


def read_kml(stream: IO[bytes], place: Path, size: int, progress: Progress) -> list[RawTable]:
    """The folders of a KML document of `size` bytes that hold placemarks, each a staged table; rows are numbers of
    placemarks in their folder. Coordinates are degrees by definition. Raises Refused (kml_broken, kml_entities,
    kml_empty, layer_too_many)."""
    folders: dict[Any, _Folder] = {}
    links = 0
    read = _Told(stream, size, progress)
    events = etree.iterparse(
        read,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        for event, element in events:
            name = _local(element)
            if event == "start":
                if element.getparent() is None and element.getroottree().docinfo.internalDTD is not None:
                    raise Refused("kml_entities")
            elif name == "Placemark":
                placed = partial(_placed, element)
                _folder_of(element, folders, place).features.add(_attributes(element), placed)
                _clear(element)
            elif name == "NetworkLink":
                links += 1
            elif name in ("Style", "StyleMap"):
                _clear(element)
    except etree.XMLSyntaxError as error:
        raise Refused("kml_broken", line=error.lineno or "-") from error
    if not folders:
        raise Refused("kml_empty", links=links)
    tables = [_finished(folder, len(folders) > 1) for folder in folders.values()]
    if links:
        tables[0].problems.add("kml_links", severity="info", value=str(links))
    return tables


@dataclass
class _Told:
    """A stream that tells how far it has been read."""

    stream: IO[bytes]
    size: int
    progress: Progress
    done: int = 0

    def read(self, count: int = -1) -> bytes:
        block = self.stream.read(count)
        self.done += len(block)
        self.progress(min(self.done, self.size), self.size)
        return block


def _finished(folder: _Folder, several: bool) -> RawTable:
    stage = folder.features.finish()
    member = folder.name if several else None
    if stage.mostly_degrees:
        return stage.finish(member, "EPSG:4326", text("layer_by_kml"), encoding="utf-8")
    inside, shapes = f"{stage.in_degrees:,}", f"{stage.shapes:,}"
    stage.tell("layer_not_degrees", None, "info", inside=inside, shapes=shapes)
    return stage.finish(member, None, text("layer_by_nothing_metres"), encoding="utf-8")


def _local(element: Any) -> str:
    return str(element.tag).rsplit("}", 1)[-1]


def _folder_of(placemark: Any, folders: dict[Any, _Folder], place: Path) -> _Folder:
    """The table of the folder (or document) in which a placemark stands."""
    names, parent = [], placemark.getparent()
    key = parent
    while parent is not None:
        if _local(parent) == "Folder":
            named = next((each.text for each in parent if _local(each) == "name"), None)
            names.append((named or "").strip())
        parent = parent.getparent()
    if key not in folders:
        if len(folders) >= _TABLES:
            raise Refused("layer_too_many", limit=_TABLES)
        wanted = "/".join(name for name in reversed(names) if name) or str(len(folders) + 1)
        folders[key] = _Folder(wanted, Features(Stage(place, f"table{len(folders) + 1}")))
    return folders[key]


def _clear(element: Any) -> None:
    """Let go of an element and of what stands before it and is done with."""
    element.clear(keep_tail=False)
    before = element.getprevious()
    while before is not None and _local(before) in ("Placemark", "Style", "StyleMap"):
        element.getparent().remove(before)
        before = element.getprevious()


def _attributes(placemark: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    if placemark.get("id"):
        found["id"] = placemark.get("id")
    for each in placemark:
        name = _local(each)
        if name in _TEXTS:
            found[name] = (each.text or "").strip()
        elif name in ("TimeStamp", "TimeSpan"):
            found |= {_local(inner): (inner.text or "").strip() for inner in each}
        elif name == "ExtendedData":
            found |= _extended(each)
    return found


def _extended(data: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in data.iter():
        name = _local(each)
        if name == "SimpleData" and each.get("name"):
            found[each.get("name")] = (each.text or "").strip()
        elif name == "Data" and each.get("name"):
            value = next((inner.text for inner in each if _local(inner) == "value"), None)
            found[each.get("name")] = (value or "").strip()
    return found


def _placed(placemark: Any) -> Drawing | None:
    """The first thing that a placemark draws."""
    return next((part for part in (_drawn(each, 0) for each in placemark) if part), None)


def _drawn(element: Any, depth: int) -> Drawing | None:
    """Kind, coordinates and members (as in GeoJSON) of an element; None where it draws nothing. Raises BrokenShape."""
    match _local(element):
        case "Point":
            positions = _positions(element)
            return "Point", positions[0] if len(positions) else [], []
        case "LineString" | "LinearRing":
            return "LineString", _positions(element), []
        case "Track":
            texts = [each.text or "" for each in element if _local(each) == "coord"]
            return "LineString", _numbers([",".join(each.split()) for each in texts]), []
        case "Polygon":
            outer = [
                _positions(ring) for each in element if _local(each) == "outerBoundaryIs" for ring in each
            ]
            inner = [
                _positions(ring) for each in element if _local(each) == "innerBoundaryIs" for ring in each
            ]
            return "Polygon", outer[:1] + inner, []
        case "MultiGeometry" | "MultiTrack":
            if depth > _DEEPEST:
                raise BrokenShape("layer_shape_unreadable")
            return _together([part for part in (_drawn(each, depth + 1) for each in element) if part])
    return None


def _together(parts: list[Drawing]) -> Drawing:
    kinds = {kind for kind, _, _ in parts}
    if len(kinds) == 1 and kinds <= _MULTI.keys():
        return _MULTI[kinds.pop()], [coordinates for _, coordinates, _ in parts], []
    return "GeometryCollection", None, parts


def _positions(element: Any) -> Any:
    said = next((each.text for each in element if _local(each) == "coordinates"), None)
    return _numbers(_COMMA.sub(",", said or "").split())


def _numbers(positions: list[str]) -> Any:
    if not positions:
        return []
    commas = positions[0].count(",")
    try:
        if all(each.count(",") == commas for each in positions):
            return np.array(",".join(positions).split(","), np.float64).reshape(-1, commas + 1)
        return np.array([each.split(",")[:2] for each in positions], np.float64)
    except ValueError as error:
        raise BrokenShape("layer_shape_unreadable") from error
