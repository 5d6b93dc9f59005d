"""Bus stops and rows of trees: called after what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.facilities.kinds.names import stems
from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.layers.facilities.sites import Sites, Terrain, along_roads
from madang.samplecity.map_paper import projected
from madang.samplecity.paper import Column

_NEAR_M = 160.0  # a stop is called after what is so near
_HALF_M = 450.0  # of a row of trees on each side of its middle


def bus_stop(rows: Rows) -> Mapping[str, Column]:
    return {
        "정류장번호": [f"YWB{number:06d}" for number in range(1, 1 + len(rows))],
        "정류장명": _stop_names(rows),
        "정보수집일": [rows.as_of.isoformat()] * len(rows),
        "모바일단축번호": [f"{number:05d}" for number in range(10_001, 10_001 + len(rows))],
    }


def _stop_names(rows: Rows) -> Cells:
    """What is nearest: a place everybody knows, a crossing of main roads; else the lane or the village."""
    x, y, names, reach = _known(rows.terrain)
    tree = shapely.STRtree(shapely.points(x, y))
    stop, place = tree.query(
        shapely.points(rows.sites.x, rows.sites.y), predicate="dwithin", distance=3 * _NEAR_M
    )
    away = np.hypot(x[place] - rows.sites.x[stop], y[place] - rows.sites.y[stop])
    order = np.lexsort((place, away / reach[place]))
    nearest = dict(zip(stop[order][::-1].tolist(), place[order][::-1].tolist(), strict=True))
    score = dict(zip(stop[order][::-1].tolist(), (away / reach[place])[order][::-1].tolist(), strict=True))
    houses, roads = rows.terrain.streets.buildings, rows.terrain.streets.roads.name
    lanes = [roads[road] for road in rows.of_building(np.asarray(houses.road).tolist())]
    other = [
        f"{lane} 입구" if lane.endswith("길") else f"{stem}마을"
        for lane, stem in zip(lanes, stems(rows), strict=True)
    ]
    return [names[nearest[at]] if score.get(at, 9.0) <= 1 else word for at, word in enumerate(other)]


def _known(terrain: Terrain) -> tuple[Array, Array, list[str], Array]:
    """Places that stops are called after: x, y, name, from how far."""
    houses, marks = terrain.streets.buildings, list(terrain.ground.landmarks.values())
    own = [at for at, name in enumerate(terrain.names)
           if name.endswith(("학교", "복지관", "행정복지센터", "우체국", "체육센터", "단지", "채"))]  # fmt: skip
    cross_x, cross_y, crossings = _crossings(terrain)
    marks = [mark for mark in marks if mark.kind not in ("peak", "pond")]
    x = np.concatenate([np.array([mark.x for mark in marks]), houses.x[own], cross_x])
    y = np.concatenate([np.array([mark.y for mark in marks]), houses.y[own], cross_y])
    names = [mark.name for mark in marks] + [terrain.names[at] for at in own] + crossings
    reach = np.repeat([2.0, 1.0, 0.9], [len(marks), len(own), len(crossings)]) * _NEAR_M
    return x, y, names, reach


def _crossings(terrain: Terrain) -> tuple[Array, Array, list[str]]:
    """Where two main roads meet: 버들로·가온대로 교차로."""
    links, nodes, roads = terrain.streets.links, terrain.streets.nodes, terrain.streets.roads.name
    main = np.flatnonzero(np.asarray(links.rank) < 3)
    pairs = np.unique(np.concatenate([
        np.column_stack([np.asarray(ends)[main], np.asarray(links.road)[main]]) for ends in (links.start, links.end)
    ]), axis=0)  # fmt: skip
    node, first, many = np.unique(pairs[:, 0], return_index=True, return_counts=True)
    node, first = node[many >= 2], first[many >= 2]
    names = [f"{roads[pairs[at, 1]]}·{roads[pairs[at + 1, 1]]} 교차로" for at in first.tolist()]
    return np.asarray(nodes.x)[node], np.asarray(nodes.y)[node], names


def one_for_each_road(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    """On main roads, once on each."""
    found = along_roads(1, 2, step_m=300, aside=0.0)(terrain, kind, rng, 8 * count)
    _, first = np.unique(np.asarray(terrain.streets.links.road)[found.link], return_index=True)
    return found.take(np.sort(first)[:count])


def street_tree(rows: Rows) -> Mapping[str, Column]:
    """Nine hundred metres of a road and less: a tree every seven metres, of the kind that the road is called after."""
    lines = [_stretch(rows.terrain, link) for link in rows.sites.link.tolist()]
    ends = np.array([line[0] for line in lines])
    length = np.array([line[1] for line in lines])
    degrees = [np.round(each, 7) for at in (0, 2) for each in projected(ends[:, at], ends[:, at + 1], 4326)]
    species = rows.pick(list(rows.told["나무"]))
    species = [
        next((kind for kind in rows.told["나무"] if kind in road), other)
        for road, other in zip(rows.road_names, species, strict=True)
    ]
    told = [rows.told["나무"][each] for each in species]
    return {
        "가로수길명": [f"{road} {each[0]}" for road, each in zip(rows.road_names, told, strict=True)],
        "가로수길시작위도": degrees[1],
        "가로수길시작경도": degrees[0],
        "가로수길종료위도": degrees[3],
        "가로수길종료경도": degrees[2],
        "가로수종류": species,
        "가로수길소개": [each[1] for each in told],
        "가로수수량": np.maximum(length // 7, 3).astype(int),
        "가로수길길이": np.round(length / 1000, 2),
        "도로구간": [f"{road} {number}구간" for number, road in enumerate(rows.road_names, 1)],
    }


def _stretch(terrain: Terrain, link: int) -> tuple[tuple[float, float, float, float], float]:
    """Both ends and the metres of the links of a road around one of them."""
    links, nodes = terrain.streets.links, terrain.streets.nodes
    own = np.flatnonzero(np.asarray(links.road) == links.road[link])
    middle = shapely.line_interpolate_point(links.shape[own], 0.5, normalized=True)
    here = shapely.line_interpolate_point(links.shape[link], 0.5, normalized=True)
    own = own[shapely.distance(middle, here) <= _HALF_M]
    at = np.unique(np.concatenate([np.asarray(links.start)[own], np.asarray(links.end)[own]]))
    x, y = np.asarray(nodes.x)[at], np.asarray(nodes.y)[at]
    far = np.hypot(x[:, None] - x, y[:, None] - y)
    one, two = divmod(int(np.argmax(far)), len(at))
    ends = (float(x[one]), float(y[one]), float(x[two]), float(y[two]))
    return ends, float(np.asarray(links.length_m)[own].sum())
