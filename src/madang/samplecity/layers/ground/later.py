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
    """The two parts of a polygon on both sides of a line between two of its corners that makes them most alike and short."""
    ring = shapely.get_coordinates(shapely.get_exterior_ring(shape))[:-1]
    a, b = np.triu_indices(len(ring), 2)
    lines = shapely.linestrings(np.stack([ring[a], ring[b]], axis=1))
    ends = shapely.get_num_coordinates(shapely.intersection(lines, shapely.boundary(shape)))
    fits = np.flatnonzero(shapely.covered_by(lines, shape) & (ends == 2))
    left = [shapely.Polygon(ring[a[at] : b[at] + 1]) for at in fits]
    share = shapely.area(left) / shape.area
    cost = np.abs(share - 0.5) + 0.1 * shapely.length(lines[fits]) / shape.area**0.5
    best = fits[int(np.argmin(cost))]
    return shapely.Polygon(ring[a[best] : b[best] + 1]), shapely.Polygon(np.vstack([ring[b[best] :], ring[: a[best] + 1]]))  # fmt: skip
