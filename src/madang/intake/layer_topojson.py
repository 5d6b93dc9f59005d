"""TopoJSON: arcs first (as arrays), then the objects feature by feature, each object a table.

The arcs are decoded by the specification of TopoJSON 1.0: quantised ones are sums of steps, scaled and moved by the
transform; index ~i is arc i reversed; the joints of a line of arcs are written once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from madang.intake.layer_features import Drawing, Features
from madang.intake.layer_geojson import declared_crs
from madang.intake.layer_json import EXACT, FLOATS, JsonText, flat
from madang.intake.layer_stage import Stage
from madang.intake.layer_wkb import BrokenShape, Points
from madang.intake.raw import Evidence, Progress, RawTable, Refused
from madang.messages import text

_MOST_TABLES = 100
_AMPLIFIED = 16  # times that an object may use the points of all arcs: more is a bomb
_DEEPEST = 16


@dataclass
class _Arcs:
    """All arcs end to end in the file's coordinates; arc i is `points[starts[i]:starts[i + 1]]`."""

    points: Points
    starts: list[int]
    scale: Points | None  # None: positions are not quantised
    translate: Points | None

    def arc(self, index: int) -> Points:
        at = ~index if index < 0 else index
        if at >= len(self.starts) - 1:
            raise BrokenShape("layer_arc_missing")
        found = self.points[self.starts[at] : self.starts[at + 1]]
        return found[::-1] if index < 0 else found

    def line(self, indices: Sequence[Any]) -> Points:
        """The arcs one after another; where one begins with the end of the last, that joint is written once."""
        arcs = [self.arc(_index(each)) for each in indices]
        pieces = [arc if not i else arc[1:] for i, arc in enumerate(arcs)]
        return np.concatenate(pieces) if pieces else np.empty((0, 2))

    def positions(self, raw: Any) -> Points:
        """Positions that stand in a shape itself (points): quantised, but not as steps."""
        found = np.array(raw, np.float64).reshape(len(raw), -1)[:, :2]
        if self.scale is None or self.translate is None:
            return found
        return found * self.scale + self.translate


@dataclass
class _Object:
    """One object being staged as a table."""

    arcs: _Arcs
    features: Features
    used: int = 0  # points written

    def add(self, geometry: Any) -> None:
        """One shape with its properties: a feature."""
        if not isinstance(geometry, dict):
            raise Refused("layer_no_features")
        self.features.add(_attributes(geometry), lambda: self._drawn(geometry))

    def _drawn(self, geometry: dict[str, Any]) -> Drawing | None:
        if geometry.get("type") is None:
            return None
        try:
            return self._parts(geometry, 0)
        except (TypeError, ValueError, IndexError) as error:
            raise BrokenShape("layer_shape_unreadable") from error

    def _parts(self, geometry: Any, depth: int) -> Drawing:
        """Kind, coordinates and members of a shape as in GeoJSON. Raises BrokenShape, Refused."""
        if not isinstance(geometry, dict) or depth > _DEEPEST:
            raise BrokenShape("layer_shape_unreadable")
        kind, arcs = geometry.get("type"), geometry.get("arcs")
        match kind:
            case "GeometryCollection":
                return kind, None, [self._parts(each, depth + 1) for each in geometry.get("geometries") or ()]
            case "Point":
                raw = geometry.get("coordinates") or []
                return kind, self.arcs.positions([raw])[0] if raw else [], []
            case "MultiPoint":
                raw = geometry.get("coordinates") or []
                return kind, self.arcs.positions(raw) if raw else [], []
            case "LineString":
                return kind, self._line(arcs), []
            case "MultiLineString" | "Polygon":
                return kind, [self._line(each) for each in arcs or ()], []
            case "MultiPolygon":
                return kind, [[self._line(ring) for ring in each] for each in arcs or ()], []
        raise BrokenShape("layer_shape_unknown")

    def _line(self, indices: Any) -> Points:
        found = self.arcs.line(indices or ())
        self.used += len(found)
        if self.used > _AMPLIFIED * len(self.arcs.points) + 1_000_000:
            raise Refused("layer_arcs_bomb")
        return found


