"""Where high and low values lie together: Moran's I over all areas, and area by area with Gi*."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.permutation import (
    Alternative,
    Bools,
    Floats,
    Progress,
    conditional_p,
    false_discoveries,
    pseudo_p,
)
from madang.methods.weights import SpatialWeights

_CELLS = 1 << 18  # numbers permuted at once: 2 MB


@dataclass(frozen=True)
class GlobalMoran:
    """`i`: about -1 where neighbours are opposite, `expected` (-1/(n-1)) where values lie by chance, up to about 1 where
    like lies beside like. `z` is how many standard deviations of the permutations `i` is away from their mean.
    """

    i: float
    expected: float
    z: float
    p_value: float
    alternative: Alternative
    permutations: int
    areas: int


@dataclass(frozen=True, eq=False)
class LocalMoran:
    """Of each of n areas: is it like its neighbours?

    `i`: local Moran, above 0 where it is. `lag`: the mean (or sum) of the neighbours' z-values. `p_value`: by
    permutation. `believed`: those left when at most `false_share` of them may be false discoveries. `quadrant`: HH high
    among high, LL low among low, HL high among low, LH low among high, whether believed or not; `label` is empty where
    not believed.
    """

    i: Floats
    lag: Floats
    p_value: Floats
    believed: Bools
    quadrant: NDArray[np.str_]
    false_share: float
    alternative: Alternative
    permutations: int

    @property
    def label(self) -> NDArray[np.str_]:
        return np.where(self.believed, self.quadrant, "")


@dataclass(frozen=True, eq=False)
class GetisOrd:
    """Of each of n areas: is much, or little, gathered in it and its neighbours together?

    `g`: share of the whole sum that lies there (of its mean, where weights are row-standardised). `z`: against an even
    spread, the same for both kinds of weights. `p_value`: by permutation. `believed`: as in `LocalMoran`. `label`: "hot", "cold", or empty where not
    believed.
    """

    g: Floats
    z: Floats
    p_value: Floats
    believed: Bools
    false_share: float
    alternative: Alternative
    permutations: int

    @property
    def label(self) -> NDArray[np.str_]:
        return np.where(self.believed, np.where(self.z > 0, "hot", "cold"), "")


def global_moran(
    values: ArrayLike,
    weights: SpatialWeights,
    *,
    rng: np.random.Generator,
    permutations: int = 999,
    alternative: Alternative = "two-sided",
) -> GlobalMoran:
    """Moran's I of n `values` (Moran 1950): (n / S0) z'Wz / z'z, and how seldom chance does it.

    All values are permuted over the areas. Raises MadangError (hot_spots_lengths, hot_spots_gaps, hot_spots_same) where
    lengths differ, a value is missing, or all are the same. Memory: some MB.
    """
    z = _deviations(values, weights)
    scale = len(z) / weights.matrix.sum() / (z @ z)
    found = float(scale * (z @ (weights.matrix @ z)))
    step, runs = max(1, _CELLS // len(z)), []
    for start in range(0, permutations, step):
        drawn = [rng.permutation(z) for _ in range(min(step, permutations - start))]
        shuffled = np.stack(drawn, axis=1)
        runs.append(scale * np.einsum("ij,ij->j", shuffled, weights.matrix @ shuffled))
    simulated = np.concatenate(runs)
    p = pseudo_p(np.array([found]), simulated[None, :], alternative)
    distance = (found - simulated.mean()) / simulated.std()
    return GlobalMoran(
        found, -1 / (len(z) - 1), float(distance), float(p[0]), alternative, permutations, len(z)
    )


def local_moran(
    values: ArrayLike,
    weights: SpatialWeights,
    *,
    rng: np.random.Generator,
    permutations: int = 999,
    alternative: Alternative = "two-sided",
    false_share: float = 0.05,
    progress: Progress | None = None,
) -> LocalMoran:
    """Local Moran of n `values` (Anselin 1995), (n - 1) z_i (Wz)_i / z'z with z standardised, as esda scales it.

    Inference by conditional permutation (`conditional_p`), what to believe by `false_discoveries`. Raises as
    `global_moran` does. With R permutations no p is below 2 / (R + 1) (two-sided): where many areas are
    tested, a few that stand out alone may need more permutations than 999.
    """
    z = _deviations(values, weights)
    z = z / z.std()
    lag = np.asarray(weights.matrix @ z)
    p = conditional_p(z, weights.matrix, permutations, rng, alternative, progress)
    p[z == 0] = 1.0
    quadrant = np.where(z > 0, np.where(lag > 0, "HH", "HL"), np.where(lag > 0, "LH", "LL"))
    local = (len(z) - 1) * z * lag / (z @ z)
    believed = false_discoveries(p, false_share)
    return LocalMoran(local, lag, p, believed, quadrant, false_share, alternative, permutations)


def getis_ord(
    values: ArrayLike,
    weights: SpatialWeights,
    *,
    rng: np.random.Generator,
    permutations: int = 999,
    alternative: Alternative = "two-sided",
    false_share: float = 0.05,
    progress: Progress | None = None,
) -> GetisOrd:
    """Gi* of n `values` (Getis and Ord 1992; z by Ord and Getis 1995): an area counts as its own neighbour.

    Its own weight is 1 beside neighbours of weight 1; row-standardised weights sum to 1 with it. Raises and
    believes as `local_moran` does; also raises MadangError (hot_spots_sum) where the values sum to 0.
    """
    deviations = _deviations(values, weights)
    y, total = np.asarray(values, np.float64), float(np.sum(values))
    if total == 0:
        raise MadangError("hot_spots_sum")
    own = 1 / (weights.neighbours + 1) if weights.row_standardised else np.ones(len(y))
    matrix = weights.binary().matrix
    gathered = own * y + (own if weights.row_standardised else 1) * (matrix @ y)
    counted = weights.neighbours + 1
    spread = np.sqrt((len(y) * counted - counted**2) / (len(y) - 1)) * deviations.std()
    with np.errstate(invalid="ignore", divide="ignore"):  # everybody's neighbour: nothing to compare with
        z = np.nan_to_num((y + matrix @ y - counted * y.mean()) / spread, posinf=0, neginf=0)
    p = conditional_p(y, matrix, permutations, rng, alternative, progress)
    return GetisOrd(
        gathered / total, z, p, false_discoveries(p, false_share), false_share, alternative, permutations
    )


def _deviations(values: ArrayLike, weights: SpatialWeights) -> Floats:
    found = np.asarray(values, np.float64).reshape(-1)
    if len(found) != weights.areas:
        raise MadangError("hot_spots_lengths", given=len(found), areas=weights.areas)
    if not np.isfinite(found).all():
        raise MadangError("hot_spots_gaps", count=int((~np.isfinite(found)).sum()))
    centred = found - found.mean()
    if np.ptp(found) == 0:
        raise MadangError("hot_spots_same")
    return np.asarray(centred)
