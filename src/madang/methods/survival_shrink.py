"""Survival of small groups shrunk towards the larger group they are part of, and marked so (보정값)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from madang.messages import MadangError
from madang.methods.survival import SurvivalAt

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Shrunk:
    """`at` with its small cells adjusted, and how strongly: a cell weighs n against `weight` of the larger group."""

    at: SurvivalAt
    effective: (
        Floats  # (groups, ages) how many lives followed to that age the cell is worth (Dorey and Korn 1987)
    )
    weight: Floats  # (parents, ages) how many the larger group counts for in each of its cells


def shrink(at: SurvivalAt, whole: SurvivalAt, parent: ArrayLike, level: float = 0.95) -> Shrunk:
    """Cells with `few` are replaced by the Beta-Binomial posterior mean and interval; all others stay as they are.

    `at`: survival by group (dong and trade); `whole`: by parent (the trade in the whole city), at the same ages; `parent`
    (groups): number of each group's parent. A cell of survival p counts as n = p (1 - p) / variance lives. The prior has
    the parent's survival as mean; its weight comes from how much the cells of that parent and age differ beyond chance, by
    moments (Kleinman 1973): cells that hardly differ are drawn to the parent, others left alone. It is at least 1 and at
    most what all cells of the parent are worth. The interval takes the prior as known, so it is a little too narrow.

    Not adjusted: cells whose parent was not seen at that age. Raises MadangError("lengths_differ").
    """
    of = np.asarray(parent)
    if len(of) != len(at.survival) or at.ages.tolist() != whole.ages.tolist():
        raise MadangError("lengths_differ", names="at, whole, parent")
    n, p = effective_size(at), np.nan_to_num(at.survival)
    weight = _weight(n, p, whole.survival, of)
    prior, heavy = whole.survival[of], weight[of]
    known = at.few & ~np.isnan(prior)
    mean = np.where(known, prior, 0.5)
    a, b = heavy * mean + n * p, heavy * (1 - mean) + n * (1 - p)
    tail = (1 - level) / 2
    low, high = (stats.beta.ppf(each, np.maximum(a, 1e-9), np.maximum(b, 1e-9)) for each in (tail, 1 - tail))
    error = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    new = {"survival": a / (a + b), "standard_error": error, "low": low, "high": high}
    changed = {name: np.where(known, values, getattr(at, name)) for name, values in new.items()}
    return Shrunk(replace(at, adjusted=known, **changed), n, weight)


def effective_size(at: SurvivalAt) -> Floats:
    """(groups, ages) of how many complete lives a Kaplan–Meier estimate is worth; 0 where nobody was seen."""
    p = np.nan_to_num(at.survival)
    inside = (p > 0) & (p < 1) & ~np.isnan(at.survival)
    variance = np.where(inside, at.standard_error, 1.0) ** 2
    known: Floats = np.where(inside, p * (1 - p) / variance, np.where(np.isnan(at.survival), 0, at.at_risk))
    return np.where(at.survival == 0, np.maximum(at.events, 1), known)


def _weight(n: Floats, p: Floats, mean: Floats, of: NDArray[Any]) -> Floats:
    """(parents, ages) prior weights by Kleinman's moments."""
    parents, ages = mean.shape
    cell = (of[:, None] * ages + np.arange(ages)[None, :]).ravel()

    def total(values: Floats) -> Floats:
        summed: Floats = np.bincount(cell, values.ravel(), parents * ages).astype(np.float64)
        return summed.reshape(parents, ages)

    whole, cells = total(n), total((n > 0).astype(np.float64))
    pull = np.where(np.isnan(mean), 0.5, mean)[of]
    spread = total(n * (p - pull) ** 2)
    inner = np.where((mean > 0) & (mean < 1), mean * (1 - mean), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        room = whole - total(n * n) / whole - (cells - 1)
        share = (spread / inner - (cells - 1)) / room
        found = 1 / share - 1
    found = np.where((share > 0) & (cells > 1) & (room > 0), found, np.inf)
    return np.clip(found, 1.0, np.maximum(whole, 1.0))
