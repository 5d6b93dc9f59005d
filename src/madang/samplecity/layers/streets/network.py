"""The road network: where two blocks meet is a street; what stands on a main road takes its rank."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
_BESIDE_M = 100.0
_DRAWN_M = 50.0
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
    web = _drawn(_ranked(_meeting(where.ground, points), curves, points), curves)
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
    none = np.full(len(a), -1)
    return _contracted(Web(nodes, a, b, none, none, blocks, none > 0, cells), _SHORT_M)


def _ranked(web: Web, curves: list[Curve], points: Array) -> Web:
    """A street is a piece of the first main road that has its two blocks on different sides."""
    web.rank = np.full(len(web.a), _LANE)
    for number, curve in reversed(list(enumerate(curves))):
        beyond = curve.beyond(points[:, 0], points[:, 1]) > 0
        on = (beyond[web.blocks[:, 0]] != beyond[web.blocks[:, 1]]) & curve.spans(*web.middle.T)
        web.curve[on], web.rank[on] = number, curve.rank
    turned = np.zeros(len(web.a), bool)
    start, way = web.nodes[web.a], web.nodes[web.b] - web.nodes[web.a]
    to_block = points[web.blocks[:, 0]] - start
    turned = way[:, 0] * to_block[:, 1] - way[:, 1] * to_block[:, 0] < 0
    web.blocks[turned] = web.blocks[turned][:, ::-1]
    return web


def _drawn(web: Web, curves: list[Curve]) -> Web:
    """Main roads drawn as smoothly as they were meant; where two run side by side the lesser becomes a lane."""
    middle, way = web.middle, web.nodes[web.b] - web.nodes[web.a]
    way = way / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    for number, other in enumerate(curves):
        at = np.flatnonzero(web.curve > number)
        beside = np.abs(other.beyond(middle[at, 0], middle[at, 1])) < _BESIDE_M
        at = at[beside]
        along = other.along(other.chainage(middle[at, 0], middle[at, 1]))
        same = (np.abs(np.sum(along * way[at], axis=1)) > 0.93) & other.spans(*middle[at].T)
        web.curve[at[same]], web.rank[at[same]] = -1, _LANE
    for _ in range(3):
        for number in range(len(curves) - 1, -1, -1):
            on = web.curve == number
            nodes = np.unique(np.r_[web.a[on], web.b[on]])
            if len(nodes):
                to = curves[number].onto(web.nodes[nodes])
                near = np.hypot(*(to - web.nodes[nodes]).T) < _DRAWN_M
                web.nodes[nodes[near]] = to[near]
    return _contracted(web, 9.0)


def _contracted(web: Web, shortest: float) -> Web:
    """Pieces that are too short drawn together to one node, in the middle of the nodes that they joined."""
    short = web.length < shortest
    many = len(web.nodes)
    label = components(many, web.a[short], web.b[short])
    size = np.maximum(np.bincount(label, minlength=many), 1)
    nodes = np.column_stack([np.bincount(label, web.nodes[:, at], many) for at in (0, 1)]) / size[:, None]
    a, b = label[web.a], label[web.b]
    order = np.argsort(web.rank, kind="stable")  # of two pieces between the same nodes the wider stays
    _, once = np.unique((np.minimum(a, b) * many + np.maximum(a, b))[order], return_index=True)
    keep = np.zeros(len(a), bool)
    keep[order[once]] = True
    return replace(web, nodes=nodes, a=a, b=b).take(keep & (a != b))


def over_water(ground: Ground, start: Array, end: Array) -> tuple[Array, Array]:
    """Whether the way between two points crosses the river or a pond, and whether it crosses a stream."""
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    main = max(ground.streams, key=lambda stream: stream.width_m, default=None)
    stream = np.zeros(len(lines), bool)
    river = np.zeros(len(lines), bool)
    for each in ground.streams:
        found = stream if each is not main else river
        bed = shapely.buffer(each.shape, each.width_m / 2 + (0 if each is main else 1.5 * ground.grid.cell_m))
        shapely.prepare(bed)
        found |= shapely.intersects(bed, lines)
    shapely.prepare(ground.river)
    water = shapely.intersects(ground.river, lines)
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = start + share * (end - start)
        row, column = ground.grid.cells(at[:, 0], at[:, 1])
        water |= ground.cover[row, column] == WATER
    river |= water & ~stream
    return river, stream & water & ~river


def _allowed(web: Web, where: Land, curves: list[Curve], rng: np.random.Generator) -> Web:
    ground = where.ground
    start, end, middle = web.nodes[web.a], web.nodes[web.b], web.middle
    over, streams = over_water(ground, start, end)
    lane = web.rank == _LANE
    may_cross = np.array([curve.bridge for curve in curves] + [False])[web.curve]
    rural = np.array([curve.rural for curve in curves] + [False])[web.curve]
    row, column = ground.grid.cells(middle[:, 0], middle[:, 1])
    cover, near = ground.cover[row, column], _near_built(ground)[row, column]
    steep = _slope(ground)[row, column]
    chance = rng.random(len(web.a))
    dropped = over & (~may_cross | _along_river(web, over & may_cross, ground))
    dropped |= lane & streams & (chance < 0.7)
    dropped |= lane & (np.isin(cover, (FOREST, SAND, WATER)) | (steep > _STEEP))
    dropped |= lane & np.isin(cover, FIELDS) & (near < 0.04) & (chance < 0.35)
    dropped |= lane & np.isin(cover, BUILT) & (chance < _missing(ground)[ground.dong[row, column]])
    dropped |= (web.rank == 2) & ~rural & (near < 0.06)
    web.bridge = over | streams
    return web.take(~dropped)


def _along_river(web: Web, over: Array, ground: Ground) -> Array:
    """Whether a piece belongs to a bridge so long that it runs along the river."""
    width = max((stream.width_m for stream in ground.streams), default=0.0)
    label = components(len(web.nodes), web.a[over], web.b[over])
    long = np.bincount(label[web.a[over]], web.length[over], len(web.nodes)) > 3.2 * width + 120
    found: Array = over & long[label[web.a]]
    return found


def _missing(ground: Ground) -> Array:
    """Share of the lanes between blocks that were never built, for each 행정동."""
    share = {"old": 0.16, "housing": 0.05, "riverside": 0.08, "hill": 0.2, "farm": 0.15}
    return np.array([share.get(kind, 0.0) for kind in ground.dongs.kind] + [0.0])


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
