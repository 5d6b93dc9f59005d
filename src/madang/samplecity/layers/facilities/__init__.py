"""Facilities: what the city has put up for its people, in the forms of the standard data of the public data portal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from madang.samplecity.city import City, Delivery
from madang.samplecity.layers.facilities import engine, truth
from madang.samplecity.paper import Paper

LABEL = "시설"
NEEDS = ("ground", "streets", "people")


def build(city: City) -> None:
    city.put(engine.made(city))


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    return engine.papers(city.get(engine.Facilities), delivery)


def truths(city: City) -> Mapping[str, pa.Table]:
    return truth.truths(city.get(engine.Facilities))
