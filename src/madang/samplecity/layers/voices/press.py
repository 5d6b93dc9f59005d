"""The local press: what echoes complaints and festivals, and what it writes anyway."""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.grammar import Frame, frames
from madang.samplecity.layers.voices.korean import with_particles
from madang.samplecity.layers.voices.model import Burst, Press
from madang.samplecity.layers.voices.topics import Topic
from madang.samplecity.layers.voices.when import rate, span
from madang.samplecity.layers.voices.where import places
from madang.samplecity.layers.weather.model import Weather
from madang.samplecity.words import words

ITEMS = 6_000
KINDS = ("voice", "good", "plain", "festival")
_SHARES = (0.42, 0.26, 0.22, 0.10)
_PER_BURST = 14  # items that echo a burst, at scale 1
_STORIES = ("good", "plain")  # a title is of a story that decides department, section and tone
_NUMBER = re.compile(r"([\^~])")
_OF_TOPIC = {
    "교통": ("parking", "child_zone", "bus", "kickboard", "parking_lot", "pothole"),
    "환경": ("odor", "noise", "dumping", "tree", "river", "bug", "flood"),
    "복지": ("welfare", "elders", "childcare"),
    "경제": ("market", "permit", "datacenter"),
}


@cache
def _parts(kind: str) -> tuple[list[Frame], list[list[Frame]]]:
    told = words("voices/press")[kind]
    return frames(told["title"]), [frames(line) for line in told["summary"].strip().splitlines()]


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
    bare = places(city, known, topic, dong, "press.places").bare
    rows = zip(
        kind.tolist(),
        topic.tolist(),
        days[day],
        dong.tolist(),
        bare,
        festival.tolist(),
        picks.tolist(),
        strict=True,
    )
    made = [
        _item(KINDS[of], known[about], when, dongs.name[home], place, feast, row)
        for of, about, when, home, place, feast, row in rows
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
    kind: str, topic: Topic, day: np.datetime64, dong: str, place: str, feast: int, picks: list[int]
) -> tuple[str, str, str, str, str]:
    told = words("voices/press")
    titles, pieces = _parts(kind)
    month = int(str(day)[5:7])
    fitting = [each for each in titles if not each.months or month in each.months]
    chosen = fitting[picks[6] % len(fitting)]
    fitted = [each for each in pieces if each[0].fits(chosen.subjects, month)]
    left_out = {1 + picks[at] % (len(fitted) - 1) for at in (7, 8)[: max(0, len(fitted) - 3)]}
    kept = [each for at, each in enumerate(fitted) if at not in left_out]
    summary = " ".join(each[picks[at % 12] % len(each)].front for at, each in enumerate(kept))
    story = (
        next((told[kind]["stories"][each] for each in sorted(chosen.subjects)), None)
        if kind in _STORIES
        else None
    )
    if kind == "voice":
        thing, department = told["things"].get(topic.id, topic.told["thing"]), str(topic.told["department"])
        sections = [name for name, ids in _OF_TOPIC.items() if topic.id in ids] or ["사회"]
        section, tone = sections[picks[10] % len(sections)], min(chosen.subjects)
    elif story:
        thing, (department, section, tone) = "", story
    else:
        thing = told["festivals"][feast % len(told["festivals"])]["name"]
        department, section = "문화체육과", "문화"
        tone = told[kind]["tones"][picks[11] % len(told[kind]["tones"])]
    made = _placed(f"{chosen.front}\n{summary}", (thing, dong, place, department), day, picks)
    title, summary = made.split("\n")
    return title, summary, section, tone, department


def _placed(text: str, names: tuple[str, str, str, str], day: np.datetime64, picks: list[int]) -> str:
    """The text with its names and numbers."""
    thing, dong, place, department = names
    if place.startswith(dong):
        text = text.replace("& @", "@")
    text = text.replace("#", thing).replace("&", dong).replace("$", department).replace("@", place)
    text = text.replace("*", str(int(str(day)[5:7]))).replace("`", str(day)[:4])
    pieces, made = _NUMBER.split(text), ""
    for at, piece in enumerate(pieces):
        pick = picks[at % 12] // (5 + at)
        made += {"^": str(2 + pick % 8), "~": str(11 + pick % 79)}.get(piece, piece)
    return with_particles(made)
