"""Puts the people together."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.people import rates
from madang.samplecity.layers.people.cohorts import Setup, lived
from madang.samplecity.layers.people.grid import grid_people
from madang.samplecity.layers.people.households import households
from madang.samplecity.layers.people.model import AGES, People
from madang.samplecity.layers.people.present import commuting


def build(city: City) -> None:
    plan, residents, changes = lived(city)
    homes = households(plan.profile, plan.months, residents.sum(axis=(2, 3), dtype=np.int64))
    known = int(np.searchsorted(plan.months, np.datetime64(f"{city.deliveries[0].day:%Y-%m}", "M")))
    now = residents[known].astype(np.int64)
    groups = np.add.reduceat(now.sum(axis=1), [0, 15, 65], axis=1)
    city.put(
        People(
            profile=plan.profile,
            opened=plan.opened,
            months=plan.months,
            residents=residents,
            changes=changes,
            households=homes,
            foreigners=_foreigners(city, plan, now),
            grid=grid_people(city, groups, homes[known].sum(axis=1)),
            commuting=commuting(city, plan, now),
        )
    )


def _foreigners(city: City, plan: Setup, residents: Array) -> Array:
    """Registered foreigners: young, and men where there is industry."""
    rng, hundred = city.rng("people.foreigners"), rates.said()["foreigners"]
    ages = np.arange(AGES)
    shape = np.exp(-(((ages - 33) / 13.0) ** 2)) + 0.05 * (ages < 15) + 0.03 * (ages < 75)
    found = np.zeros(residents.shape, np.int64)
    for dong, name in enumerate(plan.profile):
        share = np.array([2.4 if name in ("industry", "farm") else 0.9, 1.0])[:, None] * shape
        count = round(int(residents[dong].sum()) * hundred[name] / 100)
        found[dong] = rng.multinomial(count, (share / share.sum()).ravel()).reshape(2, AGES)
    return found