def read_topojson(path: Path, place: Path, encoding: str, progress: Progress) -> list[RawTable]:
    """Each object of a TopoJSON file as one staged table; its rows are the numbers of its shapes.

    Two passes: the arcs stay in memory as arrays, the objects go through one by one. Raises UnicodeDecodeError,
    Refused (json_…, layer_no_features, layer_arcs_bomb).
    """
    arcs, named = _read_arcs(path, encoding, progress)
    objects: list[tuple[str, _Object]] = []
    source = JsonText(path, encoding, progress)
    try:
        for key in source.members():
            if key != "objects" or source.peek() != "{":
                source.value(FLOATS) if source.peek() not in "[{" else _skip(source)
                continue
            for name in source.members():
                if len(objects) >= _MOST_TABLES:
                    raise Refused("layer_too_many", limit=_MOST_TABLES)
                table = _Object(arcs, Features(Stage(place, f"table{len(objects) + 1}")))
                objects.append((name, table))
                _read_object(source, table)
    finally:
        source.close()
    if not objects:
        raise Refused("layer_no_features")
    encoded = Evidence("encoding", encoding, text("layer_because_json_text"), 0.99)
    tables = []
    for name, table in objects:
        member = name if len(objects) > 1 else None
        stage = table.features.finish()
        declared, by = declared_crs(named, stage)
        tables.append(stage.finish(member, declared, by, encoding=encoding, evidence=[encoded]))
    return tables


def _read_object(source: JsonText, table: _Object) -> None:
    """One object: a collection whose members are features, or a single shape."""
    held: dict[str, Any] = {}
    streamed = False
    if source.peek() != "{":
        source.value(EXACT)
        return
    for key in source.members():
        if key == "geometries" and source.peek() == "[":
            streamed = True
            for _ in source.items():
                table.add(_exact_but_arcs(source))
        else:
            held[key] = source.value(FLOATS if key == "coordinates" else EXACT)
    if not streamed and held.get("type") is not None:
        table.add(held)
    table.features.flush()  # the next object may be as large


def _exact_but_arcs(source: JsonText) -> Any:
    if source.peek() != "{":
        return source.value(EXACT)
    return {key: source.value(FLOATS if key == "coordinates" else EXACT) for key in source.members()}


def _read_arcs(path: Path, encoding: str, progress: Progress) -> tuple[_Arcs, str]:
    """The arcs of the file, decoded, and the coordinate system it names ("" where none)."""
    source = JsonText(path, encoding, progress)
    found: list[Points] = []
    transform: Any = None
    named = ""
    try:
        for key in source.members():
            if key == "arcs" and source.peek() == "[":
                found = [_arc(source) for _ in source.items()]
            elif key == "transform":
                transform = source.value(FLOATS)
            elif key == "crs":
                crs = source.value(EXACT)
                named = str((crs.get("properties") or {}).get("name") or "") if isinstance(crs, dict) else ""
            else:
                _skip(source)
    finally:
        source.close()
    starts = np.concatenate([[0], np.cumsum([len(arc) for arc in found])]).astype(np.int64)
    points = np.concatenate(found) if found else np.empty((0, 2))
    if not isinstance(transform, dict):
        return _Arcs(points, starts.tolist(), None, None), named
    scale, translate = _pair(transform.get("scale")), _pair(transform.get("translate"))
    return _Arcs(_summed(points, starts) * scale + translate, starts.tolist(), scale, translate), named


def _summed(steps: Points, starts: np.ndarray[Any, np.dtype[np.int64]]) -> Points:
    """Positions from steps: running sums that begin anew at each arc (exact: steps are whole numbers)."""
    total = np.cumsum(steps, axis=0)
    before = np.concatenate([np.zeros((1, 2)), total])[starts[:-1]]
    return np.asarray(total - np.repeat(before, np.diff(starts), axis=0))


def _arc(source: JsonText) -> Points:
    raw = source.value(FLOATS)
    try:
        if not raw:
            return np.empty((0, 2))
        try:
            points = np.array(raw, np.float64)
        except ValueError:  # positions of two and of three numbers
            points = np.array([position[:2] for position in raw], np.float64)
        x, y = points[:, 0], points[:, 1]
    except (ValueError, TypeError, IndexError) as error:
        raise Refused("layer_arcs_unreadable") from error
    return np.stack([x, y], axis=1)


def _pair(raw: Any) -> Points:
    try:
        return np.array(raw, np.float64).reshape(-1)[:2].reshape(2)
    except (ValueError, TypeError) as error:
        raise Refused("layer_arcs_unreadable") from error


def _skip(source: JsonText) -> None:
    """Pass over a value, the items of lists and the members of objects one by one."""
    sign = source.peek()
    if sign == "{":
        for _ in source.members():
            source.value(FLOATS) if source.peek() != "{" else _skip_flat(source)
    else:
        source.value(FLOATS)


def _skip_flat(source: JsonText) -> None:
    for _ in source.members():
        if source.peek() == "[":
            for _ in source.items():
                source.value(FLOATS)
        else:
            source.value(FLOATS)


def _index(raw: Any) -> int:
    return int(raw)


def _attributes(geometry: dict[str, Any]) -> dict[str, str]:
    properties = geometry.get("properties")
    found = flat(properties) if isinstance(properties, dict) else {}
    if "id" in geometry and "id" not in found:
        found |= flat({"id": geometry["id"]})
    return found
