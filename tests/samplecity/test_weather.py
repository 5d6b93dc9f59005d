"""Five years of weather: a Korean year, rain that comes in spells, the same in whatever order one asks."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from madang.samplecity.city import Setting
from madang.samplecity.days import days
from madang.samplecity.layers import grown
from madang.samplecity.layers import weather as layer
from madang.samplecity.layers.weather.climate import climate, monsoon, sky_of
from madang.samplecity.layers.weather.model import Weather
from madang.samplecity.layers.weather.noise import hashed, normal, smooth

SETTING = Setting(seed=7, scale=0.05)


@pytest.fixture(scope="module")
def weather() -> Weather:
    return grown(SETTING, "weather").get(Weather)


def month(weather: Weather) -> np.ndarray:
    return weather.day.astype("datetime64[M]").astype(np.int64) % 12 + 1


def test_days_follow_each_other_over_five_years(weather: Weather) -> None:
    assert (np.diff(weather.day).astype(np.int64) == 1).all()
    assert weather.day[0] <= np.datetime64("2021-10-31")
    assert weather.day[-1] == np.datetime64("2026-10-31")
    assert weather.at(np.array(["2026-10-31", "2021-11-01"], "datetime64[D]")).tolist() == [
        len(weather.day) - 1,
        (np.datetime64("2021-11-01") - weather.day[0]).astype(int),
    ]


def test_the_same_whatever_is_asked_for_together(weather: Weather) -> None:
    some = np.array([1700, 3, 900])
    alone = climate(sky_of(SETTING), weather.day[some])
    for name in ("rain_mm", "snow_cm", "mean_c", "low_c", "high_c", "wind_ms", "humidity_pct"):
        assert (getattr(alone, name) == getattr(weather, name)[some]).all()
    assert climate(sky_of(Setting(seed=8)), weather.day).rain_mm.sum() != weather.rain_mm.sum()


def test_a_korean_year(weather: Weather) -> None:
    """Means of Korean stations 1991-2020: January about 0, August about 25 ℃; 1,000 to 1,500 mm, over half June to September."""
    when, years = month(weather), len(weather.day) / 365.25
    assert -3 < weather.mean_c[when == 1].mean() < 4
    assert 24 < weather.mean_c[when == 8].mean() < 28
    assert 800 < weather.rain_mm.sum() / years < 1800
    summer = np.isin(when, (6, 7, 8, 9))
    assert weather.rain_mm[summer].sum() > 0.55 * weather.rain_mm.sum()
    assert weather.rain_mm[when == 7].sum() > 4 * weather.rain_mm[when == 1].sum()
    assert 3 < (weather.snow_cm > 0).sum() / years < 25
    assert not (weather.snow_cm[np.isin(when, (5, 6, 7, 8, 9, 10))] > 0).any()
    assert (weather.high_c >= 33).sum() / years > 2
    assert (weather.low_c <= -5).sum() / years > 5


def test_minima_and_maxima_lie_around_the_mean(weather: Weather) -> None:
    assert (weather.low_c < weather.mean_c).all()
    assert (weather.mean_c < weather.high_c).all()
    assert (weather.rain_mm >= 0).all()
    assert (weather.snow_cm[weather.rain_mm == 0] == 0).all()
    assert ((weather.humidity_pct >= 20) & (weather.humidity_pct <= 99)).all()
    assert (weather.sunshine_hours >= 0).all()
    assert (weather.sunshine_hours < 15).all()


def test_wet_days_follow_wet_days(weather: Weather) -> None:
    wet = weather.rain_mm > 0
    assert wet[1:][wet[:-1]].mean() > 1.5 * wet.mean()


def test_the_monsoon_begins_in_late_june_and_lasts_about_a_month() -> None:
    first, last = monsoon(7, np.arange(2000, 2100))
    june = first.astype("datetime64[D]") - first.astype("datetime64[Y]").astype("datetime64[D]")
    assert (june.astype(int) >= 169).all()
    assert (june.astype(int) <= 179).all()
    assert ((last - first).astype(int) >= 25).all()
    assert ((last - first).astype(int) <= 37).all()


def test_the_planted_typhoon_lies_at_the_end_of_the_first_delivery(weather: Weather) -> None:
    for end, least in ((date(2026, 9, 30), 150), (date(2026, 10, 31), 40)):
        at = weather.at(np.array([end], "datetime64[D]"))[0] - 1
        assert weather.rain_mm[at] > least
        assert (weather.rain_mm[at - 4 : at - 1] == 0).all()


def test_numbers_of_the_noise_are_spread_and_repeatable() -> None:
    at = np.arange(100_000)
    numbers = hashed(3, "a", at)
    assert abs(numbers.mean() - 0.5) < 0.005
    assert abs(numbers.var() - 1 / 12) < 0.001
    assert abs(np.corrcoef(numbers[1:], numbers[:-1])[0, 1]) < 0.02
    assert abs(np.corrcoef(numbers, hashed(4, "a", at))[0, 1]) < 0.02
    assert abs(np.corrcoef(numbers, hashed(3, "b", at))[0, 1]) < 0.02
    assert abs(normal(3, "a", at).std() - 1) < 0.01
    assert hashed(3, "a", np.array([77]))[0] == numbers[77]
    wave = smooth(3, "a", at, 60)
    assert np.abs(np.diff(wave)).max() < 0.2
    assert wave.std() > 0.5


def test_far_days_have_weather_too() -> None:
    far = climate(sky_of(SETTING), days("2031-01-01", "2031-12-31"))
    assert 500 < far.rain_mm.sum() < 2500


def test_the_table_has_the_days_until_each_delivery_and_its_slips(weather: Weather, tmp_path: Path) -> None:
    city = grown(SETTING, "weather")
    for delivery, days_there in zip(city.deliveries, (len(weather.day) - 31, len(weather.day)), strict=True):
        (paper,) = layer.papers(city, delivery)
        slips = paper.write(tmp_path)
        with (tmp_path / paper.path).open(encoding="cp949", newline="") as file:
            told = list(csv.DictReader(file))
        assert [row["날짜"] for row in told] == [str(day) for day in weather.day[:days_there]]
        slipped = {slip.row for slip in slips}
        assert len(slipped) == len(slips) == (5 if delivery.first else 4)
        for at, row in enumerate(told):
            if at + 2 not in slipped:
                assert float(row["일강수량(mm)"] or 0) == weather.rain_mm[at]
                assert float(row["최고기온(℃)"]) == weather.high_c[at]


def test_truth_has_the_days_without_slips(weather: Weather) -> None:
    found = layer.truths(grown(SETTING, "weather"))
    assert found["days"]["rain_mm"].to_pylist() == weather.rain_mm.tolist()
    assert [str(day) for day in found["planted_rain"]["day"].to_pylist()] == ["2026-09-29", "2026-10-30"]
