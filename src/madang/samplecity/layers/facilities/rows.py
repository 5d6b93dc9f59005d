"""The rows of a kind while their cells are written: where they stand, and ways to fill columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from madang.samplecity.city import SIDO, Array
from madang.samplecity.layers.facilities.sites import Sites, Terrain
from madang.samplecity.paper import Column, cells_of
from madang.samplecity.words import words

Cells = list[str]


@dataclass
class Rows:
    """What generators of columns are asked with. `told`: the words of the kind; `day`: the last day the file knows."""

    terrain: Terrain
    sites: Sites
    rng: np.random.Generator
    day: date
    as_of: date
    told: Mapping[str, Any]
    made: dict[str, Cells] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.sites)

    # where

    @property
    def dong_names(self) -> Cells:
        names = self.terrain.ground.dongs.name
        return [names[dong] for dong in self.sites.dong.tolist()]

    @property
    def dong_kinds(self) -> Array:
        return self.terrain.dong_kind[self.sites.dong]

    @property
    def district(self) -> Array:
        return np.asarray(self.terrain.ground.dongs.district)[self.sites.dong]

    @property
    def districts(self) -> Cells:
        names = self.terrain.ground.districts.name
        return [names[number] for number in self.district.tolist()]

    @property
    def codes(self) -> Cells:
        """Five digits of each district."""
        codes = self.terrain.ground.districts.code
        return [codes[number] for number in self.district.tolist()]

    @property
    def offices(self) -> Cells:
        return [f"{SIDO} {district}" for district in self.districts]

    def of_building(self, column: Sequence[Any]) -> list[Any]:
        """A column of the buildings, for the building of each row."""
        return [column[number] for number in self.sites.building.tolist()]

    def of_link(self, column: Array) -> Array:
        """A column of the links; rows at no road take that of link 0."""
        found: Array = np.asarray(column)[np.maximum(self.sites.link, 0)]
        return found

    @property
    def road_names(self) -> Cells:
        """The road each stands at; of the nearest building where it stands at none."""
        roads, houses = self.terrain.streets.roads, self.terrain.streets.buildings
        road = np.where(self.sites.link >= 0, self.of_link(self.terrain.streets.links.road), np.asarray(houses.road)[self.sites.building])  # fmt: skip
        return [roads.name[number] for number in road.tolist()]

    # values

    def flags(self, share: float | Array) -> Array:
        """True for about a share of the rows."""
        found: Array = self.rng.random(len(self)) < share
        return found

    def words(self, flags: Array, yes: str = "Y", no: str = "N") -> Cells:
        return [yes if flag else no for flag in flags.tolist()]

    def where(self, flags: Array, column: Column, other: Column | str = "") -> Cells:
        """Cells of `column` where a flag stands, elsewhere those of `other`."""
        no = [other] * len(self) if isinstance(other, str) else cells_of(other)
        yes = [column] * len(self) if isinstance(column, str) else cells_of(column)
        return [one if flag else two for one, two, flag in zip(yes, no, flags.tolist(), strict=True)]

    def whole(self, least: int, most: int, step: int = 1) -> Array:
        """Whole numbers from `least` to `most`."""
        found: Array = least + step * self.rng.integers(0, (most - least) // step + 1, len(self))
        return found

    def sizes(self, middle: float, spread: float = 0.5, digits: int = 1) -> Array:
        """Sizes as areas have them: many small, few large."""
        found: Array = np.round(middle * np.exp(self.rng.normal(0, spread, len(self))), digits)
        return found

    def pick(self, choices: Sequence[Any]) -> Cells:
        """One of `choices`, which are texts or pairs of a text and its weight."""
        texts = [each if isinstance(each, str) else each[0] for each in choices]
        weights = np.array([1.0 if isinstance(each, str) else each[1] for each in choices])
        drawn = self.rng.choice(len(texts), len(self), p=weights / weights.sum())
        return [texts[number] for number in drawn.tolist()]

    def dates(self, first: str, last: str | None = None) -> Array:
        """Days from `first` to `last`, at most the day the file knows."""
        start, end = np.datetime64(first, "D"), np.datetime64(last or self.day.isoformat(), "D")
        end = min(end, np.datetime64(self.day.isoformat(), "D"))
        span = max(int((end - start).astype(int)), 0)
        found: Array = start + self.rng.integers(0, span + 1, len(self))
        return found

    def months(self, first: str, last: str | None = None) -> Cells:
        return [text[:7] for text in np.datetime_as_string(self.dates(first, last)).tolist()]

    def phones(self, lines: int = 0) -> Cells:
        """Telephones: a number of its own for each row, or one of a few `lines` of an office. Nobody has them."""
        prefix, count = words("city")["phone"], lines or len(self)
        pool = [
            f"{prefix}{exchange:02d}-{line:04d}"
            for exchange, line in zip(
                self.rng.integers(10, 100, count).tolist(), self.rng.integers(1, 10_000, count).tolist(), strict=True
            )
        ]  # fmt: skip
        chosen = self.rng.integers(0, lines, len(self)).tolist() if lines else range(len(self))
        return [pool[number] for number in chosen]

    def hours(self, choices: Sequence[Any]) -> tuple[Cells, Cells]:
        """Opening and closing times, drawn from "09:00~18:00" or pairs of that and a weight; "" where it says "-"."""
        drawn = [span.partition("~") for span in self.pick(choices)]
        return [start if end else "" for start, _, end in drawn], [end for _, _, end in drawn]

    def told_column(self, header: str) -> Cells | None:
        """The column as the words of the kind tell it: a text, choices, numbers, years, months or dates."""
        told = self.told.get(header)
        if told is None or isinstance(told, str):
            return None if told is None else [told] * len(self)
        if isinstance(told, list):
            return self.pick(told)
        if "least" in told:
            step, least = told.get("step", 1), told["least"]
            drawn = least + step * self.rng.integers(0, round((told["most"] - least) / step) + 1, len(self))
            return cells_of(np.round(drawn, 2))
        if "size" in told:
            return cells_of(self.sizes(told["size"], told.get("spread", 0.5), told.get("digits", 1)))
        if "years" in told:
            return cells_of(self.whole(*told["years"]))
        if "months" in told:
            return self.months(told["months"])
        return cells_of(self.dates(told["dates"], told.get("until")))

    @cached_property
    def changed(self) -> Array:
        """When rows were last changed: in the two years before the file's own date, to the second."""
        ends = np.datetime64(self.as_of - timedelta(days=2), "s")
        ago = self.rng.integers(0, 700 * 86_400, len(self))
        found: Array = (ends - ago.astype("timedelta64[s]")).astype("datetime64[s]")
        return found

    @property
    def updated(self) -> Cells:
        """When the change was taken over: in the night after."""
        night = (self.changed.astype("datetime64[D]") + 1).astype("datetime64[s]")
        return cells_of(night + self.rng.integers(7_200, 18_000, len(self)).astype("timedelta64[s]"))
