"""The month's weather by the hour: what the minutes of the main gauge and the weather of the days say together."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.streams.model import Streams
from madang.samplecity.layers.streams.rain import rain_mm
from madang.samplecity.layers.streams.sites import number_of
from madang.samplecity.layers.weather.climate import climate
from madang.samplecity.layers.weather.noise import smooth
from madang.samplecity.layers.weather.papers import NAME, STATION
from madang.samplecity.paper import Column
from madang.samplecity.text_paper import TextPaper

COLDEST, WARMEST = 6, 15  # hours


def hourly(city: City, delivery: Delivery) -> TextPaper:
    """The hours of the month of a delivery. Rain is that of the hour before; 00:00 closes the day before."""
    signals = city.get(Streams).signals
    first = number_of(delivery.day.replace(day=1))
    hour = np.arange(first * 24, (number_of(delivery.day + timedelta(days=1))) * 24)
    minutes = hour[:, None] * 60 + np.arange(-60, 0)
    rain = rain_mm(signals, minutes.ravel())[:, 0].reshape(minutes.shape).sum(axis=1)
    days = climate(signals.sky, (hour // 24).astype("datetime64[D]"))
    heat = temperature(city, hour)
    damp = days.humidity_pct - 2.1 * (heat - days.mean_c) + 2.0 * smooth(signals.seed, "hour.damp", hour, 3)
    breeze = 0.75 + 0.5 * np.exp(-0.5 * ((hour % 24 - 15) / 4.0) ** 2)
    wind = days.wind_ms * breeze * np.exp(0.2 * smooth(signals.seed, "hour.wind", hour, 2))
    columns: dict[str, Column] = {
        "지점": [STATION] * len(hour),
        "지점명": [NAME] * len(hour),
        "일시": (hour * 60).astype("datetime64[m]"),
        "기온(°C)": heat,
        "강수량(mm)": np.round(rain, 1),
        "풍속(m/s)": np.round(wind, 1),
        "습도(%)": np.round(np.clip(damp, 12, 99)).astype(np.int64),
    }
    paper = TextPaper(path=f"기상/시간별기상_{delivery.stamp}.csv", columns=columns)
    hot, humid, calm = (
        city.rng(f"streams.hourly.{delivery.number}").choice(len(hour), 3, replace=False).tolist()
    )
    paper.plant(hot, "기온(°C)", "99.9", "row_rule")
    paper.plant(humid, "습도(%)", "185", "percent_out_of_range")
    if delivery.first:
        paper.plant(calm, "풍속(m/s)", "-9.9", "quantity_negative")
    return paper


def temperature(city: City, hour: Array) -> Array:
    """℃ at hours (since 1970): from the lowest at six to the highest at three, and down to the lowest of the next day."""
    sky = city.get(Streams).signals.sky
    day, clock = hour // 24, hour % 24
    before, today, after = (climate(sky, (day + by).astype("datetime64[D]")) for by in (-1, 0, 1))
    night = 24 - WARMEST + COLDEST
    start = np.where(clock < COLDEST, before.high_c, np.where(clock < WARMEST, today.low_c, today.high_c))
    end = np.where(clock < COLDEST, today.low_c, np.where(clock < WARMEST, today.high_c, after.low_c))
    share = np.where(
        clock < COLDEST,
        (clock + 24 - WARMEST) / night,
        np.where(clock < WARMEST, (clock - COLDEST) / (WARMEST - COLDEST), (clock - WARMEST) / night),
    )
    found: Array = np.round(start + (end - start) * (1.0 - np.cos(np.pi * share)) / 2.0, 1)
    return found
