"""Puts the shops together."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import City
from madang.samplecity.layers.shops.lives import live
from madang.samplecity.layers.shops.model import Shops
from madang.samplecity.layers.shops.names import (
    branded,
    kinds_of,
    names_of,
    numbers_of,
    phones_of,
)
from madang.samplecity.layers.shops.places import areas_of, buildings_of, floors_of, room
from madang.samplecity.layers.streets.model import Streets


def shops(city: City) -> Shops:
    """All shops of the records, in the order of their opening."""
    found = room(city)
    lives = live(city, found.capacity, found.years)
    kind = kinds_of(city, lives.trade)
    building = buildings_of(city, found, lives)
    floor, unit = floors_of(city, building)
    chains, branches = branded(city, kind, lives, building)
    own, others = (names_of(city, what, kind, lives.dong) for what in ("first", "second"))
    names = [chain or name for chain, name in zip(chains, own, strict=True)]
    renamed = (lives.renamed & (np.array(branches) == "")).tolist()
    later = [b if new else a for a, b, new in zip(names, others, renamed, strict=True)]
    buildings = city.get(Streets).buildings
    return Shops(
        lives, kind, building, floor, unit, areas_of(city, lives.trade), tuple(numbers_of(city, lives)), tuple(names),
        tuple(later), tuple(branches), tuple(phones_of(city, len(kind))), buildings.x[building], buildings.y[building],
    )  # fmt: skip
