"""Which points belong to what somebody drew: a polygon, or a circle around a place."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def in_polygon(x: ArrayLike, y: ArrayLike, polygon: Any) -> Bools:
    """(rows) whether points lie in `polygon` (shapely Polygon or MultiPolygon in the same plane) or on its border.

    Points without coordinates (NaN) are not. Raises MadangError("not_an_area").
    """
    if (
        shapely.get_type_id(polygon) not in (3, 6)
        or shapely.is_empty(polygon)
        or not shapely.is_valid(polygon)
    ):
        raise MadangError("not_an_area")
    east, north = np.asarray(x, np.float64), np.asarray(y, np.float64)
    x0, y0, x1, y1 = shapely.bounds(polygon)
    found: Bools = (east >= x0) & (east <= x1) & (north >= y0) & (north <= y1)
    shapely.prepare(polygon)
    found[found] = shapely.intersects_xy(polygon, east[found], north[found])
    return found


def in_circle(x: ArrayLike, y: ArrayLike, centre: tuple[float, float], radius_m: float) -> Bools:
    """(rows) whether points lie within `radius_m` of `centre`, in metres of one plane (EPSG:5179), not in degrees.

    Points without coordinates (NaN) are not. Raises MadangError("distance_impossible") unless the radius is above 0.
    """
    if not radius_m > 0:
        raise MadangError("distance_impossible", metres=radius_m)
    east, north = np.asarray(x, np.float64) - centre[0], np.asarray(y, np.float64) - centre[1]
    found: Bools = east * east + north * north <= radius_m * radius_m
    return found


def in_polygons(x: ArrayLike, y: ArrayLike, polygons: ArrayLike) -> tuple[Ints, Ints]:
    """Pairs of the number of a polygon and of a point in it or on its border, by a tree of the points.

    A point may be in several polygons (상권 overlap) or in none; memory goes with the number of pairs.
    Raises MadangError("not_an_area").
    """
    areas = np.array(polygons, dtype=object).reshape(-1)
    if not (np.isin(shapely.get_type_id(areas), (3, 6)) & shapely.is_valid(areas)).all():
        raise MadangError("not_an_area")
    east, north = np.asarray(x, np.float64), np.asarray(y, np.float64)
    known = np.flatnonzero(~(np.isnan(east) | np.isnan(north)))
    tree = shapely.STRtree(shapely.points(east[known], north[known]))
    area, point = tree.query(areas, predicate="intersects")
    return area.astype(np.int64), known[point].astype(np.int64)
