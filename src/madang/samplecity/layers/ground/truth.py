"""What was planted in the ground."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import shapely

from madang.samplecity.city import City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.map_paper import projected


def truths(city: City) -> dict[str, pa.Table]:
    """Hollows, 행정동 and their aims, the history of 통, profiles of streams."""
    ground = city.get(Ground)
    return {
        "hollows": _hollows(ground),
        "dongs": _dongs(ground),
        "tong_history": _history(ground),
        "stream_profiles": _profiles(ground),
    }


def _hollows(ground: Ground) -> pa.Table:
    found = ground.hollows
    x, y = np.array([each.x for each in found]), np.array([each.y for each in found])
    lon, lat = projected(x, y, 4326)
    return pa.table({
        "name": [each.name for each in found],
        "kind": [each.kind for each in found],
        "dong_code": [ground.dongs.code[each.dong] for each in found],
        "depth_m": np.round([each.depth_m for each in found], 2),
        "area_m2": np.round([each.shape.area for each in found], 0),
        "volume_m3": np.round([each.volume_m3 for each in found], 0),
        "lon": np.round(lon, 6), "lat": np.round(lat, 6),
        "shape_epsg5179": shapely.to_wkt([each.shape for each in found], rounding_precision=1).tolist(),
    })  # fmt: skip


def _dongs(ground: Ground) -> pa.Table:
    dongs = ground.dongs
    return pa.table({
        "dong_code": list(dongs.code), "name": list(dongs.name), "kind": list(dongs.kind), "people_aimed": dongs.people,
        "area_km2": np.round(dongs.area_km2, 4), "tongs": np.bincount(ground.tongs.dong, minlength=len(dongs)),
    })  # fmt: skip


def _history(ground: Ground) -> pa.Table:
    """통 whose number or ground changed between the deliveries."""
    before = dict(zip(ground.tongs.id, zip(ground.tongs.number.tolist(), shapely.area(ground.tongs.shape).tolist(), strict=True), strict=True))  # fmt: skip
    later = ground.tongs_later
    rows = []
    for tong, number, area in zip(later.id, later.number.tolist(), shapely.area(later.shape).tolist(), strict=True):  # fmt: skip
        old = before.get(tong)
        change = "new" if old is None else "divided" if area < old[1] - 1 else "renumbered" if number != old[0] else ""  # fmt: skip
        if change:
            rows.append((tong, old[0] if old else None, number, change))
    names = ("tong_id", "number_before", "number_after", "change")
    return pa.table(dict(zip(names, (list(each) for each in zip(*rows, strict=True)), strict=True)))


def _profiles(ground: Ground) -> pa.Table:
    """Heights of the ground on the middle line, about every 100 m from source to mouth."""
    names, along, level = [], [], []
    for stream in ground.streams:
        at = np.linspace(0, stream.shape.length, max(2, round(stream.shape.length / 100)) + 1)
        points = shapely.get_coordinates(shapely.line_interpolate_point(stream.shape, at))
        row, column = ground.grid.cells(points[:, 0], points[:, 1])
        names += [stream.name] * len(at)
        along.append(at)
        level.append(ground.elevation_m[row, column])
    return pa.table({
        "stream": names, "from_source_m": np.round(np.concatenate(along), 0), "height_m": np.round(np.concatenate(level).astype(float), 2),
    })  # fmt: skip
