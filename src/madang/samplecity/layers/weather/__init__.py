"""The weather, day by day over five years."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import pyarrow as pa

from madang.samplecity.city import City, Delivery
from madang.samplecity.days import days
from madang.samplecity.layers.weather.climate import climate, sky_of
from madang.samplecity.paper import Paper

LABEL = "날씨"
NEEDS: tuple[str, ...] = ()
YEARS = 5


def build(city: City) -> None:
    until = city.setting.until
    city.put(climate(sky_of(city.setting), days(date(until.year - YEARS, until.month, 1), until)))


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    return ()


def truths(city: City) -> Mapping[str, pa.Table]:
    return {}
