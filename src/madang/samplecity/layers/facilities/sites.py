"""Where things stand: beside roads, at junctions, in buildings, on green ground, never where a gap was planted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.facilities import car_parks
from madang.samplecity.layers.facilities.called import called
from madang.samplecity.layers.facilities.gaps import Gap, cells_of, gaps_of
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.layers.streets.model import USES, Streets

_LANE_M = 3.2


@dataclass(frozen=True)
class Sites:
    """Places, as arrays of one length: EPSG:5179, the 행정동 of each point, the building that lends its address, the link."""

    x: Array
    y: Array
    dong: Array
    building: Array
    link: Array  # -1 where it stands at no road

    def __len__(self) -> int:
        return len(self.x)

    def take(self, rows: Array) -> Sites:
        return Sites(self.x[rows], self.y[rows], self.dong[rows], self.building[rows], self.link[rows])

    def and_(self, others: Sites) -> Sites:
        pairs = zip(vars(self).values(), vars(others).values(), strict=True)
        return Sites(*(np.concatenate(pair) for pair in pairs))


class Terrain:
    """The city as facilities see it: its ground and streets, which building is nearest, where the gaps are."""

    def __init__(self, city: City) -> None:
        self.setting = city.setting
        self.ground: Ground = city.get(Ground)
        self.streets: Streets = city.get(Streets)
        houses = self.streets.buildings
        self.gaps: tuple[Gap, ...] = gaps_of(self.ground, min(city.setting.scale, 1.0))
        self.cells = cells_of(city)  # where people live
        self.names = called(houses.name)  # of the buildings
        self.car_parks = car_parks.places(city)
        self.houses_at = shapely.STRtree(shapely.points(houses.x, houses.y))
        self.people = np.asarray(self.ground.dongs.people, float)
        self.dong_kind = np.array(self.ground.dongs.kind)
        self.made: dict[str, tuple[Sites, dict[str, list[str]]]] = {}  # by kind: what was placed before

    def free(self, kind: str, x: Array, y: Array) -> Array:
        """Which points lie in no gap of `kind`."""
        found: Array = np.ones(len(x), bool)
        for gap in self.gaps:
            if kind in gap.kinds:
                found &= np.hypot(x - gap.x, y - gap.y) > gap.radius_m * 1.01 + 1
        return found

    def factor(self, dong: Array, kinds: Mapping[str, float]) -> Array:
        """The weight of each 행정동 in `dong` by its kind; 1 where nothing is said."""
        each = np.array([kinds.get(str(kind), kinds.get("other", 1.0)) for kind in self.dong_kind])
        found: Array = each[dong]
        return found

    def nearest(self, x: Array, y: Array) -> Array:
        """The nearest building of each point."""
        found: Array = self.houses_at.nearest(shapely.points(x, y))
        return found

    def at(self, x: Array, y: Array, link: Array | None = None) -> Sites:
        """Sites at points; points outside the city are left out."""
        dong = self.ground.dongs_at(x, y)
        inside = dong >= 0
        link = np.full(len(x), -1) if link is None else link
        x, y = x[inside], y[inside]
        return Sites(x, y, dong[inside], self.nearest(x, y), link[inside])


Placer: TypeAlias = Callable[[Terrain, str, np.random.Generator, int], Sites]


def drawn(rng: np.random.Generator, weight: Array, count: int) -> Array:
    """Numbers of `count` things by their weight, none twice; fewer where there are not so many."""
    key = rng.exponential(size=len(weight)) / np.maximum(weight, 1e-12)
    key[weight <= 0] = np.inf
    found: Array = np.argsort(key, kind="stable")[: min(count, int((weight > 0).sum()))]
    return found


def in_buildings(*uses: str, endings: tuple[str, ...] = (), each: int = 1, **kinds: float) -> Placer:
    """In buildings of these uses, as people live: up to `each` in one. Where a city has buildings whose names have one of
    the `endings`, in these only."""

    def place(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
        houses, use = terrain.streets.buildings, np.asarray(terrain.streets.buildings.use)
        good = np.isin(use, [USES.index(each_use) for each_use in uses])
        called = np.array([name.endswith(endings) for name in houses.name]) & good
        good = called if endings and called.any() else good
        good &= terrain.free(kind, houses.x, houses.y)
        rows = np.flatnonzero(good)
        dong = np.asarray(houses.dong)[rows]
        there = np.bincount(dong, minlength=len(terrain.people))
        weight = terrain.people[dong] / np.maximum(there[dong], 1) * terrain.factor(dong, kinds)
        chosen = rows[drawn(rng, weight, -(-count // each))]
        chosen = np.concatenate([chosen, rng.choice(chosen, count - len(chosen))]) if len(chosen) and len(chosen) < count and each > 1 else chosen  # fmt: skip
        return inside(terrain, chosen)

    return place


def in_houses_of(*endings: str, then: Placer) -> Placer:
    """In the buildings whose names end so (학교, 경로당 …), then where `then` places the others."""

    def place(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
        houses = terrain.streets.buildings
        good = np.array([name.endswith(endings) for name in houses.name])
        good &= terrain.free(kind, houses.x, houses.y)
        own = drawn(rng, good.astype(float), count)
        first = inside(terrain, own)
        others = then(terrain, kind, rng, count)
        fresh = np.flatnonzero(~np.isin(others.building, own) | (others.link >= 0))[: count - len(own)]
        return first.and_(others.take(fresh))

    return place


def inside(terrain: Terrain, rows: Array) -> Sites:
    """Sites in buildings."""
    houses = terrain.streets.buildings
    return Sites(houses.x[rows], houses.y[rows], np.asarray(houses.dong)[rows], rows, np.full(len(rows), -1))


def along_roads(*ranks: int, step_m: float = 40.0, aside: float = 1.0, **kinds: float) -> Placer:
    """Beside roads of these ranks, at places about `step_m` apart; `aside` 0 is on the road, 1 at its edge."""

    def place(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
        links = terrain.streets.links
        slots = np.maximum((np.asarray(links.length_m) / step_m).astype(int), 1)
        slots[~np.isin(links.rank, ranks)] = 0
        link = np.repeat(np.arange(len(slots)), slots)
        turn = np.arange(len(link)) - np.repeat(np.cumsum(slots) - slots, slots)
        part = (turn + rng.uniform(0.25, 0.75, len(link))) / slots[link]
        x, y = beside(links.shape[link], part, _edge(links.lanes[link], rng) * aside)
        return _chosen(terrain, kind, rng, count, (x, y, link), kinds)

    return place


def at_junctions(*ranks: int, offset_m: float = 12.0, **kinds: float) -> Placer:
    """On the arms of junctions of three and more roads, `offset_m` before them."""

    def place(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
        links = terrain.streets.links
        ends = np.concatenate([links.start, links.end])
        degree = np.bincount(ends, minlength=len(terrain.streets.nodes.id))
        link, last = np.tile(np.arange(len(links.start)), 2), np.repeat([False, True], len(links.start))
        length = np.asarray(links.length_m)[link]
        good = (degree[ends] >= 3) & np.isin(np.asarray(links.rank)[link], ranks) & (length > 2.5 * offset_m)
        link, last, length = link[good], last[good], length[good]
        part = offset_m * rng.uniform(0.8, 1.3, len(link)) / length
        x, y = beside(links.shape[link], np.where(last, 1 - part, part), rng.normal(0, 0.6, len(link)))
        return _chosen(terrain, kind, rng, count, (x, y, link), kinds)

    return place


def on_cover(*covers: str, **kinds: float) -> Placer:
    """On ground of these covers, where people are near."""

    def place(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
        ground = terrain.ground
        good = np.isin(ground.cover, [COVERS.index(cover) for cover in covers]) & (ground.dong >= 0)
        row, column = np.nonzero(good)
        x, y = (axis[row, column] for axis in ground.grid.centres())
        shift = rng.uniform(-0.4, 0.4, (2, len(x))) * ground.grid.cell_m
        return _chosen(terrain, kind, rng, count, (x + shift[0], y + shift[1], None), kinds)

    return place


def beside(lines: Array, part: Array, aside_m: Array) -> tuple[Array, Array]:
    """Points at a share of each line, moved sideways."""
    here = shapely.line_interpolate_point(lines, part, normalized=True)
    x, y = shapely.get_x(here), shapely.get_y(here)
    ahead = shapely.line_interpolate_point(lines, np.minimum(part + 1e-3, 1.0), normalized=True)
    behind = shapely.line_interpolate_point(lines, np.maximum(part - 1e-3, 0.0), normalized=True)
    east, north = shapely.get_x(ahead) - shapely.get_x(behind), shapely.get_y(ahead) - shapely.get_y(behind)
    length = np.maximum(np.hypot(east, north), 1e-9)
    return x - north / length * aside_m, y + east / length * aside_m


def _edge(lanes: Array, rng: np.random.Generator) -> Array:
    side = rng.choice([-1.0, 1.0], len(lanes))
    found: Array = side * (np.asarray(lanes) * _LANE_M / 2 + rng.uniform(0.6, 2.0, len(lanes)))
    return found


def _chosen(
    terrain: Terrain,
    kind: str,
    rng: np.random.Generator,
    count: int,
    points: tuple[Array, Array, Array | None],
    kinds: Mapping[str, float],
) -> Sites:
    """`count` of the points by their 행정동, so that a dong gets more where more people and more roads are."""
    x, y, link = points
    dong = terrain.ground.dong[terrain.ground.grid.cells(x, y)].astype(np.int64)  # near enough to choose by
    good = np.flatnonzero((dong >= 0) & terrain.free(kind, x, y))
    dong = dong[good]
    there = np.bincount(dong, minlength=len(terrain.people))
    weight = np.sqrt(terrain.people[dong] / np.maximum(there[dong], 1)) * terrain.factor(dong, kinds)
    rows = good[drawn(rng, weight, count + count // 50 + 1)]  # some lie just outside the city
    found = terrain.at(x[rows], y[rows], None if link is None else link[rows])
    return found.take(np.arange(min(count, len(found))))
