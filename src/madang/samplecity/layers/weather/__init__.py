"""The weather, day by day over five years."""

from __future__ import annotations

from datetime import date

from madang.samplecity.city import City
from madang.samplecity.days import days
from madang.samplecity.layers.weather.climate import climate, sky_of
from madang.samplecity.layers.weather.papers import papers
from madang.samplecity.layers.weather.truth import truths

LABEL = "날씨"
NEEDS: tuple[str, ...] = ()
YEARS = 5


def build(city: City) -> None:
    until = city.setting.until
    city.put(climate(sky_of(city.setting), days(date(until.year - YEARS, until.month, 1), until)))


__all__ = ["LABEL", "NEEDS", "build", "papers", "truths"]
