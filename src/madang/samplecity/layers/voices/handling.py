"""What becomes of complaints: the department they come to first, the one that answers, when, and how it pleased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from madang.samplecity import days as calendar
from madang.samplecity.city import Array, City
from madang.samplecity.layers.voices.topics import Topic, common

MISROUTED = 0.07  # share that comes to the wrong department first
_EXTENDED = 0.06
_MOVED, _GONE = 0.025, 0.015
_ASKED = 0.38  # share of answered letters whose writers said how pleased they were


@dataclass(frozen=True)
class Handling:
    first: list[str]
    department: list[str]
    due: Array
    answered: Array
    fate: list[str]
    satisfaction: Array


def handling(
    city: City,
    topics: tuple[Topic, ...],
    topic: Array,
    received: Array,
    register: Array,
    departments: Sequence[str] | None = None,
) -> Handling:
    """`departments`: the ones that answer, where they are not those of the topics."""
    rng, count = city.rng("voices.handling"), len(topic)
    told = [each.told for each in topics]
    wrong = rng.random(count) < MISROUTED
    which = rng.integers(0, 1000, count)
    right = list(departments or (told[at]["department"] for at in topic.tolist()))
    first = [
        _another(told[at], home, pick) if miss else home
        for at, pick, miss, home in zip(topic.tolist(), which.tolist(), wrong.tolist(), right, strict=True)
    ]
    mean = np.array([each["days"] for each in told], float)[topic]
    taken = rng.gamma(2.5, mean / 2.5) + wrong * rng.gamma(2, 1.5, count)
    opened = _next_working(received)
    answered = _working_hours(rng, opened, taken)
    limit = np.where(mean > 6, 14, 7) * np.where(rng.random(count) < _EXTENDED, 2, 1)
    due = _plus_working(received.astype("datetime64[D]"), limit)
    status = common().told["status"]
    draw = rng.random(count)
    fate = [
        status["moved"] if each < _MOVED else status["gone"] if each < _MOVED + _GONE else status["done"]
        for each in draw.tolist()
    ]
    late = answered.astype("datetime64[D]") > due
    angry = register == common().registers.index("angry")
    mood = np.array([each["pleased"] for each in told])[topic] - 0.9 * late - 0.8 * angry - 0.4 * wrong
    score = np.clip(np.rint(mood + rng.normal(0, 1.1, count)), 1, 5).astype(np.int64)
    asked = (rng.random(count) < _ASKED) & (draw >= _MOVED + _GONE)
    return Handling(first, right, due, answered, fate, np.where(asked, score, 0))


def _another(told: dict[str, Any], home: str, pick: int) -> str:
    """A department that a letter could have come to, but not its own."""
    near = [each for each in (told["department"], *told["elsewhere"]) if each != home]
    return str(near[pick % len(near)])


def _next_working(received: Array) -> Array:
    """The day on which somebody opens a letter: the next working day where it came in the evening or on a holiday."""
    day = received.astype("datetime64[D]")
    late = (received - day).astype(np.int64) > 17 * 3600
    day = day + late.astype(np.int64)
    for _ in range(6):
        day = day + (~calendar.is_working(day)).astype(np.int64)
    return np.asarray(day)


def _plus_working(day: Array, days: Array) -> Array:
    """The day so many working days later: weekends counted out, moved behind holidays."""
    found = np.busday_offset(day, days.astype(np.int64), roll="forward")
    return np.asarray(_next_working(found.astype("datetime64[s]")))


def _working_hours(rng: np.random.Generator, opened: Array, taken: Array) -> Array:
    """A moment of office hours after `taken` working days."""
    day = _plus_working(opened, np.maximum(np.floor(taken), 1))
    seconds = rng.choice(np.array([9, 10, 11, 13, 14, 15, 16, 17]), len(day)) * 3600 + rng.integers(
        0, 3600, len(day)
    )
    return np.asarray(day.astype("datetime64[s]") + seconds.astype("timedelta64[s]"))
