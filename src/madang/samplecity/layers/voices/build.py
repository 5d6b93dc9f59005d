"""Makes what people wrote."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.layers.voices.compose import Said, texts
from madang.samplecity.layers.voices.departments import routed
from madang.samplecity.layers.voices.handling import handling
from madang.samplecity.layers.voices.mayor import mayor_letters
from madang.samplecity.layers.voices.model import Complaints, Voices
from madang.samplecity.layers.voices.press import press
from madang.samplecity.layers.voices.private import with_personal
from madang.samplecity.layers.voices.topics import Topic, common, topics
from madang.samplecity.layers.voices.when import Drawn, drawn
from madang.samplecity.layers.voices.where import Places, places
from madang.samplecity.layers.voices.writers import Writers, nearly, writers

PICKS = 44
_AGAIN = ("", "", " (재차)", " 다시 올립니다", " - 재신고", " (두 번째)", " 또 신고합니다")
_LOCATED = 0.5
_PLATED = ("parking", "child_zone", "dumping", "parking_lot", "noise")  # somebody's car is to blame
_LIKING: dict[str, dict[str, float]] = {  # how much more or less a register writes about a topic
    "praise": {"angry": 0, "chatty": 0.3, "memo": 0.2, "official": 0.2, "phone": 0.8},
    "elders": {"elder": 5, "chatty": 0.1, "memo": 0.4},
    "child_zone": {"elder": 0.2, "haeyo": 2},
    "childcare": {"elder": 0.05, "haeyo": 2, "memo": 0.3},
    "permit": {"angry": 0.3, "elder": 0.2, "official": 2},
    "welfare": {"angry": 0.4, "elder": 2, "memo": 0.2, "chatty": 0.4},
    "renewal": {"official": 4, "angry": 2, "elder": 2, "chatty": 0.2},
    "datacenter": {"angry": 2, "official": 2, "memo": 0.4},
    "parking": {"memo": 2},
    "pothole": {"memo": 2},
    "lamp": {"memo": 1.6},
    "kickboard": {"memo": 1.6, "elder": 0.5},
    "sports": {"elder": 0.4, "memo": 0.4},
    "papers": {"memo": 0.4},
}


def build(city: City) -> None:
    """Complaints, letters to the mayor and the press, with their personal data."""
    known = topics()
    when = drawn(city, known)
    who = writers(city, known, when)
    spots = places(city, known, when.topic, when.dong, "places")
    complaints = _complaints(city, known, when, who, spots)
    bodies = list(complaints.body)
    plated = [at for at, topic in enumerate(known) if topic.id in _PLATED]
    personal = with_personal(city, "민원접수", bodies, plates=np.isin(when.topic, plated).tolist())
    complaints = replace(complaints, body=tuple(bodies))
    mayor, found = mayor_letters(city, known)
    city.put(Voices(complaints, mayor, press(city, known, complaints.bursts), (*personal, *found)))


def registers_of(city: City, known: tuple[Topic, ...], topic: Array, name: str) -> Array:
    """The register of each letter, by its topic."""
    rng, parts = city.rng(f"voices.{name}"), common()
    shares, found = np.array(parts.told["shares"], float), np.zeros(len(topic), np.int64)
    for number, each in enumerate(known):
        liking = _LIKING.get(each.id, {})
        weights = shares * np.array([liking.get(register, 1) for register in parts.registers])
        mine = np.flatnonzero(topic == number)
        found[mine] = rng.choice(len(weights), len(mine), p=weights / weights.sum())
    return found


def _complaints(city: City, known: tuple[Topic, ...], when: Drawn, who: Writers, spots: Places) -> Complaints:
    rng, count = city.rng("voices.complaints"), len(when.topic)
    register = registers_of(city, known, when.topic, "registers")
    leader = np.isin(np.arange(count), who.base[who.base >= 0])
    polite = common().registers.index("polite")
    register = np.where(leader, polite, np.where(who.base >= 0, polite, register))
    letters = said(known, when.topic, register, when.received, when.dong, spots)
    picks = rng.integers(0, 2**31, (count, PICKS))
    written = texts(letters, picks, leader.tolist())
    titles, bodies = [title for title, _ in written], [body for _, body in written]
    for row in np.flatnonzero((who.base >= 0) & ~leader).tolist():
        base = int(who.base[row])
        bodies[row] = bodies[base] if who.same[row] else nearly(bodies[base], picks[row, 6:].tolist())
        again = "" if who.same[row] else _AGAIN[int(picks[row, 5]) % len(_AGAIN)]
        titles[row] = titles[base] + again
    homes = routed(city, known, when.topic, when.dong, titles, bodies)
    done = handling(city, known, when.topic, when.received, register, homes.department)
    located = rng.random(count) < _LOCATED
    located &= np.array([not each.at_home for each in known])[when.topic] | (rng.random(count) < 0.15)
    address = city.get(Streets).buildings.road_address
    return Complaints(
        id=_ids(when.received),
        topic=when.topic,
        topics=tuple(each.id for each in known),
        labels=tuple(each.label for each in known),
        received=when.received,
        dong=when.dong,
        x=spots.x,
        y=spots.y,
        located=located,
        address=tuple(address[at] if on else "" for at, on in zip(spots.building.tolist(), located.tolist(), strict=True)),
        register=register,
        channel=_channels(rng, register),
        person=who.person,
        cluster=tuple(who.cluster),
        burst=tuple("" if at < 0 else when.bursts[at].id for at in when.burst.tolist()),
        title=tuple(titles),
        body=tuple(bodies),
        first_department=tuple(done.first),
        department=tuple(done.department),
        rule=homes.rule,
        likely_department=tuple(homes.likely),
        routed_by=tuple(homes.reason),
        due=done.due,
        answered=done.answered,
        fate=tuple(done.fate),
        satisfaction=done.satisfaction,
        bursts=when.bursts,
    )  # fmt: skip


def said(
    known: tuple[Topic, ...], topic: Array, register: Array, received: Array, dong: Array, spots: Places
) -> list[Said]:
    """What each letter knows before it is written."""
    names = common().registers
    rows = zip(
        topic.tolist(), register.tolist(), received, spots.full, spots.bare, spots.vicinity, strict=True
    )
    return [
        Said(known[of], names[how], moment, full, bare, home) for of, how, moment, full, bare, home in rows
    ]


def _ids(received: Array) -> tuple[str, ...]:
    """1AA-2609-000123: the month, and the number in it."""
    month = received.astype("datetime64[M]")
    _, first, inverse = np.unique(month, return_index=True, return_inverse=True)
    number = np.arange(len(month)) - first[inverse] + 1
    names = np.datetime_as_string(month).tolist()
    return tuple(
        f"1AA-{name[2:4]}{name[5:7]}-{at:06d}" for name, at in zip(names, number.tolist(), strict=True)
    )


def _channels(rng: np.random.Generator, register: Array) -> tuple[str, ...]:
    told = common().told["channel"]
    found = np.zeros(len(register), np.int64)
    for number, name in enumerate(common().registers):
        mine = np.flatnonzero(register == number)
        weights = np.array(told[name], float)
        found[mine] = rng.choice(len(weights), len(mine), p=weights / weights.sum())
    return tuple(told["names"][at] for at in found.tolist())
