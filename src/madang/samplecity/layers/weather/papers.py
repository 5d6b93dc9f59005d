"""The table of daily weather as the portal of the weather service hands it out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.weather.model import Weather
from madang.samplecity.paper import Column, Paper
from madang.samplecity.text_paper import TextPaper

STATION, NAME = "991", "여울"


def papers(city: City, delivery: Delivery) -> Iterator[Paper]:
    weather = city.get(Weather)
    rows = np.flatnonzero(weather.day <= np.datetime64(delivery.day, "D"))
    columns: dict[str, Column] = {
        "날짜": weather.day[rows],
        "지점": [STATION] * len(rows),
        "지점명": [NAME] * len(rows),
        "평균기온(℃)": weather.mean_c[rows],
        "최저기온(℃)": weather.low_c[rows],
        "최고기온(℃)": weather.high_c[rows],
        "일강수량(mm)": _where_any(weather.rain_mm[rows]),
        "일 최심신적설(cm)": _where_any(weather.snow_cm[rows]),
        "평균 풍속(m/s)": weather.wind_ms[rows],
        "평균 상대습도(%)": weather.humidity_pct[rows],
        "합계 일조시간(hr)": weather.sunshine_hours[rows],
    }
    paper = TextPaper(path=f"기상/일별기상_{delivery.stamp}.csv", columns=columns)
    _plant(paper, city, weather, delivery)
    yield paper


def _where_any(value: Array) -> list[str]:
    """Days without rain or snow have an empty cell, not 0."""
    return [repr(each) if each else "" for each in value.tolist()]


def _plant(paper: TextPaper, city: City, weather: Weather, delivery: Delivery) -> None:
    """The same slips in both deliveries, at days of the first; one was mended in between."""
    days = int((weather.day <= np.datetime64(city.deliveries[0].day, "D")).sum())
    cold, missing, humid, fault, word = city.rng("weather.slips").choice(days, 5, replace=False).tolist()
    paper.plant(cold, "최저기온(℃)", repr(round(float(weather.high_c[cold]) + 4.0, 1)), "row_rule")
    paper.plant(missing, "최고기온(℃)", "", "required_missing")
    paper.plant(humid, "평균 상대습도(%)", "161.0", "percent_out_of_range")
    paper.plant(fault, "일강수량(mm)", "-9.0", "quantity_negative")
    if delivery.first:
        paper.plant(word, "평균 풍속(m/s)", "결측", "cell_not_number")
