"""The texts of letters: skeletons of a register filled with sentences, places and times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.voices.grammar import Frame
from madang.samplecity.layers.voices.korean import with_particles
from madang.samplecity.layers.voices.slips import slipped
from madang.samplecity.layers.voices.topics import Topic, common

_WEEKDAYS = "월화수목금토일"
_PLACE = re.compile(r"@(?=(.{0,5}))", re.DOTALL)
_BARE = re.compile(
    r" (?:주변|일대|쪽|밑|근처|앞|뒤|옆|건너|사거리|건물|빈집|코너|모퉁이|입구|사거리|1층|#n층|처마|골목|부근|내리막)|까지"
)
_VICINITY = re.compile(r" (?:공원|놀이터|경로당|공영|맨발|공중|산책)")
_NUMBER = re.compile(r"#n")
_AT_HOURS = {
    "parking",
    "noise",
    "odor",
    "smoking",
    "dumping",
    "kickboard",
    "bug",
    "market",
    "animal",
    "bus",
    "river",
    "child_zone",
}
_HURRIED = ("빨리", "바로", "지금", "꼭", "당장")  # needs no 하루빨리 before it
_SLIP_SHARE = {
    "polite": 12,
    "haeyo": 20,
    "memo": 20,
    "angry": 25,
    "elder": 45,
    "official": 3,
    "phone": 10,
    "chatty": 45,
}


@dataclass(frozen=True)
class Said:
    """What a letter knows: its topic, register, moment, and how its place is called."""

    topic: Topic
    register: str
    received: np.datetime64
    full: str
    bare: str
    dong: str


def texts(letters: Sequence[Said], picks: Array, long: Sequence[bool]) -> list[tuple[str, str]]:
    """Title and body of each letter; `picks` is a row of at least 40 random numbers for each."""
    return [
        _letter(letter, row, length)
        for letter, row, length in zip(letters, picks.tolist(), long, strict=True)
    ]


def _letter(letter: Said, picks: list[int], long: bool) -> tuple[str, str]:
    parts = common()
    skeletons = parts.told["long"]["polite"] if long else parts.skeletons[letter.register]
    skeleton = skeletons[picks[0] % len(skeletons)]
    month = 0 if long else month_of(letter.received)  # what is written again months later speaks of no season
    matter = pool_of(letter, "S", frozenset(), month)
    about = matter[picks[6 + skeleton.index("S")] % len(matter)]
    body = filled(_sentences(letter, skeleton, picks, about, month), letter, picks)
    title = filled(title_of(letter, about, month, picks[1]), letter, picks[::-1])
    if picks[2] % 100 < _SLIP_SHARE[letter.register]:
        body = slipped(body, picks[3])
    if letter.register == "phone" and picks[4] % 3:
        who = ("민원인", f"{letter.dong} 거주 주민", "익명 민원인", f"{letter.dong} 주민", "신고자")[
            picks[4] % 5
        ]
        body = f"{who}께서 " + body if picks[4] % 2 else f"[{who}] {body}"
    return title, body


def month_of(received: np.datetime64) -> int:
    return int(str(received.astype("datetime64[M]"))[5:7])


def subjects_of(letter: Said, about: Frame) -> frozenset[str]:
    """What a letter speaks of: its topic, and the part of it that its first sentence is about."""
    return about.subjects | {letter.topic.id, letter.register}


def title_of(letter: Said, about: Frame, month: int, pick: int) -> str:
    """A title for what the letter is about: half of the time one that names it, where there is one."""
    fitting = [each for each in letter.topic.titles if each.fits(subjects_of(letter, about), month)]
    named = [each for each in fitting if each.subjects]
    pool = named if named and (pick // 7919) % 4 else fitting
    return pool[pick % len(pool)].front


def _sentences(letter: Said, skeleton: str, picks: list[int], about: Frame, month: int) -> str:
    made = ""
    used: set[str] = set()
    subjects = subjects_of(letter, about)
    for at, slot in enumerate(skeleton):
        if slot == "/":
            made = made.rstrip() + "\n"
            continue
        pool = pool_of(letter, slot, subjects, month)
        if not pool:
            continue
        pick = picks[6 + at]
        frame = about if slot == "S" else pool[pick % len(pool)]
        if frame.front in used:
            continue
        used.add(frame.front)
        sentence = _lead(letter, slot, pick, frame) + frame.said(letter.register, pick // 7919, slot)
        made += ("" if not made or made[-1] in "\n " else " ") + sentence
    made = made.strip()
    return made[:-1] + "." if made.endswith(",") else made


def _lead(letter: Said, slot: str, pick: int, frame: Frame) -> str:
    leads = common().told["leads"].get(slot)
    if not leads or letter.register in ("memo", "phone", "angry"):
        return ""
    if letter.topic.id == "praise":
        leads = common().told["leads"]["praise"]
    if letter.register == "official":
        leads = common().told["leads"]["official"][slot]
    if frame.front.startswith(_HURRIED) or (letter.topic.id == "praise" and slot == "R"):
        return ""
    return str(leads[pick // 104729 % len(leads)])


def pool_of(letter: Said, slot: str, subjects: frozenset[str], month: int) -> tuple[Frame, ...]:
    """The sentences that may stand in a slot of such a letter."""
    return _pool(letter.topic, slot, letter.register, subjects, month)


_POOLS: dict[tuple[str, str, str, frozenset[str], int], tuple[Frame, ...]] = {}


def _pool(topic: Topic, slot: str, register: str, subjects: frozenset[str], month: int) -> tuple[Frame, ...]:
    key = (topic.id, slot, register, subjects, month)
    if key not in _POOLS:
        unfit = re.compile(common().told["unfit"].get(register, "$^"))
        _POOLS[key] = tuple(
            frame
            for frame in _all_of(topic, slot, register)
            if (slot == "S" and (not frame.months or month in frame.months) or frame.fits(subjects, month))
            and register not in frame.not_in
            and not (slot not in "GFC" and unfit.search(frame.front + frame.stem))
        )
    return _POOLS[key]


def _all_of(topic: Topic, slot: str, register: str) -> list[Frame]:
    if slot in topic.slots:
        return topic.slots[slot]
    if slot in "TP":
        quiet = topic.at_home or topic.id == "permit" or slot == "T" and topic.id not in _AT_HOURS
        return [] if quiet else common().slots[slot]["all"]
    pools = common().slots[slot]
    if slot == "C" and topic.id == "praise":
        return []
    return pools.get(register, [] if slot == "F" else pools["polite"])


def filled(text: str, letter: Said, picks: list[int]) -> str:
    """The text with its place, times and numbers, and particles as they sound."""
    if "@" in text:
        text = _placed(text, letter)
    if "&" in text:
        text = text.replace("&", letter.dong)
    if "#" in text:
        text = _timed(text, letter, picks)
    return with_particles(text)


def _placed(text: str, letter: Said) -> str:
    """The place in full at its first mention, 그곳 at the next."""
    first = True

    def place(found: re.Match[str]) -> str:
        nonlocal first
        behind = found[1]
        if _VICINITY.match(behind):
            return letter.dong
        if not first:
            return "그곳"
        first = False
        return letter.bare if _BARE.match(behind) else letter.full

    return _PLACE.sub(place, text)


def _timed(text: str, letter: Said, picks: list[int]) -> str:
    if "#t" in text:
        text = text.replace("#t", moment(letter.received, picks[24]))
    if "#d" in text:
        long = common().told["time"]["long"]
        text = text.replace("#d", long[picks[25] % len(long)].format(n=2 + picks[26] % 8))
    text = text.replace("#b", str(60 + picks[27] % 7 * 5))
    at = 26

    def number(found: re.Match[str]) -> str:
        nonlocal at
        at += 1
        return str(2 + picks[at % len(picks)] // 3 % 8)

    return _NUMBER.sub(number, text)


def moment(received: np.datetime64, pick: int) -> str:
    """When something happened, as one says it at `received`."""
    told = common().told["time"]
    back = (0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6)[pick % 11]
    hour_now = int(str(received.astype("datetime64[h]"))[11:13])
    day = (received.astype("datetime64[D]") - back).item()
    hours = told["hours"]
    if back == 0:
        early = [hour for hour, from_ in zip(hours, (2, 5, 7, 8, 10, 11, 12, 14, 15, 17, 19, 20, 21, 23), strict=True) if from_ < hour_now]  # fmt: skip
        hours = early or ["새벽"]
    ways = told["same_day"] if back == 0 else told["next_day"] if back == 1 else told["later"]
    way = ways[pick // 11 % len(ways)]
    return str(way).format(
        day=f"{day.month}월 {day.day}일",
        weekday=f"{_WEEKDAYS[day.weekday()]}요일",
        hour=hours[pick // 97 % len(hours)],
    )
