"""What people wrote: complaints, letters to the mayor, the press. Coordinates in EPSG:5179; moments in seconds."""

from __future__ import annotations

from dataclasses import dataclass

from madang.samplecity.city import Array


@dataclass(frozen=True)
class Burst:
    """Letters of one topic from one 행정동 that come in days in which few would have come."""

    id: str
    topic: str
    dong: int
    start: str  # the first day
    end: str  # the last
    extra: int  # letters more than usual


@dataclass(frozen=True)
class Personal:
    """A number of a person that was planted in a text."""

    file: str  # which table: 민원접수, 구청장에게바란다
    row: int  # the number of the letter in its table, from 0
    kind: str  # mobile email vehicle account rrn
    value: str


@dataclass(frozen=True)
class Complaints:
    """Complaints in the order in which they were received."""

    id: tuple[str, ...]
    topic: Array  # number in `topics`
    topics: tuple[str, ...]
    labels: tuple[str, ...]  # 민원유형 of each topic
    received: Array  # datetime64[s]
    dong: Array  # of the place they speak of
    x: Array
    y: Array
    located: Array  # bool: handed in with coordinates and address
    address: tuple[str, ...]  # road address of the place
    register: Array  # number in the registers of common.toml
    channel: tuple[str, ...]
    person: Array  # number of the writer
    cluster: tuple[str, ...]  # letters that are nearly the same, "" otherwise
    burst: tuple[str, ...]  # the burst a letter came with, "" otherwise
    title: tuple[str, ...]
    body: tuple[str, ...]
    first_department: tuple[str, ...]
    department: tuple[str, ...]  # the one that answers
    rule: Array  # number of the rule of departments that it fits, -1: none
    likely_department: tuple[str, ...]  # the one that topic, place and words speak for
    routed_by: tuple[str, ...]  # why it is that one: usual (its topic), rule (place or words), disputed
    due: Array  # datetime64[D]
    answered: Array  # datetime64[s], also after the last day of a delivery
    fate: tuple[str, ...]  # how it ends: 답변완료, 이송, 취하
    satisfaction: Array  # 0: not asked
    bursts: tuple[Burst, ...]

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class MayorLetters:
    """구청장에게 바란다."""

    id: tuple[str, ...]
    topic: Array
    dong: Array
    received: Array
    answered: Array
    title: tuple[str, ...]
    body: tuple[str, ...]
    answer: tuple[str, ...]
    department: tuple[str, ...]
    views: Array


@dataclass(frozen=True)
class Press:
    """Items of the local press."""

    day: Array
    paper: tuple[str, ...]
    title: tuple[str, ...]
    summary: tuple[str, ...]
    section: tuple[str, ...]
    tone: tuple[str, ...]
    dong: Array  # -1: none
    department: tuple[str, ...]
    topic: tuple[str, ...]  # the topic of complaints it echoes, festival, "" otherwise
    burst: tuple[str, ...]


@dataclass(frozen=True)
class Voices:
    complaints: Complaints
    mayor: MayorLetters
    press: Press
    personal: tuple[Personal, ...]
