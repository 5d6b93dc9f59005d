"""Which department answers a letter: mostly that of its topic, some others by the place or the words, a few by dispute."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.topics import Topic
from madang.samplecity.words import words

USUAL, RULE, DISPUTED = "usual", "rule", "disputed"


@dataclass(frozen=True)
class Rule:
    """Of the letters of a topic with such words, from such 행정동 (each where it is said), `share` go to `department`."""

    topic: str
    department: str
    words: str
    kinds: tuple[str, ...]
    dongs: tuple[str, ...]
    share: float

    def fits(self, topic: str, kind: str, dong: str, text: str) -> bool:
        if topic != self.topic or (self.kinds and kind not in self.kinds):
            return False
        return (not self.dongs or dong in self.dongs) and bool(re.search(self.words, text))


@dataclass(frozen=True)
class Routed:
    """For each letter the department that answers it, the one that was most likely, why, and the rule (-1: none fits)."""

    department: list[str]
    likely: list[str]
    reason: list[str]
    rule: Array


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            topic=each["topic"],
            department=each["department"],
            words=each.get("words", ""),
            kinds=tuple(each.get("kinds", ())),
            dongs=tuple(each.get("dongs", ())),
            share=float(each["share"]),
        )
        for each in words("voices/departments")["rules"]
    )


def disputed_share() -> float:
    return float(words("voices/departments")["disputed"])


def routed(
    city: City,
    topics: tuple[Topic, ...],
    topic: Array,
    dong: Array,
    titles: Sequence[str],
    bodies: Sequence[str],
) -> Routed:
    """The departments of letters, by their topics, places and texts."""
    rng, dongs = city.rng("voices.departments"), city.get(Ground).dongs
    draws, which = rng.random((len(topic), 2)), rng.integers(0, 1000, len(topic))
    rule = np.array([
        _rule_of(topics[of].id, dongs.kind[at], dongs.name[at], f"{title} {body}")
        for of, at, title, body in zip(topic.tolist(), dong.tolist(), titles, bodies, strict=True)
    ], np.int64)  # fmt: skip
    known, disputed = rules(), disputed_share()
    found = Routed([], [], [], rule)
    rows = zip(topic.tolist(), rule.tolist(), draws.tolist(), which.tolist(), strict=True)
    for of, at, (quarrel, lot), pick in rows:
        told = topics[of].told
        other = known[at].department if at >= 0 else told["department"]
        found.likely.append(other)
        if quarrel < disputed:
            found.department.append(told["elsewhere"][pick % len(told["elsewhere"])])
            found.reason.append(DISPUTED)
        elif at >= 0 and lot < known[at].share:
            found.department.append(other)
            found.reason.append(RULE)
        else:
            found.department.append(told["department"])
            found.reason.append(USUAL)
    return found


def _rule_of(topic: str, kind: str, dong: str, text: str) -> int:
    return next((at for at, rule in enumerate(rules()) if rule.fits(topic, kind, dong, text)), -1)
