"""What the layers of the city share: its setting, its clocks, its randomness, and what other layers made of it."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

from madang.messages import MadangError

SIDO, SIDO_CODE = "가온광역시", "99"  # no 시도 of Korea has this name or code (content/places/made-up.toml)
PEOPLE = 400_000  # of the city at scale 1
AREA_KM2 = 60.0
SCALES = (0.03, 10.0)  # smaller there is no room for 21 행정동, bigger the sea ends
ORIGIN = (
    764_000.0,
    1_736_000.0,
)  # EPSG:5179, the south-west corner: open sea, so that no real place lies under it

Part = TypeVar("Part")
Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Setting:
    """What decides everything about a city: the same setting gives the same bytes.

    `scale` is the share of 400,000 people: area, shops and letters go with it, at 1.5 and more there are several 구
    (each with 21 행정동). `until` is the last day of the second delivery, the last of its month; some planted effects
    have fixed dates, so that another one than the usual is for trying out only.
    """

    seed: int = 1
    scale: float = 1.0
    until: date = date(2026, 10, 31)

    def __post_init__(self) -> None:
        """Raises MadangError("sample_scale"), ValueError for a negative seed or a day that ends no month."""
        if self.seed < 0 or self.until != month_end(self.until):
            raise ValueError(f"seed {self.seed}, until {self.until}")
        low, high = SCALES
        if not low <= self.scale <= high:
            raise MadangError("sample_scale", low=low, high=high, given=self.scale)

    @property
    def districts(self) -> int:
        """자치구 of the city."""
        return max(1, round(self.scale))

    def count(self, at_scale_one: float, least: int = 1) -> int:
        """A number of things that goes with the size of the city."""
        return max(least, round(at_scale_one * self.scale))


@dataclass(frozen=True)
class Delivery:
    """One of the two hand-overs of files: its number (1, 2) and the last day that its files know."""

    number: int
    day: date

    @property
    def first(self) -> bool:
        return self.number == 1

    @property
    def stamp(self) -> str:
        """The day as file names carry it: 20260930."""
        return f"{self.day:%Y%m%d}"


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def deliveries(setting: Setting) -> tuple[Delivery, Delivery]:
    """The first delivery ends a month before the second."""
    return Delivery(1, setting.until.replace(day=1) - timedelta(days=1)), Delivery(2, setting.until)


@dataclass
class City:
    """The city while it is made. A layer puts what it made (`put`), others take it by its type (`get`)."""

    setting: Setting
    _parts: dict[type, Any] = field(default_factory=dict)

    def rng(self, name: str) -> np.random.Generator:
        """The randomness called `name`: what one layer draws changes nothing in another."""
        return np.random.default_rng([self.setting.seed, zlib.crc32(name.encode())])

    def put(self, part: object) -> None:
        self._parts[type(part)] = part

    def get(self, kind: type[Part]) -> Part:
        """What a layer that this one needs has put. KeyError: the layer is not among its NEEDS."""
        return cast(Part, self._parts[kind])

    @property
    def deliveries(self) -> tuple[Delivery, Delivery]:
        return deliveries(self.setting)
