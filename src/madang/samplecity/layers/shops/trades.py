"""Trades, their kinds and the planted risks: ``content/samplecity/shops.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.words import words

AGES = (1.0, 3.0, 5.0)  # years at which the risk of closing changes, and at which survival is planted
YEAR = 365.25


@dataclass(frozen=True)
class Kind:
    """A kind of shop (업태) within a trade."""

    trade: int
    type: str  # 업태구분명
    code: str  # 상권업종소분류코드: I20102
    names: tuple[str, ...]  # 대, 중, 소분류명
    ksic: tuple[str, str]  # code and name
    card: str  # 카드매출 업종, "" where cards say nothing
    share: float
    words: str  # which names its shops have


@dataclass(frozen=True)
class Trade:
    """A trade; `number` is "" where it needs no licence."""

    name: str
    service: str
    number: str
    form: str  # how its licence file is written: old compact food plain new
    living: int
    survival: tuple[float, ...]  # at AGES, in a 행정동 of kind "housing"
    late: float  # closing per year after the last of AGES
    growth: float
    area_m2: float

    @property
    def licensed(self) -> bool:
        return bool(self.number)

    @property
    def rates(self) -> Array:
        """Closing per year in each stretch of age, the last without end."""
        logs = -np.log(np.array([1.0, *self.survival]))
        return np.append(np.diff(logs) / np.diff([0.0, *AGES]), self.late)


@dataclass(frozen=True)
class Period:
    """A time in which closing and opening go by other rates; `dong` "" is the whole city."""

    id: str
    dong: str
    first: np.datetime64
    last: np.datetime64
    closing: float
    opening: float


@cache
def trades() -> tuple[Trade, ...]:
    return tuple(
        Trade(
            each["name"], each.get("service", ""), each.get("number", ""), each.get("form", ""), each["living"],
            tuple(each["survival"]), each["late"], each["growth"], each["area_m2"],
        )
        for each in words("shops")["trades"]
    )  # fmt: skip


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, those of a trade side by side."""
    found = []
    for at, trade in enumerate(words("shops")["trades"]):
        whole = sum(each["share"] for each in trade["kinds"])
        for each in trade["kinds"]:
            found.append(
                Kind(at, each["type"], each["code"], tuple(each["names"]), (each["ksic"][0], each["ksic"][1]),
                     each["card"], each["share"] / whole, each.get("words", trade["words"]))
            )  # fmt: skip
    return tuple(found)


@cache
def card_trades() -> tuple[str, ...]:
    """The trades of card sales (15), in the order of the kinds."""
    return tuple(dict.fromkeys(kind.card for kind in kinds() if kind.card))


@cache
def periods() -> tuple[Period, ...]:
    return tuple(
        Period(each["id"], each.get("dong", ""), np.datetime64(each["from"]), np.datetime64(each["to"]),
               each["closing"], each["opening"])
        for each in words("shops")["periods"]
    )  # fmt: skip


def lore(name: str) -> Any:
    """Another entry of the file: `registry_start`, `cancelled`, `succession` …"""
    return words("shops")[name]


def risk(dong_kinds: tuple[str, ...]) -> Array:
    """(trades, dongs): what the rates of closing of a trade are multiplied by in a 행정동, whatever the time."""
    found = np.tile([lore("risk")[kind] for kind in dong_kinds], (len(trades()), 1))
    names = [trade.name for trade in trades()]
    for each in lore("special"):
        found[names.index(each["trade"]), [kind == each["kind"] for kind in dong_kinds]] *= each["factor"]
    return found
