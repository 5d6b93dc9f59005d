"""How much supply there is for each person, near and shared with whom: two-step floating catchment areas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.next_sites import Pairs

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Access:
    """Supply for each person, and what is in nobody's reach."""

    score: Floats  # (cells) supply per person, near ones weighing more; 0: nothing in reach
    ratio: Floats  # (facilities) supply over the weighted people in its reach, NaN where nobody is
    people_without: float
    idle_supply: float  # of facilities that reach nobody


def two_step_access(
    pairs: Pairs,
    supply: ArrayLike,
    people: ArrayLike,
    zones_m: ArrayLike,
    weights: ArrayLike = (1.0, 0.68, 0.22),
) -> Access:
    """Enhanced two-step floating catchment areas (E2SFCA; Luo and Qi 2009).

    First each facility's supply over the people around it, weighted by zone; then each cell's sum of those ratios, weighted
    likewise. `supply` (facilities): seats, spaces, doctors; `people` (cells); `zones_m`: outer bounds of the zones,
    ascending; `weights`: of each zone, by default those of the paper for slow decay (fast: 1, 0.42, 0.09). One zone of
    weight 1 is the plain method (Luo and Wang 2003). Supply is shared out whole: people times score sum to it.
    Raises MadangError: "lengths_differ", "zones_not_ascending", "people_impossible".
    """
    offered, count = np.asarray(supply, np.float64), np.asarray(people, np.float64)
    bounds, weight = np.asarray(zones_m, np.float64), np.asarray(weights, np.float64)
    if len(offered) != pairs.facilities or len(count) != pairs.cells or len(bounds) != len(weight):
        raise MadangError("lengths_differ", names="supply, people, zones_m, weights")
    if (np.diff(bounds, prepend=0.0) <= 0).any():
        raise MadangError("zones_not_ascending")
    if not (count >= 0).all():
        raise MadangError("people_impossible", count=int((~(count >= 0)).sum()))
    zone = np.searchsorted(bounds, pairs.metres)
    heavy = np.append(weight, 0.0)[zone]
    around = np.bincount(pairs.facility, heavy * count[pairs.cell], pairs.facilities)
    ratio = offered / np.where(around > 0, around, np.nan)
    shares = heavy * np.nan_to_num(ratio)[pairs.facility]
    score = np.bincount(pairs.cell, shares, pairs.cells).astype(np.float64)
    return Access(score, ratio, float(count[score <= 0].sum()), float(offered[around <= 0].sum()))
