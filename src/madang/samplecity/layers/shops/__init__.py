"""Shops: licences over twenty years, quarterly snapshots, card sales. Planted: rates of closing, a shock, a programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from madang.samplecity.city import City, Delivery
from madang.samplecity.layers.shops import build as _build
from madang.samplecity.layers.shops import licence_papers, planted, sales, sales_papers, snapshots
from madang.samplecity.paper import Paper

LABEL = "가게"
NEEDS = ("ground", "streets")


def build(city: City) -> None:
    city.put(_build.shops(city))
    city.put(sales.sales(city))


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    yield from licence_papers.papers(city, delivery)
    yield from snapshots.papers(city, delivery)
    yield from sales_papers.papers(city, delivery)


def truths(city: City) -> Mapping[str, pa.Table]:
    return planted.truths(city)
