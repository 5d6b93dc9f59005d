"""What is planted in how many letters come, and in who answers them, is what stands in the data: all is counted again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Any

import numpy as np
import pytest

from madang.samplecity import days as calendar
from madang.samplecity.city import Array, City, Setting
from madang.samplecity.layers import grown, voices
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices import when
from madang.samplecity.layers.voices.model import Voices
from madang.samplecity.layers.voices.papers import Apart
from madang.samplecity.layers.voices.topics import topics
from madang.samplecity.layers.weather.model import Weather
from madang.samplecity.text_paper import TextPaper

pytestmark = pytest.mark.slow
Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def city() -> City:
    return grown(Setting(seed=7, scale=0.05), "voices")


@pytest.fixture(scope="module")
def truth(city: City) -> dict[str, Rows]:
    return {name: table.to_pylist() for name, table in voices.truths(city).items()}


@pytest.fixture(scope="module")
def letters(city: City) -> when.Drawn:
    """A million letters of the same city, so that small effects stand out."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(when, "LETTERS", 20_000_000)
        return when.drawn(city, topics())


def days_of(moments: Array) -> Array:
    return np.asarray(moments.astype("datetime64[D]"))


def sized(truth: dict[str, Rows], effect: str) -> dict[str, float]:
    return {each["topic"]: each["value"] for each in truth["effects"] if each["effect"] == effect}


def test_bursts_say_what_is_in_the_data(city: City, truth: dict[str, Rows]) -> None:
    told, names = city.get(Voices).complaints, city.get(Ground).dongs.name
    day = days_of(told.received)
    assert any(each["usual"] for each in truth["bursts"])
    for burst in truth["bursts"]:
        mine = (told.topic == told.topics.index(burst["topic"])) & (told.dong == names.index(burst["dong"]))
        start, end = np.datetime64(burst["start"]), np.datetime64(burst["end"])
        within = [
            name for name, on in zip(told.burst, mine & (day >= start) & (day <= end), strict=True) if on
        ]
        assert (within.count(burst["burst"]), within.count("")) == (burst["extra"], burst["usual"]), burst
        assert told.burst.count(burst["burst"]) == burst["extra"]
        beside = mine & (day >= start - 60) & (day <= end + 60) & ~((day >= start) & (day <= end))
        assert beside.sum() == burst["around"]
        around_days = min(int((day.max() - end).astype(int)), 60) + 60
        length = int((end - start).astype(int)) + 1
        expected = len(within) / length * around_days / max(1, burst["around"])
        assert burst["factor"] == pytest.approx(expected, abs=0.01), burst


@pytest.mark.parametrize("seed", [1, 2, 7, 11])
def test_bursts_of_the_weather_begin_with_its_heaviest_fall(seed: int) -> None:
    city = grown(Setting(seed=seed, scale=0.05), "weather", "ground")
    days, weather = when.span(city), city.get(Weather)
    bursts = {each.topic: each for each in when.drawn(city, topics()).bursts}
    for topic, fallen, real in (("flood", weather.rain_mm, 30), ("snow", weather.snow_cm, 3)):
        later = fallen[weather.at(days)][365:]
        if topic not in bursts:
            assert max(later[:-1] + later[1:]) < real
            continue
        start = np.datetime64(bursts[topic].start)
        assert start >= days[364]
        at = int(weather.at(np.array([start]))[0])
        two_days = fallen[at] + fallen[at + 1]
        assert two_days >= real
        assert two_days >= max(later[:-5] + later[1:-4])  # a burst must have ended on the last day


def test_a_burst_of_snow_without_snow_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    city = grown(Setting(seed=7, scale=0.05), "weather", "ground")
    weather = city.get(Weather)
    monkeypatch.setitem(weather.__dict__, "snow_cm", np.zeros(len(weather.day)))
    bursts = when.drawn(city, topics()).bursts
    assert "snow" not in {each.topic for each in bursts}
    assert [each.id for each in bursts if each.topic == "bus"] == ["B07"]


def test_topics_grow_as_they_say(city: City, truth: dict[str, Rows], letters: when.Drawn) -> None:
    """Letters of the last year against those of the first, each divided by what the truth says that the weather did."""
    check_growth(city, truth, letters.topic[letters.burst < 0], letters.received[letters.burst < 0])
    told = city.get(Voices).complaints
    calm = np.array([name == "" for name in told.burst])
    few = sized(truth, "snow")  # hardly any without snow: what one of them says is too much
    check_growth(city, truth, told.topic[calm], told.received[calm], few)


