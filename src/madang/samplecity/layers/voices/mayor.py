"""구청장에게 바란다: longer and warmer letters, each with an answer."""

from __future__ import annotations

from functools import cache

import numpy as np

from madang.samplecity.city import City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.compose import Said, filled, month_of, pool_of, subjects_of
from madang.samplecity.layers.voices.grammar import Frame, frames, lines
from madang.samplecity.layers.voices.handling import handling
from madang.samplecity.layers.voices.korean import with_particles
from madang.samplecity.layers.voices.model import MayorLetters, Personal
from madang.samplecity.layers.voices.private import with_personal
from madang.samplecity.layers.voices.topics import Topic
from madang.samplecity.layers.voices.when import rate, span
from madang.samplecity.layers.voices.where import places
from madang.samplecity.layers.weather.model import Weather
from madang.samplecity.words import words

LETTERS = 1_800
_FILE = "구청장에게바란다"
_ORDERS = ("owSDHiRc", "oSDHRic", "owSHDRc", "oSHDiRwc", "wSDHRic", "oSDHiRRc", "owSDHRc", "oSDiRwc")


@cache
def _parts() -> tuple[dict[str, list[Frame]], list[str], dict[str, list[str]]]:
    told = words("voices/mayor")
    slots = {key[0]: frames(told[key]) for key in ("open", "warm", "idea", "close")}
    return slots, lines(told["titles"]), {key: lines(text) for key, text in told["answer"].items()}


def mayor_letters(city: City, known: tuple[Topic, ...]) -> tuple[MayorLetters, list[Personal]]:
    """The letters, and the personal numbers planted in them."""
    rng, days, count = city.rng("voices.mayor"), span(city), city.setting.count(LETTERS, 260)
    dongs = city.get(Ground).dongs
    rates = [rate(topic, days, dongs, city.get(Weather)) for topic in known]
    shares = np.array([topic.told["share"] + 1.5 if topic.told["share"] else 0.0 for topic in known])
    topic, day, dong = [], [], []
    for number, (weights, many) in enumerate(
        zip(rates, rng.multinomial(count, shares / shares.sum()).tolist(), strict=True)
    ):
        cells = rng.choice(weights.size, many, p=(weights / weights.sum()).ravel())
        topic.append(np.full(many, number))
        day.append(cells // len(dongs))
        dong.append(cells % len(dongs))
    of, when, home = np.concatenate(topic), np.concatenate(day), np.concatenate(dong)
    seconds = rng.integers(8 * 3600, 23 * 3600, count).astype("timedelta64[s]")
    received = days[when].astype("datetime64[s]") + seconds
    order = np.argsort(received, kind="stable")
    of, home, received = of[order], home[order], received[order]
    spots = places(city, known, of, home, "mayor.places")
    picks = rng.integers(0, 2**31, (count, 44))
    letters = [
        Said(known[at], "polite", moment_, full, bare, name)
        for at, moment_, full, bare, name in zip(
            of.tolist(), received, spots.full, spots.bare, spots.vicinity, strict=True
        )
    ]
    made = [_letter(letter, row) for letter, row in zip(letters, picks.tolist(), strict=True)]
    bodies = [body for _, body, _ in made]
    done = handling(city, known, of, received, np.zeros(count, np.int64))
    personal = with_personal(city, _FILE, bodies, resident=2)
    return MayorLetters(
        id=tuple(f"{at:05d}" for at in range(1, count + 1)),
        topic=of,
        dong=home,
        received=received,
        answered=done.answered,
        title=tuple(title for title, _, _ in made),
        body=tuple(bodies),
        answer=tuple(answer for _, _, answer in made),
        department=tuple(done.department),
        views=rng.geometric(1 / 60, count) + 3,
    ), personal


def _letter(letter: Said, picks: list[int]) -> tuple[str, str, str]:
    slots, titles, answer = _parts()
    order = _ORDERS[picks[0] % len(_ORDERS)]
    if letter.topic.id == "praise":
        order = order.replace("i", "")
    paragraphs: list[str] = []
    used: set[str] = set()
    month = month_of(letter.received)
    matter = pool_of(letter, "S", frozenset(), month)
    about = matter[picks[16] % len(matter)]
    subjects = subjects_of(letter, about)
    for at, slot in enumerate(order):
        if slot in slots:
            pool = tuple(frame for frame in slots[slot] if frame.fits(subjects, month))
        else:
            pool = (about,) if slot == "S" else pool_of(letter, slot, subjects, month)
        if not pool:
            continue
        pick = picks[4 + at]
        frame = pool[pick % len(pool)]
        text = frame.said("polite", pick // 7919, slot)
        if frame.front in used:
            continue
        used.add(frame.front)
        if paragraphs and slot in "DHR" and picks[1 + at] % 2:
            paragraphs[-1] += " " + text
        else:
            paragraphs.append(text)
    thing = letter.topic.told["thing"]
    body = filled(("\n\n" if picks[2] % 2 else "\n").join(paragraphs), letter, picks)
    title = filled(titles[picks[1] % len(titles)].replace("#", thing), letter, picks)
    return title, body, _answer(letter, answer, thing, picks, subjects)


def _answer(
    letter: Said, answer: dict[str, list[str]], thing: str, picks: list[int], subjects: frozenset[str]
) -> str:
    month = month_of(letter.received)
    about = answer["about"][picks[30] % len(answer["about"])].replace("#", f"‘{thing}’")
    replies = [each.front for each in letter.topic.answers if each.fits(subjects, month)]
    if len(replies) < 2:
        replies += answer["home" if letter.topic.at_home else "street"]
    first = replies[picks[31] % len(replies)]
    others = [each for each in replies if each[:6] != first[:6]] or [first]
    second = others[picks[32] % len(others)]
    close = answer["close"][picks[33] % len(answer["close"])]
    close = close.replace("$", letter.topic.told["department"]).replace(
        "%", f"{picks[34] % 100:02d}-{picks[35] % 10000:04d}"
    )
    opened = answer["open"][picks[36] % len(answer["open"])]
    middle = first if first == second or picks[37] % 3 == 0 else f"{first} {second}"
    return filled(with_particles(f"{opened}\n{about}\n{middle}\n{close}"), letter, picks)
