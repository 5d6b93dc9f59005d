"""The circles that a spatial scan looks through: around every area, one more neighbour at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from madang.messages import MadangError

Floats = NDArray[np.float64]
Distance = Literal["planar", "great-circle"]

EARTH_M = 6_371_008.8  # mean radius
_MOST = 100_000_000  # circles: 500 MB
_CELLS = 1 << 21  # distances held at once: 16 MB each
_SAME = 1e-9  # of the widest distance: nearer together counts as equally far


@dataclass(frozen=True, eq=False)
class Circles:
    """Around each of n centres its neighbours from near to far, as long as they hold at most a share of all people.

    `order[start[i]:start[i + 1]]`: areas around centre i, itself first. `ends`: whether a circle may end there (not
    between two areas that are equally far). A circle is a centre and how many of its neighbours it takes.
    """

    order: NDArray[np.int32]
    ends: NDArray[np.bool_]
    start: NDArray[np.int64]

    def __len__(self) -> int:
        return int(self.ends.sum())

    @property
    def reach(self) -> NDArray[np.int64]:
        """How many neighbours each centre's widest circle takes."""
        return np.diff(self.start)

    def around(self, centre: int, count: int) -> NDArray[np.int64]:
        return self.order[self.start[centre] : self.start[centre] + count].astype(np.int64)

    def batch(self, centres: NDArray[np.int64]) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
        """Areas around `centres` as rows of one width, and where a circle may end.

        Behind the widest circle stands n, the number of no area, and none may end there.
        """
        reach = self.reach[centres]
        place = np.arange(max(int(reach.max(initial=0)), 1))
        within = place < reach[:, None]
        at = np.where(within, self.start[centres][:, None] + place, 0)
        nobody = np.int32(len(self.start) - 1)
        return np.where(within, self.order[at], nobody), self.ends[at] & within


def circles(x: Floats, y: Floats, population: Floats, max_share: float, distance: Distance) -> Circles:
    """Circles around n areas that hold at most `max_share` of the whole `population` (n).

    `distance`: "planar", `x` and `y` in one plane; "great-circle", `x` longitude and `y` latitude in degrees. Memory:
    5 bytes a circle, at most n x n; above a hundred million raises MadangError (scan_too_many).
    """
    limit = max_share * population.sum() * (1 + 1e-12)
    orders, ends, reach, held = [], [], [], 0
    for part in _parts(len(x)):
        apart = distances(x, y, part, distance)
        order = np.argsort(apart, axis=1, kind="stable")
        far = np.take_along_axis(apart, order, axis=1)
        within = np.cumsum(population[order], axis=1) <= limit
        apart_from_next = np.diff(far, axis=1, append=np.inf) > _SAME * far[:, -1:]
        orders.append(order[within].astype(np.int32))
        ends.append(apart_from_next[within])
        reach.append(within.sum(axis=1))
        held += len(orders[-1])
        if held > _MOST:
            raise MadangError("scan_too_many", areas=len(x))
    start = np.concatenate([[0], np.cumsum(np.concatenate(reach))])
    return Circles(np.concatenate(orders), np.concatenate(ends), start.astype(np.int64))


def distances(x: Floats, y: Floats, part: slice, distance: Distance) -> Floats:
    """From the areas of `part` (rows) to all n (columns): in the unit of `x` and `y`, or metres on the great circle."""
    if distance == "planar":
        return np.asarray(np.hypot(x[part, None] - x, y[part, None] - y))
    lon, lat = np.radians(x), np.radians(y)
    half = np.sin((lat[part, None] - lat) / 2) ** 2
    half += np.cos(lat[part, None]) * np.cos(lat) * np.sin((lon[part, None] - lon) / 2) ** 2
    return np.asarray(2 * EARTH_M * np.arcsin(np.sqrt(np.minimum(half, 1.0))))


def _parts(areas: int) -> Iterator[slice]:
    step = max(1, _CELLS // areas)
    return (slice(at, min(at + step, areas)) for at in range(0, areas, step))
