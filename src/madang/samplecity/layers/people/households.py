"""Households by size, and how wholes are shared out among parts so that the parts make the whole again."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.people import rates
from madang.samplecity.layers.people.model import SIZES

ALONE_PER_YEAR = 0.6  # percentage points by which the share of one-person households grows in a year
TAIL = 0.3  # households of 8 persons to those of 7, of 9 to those of 8 …


def alone_percent(profile: tuple[str, ...], months: Array) -> Array:
    """Aimed-at percentage of one-person households: (months, dongs)."""
    last = np.array([rates.profile(name)["one_person"] for name in profile])
    years = (months - months[-1]).astype(np.int64) / 12
    found: Array = np.clip(last + ALONE_PER_YEAR * years[:, None], 5, 85)
    return found


def households(profile: tuple[str, ...], months: Array, residents: Array) -> Array:
    """(months, dongs, SIZES) such that households times their size are the residents (months, dongs)."""
    larger = np.array([rates.profile(name)["larger"] for name in profile])
    tail = larger[:, -1:] * TAIL ** np.arange(1, SIZES - larger.shape[1])
    larger = np.concatenate([larger, tail], axis=1)
    larger = larger / larger.sum(axis=1, keepdims=True)
    alone = alone_percent(profile, months)[..., None] / 100
    share = np.concatenate([alone, (1 - alone) * larger], axis=2)
    persons = np.arange(1, SIZES + 1)
    homes = residents / (share * persons).sum(axis=2)
    found: Array = np.floor(homes[..., None] * share + 0.5).astype(np.int64)
    found[..., 4:] = np.floor(homes[..., None] * share[..., 4:] + 0.3)
    # the small ones settle what rounding left: as many homes as aimed at, and nobody without a home
    people = residents - (found * persons)[..., 2:].sum(axis=2)
    left = np.round(homes).astype(np.int64) - found[..., 2:].sum(axis=2)
    two = np.clip(people - left, 0, people // 2)
    found[..., 1], found[..., 0] = two, people - 2 * two
    return found


def shared_out(whole: Array, weight: Array, group: Array) -> Array:
    """Whole numbers for parts with `weight` such that those of each `group` sum up to `whole[group]` (largest remainders).

    Groups without any weight get nothing.
    """
    sums = np.bincount(group, weights=weight, minlength=len(whole))
    exact = np.divide(weight * whole[group], sums[group], out=np.zeros(len(weight)), where=sums[group] > 0)
    found: Array = np.floor(exact + 1e-9).astype(np.int64)
    missing = np.where(sums > 0, whole, 0) - np.bincount(group, weights=found, minlength=len(whole)).astype(
        np.int64
    )
    order = np.lexsort((np.arange(len(weight)), -(exact - found), group))
    starts = np.searchsorted(group[order], np.arange(len(whole)))
    rank = np.arange(len(order)) - starts[group[order]]
    found[order] += rank < missing[group[order]]
    return found
