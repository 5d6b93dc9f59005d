"""Who writes: people of the 행정동, some again and again; letters that are nearly the same, and petitions of many."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.voices.topics import Topic, common
from madang.samplecity.layers.voices.when import Drawn

PER_LETTER = 0.66  # persons for each letter
_HEAVY = (
    ("parking", 46),
    ("noise", 34),
    ("odor", 31),
)  # 반복민원: one person each, letters whatever the scale
_PETITION = 40  # persons who hand in the same text
_PETITIONS = ("renewal", "datacenter", "child_zone")
_SENTENCE = re.compile(r"[.!?]\s+")
_GROUPS = 110  # of nearly the same letters at scale 1, of 3 to 8 letters each


@dataclass(frozen=True)
class Writers:
    """The person of each letter, and clusters: `base` is the letter whose text a letter follows (-1: its own).

    `cluster` is "" outside clusters; of petitions the text is the same to the letter (`same`).
    """

    person: Array
    cluster: list[str]
    base: Array
    same: Array


def writers(city: City, topics: tuple[Topic, ...], drawn: Drawn) -> Writers:
    rng = city.rng("voices.writers")
    person = _people(rng, drawn.dong)
    cluster, base, same = [""] * len(person), np.full(len(person), -1), np.zeros(len(person), bool)
    free = drawn.burst < 0
    ids = [topic.id for topic in topics]
    next_person = int(person.max(initial=0)) + 1

    def bind(rows: Array, name: str, exact: bool) -> None:
        for row in rows.tolist():
            cluster[row] = name
        base[rows], same[rows] = rows[0], exact
        free[rows] = False

    for number, (topic, size) in enumerate(_HEAVY, 1):
        rows = _rows_of_one_dong(rng, free, drawn, ids.index(topic), size)
        person[rows] = next_person
        next_person += 1
        bind(rows, f"R{number:02d}", False)
    for number, topic in enumerate(_PETITIONS, 1):
        petition = _PETITION if city.setting.scale >= 0.5 or number == 1 else 0
        rows = _week_of_one_dong(rng, free | (topic == "datacenter"), drawn, ids.index(topic), petition)
        if len(rows) > 4:
            person[rows] = next_person + np.arange(len(rows))
            next_person += len(rows)
            bind(rows, f"P{number:02d}", True)
    for number in range(1, city.setting.count(_GROUPS, 4) + 1):
        seed = int(rng.choice(np.flatnonzero(free)))
        like = free & (drawn.topic == drawn.topic[seed]) & (drawn.dong == drawn.dong[seed])
        like &= np.arange(len(free)) >= seed
        rows = np.flatnonzero(like)[: int(rng.integers(3, 9))]
        if len(rows) > 1:
            if rng.random() < 0.6:
                person[rows] = person[rows[0]]
            bind(rows, f"N{number:04d}", False)
    return Writers(person, cluster, base, same)


def _people(rng: np.random.Generator, dong: Array) -> Array:
    """A number for each letter: of people of the dong, the first of whom write more often."""
    letters = np.bincount(dong)
    people = np.maximum((letters * PER_LETTER).astype(np.int64), 1)
    first = np.cumsum(people) - people
    return np.asarray(first[dong] + (rng.random(len(dong)) ** 1.5 * people[dong]).astype(np.int64))


def _rows_of_one_dong(rng: np.random.Generator, free: Array, drawn: Drawn, topic: int, size: int) -> Array:
    """Letters of a topic of the dong that has most of them; where they are too few, of neighbours, too."""
    mine = free & (drawn.topic == topic)
    dong = int(np.argmax(np.bincount(drawn.dong[mine])))
    rows = np.flatnonzero(mine & (drawn.dong == dong))
    if len(rows) < size:
        rows = np.union1d(rows, np.flatnonzero(mine & (np.abs(drawn.dong - dong) <= 2)))
    return np.sort(rng.permutation(rows)[:size])


def _week_of_one_dong(rng: np.random.Generator, free: Array, drawn: Drawn, topic: int, size: int) -> Array:
    """Letters of a topic that follow one another in the dong that has most of them."""
    mine = free & (drawn.topic == topic)
    if not size or not mine.any():
        return np.zeros(0, np.int64)
    rows = np.flatnonzero(mine & (drawn.dong == np.argmax(np.bincount(drawn.dong[mine]))))
    start = int(rng.integers(0, max(1, len(rows) - size)))
    return np.asarray(rows[start : start + size])


def nearly(text: str, picks: list[int]) -> str:
    """The text with one or two changes, 3 to 12 % of it: words put in before sentences, or a short sentence left out."""
    words = common().told["edits"]["words"]
    budget = max(10, len(text) // 9)
    for step in range(1 + picks[0] % 2):
        starts = [found.end() for found in _SENTENCE.finditer(text)]
        if not starts:
            return text
        at = starts[picks[1 + step] % len(starts)]
        end = next((start for start in starts if start > at), len(text))
        if picks[3 + step] % 3 == 0 and end < len(text) and end - at <= budget:
            text, budget = text[:at] + text[end:], budget - (end - at) - 4
            continue
        word = words[picks[5 + step] % len(words)]
        if len(word) + 1 <= budget:
            text, budget = f"{text[:at]}{word} {text[at:]}", budget - len(word) - 5
    return text
