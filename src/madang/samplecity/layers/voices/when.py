"""When and from which 행정동 letters come: topics have their seasons, weekdays, weather, market days, trends and bursts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from madang.samplecity import days as calendar
from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Dongs, Ground
from madang.samplecity.layers.voices.model import Burst
from madang.samplecity.layers.voices.topics import Topic
from madang.samplecity.layers.weather.model import Weather

LETTERS = 40_000
YEARS = 3
STATION = ("kickboard", "하늬1동")  # the topic and the 행정동 with scooters at the station
STATION_LEVEL, STATION_GROWTH = 1.5, 6.0  # on the first day; times as many on the last day as on the first
HOLIDAY = 0.3  # of the letters about what offices do
# topic, dong, first day (days before the last; or the weather that sets it), days, letters more at scale 1
_BURSTS: tuple[tuple[str, str, int | str, int, int], ...] = (
    ("odor", "모루동", 89, 12, 140),
    ("flood", "물안동", "rain", 5, 90),
    ("dumping", "버들2동", 400, 21, 110),
    ("noise", "다온1동", 232, 40, 140),
    ("bug", "새솔3동", 128, 14, 100),
    ("snow", "범바위동", "snow", 5, 60),
    ("bus", "새솔2동", 602, 25, 110),
    ("childcare", "다온2동", 265, 15, 70),
    ("parking", "하늬2동", 36, 20, 120),
    ("sports", "새솔1동", 14, 12, 70),
    ("datacenter", "모루동", 41, 42, 260),
)
_LEAST_EXTRA = 12
_FIRST_YEAR = 365  # days that are kept free of bursts of the weather: forecasts learn from them
_REAL_FALL = {"rain": 30.0, "snow": 3.0}  # mm, cm in two days: less moves nobody to write


@dataclass(frozen=True)
class Drawn:
    """Letters in the order of time: topic, dong, moment, number of the burst (-1: none)."""

    topic: Array
    dong: Array
    received: Array
    burst: Array
    bursts: tuple[Burst, ...]


def span(city: City) -> Array:
    """The days of which letters are kept."""
    until = city.setting.until
    return calendar.days(until.replace(year=until.year - YEARS, day=1) + timedelta(days=31), until)


def drawn(city: City, topics: tuple[Topic, ...]) -> Drawn:
    """When, where from and about what people write."""
    rng, days, dongs = city.rng("voices.when"), span(city), city.get(Ground).dongs
    days = days[days >= days[0].astype("datetime64[M]").astype("datetime64[D]")]
    weather = city.get(Weather)
    rates = [rate(topic, days, dongs, weather) for topic in topics]
    shares = np.array([topic.told["share"] for topic in topics], float)
    least = min(1.0, city.setting.scale)
    found = {f"B{at:02d}": _planned(each, days, dongs, weather, least) for at, each in enumerate(_BURSTS, 1)}
    plans = {name: plan for name, plan in found.items() if plan}
    ids = [topic.id for topic in topics]
    extra = sum(plan[4] for plan in plans.values())
    counts = rng.multinomial(city.setting.count(LETTERS, extra + 400) - extra, shares / shares.sum())
    parts, bursts = [], []
    for number, (_, weights, count) in enumerate(zip(topics, rates, counts.tolist(), strict=True)):
        cells = np.repeat(np.arange(weights.size), rng.multinomial(count, (weights / weights.sum()).ravel()))
        day, dong = np.divmod(cells, len(dongs))
        parts.append((np.full(len(day), number), dong, day, np.full(len(day), -1)))
    for number, (name, (topic_id, dong_number, start, length, more)) in enumerate(plans.items()):
        of = ids.index(topic_id)
        rising = rng.random(more) ** (0.6 if topics[of].told["share"] == 0 else 1.0)
        day = start + (rising * length).astype(np.int64)
        parts.append((np.full(more, of), np.full(more, dong_number), day, np.full(more, number)))
        last = days[start + length - 1]
        bursts.append(Burst(name, topic_id, dong_number, str(days[start]), str(last), more))
    topic_of, dong, day, burst = (np.concatenate(each) for each in zip(*parts, strict=True))
    received = days[day].astype("datetime64[s]") + _seconds(rng, topics, topic_of)
    order = np.lexsort((dong, topic_of, received))
    return Drawn(topic_of[order], dong[order], received[order], burst[order], tuple(bursts))


def _planned(
    said: tuple[str, str, int | str, int, int], days: Array, dongs: Dongs, weather: Weather, least: float
) -> tuple[str, int, int, int, int] | None:
    """The topic, the number of the dong, the first day, the days and the letters of a burst; None: no weather for it."""
    topic, name, when, length, extra = said
    if isinstance(when, str):
        fallen = (weather.rain_mm if when == "rain" else weather.snow_cm)[weather.at(days)]
        late = np.where(np.arange(len(days)) >= _FIRST_YEAR, fallen, 0)[: len(days) - length + 2]
        two_days = late[:-1] + late[1:]
        start = int(np.argmax(two_days))
        if two_days[start] < _REAL_FALL[when]:
            return None
    else:
        start = len(days) - 1 - when
    return topic, dongs.name.index(name), start, length, max(_LEAST_EXTRA, round(extra * least))


def rate(topic: Topic, days: Array, dongs: Dongs, weather: Weather) -> Array:
    """How many letters come of each day (row) and 행정동 (column), relative."""
    found = calm_rate(topic, days, dongs) * sky(topic, days, weather)[:, None]
    return np.asarray(np.maximum(found, 1e-12))


def sky(topic: Topic, days: Array, weather: Weather) -> Array:
    """What rain and snow make of the letters of each day: times as many."""
    told, at = topic.told, weather.at(days)
    if "rain" in told:
        return np.asarray(1 + told["rain"] * np.minimum(_lately(weather.rain_mm, at, 2), 120) / 60)
    if "snow" in told:
        return np.asarray(0.1 + told["snow"] * np.minimum(_lately(weather.snow_cm, at, 3), 20) / 10)
    return np.ones(len(days))


def calm_rate(topic: Topic, days: Array, dongs: Dongs) -> Array:
    """How many letters would come of each day (row) and 행정동 (column) without weather, relative."""
    told = topic.told
    when = season(topic, days) * np.array(told["week"], float)[calendar.weekday(days)]
    when = when * (1 + told["trend"]) ** ((days - days[0]).astype(float) / 365.25)
    if told["hours"] == "업무":
        when = when * np.where(calendar.is_holiday(days), HOLIDAY, 1.0)
    where = np.array([told["kinds"][kind] for kind in dongs.kind]) * np.maximum(dongs.people, 1)
    for name, factor in told.get("dongs", {}).items():
        where = where * np.where([each.endswith(name) for each in dongs.name], factor, 1.0)
    found = np.outer(when, where)
    if "market" in told:
        here = np.array([each.endswith("장터동") for each in dongs.name])
        found = found * np.where(np.outer(calendar.is_market_day(days), here), told["market"], 1.0)
    if topic.id == STATION[0]:
        growth = np.linspace(1, STATION_GROWTH, len(days))[:, None]
        found = found * np.where([each == STATION[1] for each in dongs.name], STATION_LEVEL * growth, 1.0)
    return np.asarray(found)


def season(topic: Topic, days: Array) -> Array:
    """The share of the year of each day: between the middles of the months."""
    months = np.array(topic.told["months"], float)
    position = (days - days.astype("datetime64[Y]").astype("datetime64[D]")).astype(float) / 30.44 - 0.5
    return np.asarray(np.interp(position, np.arange(12), months, period=12))


def _lately(fallen: Array, at: Array, days: int) -> Array:
    """What fell on a day and the days before it, the older the less."""
    return np.asarray(sum(fallen[np.maximum(at - back, 0)] / (1 + back) for back in range(days)))


def _seconds(rng: np.random.Generator, topics: tuple[Topic, ...], topic_of: Array) -> Array:
    hour = np.zeros(len(topic_of), np.int64)
    for number, topic in enumerate(topics):
        mine = np.flatnonzero(topic_of == number)
        hour[mine] = rng.choice(24, len(mine), p=topic.hours())
    return (hour * 3600 + rng.integers(0, 3600, len(topic_of))).astype("timedelta64[s]")
