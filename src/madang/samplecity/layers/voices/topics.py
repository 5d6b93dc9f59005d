"""The topics that people write about, as content says them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.voices.grammar import Frame, frames
from madang.samplecity.words import words

HOURS = {  # how letters spread over the day, in 24 weights
    "업무": (0, 0, 0, 0, 0, 0, 1, 2, 5, 10, 12, 10, 6, 9, 11, 10, 9, 6, 3, 2, 2, 2, 1, 1),
    "낮": (1, 0, 0, 0, 0, 1, 2, 4, 7, 9, 10, 9, 7, 8, 9, 8, 7, 6, 4, 3, 3, 2, 2, 1),
    "저녁": (3, 1, 1, 0, 0, 1, 2, 4, 6, 6, 5, 5, 4, 4, 4, 4, 5, 7, 10, 11, 11, 10, 8, 5),
    "밤": (8, 6, 4, 2, 2, 2, 3, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 4, 5, 7, 9, 12, 13, 12),
    "출퇴근": (1, 1, 0, 0, 0, 1, 6, 12, 13, 9, 6, 4, 4, 4, 4, 4, 5, 9, 11, 8, 5, 3, 2, 1),
    "등교": (0, 0, 0, 0, 0, 1, 3, 10, 18, 13, 7, 5, 4, 6, 9, 9, 6, 4, 3, 3, 3, 3, 2, 1),
    "종일": (2, 1, 1, 0, 0, 1, 2, 4, 6, 7, 7, 7, 7, 7, 7, 7, 7, 6, 6, 6, 5, 5, 4, 3),
}
_SLOTS = {"S": "s", "D": "d", "H": "h", "R": "r"}


@dataclass(frozen=True)
class Topic:
    """A topic with its parts of letters and its seasons."""

    id: str
    told: dict[str, Any]
    slots: dict[str, list[Frame]]
    titles: list[Frame]
    answers: list[Frame]

    @property
    def label(self) -> str:
        return str(self.told["label"])

    @property
    def at_home(self) -> bool:
        """Whether the letter is about its writer rather than about a place in the street."""
        return self.told.get("where") == "집"

    def hours(self) -> Array:
        weights = np.array(HOURS[self.told["hours"]], float)
        return np.asarray(weights / weights.sum())


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, in the order of the content."""
    groups = words("voices/common")["groups"]
    return tuple(_topic(id_, told) for group in groups for id_, told in words(f"voices/{group}").items())


def _topic(id_: str, told: dict[str, Any]) -> Topic:
    slots = {slot: frames(told[key]) for slot, key in _SLOTS.items()}
    return Topic(id_, told, slots, frames(told["titles"]), frames(told["answers"]))


@dataclass(frozen=True)
class Common:
    """What any letter may have: parts of each register, skeletons, words of time and place."""

    registers: tuple[str, ...]
    slots: dict[str, dict[str, list[Frame]]]  # slot -> register -> frames
    skeletons: dict[str, list[str]]
    told: dict[str, Any]


@cache
def common() -> Common:
    told = words("voices/common")
    slots = {
        slot: {register: frames(text) for register, text in told[slot].items()}
        for slot in ("G", "T", "P", "F", "C")
    }
    return Common(tuple(told["registers"]), slots, told["skeletons"], told)
