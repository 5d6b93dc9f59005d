"""What was planted in how many people write: seasons and trends of topics, and every factor by its size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Dongs, Ground
from madang.samplecity.layers.voices.departments import RULE, disputed_share, rules
from madang.samplecity.layers.voices.handling import MISROUTED
from madang.samplecity.layers.voices.model import Complaints
from madang.samplecity.layers.voices.topics import Topic, topics
from madang.samplecity.layers.voices.when import (
    HOLIDAY,
    STATION,
    STATION_GROWTH,
    STATION_LEVEL,
    calm_rate,
    span,
)

_YEAR = 365.25
_SAID = {
    "trend": "한 해에 이 비율만큼 늘어난다. 여울역 앞 킥보드의 늘어남은 여기에 없다",
    "rain": "하루의 민원이 1+값×min(그날 비+전날 비/2, 120)/60배가 된다(mm)",
    "snow": "하루의 민원이 0.1+값×min(그날 새 눈+전날/2+그 전날/3, 20)/10배가 된다(cm)",
    "market_day": "장날(2, 7일)에 이 동의 민원이 이 배가 된다",
    "holiday": "공휴일의 민원이 이 배가 된다",
    "dong": "이 동의 민원이 사람 수와 동의 성격보다 이 배 많다",
    "kind": "이 성격의 행정동에서 한 사람이 내는 민원의 무게",
    "station_level": "기간의 첫날, 이 동의 민원이 다른 동보다 이 배 많다",
    "station_growth": "첫날을 1로 하여 마지막 날 이 배가 되도록 하루하루 고르게 늘어난다. trend에 더해진다",
    "first_department_wrong": "처음에 맡을 부서가 아닌 곳으로 간 민원의 비율",
    "department_disputed": "까닭 없이 주제의 다른 부서가 답한 민원의 비율(심은 값)",
    "department_moved": "주제의 부서가 아닌 부서가 답한 민원의 비율(센 값)",
    "department_irreducible": "주제, 위치, 말을 모두 알아도 부서를 맞힐 수 없는 민원의 비율(센 값)",
}


@dataclass(frozen=True)
class Shape:
    """What the planted rates of a topic say without weather and without bursts."""

    growth_per_year: float
    peak_month: int
    amplitude: float


def shape(topic: Topic, days: Array, dongs: Dongs) -> Shape:
    """Growth: letters of the last 365 days against the first 365. Season: mean day of each month, the growth taken out."""
    daily = calm_rate(topic, days, dongs).sum(axis=1)
    years = (len(days) - 365) / _YEAR
    growth = float((daily[-365:].sum() / daily[:365].sum()) ** (1 / years)) - 1
    level = daily / (1 + growth) ** (np.arange(len(days)) / _YEAR)
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    mean = np.bincount(month, level, 12) / np.bincount(month, minlength=12)
    amplitude = float((mean.max() - mean.min()) / mean.mean())
    if not topic.told["share"]:  # it has no letters but those of its burst
        growth = amplitude = 0.0
    return Shape(round(growth, 4) + 0.0, int(np.argmax(mean)) + 1, round(amplitude, 3))


def effects(city: City, complaints: Complaints) -> pa.Table:
    """Every factor: effect, topic, dong (or kind of 행정동), from, to, value, meaning."""
    days, dongs = span(city), city.get(Ground).dongs
    found = [each for topic in topics() for each in _of_topic(topic, dongs)]
    found += [("station_level", *STATION, STATION_LEVEL), ("station_growth", *STATION, STATION_GROWTH)]
    found += [(f"department_{what}", "", "", value) for what, value in _departments(complaints).items()]
    found.append(("first_department_wrong", "", "", MISROUTED))
    return pa.Table.from_pylist([
        {
            "effect": effect, "topic": topic, "dong": dong, "from": str(days[0]), "to": str(days[-1]),
            "value": float(value), "meaning": _SAID["kind" if effect.startswith("kind_") else effect],
        }
        for effect, topic, dong, value in found
    ])  # fmt: skip


def _of_topic(topic: Topic, dongs: Dongs) -> Iterator[tuple[str, str, str, float]]:
    told = topic.told
    yield "trend", topic.id, "", told["trend"]
    for weather in ("rain", "snow"):
        if weather in told:
            yield weather, topic.id, "", told[weather]
    if told["hours"] == "업무":
        yield "holiday", topic.id, "", HOLIDAY
    if "market" in told:
        for name in _ending(dongs, "장터동"):
            yield "market_day", topic.id, name, told["market"]
    for said, factor in told.get("dongs", {}).items():
        for name in _ending(dongs, said):
            yield "dong", topic.id, name, factor
    for kind, factor in told["kinds"].items():
        yield f"kind_{kind}", topic.id, "", factor


def _ending(dongs: Dongs, said: str) -> list[str]:
    return [name for name in dongs.name if name.endswith(said)]


def _departments(told: Complaints) -> dict[str, float]:
    usual = {each.id: each.told["department"] for each in topics()}
    home = [usual[told.topics[at]] for at in told.topic.tolist()]
    moved = np.mean([a != b for a, b in zip(told.department, home, strict=True)])
    missed = np.mean([a != b for a, b in zip(told.department, told.likely_department, strict=True)])
    return {
        "disputed": disputed_share(),
        "moved": round(float(moved), 4),
        "irreducible": round(float(missed), 4),
    }


def departments(told: Complaints) -> pa.Table:
    """The rules by which letters go to another department than their topic's (the first that fits), and how many went."""
    usual = {each.id: each.told["department"] for each in topics()}
    fitting = np.bincount(told.rule[told.rule >= 0], minlength=len(rules())).tolist()
    ruled = np.array([each == RULE for each in told.routed_by], bool)
    moved = np.bincount(told.rule[ruled], minlength=len(rules())).tolist()
    return pa.Table.from_pylist([
        {
            "rule": number + 1, "topic": rule.topic, "usual_department": usual[rule.topic],
            "department": rule.department, "words": rule.words, "kinds": " ".join(rule.kinds),
            "dongs": " ".join(rule.dongs), "share": rule.share, "fitting": fitting[number], "moved": moved[number],
        }
        for number, rule in enumerate(rules())
    ])  # fmt: skip
