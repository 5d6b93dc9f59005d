"""The road network: where two blocks meet is a street; what stands on a main road takes its rank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.layers.streets.curves import Curve
from madang.samplecity.layers.streets.graph import components, largest
from madang.samplecity.layers.streets.seeds import BUILT, FIELDS, Land

WATER, FOREST, SAND = COVERS.index("물"), COVERS.index("숲"), COVERS.index("모래톱")
_SHORT_M = 14.0
_STEEP = 0.22
_LANE = 3


@dataclass
class Web:
    """Streets as pieces between nodes. `curve` is the number of the main road, -1 for lanes; `blocks` those on both sides
    (left of the direction from `a` to `b`, and right)."""

    nodes: Array  # (n, 2)
    a: Array
    b: Array
    curve: Array
    rank: Array
    blocks: Array  # (m, 2)
    bridge: Array
    cells: Array  # polygons of the blocks

    def take(self, keep: Array) -> Web:
        """The pieces that are kept, and the nodes at their ends."""
        used, places = np.unique(np.r_[self.a[keep], self.b[keep]], return_inverse=True)
        half = len(places) // 2
        return Web(self.nodes[used], places[:half], places[half:], self.curve[keep], self.rank[keep],
                   self.blocks[keep], self.bridge[keep], self.cells)  # fmt: skip

    @property
    def middle(self) -> Array:
        found: Array = (self.nodes[self.a] + self.nodes[self.b]) / 2
        return found

    @property
    def length(self) -> Array:
        found: Array = np.hypot(*(self.nodes[self.a] - self.nodes[self.b]).T)
        return found


def network(where: Land, curves: list[Curve], points: Array, rng: np.random.Generator) -> Web:
    """The streets between the blocks round `points`: in one part, without those that ground and water do not allow."""
    web = _ranked(_meeting(where.ground, points), curves, points)
    web = _allowed(web, where, curves, rng)
    for _ in range(4):
        web = web.take(largest(len(web.nodes), web.a, web.b)[web.a])
        web = web.take(~_stubs(web, where))
    return web.take(largest(len(web.nodes), web.a, web.b)[web.a])


def _meeting(ground: Ground, points: Array) -> Web:
    """The edges between the cells of a Voronoi diagram, those too short to be streets drawn together."""
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), ordered=True))
    corners, cell = shapely.get_coordinates(cells, return_index=True)
    same = cell[1:] == cell[:-1]
    key = np.round(corners * 20).astype(np.int64)
    _, first, vertex = np.unique(key[:, 0] * (1 << 31) + key[:, 1], return_index=True, return_inverse=True)
    low = np.minimum(vertex[1:], vertex[:-1])[same]
    high = np.maximum(vertex[1:], vertex[:-1])[same]
    owner = cell[1:][same]
    order = np.lexsort((owner, high, low))
    low, high, owner = low[order], high[order], owner[order]
    twin = np.flatnonzero((low[1:] == low[:-1]) & (high[1:] == high[:-1]) & (low[1:] != high[1:]))
    a, b, blocks = low[twin], high[twin], np.column_stack([owner[twin], owner[twin + 1]])
    nodes = corners[first]
    inside = ground.dongs_at(*((nodes[a] + nodes[b]) / 2).T) >= 0
    inside &= (ground.dongs_at(*nodes[a].T) >= 0) & (ground.dongs_at(*nodes[b].T) >= 0)
    a, b, blocks = a[inside], b[inside], blocks[inside]
    short = np.hypot(*(nodes[a] - nodes[b]).T) < _SHORT_M
    label = components(len(nodes), a[short], b[short])
    many = np.bincount(label, minlength=len(nodes))
    drawn = np.column_stack([np.bincount(label, nodes[:, at], len(nodes)) for at in (0, 1)])
    nodes = np.where(many[:, None] > 0, drawn / np.maximum(many, 1)[:, None], nodes)
    a, b = label[a], label[b]
    _, once = np.unique(np.minimum(a, b) * len(nodes) + np.maximum(a, b), return_index=True)
    once = once[a[once] != b[once]]
    none = np.full(len(once), -1)
    web = Web(nodes, a[once], b[once], none, none, blocks[once], none > 0, cells)
    return web.take(np.ones(len(once), bool))


def _ranked(web: Web, curves: list[Curve], points: Array) -> Web:
    """A street is a piece of the first main road that has its two blocks on different sides."""
    web.rank = np.full(len(web.a), _LANE)
    for number, curve in reversed(list(enumerate(curves))):
        beyond = curve.beyond(points[:, 0], points[:, 1]) > 0
        on = beyond[web.blocks[:, 0]] != beyond[web.blocks[:, 1]]
        web.curve[on], web.rank[on] = number, curve.rank
    turned = np.zeros(len(web.a), bool)
    start, way = web.nodes[web.a], web.nodes[web.b] - web.nodes[web.a]
    to_block = points[web.blocks[:, 0]] - start
    turned = way[:, 0] * to_block[:, 1] - way[:, 1] * to_block[:, 0] < 0
    web.blocks[turned] = web.blocks[turned][:, ::-1]
    return web


def wet(ground: Ground, start: Array, end: Array) -> Array:
    """Whether the way between two points crosses the river or other open water."""
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    shapely.prepare(ground.river)
    found: Array = shapely.intersects(ground.river, lines)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = start + share * (end - start)
        row, column = ground.grid.cells(at[:, 0], at[:, 1])
        found |= ground.cover[row, column] == WATER
    return found


def _allowed(web: Web, where: Land, curves: list[Curve], rng: np.random.Generator) -> Web:
    ground = where.ground
    start, end, middle = web.nodes[web.a], web.nodes[web.b], web.middle
    over = wet(ground, start, end)
    streams = _over_streams(ground, start, end)
    lane = web.rank == _LANE
    may_cross = np.array([curve.bridge for curve in curves] + [False])[web.curve]
    rural = np.array([curve.rural for curve in curves] + [False])[web.curve]
    row, column = ground.grid.cells(middle[:, 0], middle[:, 1])
    cover, near = ground.cover[row, column], _near_built(ground)[row, column]
    steep = _slope(ground)[row, column]
    chance = rng.random(len(web.a))
    dropped = over & ~may_cross
    dropped |= lane & streams & (chance < 0.7)
    dropped |= lane & (np.isin(cover, (FOREST, SAND, WATER)) | (steep > _STEEP))
    dropped |= lane & np.isin(cover, FIELDS) & (near < 0.04) & (chance < 0.35)
    dropped |= lane & np.isin(cover, BUILT) & (chance < _missing(ground)[ground.dong[row, column]])
    dropped |= (web.rank == 2) & ~rural & (near < 0.06)
    web.bridge = over | streams
    return web.take(~dropped)


def _missing(ground: Ground) -> Array:
    """Share of the lanes between blocks that were never built, for each 행정동."""
    share = {"old": 0.16, "housing": 0.05, "riverside": 0.08, "hill": 0.2, "farm": 0.15}
    return np.array([share.get(kind, 0.0) for kind in ground.dongs.kind] + [0.0])


def _over_streams(ground: Ground, start: Array, end: Array) -> Array:
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    found = np.zeros(len(lines), bool)
    for stream in ground.streams:
        shapely.prepare(stream.shape)
        found |= shapely.intersects(stream.shape, lines)
    return found


def _near_built(ground: Ground) -> Array:
    """Share of built ground within some 150 m of each cell."""
    reach = max(1, round(150 / ground.grid.cell_m))
    built = np.pad(np.isin(ground.cover, BUILT).astype(np.float64), ((reach + 1, reach), (reach + 1, reach)))
    sums = built.cumsum(axis=0).cumsum(axis=1)
    size = 2 * reach + 1
    total = sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]
    found: Array = total / size**2
    return found


def _slope(ground: Ground) -> Array:
    down, right = np.gradient(ground.elevation_m.astype(np.float64), ground.grid.cell_m)
    found: Array = np.hypot(down, right)
    return found


def _stubs(web: Web, where: Land) -> Array:
    """Lanes that end blind: short ones, and those that lead nowhere."""
    degree = np.bincount(np.r_[web.a, web.b], minlength=len(web.nodes))
    blind = (web.rank == _LANE) & ((degree[web.a] == 1) | (degree[web.b] == 1))
    row, column = where.ground.grid.cells(*web.middle.T)
    open_land = ~np.isin(where.ground.cover[row, column], BUILT)
    found: Array = blind & ((web.length < 32) | open_land)
    return found
