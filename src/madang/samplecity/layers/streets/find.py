"""Questions of other layers: buildings of a use, buildings drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.streets.model import USES, Streets


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
