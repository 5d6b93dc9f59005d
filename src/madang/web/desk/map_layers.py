"""The layers beneath a city map, read from whatever datasets of the bank have their standards.

What a shape is (water, wood, wide road) is told by its values: the words of land covers, the ends of names of roads.
"""

from __future__ import annotations

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
from madang.web.desk.map_draw import Box, Floats

ROLES = {  # standard -> what it is on the map
    "land-cover": "cover",
    "stream-ground": "water",
    "stream-line": "stream",
    "road-link": "road",
    "building": "building",
    "elevation": "relief",
}
COVERS = (  # style, words of land covers, first digit of their codes (환경부 토지피복)
    ("water", "물|수역|하천|호수|저수지|내륙수|해양수", "7"),
    ("green", "숲|산림|풀밭|초지|공원|녹지|침엽|활엽|혼효|습지|갈대", "345"),
    ("field", "논|밭|농업|농지|과수|시설재배", "2"),
    ("built", "시가|건조|주거|상업|공업|공공시설|교통|위락", "1"),
    ("sand", "모래|나지|백사장", "6"),
)
ROADS = (("major", "대로"), ("middle", "로"), ("minor", "길"))
_LANES = (("major", 6), ("middle", 3), ("minor", 0))  # from so many lanes on, where names do not tell
_MOST_ROWS = 400_000
_SURE = 0.5  # share of values that have to tell a kind before a column is believed


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
        over = shapely.area(shapely.envelope(shapes)) > 0.05 * (cut[2] - cut[0]) * (cut[3] - cut[1])
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
    """The kinds that the column tells which tells most; [] where none tells enough."""
    best: list[str] = []
    for field in table.schema:
        if not (pa.types.is_string(field.type) or pa.types.is_integer(field.type)):
            continue
        if field.name in ("source_row", "dong_code", "geo_level"):
            continue
        values = table[field.name].cast(pa.string()).dictionary_encode().combine_chunks()
        words = [kinds_of(str(word)) for word in values.dictionary.to_pylist()] + [""]
        at = pc.fill_null(values.indices, len(words) - 1).to_numpy()
        told = np.array(words, dtype=object)[at].tolist()
        if sum(map(bool, told)) > max(sum(map(bool, best)), _SURE * len(told)):
            best = told
    return best


def _cover_words(value: str) -> str:
    for style, words, digits in COVERS:
        if any(word in value for word in words.split("|")):
            return style
        if value.isdigit() and len(value) == 3 and value[0] in digits:
            return style
    return ""


def _road_ends(value: str) -> str:
    bare = value.strip()
    if bare.isdigit():
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


def positions(version: Version) -> tuple[Floats, Floats]:
    """Where the rows of a version are (EPSG:4326): their points, else the middles of their shapes."""
    files = [path for path in version.files if {"lon", "lat"} <= set(pq.read_schema(path).names)]
    if not files or version.rows > _MOST_ROWS * 2:
        return np.empty(0), np.empty(0)
    table = pa.concat_tables(
        [pq.read_table(path, columns=["lon", "lat"], use_threads=False) for path in files]
    )
    lon, lat = (
        np.asarray(pc.fill_null(table[name].cast(pa.float64()), np.nan).to_numpy()) for name in ("lon", "lat")
    )
    there = np.isfinite(lon) & np.isfinite(lat)
    return lon[there], lat[there]
