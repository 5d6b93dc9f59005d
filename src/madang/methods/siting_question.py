"""What is asked of a siting: distances, people, existing sites, and what every area must have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.siting_dual import Floor
from madang.methods.siting_swap import Floats, Mask, summed


@dataclass(frozen=True)
class EquityFloor:
    """Every area must have at least `share` (0 … 1) of its weight within `reach` of an open site.

    `area`: a number 0, 1, 2 … for each demand point, negative for none. Weight that no candidate reaches counts as not
    covered.
    """

    area: ArrayLike
    share: float
    reach: float


@dataclass(frozen=True)
class Question:
    """Checked input, candidates x demand: `distance` holds the demand points that some candidate reaches.

    `reachable`: which of all points those are; `weight` and the columns of `distance` are theirs. `all_weight`: of all
    points.
    """

    distance: NDArray[np.floating]
    weight: Floats
    fixed: Mask
    reachable: Mask
    all_weight: Floats
    floor: Floor | None


def question(
    distance: ArrayLike,
    weight: ArrayLike | None,
    existing: ArrayLike | None,
    floor: EquityFloor | None,
) -> Question:
    """`distance`: demand x candidates, as given by the user; a point is reachable where one distance is finite.

    Raises MadangError: siting_distances, siting_weights, siting_existing, siting_share, siting_areas.
    """
    cells = np.asarray(distance)
    cells = cells if cells.dtype in (np.float32, np.float64) else cells.astype(np.float64)
    if cells.ndim != 2 or 0 in cells.shape or np.isnan(cells).any() or (cells < 0).any():
        bad = int((np.isnan(cells) | (cells < 0)).sum())
        raise MadangError("siting_distances", count=bad, shape=" x ".join(str(size) for size in cells.shape))
    points, candidates = cells.shape
    weights = np.ones(points) if weight is None else np.asarray(weight, dtype=np.float64)
    if (
        weights.shape != (points,)
        or not np.isfinite(weights).all()
        or (weights < 0).any()
        or not weights.any()
    ):
        raise MadangError("siting_weights", points=points)
    open_sites = np.asarray([] if existing is None else existing, dtype=np.int64)
    if len(open_sites) and (open_sites.min() < 0 or open_sites.max() >= candidates):
        raise MadangError("siting_existing", candidates=candidates)
    fixed = np.zeros(candidates, dtype=bool)
    fixed[open_sites] = True
    turned = np.ascontiguousarray(cells.T)
    reachable = np.isfinite(turned).any(axis=0)
    held = None if floor is None else _floor(turned, weights, floor, reachable)
    if not reachable.all():
        turned = turned[:, reachable]
    return Question(turned, weights[reachable], fixed, reachable, weights, held)


def _floor(distance: NDArray[np.floating], weight: Floats, floor: EquityFloor, reachable: Mask) -> Floor:
    area = np.asarray(floor.area, dtype=np.int64)
    if area.shape != weight.shape or not (area >= 0).any():
        raise MadangError("siting_areas", points=len(weight))
    if not 0 <= floor.share <= 1:
        raise MadangError("siting_share", share=floor.share)
    known = area >= 0
    areas = int(area.max()) + 1
    needed = floor.share * summed(area[known], weight[known], areas)
    within = distance <= floor.reach
    able = known & within.any(axis=0)
    possible = summed(area[able], weight[able], areas)
    if (possible < needed * (1 - 1e-9)).any():
        short = int(np.argmin(possible - needed))
        raise MadangError(
            "siting_floor_impossible", areas=int((possible < needed * (1 - 1e-9)).sum()), area=short
        )
    return Floor(area[reachable], weight[reachable], needed, within[:, reachable])
