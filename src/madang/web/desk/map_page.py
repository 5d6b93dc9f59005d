"""The map of the rows that are asked for: its tiles, which are kept where nothing is filtered, and the page around it."""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import shapely

from madang.bank import Version
from madang.engine.rows import Query
from madang.formats import tiles
from madang.messages import MadangError
from madang.web.desk.asked import Asked
from madang.web.desk.map_areas import KnownAreas
from madang.web.shell.workspace import workspace

_MAKE = "1"  # raised whenever the same version may give other tiles
_KEPT_TO = 14  # zoom; deeper tiles hold little and are made anew
_FINE = 0.0002  # degrees, some 20 m: of the borders beneath the data


@dataclass(frozen=True)
class MapPage:
    """The map: how many of the rows found have a place, the box to begin with, where its tiles are."""

    placed: int
    box: str  # west,south,east,north
    tiles: str
    areas: str
    rows: str  # address of a row of the table, to which its number is added


def layer_of(version: Version) -> tiles.Layer:
    """What the tiles of a version are made of."""
    told = json.dumps([_MAKE, version.deposit_id, [path.name for path in version.files]])
    key = hashlib.sha256(told.encode()).hexdigest()[:16]
    kept = workspace().folder / "cache" / "maps" / version.dataset.id / f"tiles-{version.n}-{key}"
    shapes = any(column.type == "geometry" for column in version.columns)
    return tiles.Layer(tuple(version.files), tuple(version.columns), _label(version), shapes, kept)


def _label(version: Version) -> str:
    """The column that names a row: the first text that says so, else the first text."""
    texts = [column for column in version.columns if column.type == "text" and column.privacy == "none"]
    named = [column for column in texts if (column.label or column.name).endswith(("명", "명칭", "이름"))]
    return next((column.name for column in [*named, *texts]), "")


def tile_of(asked: Asked, z: int, x: int, y: int) -> bytes:
    """A tile, from the cache where all rows are shown. Raises MadangError: rows_…, dataset_missing.

    The view masks nothing and holds nothing back: a kept tile is everybody's.
    """
    assert not asked.view.masked
    assert not asked.view.own_rows
    if not (0 <= z <= tiles.DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        raise MadangError("dataset_missing", dataset=f"{asked.dataset.id} {z}/{x}/{y}")
    layer = layer_of(asked.version)
    query = Query(filters=asked.query.filters, search=asked.query.search)
    if asked.filtered or z > _KEPT_TO:
        return tiles.tile(layer, query, asked.view, z, x, y)
    path = layer.kept / str(z) / str(x) / f"{y}.mvt"
    with suppress(OSError):
        return path.read_bytes()
    made = tiles.tile(layer, query, asked.view, z, x, y)
    _keep(path, made)
    return made


def _keep(path: Path, made: bytes) -> None:
    """A cache that cannot be written does no harm."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        fresh.write_bytes(made)
        fresh.replace(path)


def map_page(asked: Asked, tiles_at: str, rows_at: str, areas_at: str) -> MapPage:
    """The page of the map; `tiles_at`, `rows_at`, `areas_at` are where tiles, rows and borders are. Raises MadangError: rows_…"""
    query = Query(filters=asked.query.filters, search=asked.query.search)
    placed, box = tiles.extent(layer_of(asked.version), query, asked.view)
    question = asked.link(query, pinned=False)
    return MapPage(
        placed, ",".join(f"{each:.6f}" for each in box) if box else "",
        f"{tiles_at}{question if question != '?' else ''}",
        areas_at,
        rows_at + asked.link(Query()) + ("&" if asked.pinned else "") + "source_row.eq=",
    )  # fmt: skip


def borders() -> tuple[str, bytes]:
    """The borders of the 행정동 as GeoJSON, some 20 m fine, with a mark that changes when they do; an empty one without any."""
    ws = workspace()
    known = KnownAreas.of(ws, ws.registers.version())
    return (known.version, _borders(known)) if known else ("", b'{"type":"FeatureCollection","features":[]}')


@lru_cache(maxsize=4)
def _borders(known: KnownAreas) -> bytes:
    areas = known.dongs
    shapes = shapely.to_geojson(shapely.coverage_simplify(areas.shapes, _FINE))
    features = [
        f'{{"type":"Feature","properties":{json.dumps({"name": name.rpartition(" ")[2]}, ensure_ascii=False)},"geometry":{shape}}}'
        for name, shape in zip(areas.names, shapes, strict=True)
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()
