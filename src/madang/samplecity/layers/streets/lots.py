"""Lots beside the streets: places where a building can stand, each with its place along its road."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.streets.named import Named
from madang.samplecity.layers.streets.network import WATER, Web
from madang.samplecity.layers.streets.seeds import BUILT

FRONT_M = {
    "old": 10.5,
    "housing": 11.0,
    "apartments": 22.0,
    "industry": 30.0,
    "riverside": 12.0,
    "hill": 12.0,
    "farm": 15.0,
}
SETBACK_M = {1: 25.0, 2: 17.0, 3: 10.5}  # from the middle of the road to the building, by rank
_CORNER_M = 6.5
_APART_M = 7.5


@dataclass
class Lots:
    """Each array has one entry for each lot. `piece` is the piece of street, `left` the side of its road."""

    x: Array
    y: Array
    piece: Array
    rank: Array
    road: Array
    chainage: Array
    left: Array
    block: Array
    dong: Array
    legal: Array
    tong: Array

    def __len__(self) -> int:
        return len(self.x)

    def take(self, keep: Array) -> Lots:
        return replace(self, **{each.name: getattr(self, each.name)[keep] for each in fields(self)})


def joined(parts: list[Lots]) -> Lots:
    return Lots(
        **{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Lots)}
    )


def lots(ground: Ground, web: Web, named: Named, rng: np.random.Generator) -> Lots:
    """All lots of the city, in no order."""
    middle = ground.dongs_at(*web.middle.T)
    front = np.array([FRONT_M[kind] for kind in ground.dongs.kind])[np.maximum(middle, 0)]
    front = front * np.where(web.rank == 3, 1.0, 1.25)
    parts = [_side(web, named, front, side, rng) for side in (0, 1)]
    found = joined(parts)
    row, column = ground.grid.cells(found.x, found.y)
    found = found.take(np.isin(ground.cover[row, column], BUILT))
    return _apart(placed(ground, _clear(found, web, 7.0)), rng)


def _side(web: Web, named: Named, front: Array, side: int, rng: np.random.Generator) -> Lots:
    """Lots on the left (0) or right (1) of each piece, seen from `a` to `b`."""
    length = web.length
    many = np.maximum(0, np.floor((length - 2 * _CORNER_M) / front)).astype(np.int64)
    piece = np.repeat(np.arange(len(length)), many)
    place = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    at = (place + 0.5) / np.repeat(np.maximum(many, 1), many) * (length[piece] - 2 * _CORNER_M) + _CORNER_M
    at = at + rng.uniform(-0.12, 0.12, len(at)) * front[piece]
    share = at / length[piece]
    along = (web.nodes[web.b] - web.nodes[web.a]) / length[:, None]
    aside = np.array([0.0, *SETBACK_M.values()])[web.rank[piece]] + rng.uniform(-0.8, 1.6, len(at))
    aside = aside if side == 0 else -aside
    foot = web.nodes[web.a][piece] + along[piece] * at[:, None]
    forward = (named.to_m >= named.from_m)[piece]
    none = np.full(len(at), -1)
    return Lots(
        x=foot[:, 0] - along[piece, 1] * aside, y=foot[:, 1] + along[piece, 0] * aside,
        piece=piece, rank=web.rank[piece], road=named.road[piece],
        chainage=named.from_m[piece] + share * (named.to_m - named.from_m)[piece],
        left=forward == (side == 0), block=web.blocks[piece, side], dong=none, legal=none, tong=none,
    )  # fmt: skip


def _clear(found: Lots, web: Web, metres: float) -> Lots:
    """Without those that stand in another street."""
    streets = shapely.linestrings(np.stack([web.nodes[web.a], web.nodes[web.b]], axis=1))
    hit, _ = shapely.STRtree(streets).query(
        shapely.points(found.x, found.y), predicate="dwithin", distance=metres
    )
    keep = np.ones(len(found), bool)
    keep[hit] = False
    return found.take(keep)


def placed(ground: Ground, found: Lots) -> Lots:
    """With 행정동, 법정동 and 통 by their polygons; without those that lie in none, on a border or in water."""
    points = shapely.points(found.x, found.y)
    shapely.prepare(ground.river)
    dry = ~shapely.dwithin(ground.river, points, 3.0)
    row, column = ground.grid.cells(found.x, found.y)
    dry &= ground.cover[row, column] != WATER
    found = replace(
        found,
        dong=_within(ground.dongs.shape, points),
        legal=_within(ground.legal.shape, points),
        tong=_within(ground.tongs.shape, points),
    )
    keep = dry & (found.dong >= 0) & (found.legal >= 0) & (found.tong >= 0)
    keep &= ground.tongs.dong[found.tong] == found.dong
    district = np.asarray(ground.dongs.district)[found.dong]
    keep &= np.asarray(ground.legal.district)[found.legal] == district
    return found.take(keep)


def _within(shapes: Array, points: Array) -> Array:
    """The number of the one shape that contains each point in its inside; -1 where none or several do."""
    at, area = shapely.STRtree(shapes).query(points, predicate="within")
    found = np.full(len(points), -1)
    found[at] = area
    found[np.bincount(at, minlength=len(points)) > 1] = -1
    return found


def _apart(found: Lots, rng: np.random.Generator) -> Lots:
    """Without those that stand too near to an earlier one; those on wide roads come first."""
    order = np.lexsort((rng.random(len(found)), found.rank))
    found = found.take(order)
    points = shapely.points(found.x, found.y)
    one, two = shapely.STRtree(points).query(points, predicate="dwithin", distance=_APART_M)
    keep = np.ones(len(found), bool)
    keep[one[one > two]] = False
    return found.take(keep)
