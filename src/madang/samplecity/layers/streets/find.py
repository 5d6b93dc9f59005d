"""Questions of other layers: the building or road nearest to a point, buildings drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import shapely

from madang.samplecity.city import Array
from madang.samplecity.layers.streets.model import USES, Streets


def nearest_building(streets: Streets, x: Array, y: Array, among: Array | None = None) -> Array:
    """The number of the building nearest to each point; `among`: numbers of buildings that may be answered."""
    buildings = streets.buildings
    candidates = np.arange(len(buildings)) if among is None else np.asarray(among)
    tree = shapely.STRtree(shapely.points(buildings.x[candidates], buildings.y[candidates]))
    found: Array = candidates[tree.nearest(shapely.points(np.asarray(x), np.asarray(y)))]
    return found


def nearest_link(streets: Streets, x: Array, y: Array) -> tuple[Array, Array, Array]:
    """The number of the link nearest to each point, and the x and y of the place on it that is nearest."""
    links = shapely.STRtree(streets.links.shape).nearest(shapely.points(np.asarray(x), np.asarray(y)))
    shape = streets.links.shape[links]
    foot = shapely.get_coordinates(
        shapely.line_interpolate_point(
            shape, shapely.line_locate_point(shape, shapely.points(np.asarray(x), np.asarray(y)))
        )
    )
    return links, foot[:, 0], foot[:, 1]


def of_use(streets: Streets, *uses: str, day: date | None = None) -> Array:
    """Whether each building has one of these uses (`model.USES`), and stands on `day`."""
    found: Array = np.isin(streets.buildings.use, [USES.index(use) for use in uses])
    return found if day is None else found & streets.buildings.standing(day)


def pick(
    rng: np.random.Generator,
    streets: Streets,
    count: int,
    use: Sequence[str] = USES,
    weights: Array | None = None,
    by_dong: Array | None = None,
    again: bool = False,
    day: date | None = None,
) -> Array:
    """Numbers of `count` buildings of the uses `use`, drawn by `weights` (one for each building of the city) times
    `by_dong` (one for each 행정동: what its buildings weigh together). `again`: a building may come more than once; else
    fewer are answered where there are not enough."""
    buildings = streets.buildings
    weight = of_use(streets, *use, day=day).astype(np.float64)
    if weights is not None:
        weight = weight * weights
    if by_dong is not None:
        total = np.bincount(buildings.dong, weight, len(by_dong))
        weight = weight * (np.asarray(by_dong) / np.maximum(total, 1e-300))[buildings.dong]
    if again:
        return rng.choice(len(buildings), count, p=weight / weight.sum())
    most = min(count, int((weight > 0).sum()))
    draw = np.where(weight > 0, np.log(np.maximum(weight, 1e-300)) + rng.gumbel(size=len(weight)), -np.inf)
    found: Array = np.argsort(-draw, kind="stable")[:most]
    return found
