"""The layers beneath a city map, read from whatever datasets of the bank have their standards.

What a shape is (water, wood, wide road) is told by its values: the words of land covers, the ends of names of roads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from madang.bank import Version
from madang.web.desk.map_draw import Box, Floats, Frame, Label, labels
from madang.web.shell.whole import is_whole

ROLES = {  # standard -> what it is on the map
    "land-cover": "cover",
    "stream-ground": "water",
    "stream-line": "stream",
    "road-link": "road",
    "building": "building",
    "elevation": "relief",
}
SIGHTS = {"traditional-market": "market", "city-park": "park"}  # standard -> whose names the map writes
_LARGEST = {"market": ("market_name", "shops_count"), "park": ("park_name", "area_m2")}  # their name and size
_MOST_SIGHTS, _WATER_NAMES = 8, 6
_LETTER = 24.0  # units that a letter of such a name takes
_WITH_DONG = re.compile(r"^\S+[동읍면리] (?=\S)")
COVERS = (  # style, words of land covers, how their codes begin (환경부 토지피복): the first that fits
    ("industry", "공업|공장|산업단지", ("12",)),
    ("built", "시가|건조|건물|건축물|주거|상업|공공시설|교통|위락", ("1",)),
    ("water", "물|수역|하천|호수|저수지|내륙수|해양수", ("7",)),
    ("forest", "숲|산림|침엽|활엽|혼효", ("3",)),
    ("green", "풀밭|초지|공원|녹지|습지|갈대", ("4", "5")),
    ("sand", "모래|나지|백사장", ("6",)),
    ("paddy", "논", ("21",)),
    ("field", "밭|농업|농지|과수|시설재배", ("2",)),
)
ROADS = (("major", "대로"), ("middle", "로"), ("minor", "길"))
_FLOORS = "floors_above_count"  # as the standard of buildings calls them
_LANES = (("major", 6), ("middle", 3), ("minor", 0))  # from so many lanes on, where names do not tell
_MOST_ROWS = 400_000
_SURE = 0.5  # share of values that have to tell a kind before a column is believed
_LOOKED_AT = 500  # rows by which the column is found that tells most


@dataclass(frozen=True)
class Shapes:
    """Lines and polygons of a layer (EPSG:4326) with the kind of each, and names ("" where they have none)."""

    shapes: NDArray[Any]
    kinds: NDArray[Any]
    names: NDArray[Any]

    def of(self, kind: str) -> NDArray[Any]:
        found: NDArray[Any] = self.shapes[self.kinds == kind]
        return found

    def within(self, box: Box) -> Shapes:
        """What lies in a box, cut at its sides and a little beyond."""
        west, south, east, north = box
        x, y = (east - west) * 0.03, (north - south) * 0.03
        cut = (west - x, south - y, east + x, north + y)
        bounds = shapely.bounds(self.shapes)
        near = (bounds[:, 0] <= cut[2]) & (bounds[:, 2] >= cut[0])
        near &= (bounds[:, 1] <= cut[3]) & (bounds[:, 3] >= cut[1])
        shapes = self.shapes[near]
        size = np.prod(bounds[near, 2:] - bounds[near, :2], axis=1)
        over = size > 0.05 * (cut[2] - cut[0]) * (cut[3] - cut[1])
        if over.any():
            shapes = shapes.copy()
            shapes[over] = shapely.clip_by_rect(shapely.make_valid(shapes[over]), *cut)
        return Shapes(shapes, self.kinds[near], self.names[near])


def layer_of(version: Version, role: str) -> Shapes | None:
    """The shapes of a version; None where it has none, or more rows than a map takes."""
    shape = next((column.name for column in version.columns if column.type == "geometry"), None)
    if shape is None or version.rows > _MOST_ROWS:
        return None
    table = pa.concat_tables([pq.read_table(path, use_threads=False) for path in version.files])
    shapes = shapely.from_wkb(np.array([*table[shape].to_pylist(), None], dtype=object), on_invalid="ignore")
    shapes = shapes[:-1]
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    kinds = np.array([*_kinds(table, role), ""], dtype=object)[:-1]
    names = np.array([*_names(table, role), ""], dtype=object)[:-1]
    return Shapes(shapes[there], kinds[there], names[there])


def joined(layers: Sequence[Shapes | None]) -> Shapes | None:
    """Several layers as one."""
    found = [each for each in layers if each is not None]
    if not found:
        return None
    return Shapes(
        *(np.concatenate([getattr(each, part) for each in found]) for part in ("shapes", "kinds", "names"))
    )


def _kinds(table: pa.Table, role: str) -> list[str]:
    if role == "cover":
        return _best(table, _cover_words) or [""] * table.num_rows
    if role == "road":
        return _best(table, _road_ends) or _by_lanes(table)
    return [role] * table.num_rows


def _best(table: pa.Table, kinds_of: Any) -> list[str]:
    """The kinds that the column tells which tells most, of several alike the one with most kinds; [] where none
    tells enough."""
    if not table.num_rows:
        return []
    rows = np.unique(np.linspace(0, table.num_rows - 1, _LOOKED_AT).astype(np.int64))
    best, name = (0.0, 0, 0.0), ""
    for field in table.schema:
        if not (pa.types.is_string(field.type) or pa.types.is_integer(field.type)):
            continue
        if field.name in ("source_row", "dong_code", "geo_level"):
            continue
        told = _told(table[field.name].take(rows), kinds_of)
        share = sum(map(bool, told)) / len(told)
        found = (round(share, 1), len({*told} - {""}), share)
        if share > _SURE and found > best:
            best, name = found, field.name
    return _told(table[name], kinds_of) if name else []


def _told(column: pa.ChunkedArray, kinds_of: Any) -> list[str]:
    values = column.cast(pa.string()).dictionary_encode().combine_chunks()
    words = [kinds_of(str(word)) for word in values.dictionary.to_pylist()] + [""]
    at = pc.fill_null(values.indices, len(words) - 1).to_numpy()
    found: list[str] = np.array(words, dtype=object)[at].tolist()
    return found


def _cover_words(value: str) -> str:
    for style, words, codes in COVERS:
        if any(word in value for word in words.split("|")):
            return style
        if is_whole(value) and len(value) == 3 and value.startswith(codes):
            return style
    return ""


def _road_ends(value: str) -> str:
    bare = value.strip()
    if is_whole(bare):
        return ""
    return next((style for style, end in ROADS if bare.endswith(end)), "")


def _by_lanes(table: pa.Table) -> list[str]:
    name = next((name for name in table.schema.names if "lane" in name.lower() or name == "차로수"), None)
    if name is None:
        return ["middle"] * table.num_rows
    lanes = pc.fill_null(table[name].cast(pa.float64(), safe=False), 0).to_pylist()
    return [next(style for style, least in _LANES if count >= least) for count in lanes]


def _names(table: pa.Table, role: str) -> list[str]:
    """Names of rivers and streams, which the map writes."""
    none = [""] * table.num_rows
    if role not in ("stream", "water"):
        return none
    for name in table.schema.names:
        if pa.types.is_string(table.schema.field(name).type):
            values = [str(value or "") for value in table[name].to_pylist()]
            if sum(value.endswith(("강", "천", "내")) for value in values) > _SURE * len(values):
                return values
    return none


def positions(version: Version) -> tuple[Floats, Floats, Floats]:
    """Where the rows of a version are (EPSG:4326: their points, else the middles of their shapes), and how many
    floors they have (NaN where it is not said)."""
    files = [path for path in version.files if {"lon", "lat"} <= set(pq.read_schema(path).names)]
    if not files or version.rows > _MOST_ROWS * 2:
        return np.empty(0), np.empty(0), np.empty(0)
    asked = ["lon", "lat", _FLOORS]
    if any(_FLOORS not in pq.read_schema(path).names for path in files):
        asked.remove(_FLOORS)
    table = pa.concat_tables([pq.read_table(path, columns=asked, use_threads=False) for path in files])
    found = [
        np.asarray(pc.fill_null(table[name].cast(pa.float64(), safe=False), np.nan).to_numpy())
        for name in asked
    ]
    lon, lat = found[:2]
    there = np.isfinite(lon) & np.isfinite(lat)
    floors = found[2] if len(found) > 2 else np.full(len(lon), np.nan)
    return lon[there], lat[there], floors[there]


def merged_lines(shapes: NDArray[Any]) -> NDArray[Any]:
    """Pieces of road that follow one another as one line, both directions as one, so that fewer corners are drawn."""
    parts = shapely.get_parts(shapes)
    parts = shapely.normalize(parts[shapely.get_type_id(parts) == 1])
    parts = parts[np.unique(shapely.to_wkb(parts), return_index=True)[1]]
    return shapely.get_parts(shapely.line_merge(shapely.multilinestrings(parts))) if len(parts) else parts


def bounds_of(layers: dict[str, Shapes | None]) -> Box | None:
    found = [shapely.total_bounds(each.shapes) for each in layers.values() if each is not None]
    if not found:
        return None
    every = np.array(found)
    west, south = every[:, :2].min(axis=0).tolist()
    east, north = every[:, 2:].max(axis=0).tolist()
    return west, south, east, north


def sights_of(
    versions: Sequence[tuple[str, Version]], taken: Sequence[Label], frame: Frame
) -> tuple[Label, ...]:
    """Names of the largest markets and parks (role "market" and "park") where no name stands yet; eight at most."""
    roles = [(role, version) for wanted in _LARGEST for role, version in versions if role == wanted]
    found = [sight for role, version in roles for sight in _largest(version, role, frame)]
    lon = np.array([frame.west + each.x / frame.per_lon for each in taken] + [each[0] for each in found])
    lat = np.array([frame.north - each.y / frame.per_lat for each in taken] + [each[1] for each in found])
    names = [each.words for each in taken] + [each[2] for each in found]
    there = {(each.x, each.y) for each in taken}
    placed = labels(lon, lat, names, frame, _LETTER)
    named = {each.words: each for each in reversed(placed) if (each.x, each.y) not in there}  # a name once
    return tuple(reversed(named.values()))[:_MOST_SIGHTS]


def _largest(version: Version, role: str, frame: Frame) -> list[tuple[float, float, str]]:
    """The places of a dataset in the picture, largest first, without the name of the 동 that their names begin with."""
    name, size = _LARGEST[role]
    files = [p for p in version.files if {"lon", "lat", name, size} <= set(pq.read_schema(p).names)]
    if not files or version.rows > _MOST_ROWS:
        return []
    table = pa.concat_tables([pq.read_table(path, columns=["lon", "lat", name, size]) for path in files])
    table = table.filter(pc.is_valid(pc.min_element_wise(table["lon"], table["lat"], skip_nulls=False)))
    table = table.filter(pa.array(frame.shows(table["lon"].to_numpy(), table["lat"].to_numpy())))
    table = table.take(pc.sort_indices(table, sort_keys=[(size, "descending")]))[:_MOST_SIGHTS]
    rows = table.to_pylist()
    return [(row["lon"], row["lat"], _WITH_DONG.sub("", row[name])) for row in rows if row[name]]


def water_names(near: dict[str, Shapes], frame: Frame) -> tuple[Label, ...]:
    """Names of the longest rivers and streams, at the middle of what the picture shows of them."""
    parts = [near[role] for role in ("stream", "water") if role in near]
    shapes = joined(parts)
    if shapes is None or not len(shapes.shapes):
        return ()
    longest: dict[str, tuple[float, Any]] = {}
    for name, shape in zip(shapes.names, shapely.clip_by_rect(shapes.shapes, *frame.box), strict=True):
        length = float(shapely.length(shape))
        if name and length > longest.get(name, (0.0, None))[0]:
            longest[name] = (length, shape)
    order = sorted(longest, key=lambda name: -longest[name][0])[:_WATER_NAMES]
    if not order:
        return ()
    pieces = np.array([longest[name][1] for name in order], dtype=object)
    lines = shapely.get_dimensions(pieces) == 1
    middles = shapely.point_on_surface(pieces)
    for i in np.flatnonzero(lines & (shapely.get_type_id(pieces) == 1)):
        middles[i] = shapely.line_interpolate_point(pieces[i], 0.5, normalized=True)
    return labels(shapely.get_x(middles), shapely.get_y(middles), order, frame)
