"""Puts the ground together."""

from __future__ import annotations

from typing import cast

import numpy as np
import shapely
from shapely import LineString

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground import cover, shapes, tongs
from madang.samplecity.layers.ground.dongs import (
    district_codes,
    district_names,
    dong_cells,
    prefixed,
    targets,
)
from madang.samplecity.layers.ground.frame import Frame, frame
from madang.samplecity.layers.ground.hollows import sunk
from madang.samplecity.layers.ground.later import numbered
from madang.samplecity.layers.ground.model import Districts, Dongs, Ground, Landmark, LegalDongs
from madang.samplecity.layers.ground.places import landmarks
from madang.samplecity.layers.ground.relief import relief
from madang.samplecity.layers.ground.water import smooth, waters
from madang.samplecity.words import words


def build(city: City) -> None:
    """Make the ground and put it."""
    plan = frame(city)
    wet = waters(city, plan)
    height = relief(city, plan, wet)
    cells = dong_cells(city, plan, wet, height)
    rail = railway(city, plan)
    lore = words("city")["dongs"]
    kinds = tuple(each["kind"] for each in lore) * city.setting.districts
    lived = cover.homes(city, plan, wet, height, cells, kinds)
    height, hollows = sunk(city, plan, wet, height, cells, lived, rail)
    covered = cover.cover(city, plan, wet, height, cells, kinds, lived)
    people = targets(city)
    ones, one_dong, tong_shapes, part_dong, part_legal = _tongs(city, plan, cells, lived, people)
    part_shapes = shapes.union(tong_shapes, one_dong, len(part_dong))
    dong_shapes = shapes.union(part_shapes, part_dong, len(kinds))
    dongs = _dongs(city, kinds, people, dong_shapes)
    legal = _legal(city, part_shapes, part_dong, part_legal)
    district_shapes = shapes.union(dong_shapes, np.asarray(dongs.district), city.setting.districts)
    at_dongs = shapely.STRtree(dong_shapes)
    cells, lived = _exact(plan, at_dongs, lived, len(kinds))
    known = landmarks(city, plan, wet, height, cells, covered, rail)
    ones_now, ones_later = numbered(city, dongs, part_dong[one_dong], tong_shapes)
    ground = Ground(
        grid=plan.grid, elevation_m=height.astype(np.float32), cover=covered, dong=cells, homes=lived,
        jobs=cover.jobs(plan, cells, kinds, lived, covered, _centres(plan, known)),
        districts=Districts(district_codes(city.setting.districts), district_names(city.setting.districts), district_shapes),
        dongs=dongs, legal=legal, tongs=ones_now, river=wet.open_water,
        streams=tuple(each.stream for each in wet.channels), landmarks=known, dong_shapes_at=at_dongs,
        tongs_later=ones_later, hollows=hollows, rail=rail
    )  # fmt: skip
    city.put(ground)


def railway(city: City, plan: Frame) -> LineString:
    """The railway from the east to the west of all 구."""
    places = np.vstack([plan.points(district, np.array(words("ground")["rail"])) for district in reversed(range(city.setting.districts))])  # fmt: skip
    line = shapely.linestrings(smooth(places, 40.0))
    return cast(LineString, line)


def _exact(plan: Frame, tree: shapely.STRtree, lived: Array, count: int) -> tuple[Array, Array]:
    """행정동 of each cell as its polygon has it, and the shares of residents that then lie in it."""
    x, y = plan.grid.centres()
    point, dong = tree.query(shapely.points(x.ravel(), y.ravel()), predicate="intersects")
    cells = np.full(x.size, -1, np.int16)
    cells[point] = dong
    cells = cells.reshape(x.shape)
    kept = np.where(cells >= 0, lived, 0)
    total = np.bincount(cells[cells >= 0], kept[cells >= 0], count)
    return cells, (kept / np.append(total, 1)[cells]).astype(np.float32)


def _tongs(
    city: City, plan: Frame, cells: Array, lived: Array, people: Array
) -> tuple[Array, Array, Array, Array, Array]:
    """통 by cell, the part (행정동 x 법정동) of each, shapes; of each part its 행정동 and its 법정동."""
    lore = words("city")["dongs"]
    pieces = np.array([len(each["legal"]) for each in lore] * city.setting.districts)
    weight = np.where(cells >= 0, 1.0, 0.0)
    part, part_dong = tongs.parts(city, plan, cells, pieces, weight, 500 * plan.size, "legal")
    names: list[str] = []
    part_legal = []
    for district in range(city.setting.districts):
        for each in lore:
            for name in each["legal"]:
                whole = f"{district} {name}"
                if whole not in names:
                    names.append(whole)
                part_legal.append(names.index(whole))
    lives = np.bincount(part[part >= 0], lived[part >= 0], len(part_dong)) * people[part_dong]
    count = np.maximum(1, np.round(lives / tongs.PERSONS / tongs.HOUSEHOLDS)).astype(np.int64)
    room = np.bincount(part[part >= 0], minlength=len(part_dong)) // 12
    count = np.maximum(1, np.minimum(count, room))
    weight = lived / (lived.max() + 1e-9) + 1e-5
    ones, one_part = tongs.parts(city, plan, part, count, weight, 260, "tongs")
    found = shapes.polygons(plan.grid, ones, len(one_part), part_dong[one_part])
    return ones, one_part, found, part_dong, np.array(part_legal)


def _dongs(city: City, kinds: tuple[str, ...], people: Array, found: Array) -> Dongs:
    lore, count = words("city")["dongs"], city.setting.districts
    codes = district_codes(count)
    return Dongs(
        code=tuple(f"{code}{51000 + 1000 * at}" for code in codes for at in range(len(lore))),
        name=tuple(prefixed(district, each["name"]) for district in range(count) for each in lore),
        kind=kinds, district=np.repeat(np.arange(count), len(lore)), shape=found, people=people,
        area_km2=shapely.area(found) / 1e6
    )  # fmt: skip


def _legal(city: City, part_shapes: Array, part_dong: Array, part_legal: Array) -> LegalDongs:
    lore, count = words("city")["dongs"], city.setting.districts
    one = list(dict.fromkeys(name for each in lore for name in each["legal"]))
    codes = district_codes(count)
    return LegalDongs(
        code=tuple(f"{code}{10100 + 100 * at}" for code in codes for at in range(len(one))),
        name=tuple(prefixed(district, name) for district in range(count) for name in one),
        district=np.repeat(np.arange(count), len(one)),
        shape=shapes.union(part_shapes, part_legal, len(one) * count),
        pairs=np.unique(np.column_stack([part_dong, part_legal]), axis=0),
    )


def _centres(plan: Frame, known: dict[str, Landmark]) -> Array:
    """Where work gathers: x, y, reach in metres, weight."""
    pull = {"market": (260, 9.0), "station": (420, 9.0), "office": (300, 5.0), "hospital": (200, 3.0), "terminal": (250, 4.0), "shopping": (260, 4.0)}  # fmt: skip
    reach = max(plan.size, 0.3)
    return np.array([(each.x, each.y, pull[each.kind][0] * reach, pull[each.kind][1]) for each in known.values() if each.kind in pull])  # fmt: skip
