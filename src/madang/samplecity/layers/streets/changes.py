"""What became different between the deliveries: a complex opened, houses grew, villas got a name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.streets.filling import HOUSE, SHOP, VILLA
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.words import words

_SHARE = 0.0008  # of the buildings change in the month


@dataclass(frozen=True)
class Changes:
    grown: Array  # numbers of buildings that got a storey more
    named: Array  # numbers of buildings that got a name
    names: tuple[str, ...]


def changes(city: City) -> Changes:
    """Changes of the second delivery; the same whenever asked."""
    buildings = city.get(Streets).buildings
    rng = city.rng("streets.changes")
    standing = buildings.standing(city.deliveries[0].day)
    many = max(2, round(_SHARE * len(buildings) / 2))
    low = np.flatnonzero(standing & np.isin(buildings.use, (HOUSE, SHOP)) & (buildings.floors <= 3))
    villas = np.flatnonzero(standing & (buildings.use == VILLA))
    grown = np.sort(rng.choice(low, min(many, len(low)), replace=False))
    named = np.sort(rng.choice(villas, min(many, len(villas)), replace=False))
    return Changes(grown, named, tuple(rng.choice(words("streets")["villas"], len(named)).tolist()))


@dataclass(frozen=True)
class Register:
    """The buildings as a delivery knows them: which rows, and the columns that change."""

    rows: Array  # numbers of buildings
    floors: Array
    floor_area_m2: Array
    name: list[str]
    reason: list[str]  # 이동사유코드: 31 new, 34 changed


def register(city: City, delivery: Delivery) -> Register:
    buildings = city.get(Streets).buildings
    rows = np.flatnonzero(buildings.standing(delivery.day))
    floors, area = buildings.floors.copy(), buildings.floor_area_m2.copy()
    name, reason = list(buildings.name), [""] * len(buildings)
    if not delivery.first:
        change = changes(city)
        area[change.grown] = np.round(
            area[change.grown] * (floors[change.grown] + 1) / floors[change.grown], 2
        )
        floors[change.grown] += 1
        for at, said in zip(change.named.tolist(), change.names, strict=True):
            name[at], reason[at] = said, "34"
        for at in np.flatnonzero(~buildings.standing(city.deliveries[0].day)).tolist():
            reason[at] = "31"
    return Register(rows, floors[rows], area[rows], [name[at] for at in rows], [reason[at] for at in rows])


__all__ = ["Changes", "Register", "changes", "register"]
