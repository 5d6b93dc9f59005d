"""Survival of small groups shrunk towards the larger group they are part of, and marked so (보정값)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.closing_ratios import Expected
from madang.methods.survival import SurvivalAt

Floats = NDArray[np.float64]
_WEIGHTS = np.geomspace(
    0.5, 20_000.0, 48
)  # prior weights that are tried: lives that the larger group counts for


@dataclass(frozen=True)
class Shrunk:
    """`at` with its small cells adjusted, and how strongly: a cell weighs `effective` against `weight` of the larger group."""

    at: SurvivalAt
    effective: (
        Floats  # (groups, ages) how many lives followed to that age the cell is worth (Dorey and Korn 1987)
    )
    weight: Floats  # (parents, ages) middle of the weights that fit how much the cells of that parent differ


def shrink(
    at: SurvivalAt,
    whole: SurvivalAt,
    parent: ArrayLike,
    level: float = 0.95,
    *,
    prior: Expected | None = None,
    every: bool = False,
) -> Shrunk:
    """Cells with `few` are drawn towards their larger group by a Beta-Binomial model; all others stay as they are.

    `at`: survival by group (dong and trade); `whole`: by parent (the trade in the whole city), at the same ages; `parent`
    (groups): number of each group's parent. A cell of survival p counts as n = p (1 - p) / variance lives. It is drawn to
    the parent's survival, or to `prior`: that of the trade put to the closing ratio of the dong (`closing_ratios`), which
    is nearer. How much the larger group weighs is not fixed: weights are averaged by how well they explain the differences
    between all cells of that parent and age, under the uniform shrinkage prior (Christiansen and Morris 1997). Cells that
    hardly differ are drawn close, others left alone. The interval is that of a Beta with the mean and variance so found,
    the uncertainty of the weight and of the larger group in it.

    `every`: cells with enough shops are adjusted, too; nearer to the truth on average, but no longer plain counting.
    Not adjusted: cells whose parent was not seen at that age. 150 MB for 100,000 cells.
    Raises MadangError: "lengths_differ", "level_outside".
    """
    of = np.asarray(parent)
    if len(of) != len(at.survival) or at.ages.tolist() != whole.ages.tolist():
        raise MadangError("lengths_differ", names="at, whole, parent")
    if not 0 < level < 1:
        raise MadangError("level_outside", level=level)
    aim, off = (
        (whole.survival[of], whole.standard_error[of])
        if prior is None
        else (prior.survival, prior.standard_error)
    )
    n, hits = effective_size(at), effective_size(at) * np.nan_to_num(at.survival)
    centre = np.clip(np.nan_to_num(aim, nan=0.5), 1e-4, 1 - 1e-4)
    chance = _chances(n, hits, centre, of, len(whole.survival))
    mean, variance = _posterior(n, hits, centre, np.nan_to_num(off), chance[of])
    size = np.maximum(mean * (1 - mean) / variance - 1, 1e-6)
    tail = (1 - level) / 2
    low, high = (scipy.stats.beta.ppf(each, size * mean, size * (1 - mean)) for each in (tail, 1 - tail))
    known = (at.few | every) & ~np.isnan(aim)
    new = {"survival": mean, "standard_error": np.sqrt(variance), "low": low, "high": high}
    changed = {name: np.where(known, values, getattr(at, name)) for name, values in new.items()}
    return Shrunk(replace(at, adjusted=known, **changed), n, np.exp(chance @ np.log(_WEIGHTS)))


def effective_size(at: SurvivalAt) -> Floats:
    """(groups, ages) of how many complete lives a Kaplan–Meier estimate is worth; 0 where nobody was seen."""
    p = np.nan_to_num(at.survival)
    inside = (p > 0) & (p < 1)
    variance = np.where(inside, at.standard_error, 1.0) ** 2
    known: Floats = np.where(inside, p * (1 - p) / variance, at.at_risk)
    known = np.where(at.survival == 0, np.maximum(at.events, 1), known)
    return np.where(np.isnan(at.survival), 0.0, known)


def _chances(n: Floats, hits: Floats, prior: Floats, of: NDArray[Any], parents: int) -> Floats:
    """(parents, ages, weights) how likely each weight is, by the Beta-Binomial likelihood of a parent's cells."""
    mean, x, size = prior[..., None], hits[..., None], n[..., None]
    a, b = _WEIGHTS * mean, _WEIGHTS * (1 - mean)
    each = scipy.special.betaln(a + x, b + size - x) - scipy.special.betaln(a, b)
    fits = np.zeros((parents, n.shape[1], len(_WEIGHTS)))
    np.add.at(fits, of, each)
    seen = np.where(n > 0, n, np.nan)
    typical = float(np.nanmedian(seen)) if (n > 0).any() else 1.0
    fits += np.log(_WEIGHTS) - 2 * np.log(
        _WEIGHTS + typical
    )  # uniform in the share that the prior has in a typical cell
    chance: Floats = scipy.special.softmax(fits, axis=2)
    return chance


def _posterior(
    n: Floats, hits: Floats, prior: Floats, error: Floats, chance: Floats
) -> tuple[Floats, Floats]:
    """Mean and variance over all weights."""
    size = n[..., None] + _WEIGHTS
    means = (hits[..., None] + _WEIGHTS * prior[..., None]) / size
    within = means * (1 - means) / (size + 1) + (_WEIGHTS / size * error[..., None]) ** 2
    mean = (chance * means).sum(axis=2)
    variance = (chance * (within + (means - mean[..., None]) ** 2)).sum(axis=2)
    return mean, variance
