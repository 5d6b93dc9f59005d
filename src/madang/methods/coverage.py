"""Who is out of reach of every facility of a kind, by cell of a grid and by area, and how much ground is in reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
import shapely
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_QUARTER = 8  # corners of a quarter of a circle
SPREAD = 0.5  # how much less and more than the reach is looked at beside it


@dataclass(frozen=True)
class Nearest:
    """(cells) the way to the nearest facility in metres, infinite where there is none, NaN for a cell without a place."""

    metres: Floats
    facility: Ints  # -1 where there is none


def nearest(x: ArrayLike, y: ArrayLike, facility_x: ArrayLike, facility_y: ArrayLike) -> Nearest:
    """Straight distances from cells to the nearest facility, in metres of one plane (EPSG:5179, not degrees).

    A straight distance is shorter than any way on foot: say so, or use `nearest_by_cost` with distances of a network.
    Facilities without a place (NaN) are nobody's. Raises MadangError("lengths_differ"). A million cells a second.
    """
    cells, sites = points_of(x, y), points_of(facility_x, facility_y)
    known, placed = ~np.isnan(cells).any(axis=1), np.flatnonzero(~np.isnan(sites).any(axis=1))
    metres = np.where(known, np.inf, np.nan)
    facility = np.full(len(cells), -1, np.int64)
    if len(placed) and known.any():
        metres[known], at = scipy.spatial.cKDTree(sites[placed]).query(cells[known])
        facility[known] = placed[at]
    return Nearest(metres, facility)


def nearest_by_cost(cost_m: ArrayLike) -> Nearest:
    """The same from a matrix (cells, facilities) of ways in metres; NaN and infinite: no way.

    Raises MadangError("distance_impossible") for a negative one.
    """
    cost = np.asarray(cost_m, np.float64)
    if (cost < 0).any():
        raise MadangError("distance_impossible", metres=float(np.nanmin(cost)))
    way = np.where(np.isnan(cost), np.inf, cost)
    metres = way.min(axis=1, initial=np.inf)
    at = way.argmin(axis=1) if way.shape[1] else np.zeros(len(way), np.int64)
    return Nearest(metres, np.where(np.isfinite(metres), at, -1).astype(np.int64))


@dataclass(frozen=True)
class Coverage:
    """People within and out of reach, at half the reach, the reach, and half as much again (or as `spread` says)."""

    reach_m: Floats  # (3)
    people: float  # of all cells with a place
    covered: Floats  # (3)
    uncovered: Floats  # (3)
    uncovered_cells: Bools  # (cells) out of reach, in them somebody: the map of gaps
    area_people: Floats  # (areas)
    area_uncovered: Floats  # (areas, 3)
    ranked: Ints  # areas, most people out of reach first
    in_no_area: float  # people whose cell is in none of the areas
    without_place: float  # people of cells without a place, in no other number


def coverage(
    metres: ArrayLike,
    people: ArrayLike,
    reach_m: float,
    area: ArrayLike | None = None,
    *,
    areas: int | None = None,
    spread: float = SPREAD,
) -> Coverage:
    """People out of reach, whole and by area (Toregas 1971: covered is who has one within the reach, the reach included).

    `metres` (cells): way to the nearest facility (`nearest`); `people` (cells), all of a cell counted at its centre, so that
    with cells of 100 m the answer is good to some 50 m; `area` (cells): number of the area, -1 for none.
    Raises MadangError: "lengths_differ", "distance_impossible", "spread_outside", "people_impossible".
    """
    way, count = np.asarray(metres, np.float64), np.asarray(people, np.float64)
    of = np.zeros(len(way), np.int64) if area is None else np.asarray(area)
    _check(way, count, of, reach_m, spread)
    known = ~np.isnan(way)
    placed = np.where(known, count, 0.0)
    reaches = reach_m * np.array([1 - spread, 1.0, 1 + spread])
    far = known[:, None] & (way[:, None] > reaches[None, :])
    uncovered = (placed[:, None] * far).sum(axis=0)
    number = areas if areas is not None else int(of.max(initial=-1)) + 1
    inside = of >= 0

    def by_area(weights: Floats) -> Floats:
        return np.bincount(of[inside], weights[inside], number).astype(np.float64)

    left = np.column_stack([by_area(placed * far[:, at]) for at in range(3)])
    return Coverage(
        reaches,
        float(placed.sum()),
        placed.sum() - uncovered,
        uncovered,
        far[:, 1] & (placed > 0),
        by_area(placed),
        left,
        np.argsort(-left[:, 1], kind="stable"),
        float(placed[~inside].sum()),
        float(count[~known].sum()),
    )


def _check(way: Floats, people: Floats, area: NDArray[Any], reach_m: float, spread: float) -> None:
    if not len(way) == len(people) == len(area):
        raise MadangError("lengths_differ", names="metres, people, area")
    if not reach_m > 0 or (way < 0).any():
        raise MadangError("distance_impossible", metres=reach_m)
    if not 0 <= spread < 1:
        raise MadangError("spread_outside", spread=spread)
    if not (people >= 0).all():
        raise MadangError("people_impossible", count=int((~(people >= 0)).sum()))


def covered_ground_m2(
    facility_x: ArrayLike, facility_y: ArrayLike, reach_m: float, areas: ArrayLike | None = None
) -> Floats:
    """Ground within reach of a facility, overlaps counted once: of each of `areas` (shapely), else one number for all.

    Metres of one plane (EPSG:5179). Circles are polygons of 32 corners and the same area, good to one part in 10,000; 50,000
    take some ten seconds. Raises MadangError("distance_impossible").
    """
    if not reach_m > 0:
        raise MadangError("distance_impossible", metres=reach_m)
    points = points_of(facility_x, facility_y)
    known = points[~np.isnan(points).any(axis=1)]
    turn = 2 * np.pi / (4 * _QUARTER)
    same_area_m = reach_m * np.sqrt(turn / np.sin(turn))
    union = shapely.union_all(shapely.buffer(shapely.points(known), same_area_m, quad_segs=_QUARTER))
    if areas is None:
        return np.array([shapely.area(union)])
    each: Floats = shapely.area(shapely.intersection(np.array(areas, object).reshape(-1), union))
    return each


def points_of(x: ArrayLike, y: ArrayLike) -> Floats:
    """(rows, 2) of coordinates. Raises MadangError("lengths_differ")."""
    east, north = np.asarray(x, np.float64), np.asarray(y, np.float64)
    if len(east) != len(north):
        raise MadangError("lengths_differ", names="x, y")
    return np.column_stack([east, north])