def check_growth(
    city: City, truth: dict[str, Rows], topic: Array, received: Array, but: Collection[str] = ()
) -> None:
    day, days = days_of(received), when.span(city)
    years, ids = (len(days) - 365) / 365.25, [each.id for each in topics()]
    for told in truth["topics"]:
        if told["topic"] in but:
            continue
        mine = day[topic == ids.index(told["topic"])]
        weight = 1 / weather_of(city, truth, told["topic"], mine)
        last, first = weight[mine > days[-1] - 365], weight[mine < days[0] + 365]
        ratio = (1 + told["growth_per_year"]) ** years
        error = np.sqrt((last**2).sum() + ratio**2 * (first**2).sum())
        assert abs(last.sum() - ratio * first.sum()) <= 3 * error, told


def weather_of(city: City, truth: dict[str, Rows], topic: str, day: Array) -> Array:
    """How many times as many letters came for the weather, by the meaning that stands in the truth."""
    weather = city.get(Weather)
    at = weather.at(day)
    rain, snow = sized(truth, "rain"), sized(truth, "snow")
    if topic in rain:
        lately = weather.rain_mm[at] + weather.rain_mm[at - 1] / 2
        return np.asarray(1 + rain[topic] * np.minimum(lately, 120) / 60)
    if topic in snow:
        lately = weather.snow_cm[at] + weather.snow_cm[at - 1] / 2 + weather.snow_cm[at - 2] / 3
        return np.asarray(0.1 + snow[topic] * np.minimum(lately, 20) / 10)
    return np.ones(len(day))


def test_seasons_are_as_wide_as_they_say(truth: dict[str, Rows], letters: when.Drawn) -> None:
    ids = [each.id for each in topics()]
    shaken = {*sized(truth, "rain"), *sized(truth, "snow"), "datacenter"}
    for told in truth["topics"]:
        mine = letters.received[(letters.topic == ids.index(told["topic"])) & (letters.burst < 0)]
        if told["topic"] in shaken:
            continue
        month = mine.astype("datetime64[M]").astype(np.int64) % 12
        late = (days_of(mine) - days_of(letters.received.min())).astype(float) / 365.25
        grown_out = (1 + told["growth_per_year"]) ** -late
        lengths = np.bincount(np.arange("2023-11-01", "2026-11-01", dtype="datetime64[D]").astype("datetime64[M]").astype(int) % 12)  # fmt: skip
        mean = np.bincount(month, grown_out, 12) / lengths
        amplitude = (mean.max() - mean.min()) / mean.mean()
        assert amplitude == pytest.approx(told["season_amplitude"], abs=0.06 + 8 / np.sqrt(len(mine))), told
        assert mean[told["season_peak_month"] - 1] >= mean.max() * (1 - 16 / np.sqrt(len(mine))), told


def test_scooters_at_the_station_grow_sixfold_over_the_others(
    city: City, truth: dict[str, Rows], letters: when.Drawn
) -> None:
    (planted,) = (each for each in truth["effects"] if each["effect"] == "station_growth")
    assert (planted["from"], planted["to"]) == ("2023-11-01", "2026-10-31")
    ids, names = [each.id for each in topics()], city.get(Ground).dongs.name
    mine = letters.topic == ids.index(planted["topic"])
    here = letters.dong == names.index(planted["dong"])
    day = days_of(letters.received)
    parts = [
        ((mine & at & (day < day.min() + 182)).sum(), (mine & at & (day > day.max() - 182)).sum())
        for at in (here, ~here)
    ]
    (first, last), (other_first, other_last) = parts
    # the means of the first and the last 182 of 1,096 days of a straight line from 1 to the planted value
    step = (planted["value"] - 1) / 1095
    expected = (planted["value"] - step * 90.5) / (1 + step * 90.5)
    found = last / first / (other_last / other_first)
    error = found * np.sqrt(1 / first + 1 / last + 1 / other_first + 1 / other_last)
    assert abs(found - expected) <= 3 * error
    assert error < expected / 8


