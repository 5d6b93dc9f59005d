"""Blocks: points round which the blocks between the streets lie. The streets are where two blocks meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.ground.model import COVERS, Ground
from madang.samplecity.layers.streets.curves import Curve

# length and depth of a block in metres, how irregular (share of them), and whether rows are shifted like bricks
BLOCKS = {
    "old": (54.0, 46.0, 0.30, True),
    "housing": (88.0, 44.0, 0.05, True),
    "apartments": (165.0, 150.0, 0.03, False),
    "industry": (190.0, 130.0, 0.02, False),
    "riverside": (80.0, 50.0, 0.14, True),
    "hill": (74.0, 54.0, 0.24, True),
    "farm": (80.0, 62.0, 0.30, True),
}
_FIELDS = (280.0, 230.0, 0.22, False)
_WILDS = (420.0, 380.0, 0.30, False)
BUILT = (COVERS.index("시가지"), COVERS.index("공업지"))
FIELDS = (COVERS.index("논"), COVERS.index("밭"), COVERS.index("풀밭"))


@dataclass(frozen=True)
class Land:
    """What kind of blocks the ground takes: number of a row of `shapes` in each cell."""

    ground: Ground
    kind: Array  # (rows, columns)
    shapes: Array  # (kinds, 3): length, depth, irregularity
    shifted: Array

    def at(self, x: Array, y: Array) -> Array:
        row, column = self.ground.grid.cells(x, y)
        found: Array = self.kind[row, column]
        return found


def land(ground: Ground) -> Land:
    """Each 행정동 has two kinds of its own, built and fields; the wilds are the last."""
    rows, shifted = [], []
    for number, kind in enumerate(ground.dongs.kind):
        length, depth, wild, brick = BLOCKS[kind]
        room = float(np.sqrt(ground.dongs.shape[number].area)) / 2.6
        rows += [
            (min(length, room), min(depth, room), wild),
            tuple(min(v, 1.2 * room) for v in _FIELDS[:2]) + _FIELDS[2:3],
        ]
        shifted += [brick, _FIELDS[3]]
    rows.append(_WILDS[:3])
    shifted.append(False)
    kind_of = np.full(ground.dong.shape, len(rows) - 1)
    inside = ground.dong >= 0
    built = np.isin(ground.cover, BUILT) & inside
    fields = np.isin(ground.cover, FIELDS) & inside
    kind_of[built] = 2 * ground.dong[built]
    kind_of[fields] = 2 * ground.dong[fields] + 1
    return Land(ground, kind_of, np.array(rows, float), np.array(shifted))


def seeds(where: Land, curves: list[Curve], rng: np.random.Generator) -> Array:
    """Points (n, 2) of all blocks: mirrored along the main roads, in rows between them."""
    middles, corners, size = _crossings(where, curves)
    along = np.concatenate([_beside(where, curves, number) for number in range(len(curves))])
    near = shapely.STRtree(shapely.points(middles)).query(
        shapely.points(along), predicate="dwithin", distance=0.85 * size.max()
    )
    close = np.hypot(*(along[near[0]] - middles[near[1]]).T) < 0.85 * size[near[1]]
    free = np.ones(len(along), bool)
    free[near[0][close]] = False
    between = _between(where, curves, rng)
    points = np.concatenate([corners, along[free], between])
    _, once = np.unique(np.round(points / 6).astype(np.int64), axis=0, return_index=True)
    points = points[np.sort(once)]
    return points + rng.normal(0, 0.05, points.shape)  # no four streets meet in exactly one point


def _crossings(where: Land, curves: list[Curve]) -> tuple[Array, Array, Array]:
    """Where main roads cross: the middles, four points around each, and how far these are apart."""
    middles, one, two, size = [], [], [], []
    for number, curve in enumerate(curves):
        way = np.arange(0, curve.lengths[-1], 5.0)
        middle = curve.at(way, np.zeros(len(way)))
        for other in curves[:number]:
            side = other.beyond(middle[:, 0], middle[:, 1])
            at = np.flatnonzero((side[1:] > 0) != (side[:-1] > 0))
            at = at[other.spans(*middle[at].T) & curve.spans(*middle[at].T)]
            point = middle[at]
            middles.append(point)
            one.append(curve.along(way[at]))
            two.append(other.along(other.chainage(point[:, 0], point[:, 1])))
            size.append(_steps(where, point))
    middle, along, across = (np.concatenate(each) for each in (middles, one, two))
    apart = np.concatenate(size)
    steep = np.abs(np.sum(along * across, axis=1)) < 0.8  # roads that hardly part have no corners
    middle, along, across, apart = middle[steep], along[steep], across[steep], apart[steep]
    a, b = shapely.STRtree(shapely.points(middle)).query(
        shapely.points(middle), predicate="dwithin", distance=60.0
    )
    first = np.ones(len(middle), bool)
    first[a[a > b]] = False
    middle, along, across, apart = middle[first], along[first], across[first], apart[first]
    half = apart[:, None] / 2
    corners = [middle + half * (u * along + v * across) for u in (-1, 1) for v in (-1, 1)]
    return middle, np.concatenate(corners), apart


def _steps(where: Land, points: Array) -> Array:
    """How far apart the blocks along a main road are."""
    number = where.at(points[:, 0], points[:, 1])
    length, depth = where.shapes[number][:, :2].T
    built = (number % 2 == 0) & (number < len(where.shapes) - 1)
    found: Array = np.clip((length + depth) / 2, 40, np.where(built, 160, 100))
    return found


def _beside(where: Land, curves: list[Curve], number: int) -> Array:
    """Pairs of points left and right of a main road, so spaced that other main roads cross between two pairs."""
    curve = curves[number]
    way = np.arange(0, curve.lengths[-1], 5.0)
    middle = curve.at(way, np.zeros(len(way)))
    steps = np.minimum(_steps(where, curve.at(way, np.full(len(way), 40.0))),
                       _steps(where, curve.at(way, np.full(len(way), -40.0))))  # fmt: skip
    blocks = np.r_[0.0, np.cumsum(5.0 / steps)][:-1]  # how many blocks along the way
    cuts = [np.array([0.0, blocks[-1]])]
    for other in curves:
        if other is not curve:
            side = other.beyond(middle[:, 0], middle[:, 1]) > 0
            there = other.spans(*middle[1:].T)
            cuts.append(blocks[1:][(side[1:] != side[:-1]) & there])
    cut = np.unique(np.concatenate(cuts))
    size = np.diff(cut)
    many = np.maximum(1, np.round(size)).astype(np.int64)
    many[size < 0.25] = 0
    start, each = np.repeat(cut[:-1], many), np.repeat(size / np.maximum(many, 1), many)
    place = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    at = np.interp(start + (place + 0.5) * each, blocks, way)
    aside = np.interp(at, way, steps) / 2
    left, right = curve.at(at, aside), curve.at(at, -aside)
    free = curve.spans(*curve.at(at, np.zeros(len(at))).T)
    for other in curves[:number]:
        near = np.minimum(np.abs(other.beyond(*left.T)), np.abs(other.beyond(*right.T)))
        here = curve.at(at, np.zeros(len(at)))
        off = np.abs(other.beyond(*here.T))
        same_way = np.abs(np.sum(curve.along(at) * other.along(other.chainage(*here.T)), axis=1)) > 0.8
        clear = (np.minimum(near, off) > 1.1 * aside) & ~(same_way & (off < 150))
        free &= clear | ~other.spans(*here.T)
    return np.concatenate([left[free], right[free]])


def _between(where: Land, curves: list[Curve], rng: np.random.Generator) -> Array:
    ground = where.ground
    found = []
    eastward = [curve for curve in curves if curve.kind == "east"]
    for number in range(len(where.shapes)):
        dong = number // 2
        turned = rng.normal(
            0,
            0.25 if dong < len(ground.dongs) and ground.dongs.kind[dong] in ("old", "hill", "farm") else 0.03,
        )
        rows, columns = np.nonzero(where.kind == number)
        if not len(rows):
            continue
        x, y = ground.grid.west + columns * ground.grid.cell_m, ground.grid.south + rows * ground.grid.cell_m
        middle = x.mean(), y.mean()
        nearest = min(eastward, key=lambda c: abs(float(c.beyond(*np.array(middle)[:, None])[0])))
        slope = np.interp(middle[0] + np.array([-200, 200]), nearest.t, nearest.f)
        angle = np.arctan2(slope[1] - slope[0], 400) + turned
        box = (x.min() - 300, y.min() - 300, x.max() + 300, y.max() + 300)
        points = _lattice(box, middle, float(angle), where.shapes[number], bool(where.shifted[number]), rng)
        found.append(points[where.at(points[:, 0], points[:, 1]) == number])
    points = np.concatenate(found)
    size = np.minimum(*where.shapes[where.at(points[:, 0], points[:, 1])][:, :2].T)
    free = np.ones(len(points), bool)
    step = _steps(where, points)
    for curve in curves:
        near = np.abs(curve.beyond(points[:, 0], points[:, 1])) <= step / 2 + 0.5 * size
        free &= ~(near & curve.spans(points[:, 0], points[:, 1]))
    return points[free]


def _lattice(
    box: tuple[float, ...],
    middle: tuple[float, float],
    angle: float,
    shape: Array,
    brick: bool,
    rng: np.random.Generator,
) -> Array:
    """Points of a turned lattice over a box."""
    length, depth, wild = shape
    reach = max(box[2] - box[0], box[3] - box[1])
    u = np.arange(-reach, reach, length)
    v = np.arange(-reach, reach, depth)
    grid_u, grid_v = np.meshgrid(u, v)
    if brick:
        grid_u = grid_u + (rng.random(len(v)) * length)[:, None]
    grid_u = grid_u + rng.uniform(-wild, wild, grid_u.shape) * length
    grid_v = grid_v + rng.uniform(-wild, wild, grid_v.shape) * depth
    x = middle[0] + grid_u * np.cos(angle) - grid_v * np.sin(angle)
    y = middle[1] + grid_u * np.sin(angle) + grid_v * np.cos(angle)
    inside = (x >= box[0]) & (x <= box[2]) & (y >= box[1]) & (y <= box[3])
    return np.column_stack([x[inside], y[inside]])
