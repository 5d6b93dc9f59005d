"""The local press: what echoes complaints and festivals, and what it writes anyway."""

from __future__ import annotations

from functools import cache

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.grammar import lines
from madang.samplecity.layers.voices.korean import with_particles
from madang.samplecity.layers.voices.model import Burst, Press
from madang.samplecity.layers.voices.topics import Topic
from madang.samplecity.layers.voices.when import rate, span
from madang.samplecity.layers.weather.model import Weather
from madang.samplecity.words import words

ITEMS = 6_000
KINDS = ("voice", "good", "plain", "festival")
_SHARES = (0.42, 0.26, 0.22, 0.10)
_PER_BURST = 14  # items that echo a burst, at scale 1
_SECTIONS = {
    "good": ("복지", "문화", "사회", "행정"),
    "plain": ("행정", "경제", "사회"),
    "festival": ("문화",),
}
_OF_TOPIC = {
    "교통": ("parking", "child_zone", "bus", "kickboard", "parking_lot", "pothole"),
    "환경": ("odor", "noise", "dumping", "tree", "river", "bug", "flood"),
    "복지": ("welfare", "elders", "childcare"),
    "경제": ("market", "permit", "datacenter"),
}


@cache
def _parts(kind: str) -> tuple[list[str], list[str]]:
    told = words("voices/press")[kind]
    return lines(told["title"]), told["summary"].strip().splitlines()


@cache
def _line(template: str) -> list[str]:
    return lines(template)


def press(city: City, known: tuple[Topic, ...], bursts: tuple[Burst, ...]) -> Press:
    """Items of three years in the order of their days."""
    rng, days, dongs = city.rng("voices.press"), span(city), city.get(Ground).dongs
    count = city.setting.count(ITEMS, 150)
    echo = max(3, round(_PER_BURST * min(1.0, city.setting.scale)))
    own = count - echo * len(bursts)
    kind = rng.choice(len(KINDS), own, p=_SHARES)
    topic, day, dong = _of_letters(city, rng, known, own)
    day = np.where(
        kind == 0, np.minimum(day + rng.integers(0, 4, own), len(days) - 1), rng.integers(0, len(days), own)
    )
    dong = np.where(kind == 0, dong, rng.integers(0, len(dongs), own))
    festival = rng.integers(0, 1000, own)
    day = np.where(kind == 3, _festival_days(rng, days, festival), day)
    ids, burst = [each.id for each in known], np.full(own, -1)
    for number, each in enumerate(bursts):
        start = int(np.searchsorted(days, np.datetime64(each.start)))
        length = int(np.searchsorted(days, np.datetime64(each.end))) - start + 4
        found = np.minimum(start + 1 + (rng.random(echo) * length).astype(np.int64), len(days) - 1)
        kind, topic = (
            np.append(kind, np.zeros(echo, int)),
            np.append(topic, np.full(echo, ids.index(each.topic))),
        )
        day, dong = np.append(day, found), np.append(dong, np.full(echo, each.dong))
        festival, burst = np.append(festival, np.zeros(echo, int)), np.append(burst, np.full(echo, number))
    order = np.lexsort((topic, kind, day))
    kind, topic, day, dong, festival, burst = (
        each[order] for each in (kind, topic, day, dong, festival, burst)
    )
    picks = rng.integers(0, 2**31, (count, 12))
    told = words("voices/press")
    weights = np.array(told["weights"], float)
    papers = rng.choice(len(weights), count, p=weights / weights.sum())
    named = (kind == 0) | (rng.random(count) < 0.5)
    rows = zip(
        kind.tolist(),
        topic.tolist(),
        days[day],
        dong.tolist(),
        festival.tolist(),
        picks.tolist(),
        strict=True,
    )
    made = [
        _item(KINDS[of], known[about], when, dongs.name[home], feast, row)
        for of, about, when, home, feast, row in rows
    ]
    return Press(
        day=days[day],
        paper=tuple(told["papers"][at] for at in papers.tolist()),
        title=tuple(each[0] for each in made),
        summary=tuple(each[1] for each in made),
        section=tuple(each[2] for each in made),
        tone=tuple(each[3] for each in made),
        dong=np.where(named, dong, -1),
        department=tuple(each[4] for each in made),
        topic=tuple(ids[about] if of == 0 else "festival" if of == 3 else "" for of, about in zip(kind.tolist(), topic.tolist(), strict=True)),
        burst=tuple("" if at < 0 else bursts[at].id for at in burst.tolist()),
    )  # fmt: skip


def _of_letters(
    city: City, rng: np.random.Generator, known: tuple[Topic, ...], count: int
) -> tuple[Array, Array, Array]:
    """Topics, days and dongs as letters have them."""
    days, dongs = span(city), city.get(Ground).dongs
    shares = np.array(
        [each.told["share"] + 0.8 if each.told["share"] and not each.at_home else 0.0 for each in known]
    )
    topic = rng.choice(len(known), count, p=shares / shares.sum())
    cell = np.zeros(count, np.int64)
    for number, each in enumerate(known):
        mine = np.flatnonzero(topic == number)
        if len(mine):
            weights = rate(each, days, dongs, city.get(Weather))
            cell[mine] = rng.choice(weights.size, len(mine), p=(weights / weights.sum()).ravel())
    return topic, cell // len(dongs), cell % len(dongs)


def _festival_days(rng: np.random.Generator, days: Array, festival: Array) -> Array:
    """Days in the months of each festival."""
    told = words("voices/press")["festivals"]
    month = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    found = np.zeros(len(festival), np.int64)
    for number, each in enumerate(told):
        mine = np.flatnonzero(festival % len(told) == number)
        found[mine] = rng.choice(np.flatnonzero(np.isin(month, each["months"])), len(mine))
    return found


def _item(
    kind: str, topic: Topic, day: np.datetime64, dong: str, feast: int, picks: list[int]
) -> tuple[str, str, str, str, str]:
    told = words("voices/press")
    titles, pieces = _parts(kind)
    thing = (
        topic.told["thing"]
        if kind != "festival"
        else told["festivals"][feast % len(told["festivals"])]["name"]
    )
    department = (
        topic.told["department"]
        if kind == "voice"
        else ("자치행정과", "문화체육과", "복지정책과", "경제일자리과")[picks[9] % 4]
    )
    left_out = {
        1 + picks[7] % (len(pieces) - 1),
        1 + picks[8] % (len(pieces) - 1),
        1 + picks[5] % (len(pieces) - 1),
    }
    chosen = [_line(each) for at, each in enumerate(pieces) if at not in left_out]
    summary = " ".join(each[picks[at] % len(each)] for at, each in enumerate(chosen))
    text = titles[picks[6] % len(titles)] + "\n" + summary
    title, summary = _placed(text, thing, dong, department, day, picks).split("\n")
    sections = (
        [name for name, ids in _OF_TOPIC.items() if topic.id in ids] if kind == "voice" else _SECTIONS[kind]
    )
    section = sections[picks[10] % len(sections)] if sections else "사회"
    tones = told[kind]["tones"]
    return title, summary, section, tones[picks[11] % len(tones)], department


def _placed(text: str, thing: str, dong: str, department: str, day: np.datetime64, picks: list[int]) -> str:
    month = int(str(day)[5:7])
    text = text.replace("#", thing).replace("&", dong).replace("$", department).replace("*", str(month))
    pieces = text.split("^")
    numbers = [str(2 + pick // 5 % 8) for pick in picks]
    text = pieces[0] + "".join(numbers[at % 12] + piece for at, piece in enumerate(pieces[1:]))
    return with_particles(text)