def test_rain_snow_market_days_and_kinds_have_the_sizes_of_the_truth(
    city: City, truth: dict[str, Rows], letters: when.Drawn
) -> None:
    ids, names = [each.id for each in topics()], city.get(Ground).dongs.name
    day, days, calm = days_of(letters.received), when.span(city), letters.burst < 0
    for topic in (
        "flood",
        "pothole",
    ):  # letters of each wet and each dry day of the same months, by the truth's factor
        factor = weather_of(city, truth, topic, days)
        wet = factor > np.quantile(factor, 0.9)
        month = days.astype("datetime64[M]").astype(int) % 12
        count = np.bincount(
            (day[calm & (letters.topic == ids.index(topic))] - days[0]).astype(int), minlength=len(days)
        )
        level = np.array([(count / factor)[(month == at) & ~wet].mean() for at in range(12)])[month]
        expected = (level * factor)[wet].sum()
        assert count[wet].sum() == pytest.approx(expected, rel=0.12), topic
    (market,) = (each for each in truth["effects"] if each["effect"] == "market_day")
    here = (letters.topic == ids.index("market")) & (letters.dong == names.index(market["dong"]))
    on = calendar.is_market_day(days)
    times = (
        calendar.is_market_day(day[here]).sum()
        / on.sum()
        / ((~calendar.is_market_day(day[here])).sum() / (~on).sum())
    )
    assert times == pytest.approx(market["value"], rel=0.15)
    dongs = city.get(Ground).dongs
    for topic in ("parking", "bus", "dumping"):
        kinds = {each["effect"][5:]: each["value"] for each in truth["effects"] if each["topic"] == topic and each["effect"].startswith("kind_")}  # fmt: skip
        mine = np.bincount(letters.dong[calm & (letters.topic == ids.index(topic))], minlength=len(dongs))
        weight = np.array([kinds[kind] for kind in dongs.kind]) * dongs.people
        expected = weight / weight.sum() * mine.sum()
        assert (np.abs(mine - expected) <= 4 * np.sqrt(expected)).all(), topic


def test_every_effect_has_a_meaning_and_stands_once(truth: dict[str, Rows]) -> None:
    keys = [(each["effect"], each["topic"], each["dong"]) for each in truth["effects"]]
    assert len(set(keys)) == len(keys)
    assert all(each["meaning"] for each in truth["effects"])
    kinds = Counter(each["effect"] for each in truth["effects"])
    assert {"trend", "rain", "snow", "market_day", "station_growth", "kind_old", "department_moved"} <= set(
        kinds
    )
    assert kinds["kind_hill"] == len(topics())


def test_some_letters_are_answered_by_another_department_for_a_reason(
    city: City, truth: dict[str, Rows]
) -> None:
    told, dongs = city.get(Voices).complaints, city.get(Ground).dongs
    usual = {each["topic"]: each["department"] for each in truth["topics"]}
    rows = truth["complaints"]
    sizes = {each["effect"]: each["value"] for each in truth["effects"]}
    moved = np.mean([row["department"] != usual[row["topic"]] for row in rows])
    missed = np.mean([row["department"] != row["likely_department"] for row in rows])
    assert 0.06 <= moved <= 0.105
    assert 0.02 <= missed < moved
    assert (round(moved, 4), round(missed, 4)) == (sizes["department_moved"], sizes["department_irreducible"])
    planted = {each.row for each in city.get(Voices).personal if each.file == "민원접수"}
    fitting, went = Counter[int](), Counter[int]()
    for at, row in enumerate(rows):
        rule = rule_of(
            truth["departments"], row, dongs.kind[told.dong[at]], told.title[at] + " " + told.body[at]
        )
        if at in planted:  # a sentence with a number of a person was put in afterwards
            continue
        assert row["likely_department"] == (rule["department"] if rule else usual[row["topic"]]), row
        if rule and row["routed_by"] != "disputed":
            fitting[rule["rule"]] += 1
            went[rule["rule"]] += row["department"] == rule["department"]
    for rule in truth["departments"]:
        assert fitting[rule["rule"]] <= rule["fitting"]
        expected, spread = rule["share"], np.sqrt(0.25 / max(1, fitting[rule["rule"]]))
        if fitting[rule["rule"]] > 4:
            assert abs(went[rule["rule"]] / fitting[rule["rule"]] - expected) <= 3 * spread, rule


def rule_of(rules: Rows, row: dict[str, Any], kind: str, text: str) -> dict[str, Any] | None:
    for rule in rules:
        if rule["topic"] != row["topic"] or (rule["kinds"] and kind not in rule["kinds"].split()):
            continue
        if rule["dongs"] and row["dong"] not in rule["dongs"].split():
            continue
        if re.search(rule["words"], text):
            return rule
    return None


def test_planted_rows_are_never_neighbours() -> None:
    apart = Apart([4, 5, 6, 3, 0, 1, 9, 8, 2], taken=[9])
    assert apart.some(np.ones(10, bool), 1) == [4]
    assert apart.some(np.arange(10) != 0, 9) == [6, 1]


@pytest.mark.parametrize("seed", [3, 4])
def test_doubled_numbers_are_those_of_the_row_before_in_every_delivery(seed: int) -> None:
    city = grown(Setting(seed=seed, scale=0.05), "voices")
    for delivery in city.deliveries:
        for paper in voices.papers(city, delivery):
            for sheet in [paper] if isinstance(paper, TextPaper) else getattr(paper, "sheets", []):
                rows = sorted({plant.row for plant in sheet.plants})
                assert all(b - a >= 2 for a, b in zip(rows, rows[1:], strict=False)), paper.path
