"""통 and what becomes of them: between the two deliveries one is divided and the numbers after it move up."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Dongs, Tongs

CHANGED = "새솔2동"  # of the first 구: new apartments, more households


def numbered(city: City, dongs: Dongs, owner: Array, shapes: Array) -> tuple[Tongs, Tongs]:
    """통 as the first and as the second delivery have them."""
    order = walked(owner, shapes)
    owner, shapes = owner[order], shapes[order]
    first = np.searchsorted(owner, np.arange(len(dongs)))
    number = np.arange(len(owner)) - first[owner] + 1
    ids = [f"{dongs.code[dong]}-{at:03d}" for dong, at in zip(owner.tolist(), number.tolist(), strict=True)]
    now = Tongs(id=tuple(ids), dong=owner, number=number, shape=shapes)
    dong = dongs.name.index(CHANGED)
    own = np.flatnonzero(owner == dong)
    divided = own[int(city.rng("ground.later").integers(len(own) // 3, max(len(own) // 3 + 1, len(own) - 1)))]
    left, right = halves(shapes[divided])
    at = divided + 1
    later_number = np.insert(number + ((owner == dong) & (number > number[divided])), at, number[divided] + 1)
    changed = shapes.copy()
    changed[divided] = left
    return now, Tongs(
        id=(*ids[:at], f"{dongs.code[dong]}-{len(own) + 1:03d}", *ids[at:]),
        dong=np.insert(owner, at, dong), number=later_number, shape=np.insert(changed, at, right)
    )  # fmt: skip


def walked(owner: Array, shapes: Array) -> Array:
    """통 in an order in which one could walk through each 행정동, from its north-west: mostly from neighbour to neighbour."""
    tree = shapely.STRtree(shapes)
    a, b = tree.query(shapes, predicate="intersects")
    beside: list[set[int]] = [set() for _ in owner]
    for one, other in zip(a.tolist(), b.tolist(), strict=True):
        if one != other and owner[one] == owner[other]:
            beside[one].add(other)
    middle = shapely.get_coordinates(shapely.centroid(shapes))
    found: list[int] = []
    for dong in range(int(owner.max()) + 1):
        left = set(np.flatnonzero(owner == dong).tolist())
        at = min(left, key=lambda each: (middle[each, 0] - middle[each, 1], each))
        while True:
            found.append(at)
            left.discard(at)
            if not left:
                break
            near = sorted(beside[at] & left) or sorted(left)
            away = np.hypot(*(middle[near] - middle[at]).T)
            free = np.array([len(beside[each] & left) for each in near])
            lonely = free if beside[at] & left else np.zeros(len(near))
            at = near[int(np.lexsort((away, lonely))[0])]
    return np.array(found)


def halves(shape: Any) -> tuple[Any, Any]:
    """The two parts of a polygon on both sides of a line across its longer side; a part that falls off stays with the first."""
    ring = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))[:4]
    long = np.hypot(*(ring[1] - ring[0])) >= np.hypot(*(ring[2] - ring[1]))
    a, b, c, d = ring if long else np.roll(ring, -1, axis=0)
    for share in (0.5, 0.45, 0.55, 0.4, 0.6, 0.35, 0.65):
        cut = shapely.linestrings([a + (b - a) * share + (a - d) * 0.1, d + (c - d) * share + (d - a) * 0.1])
        parts = shapely.get_parts(shapely.polygonize([shapely.union(shapely.boundary(shape), cut)]))
        parts = parts[shapely.contains(shapely.buffer(shape, 0.01), shapely.point_on_surface(parts))]
        if len(parts) == 2:
            return parts[0], parts[1]
    return shape, shapely.Polygon()
