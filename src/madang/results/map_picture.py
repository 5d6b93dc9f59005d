"""A layer of a result as a map: what is drawn of its table, where, in which class, and the same in words.

Points lie where their rows say; areas have the borders that are handed in. Classes are made of what the table shows, so
numbers that were taken out of it before are not in the picture either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from madang.messages import Language, text
from madang.results.charts import NUMBERS
from madang.results.map_classes import OUTSIDE, Classes, classes, kinds
from madang.results.result import Column, Layer, Result, Table
from madang.results.said import said

MOST = 20_000  # points that are drawn
HUES = 3  # of layers that are seen together
ONLY = 4  # the step of the colours of a place that has no value to have
_COUNTS = ("integer", "money")
_CODE = "dong_code"
_WITHHELD = "hidden"  # the column of words that says of a row that its numbers are
_DISTRICT = 5  # digits of the code of a 시군구: the ground of points are all areas of those that they lie in
_MOST_NAMES = 10


@dataclass(frozen=True)
class Area:
    """A 행정동: what it is called, its border (EPSG:4326), and the version that told it ("borders@1")."""

    name: str
    shape: Any
    source: str = ""


Borders = Mapping[str, Area]  # by code of ten digits


@dataclass(frozen=True)
class MapPicture:
    """A layer, made ready. `number`: its place among the layers; `hidden`: rows whose numbers are not shown; `day`: of
    which day the data speak, as it is said."""

    layer: Layer
    table: Table
    borders: Borders
    number: int = 0
    hidden: frozenset[int] = frozenset()
    language: Language = "ko"
    day: str = field(default="", kw_only=True)

    @cached_property
    def column(self) -> Column | None:
        """What is drawn; None where the layer only says where."""
        return self.table.column(self.layer.value) if self.layer.value else None

    @cached_property
    def values(self) -> Any:
        if self.column is None or self.column.kind not in NUMBERS:
            return np.full(self.table.rows.num_rows, np.nan)
        return self._floats(self.column.name)

    @property
    def kinds(self) -> bool:
        """Whether words are drawn, and not numbers."""
        return self.column is not None and self.column.kind == "text"

    @cached_property
    def classes(self) -> Classes:
        column = self.column or Column("", "")
        return kinds(self._kinds, column, self.language) if self.kinds else classes(self.values, column, self.language)  # fmt: skip

    @cached_property
    def _kinds(self) -> list[str | None]:
        """The word of each row; None of those that are withheld or not known."""
        words = self.table.rows.column(self.layer.value).to_pylist()
        gone = self.hidden | {n for n in self._marked if not words[n]}
        return [None if each is None or n in gone else str(each) for n, each in enumerate(words)]

    @cached_property
    def steps(self) -> list[int]:
        """The step of the colours of each row: 1 to 5, OUTSIDE of a row that is none of the words, 0 without a value."""
        return self.classes.steps if self.column is not None else [ONLY] * self.table.rows.num_rows

    @cached_property
    def _marked(self) -> frozenset[int]:
        """Rows of which the table says itself that something of them is withheld."""
        if not any(each.name == _WITHHELD and each.kind == "text" for each in self.table.columns):
            return frozenset()
        return frozenset(n for n, said in enumerate(self.table.rows.column(_WITHHELD).to_pylist()) if said)

    @cached_property
    def withheld(self) -> frozenset[int]:
        """Rows whose value is known and not shown: those in `hidden`, and those of which the table says so itself."""
        return self.hidden | {n for n in self._marked if not self.steps[n]}

    @property
    def form(self) -> str:
        """areas, circles (counts of areas) or points."""
        counts = self.column is not None and self.column.kind in _COUNTS
        return "points" if self.layer.kind == "points" else "circles" if counts else "areas"

    @property
    def hue(self) -> str:
        """0 to 2, "middle" around 1, or "kinds" of words."""
        return "kinds" if self.kinds else "middle" if self.classes.middle else str(self.number % HUES)

    @cached_property
    def codes(self) -> list[str]:
        rows = self.table.rows
        if _CODE not in rows.schema.names:
            return [""] * rows.num_rows
        return [code or "" for code in rows.column(_CODE).to_pylist()]

    @cached_property
    def drawn(self) -> list[int]:
        """The rows that have a place, of areas the first of each, up to MOST."""
        if self.layer.kind == "points":
            rows: list[int] = np.flatnonzero(self._placed)[:MOST].tolist()
            return rows
        first = {code: n for n, code in reversed(list(enumerate(self.codes)))}
        return sorted(n for code, n in first.items() if code in self.borders)

    @cached_property
    def unplaced(self) -> int:
        """Rows that say no place."""
        if self.layer.kind == "points":
            return int((~self._placed).sum())
        return sum(not code for code in self.codes)

    @cached_property
    def missing(self) -> list[str]:
        """Names of areas of which no border is known."""
        if self.layer.kind == "points":
            return []
        lost = {code: self.names[n] for n, code in enumerate(self.codes) if code not in self.borders}
        return [name or code for code, name in lost.items() if code]

    @property
    def cut(self) -> bool:
        """Whether more could be drawn than is."""
        return self.layer.kind == "points" and int(self._placed.sum()) > len(self.drawn)

    @cached_property
    def places(self) -> tuple[Any, Any]:
        """Longitude and latitude of each row of a layer of points; NaN without."""
        return self._floats("lon"), self._floats("lat")

    @cached_property
    def _placed(self) -> Any:
        lon, lat = self.places
        return np.isfinite(lon) & np.isfinite(lat)

    @cached_property
    def names(self) -> list[str]:
        """What each row is called: by its first column of words, else by its area."""
        words = [
            each.name for each in self.table.columns
            if each.kind == "text" and not each.meaning and each.name not in (_WITHHELD, self.layer.value)
        ]  # fmt: skip
        if words:
            return [str(each or "") for each in self.table.rows.column(words[0]).to_pylist()]
        return [self.borders[code].name if code in self.borders else code for code in self.codes]

    @cached_property
    def ground(self) -> list[str]:
        """Codes of the areas that are drawn: those of the rows; beneath points all of the 시군구 that they lie in."""
        if self.layer.kind == "areas":
            return [self.codes[n] for n in self.drawn]
        codes = list(self.borders)
        if not codes or not self.drawn:
            return []
        lon, lat = self.places
        tree = shapely.STRtree([self.borders[code].shape for code in codes])
        _points, areas = tree.query(shapely.points(lon[self.drawn], lat[self.drawn]), predicate="intersects")
        touched = {codes[area][:_DISTRICT] for area in np.unique(areas)}
        return [code for code in codes if code[:_DISTRICT] in touched]

    def _floats(self, name: str) -> Any:
        return self.table.rows.column(name).to_numpy(zero_copy_only=False).astype(float)

    # in words -------------------------------------------------------------------------------------------------

    def words(self, row: int) -> str:
        """The value of a row as it is read."""
        if self.column is None:
            return ""
        if row in self.withheld:
            return text("map_withheld", self.language)
        if not self.steps[row]:
            return text("result_no_value", self.language)
        if self.steps[row] == OUTSIDE:
            return self.classes.each[-1].words
        return said(self.table.value(row, self.column.name), self.column, exact=True)

    @cached_property
    def without(self) -> list[tuple[str, str, int]]:
        """Of what is drawn without a value: the kind, its words, how many."""
        if self.column is None:
            return []
        withheld = sum(n in self.withheld for n in self.drawn)
        none = sum(not self.steps[n] for n in self.drawn) - withheld
        found = (("none", "result_no_value", none), ("withheld", "map_withheld", withheld))
        return [(kind, text(code, self.language), count) for kind, code, count in found if count]

    @property
    def alt(self) -> str:
        """The map in words: how many places there are, what is largest and smallest, and where."""
        return " ".join((self._say("map_alt", title=self.layer.title, count=f"{len(self.drawn):,}"), *self._ends(),
                         *(self._say("map_alt_without", words=words, count=f"{count:,}") for _kind, words, count in self.without)))  # fmt: skip

    def _ends(self) -> Iterator[str]:
        shown = np.array([n for n in self.drawn if self.steps[n]], int)
        if self.column is None or not len(shown):
            return
        if self.kinds:
            yield self._say("map_alt_kinds", column=self.column.label, kinds=", ".join(self._each_kind()))
            return
        values, label = self.values[shown], self.column.label
        if values.min() == values.max():
            yield self._say("map_alt_same", column=label, value=self.words(int(shown[0])))
            return
        most, least = (self._where(shown[values == end]) for end in (values.max(), values.min()))
        yield self._say("map_alt_ends", column=label, most=most, least=least)

    def _each_kind(self) -> Iterator[str]:
        """Each word with how many places there are and where: "1번 묶음 2곳(가동, 나동)"."""
        for each in self.classes.each:
            rows = [n for n in self.drawn if self.steps[n] == each.step]
            if rows:
                told = f"{each.words} {self._say('map_places', count=f'{len(rows):,}')}"
                names = [self.names[n] for n in rows[:_MOST_NAMES] if self.names[n] and each.step != OUTSIDE]
                more = " …" if names and len(rows) > _MOST_NAMES else ""
                yield f"{told}({', '.join(names)}{more})" if names else told

    def _where(self, rows: Sequence[int]) -> str:
        """A value and where it is: "12 명 (가람동)"."""
        value, name = self.words(int(rows[0])), self.names[rows[0]]
        if len(rows) > 1:
            name = self._say("map_and_others" if name else "map_places", name=name, count=f"{len(rows):,}")
        return f"{value} ({name})" if name else value

    @property
    def notes(self) -> str:
        """How the classes were made, and what is not drawn."""
        told = []
        if self.classes.middle:
            told.append(self._say("map_around_one"))
        elif 1 < len(self.classes.each) < len(np.unique(self.values[np.isfinite(self.values)])):
            told.append(self._say("map_even"))
        if names := self.missing:
            more = " …" if len(names) > _MOST_NAMES else ""
            told.append(self._say("map_missing", count=f"{len(names):,}", names=", ".join(names[:_MOST_NAMES]) + more))  # fmt: skip
        points = self.layer.kind == "points"
        withheld = sum(not self._placed[n] for n in self.hidden) if points else 0  # a place is numbers, too
        if withheld:
            told.append(self._say("map_hidden", count=f"{withheld:,}"))
        if self.unplaced > withheld:
            told.append(self._say("map_unplaced", count=f"{self.unplaced - withheld:,}"))
        if self.cut:
            told.append(self._say("map_cut", count=f"{len(self.drawn):,}"))
        return " ".join(told)

    def _say(self, code: str, **params: Any) -> str:
        return text(code, self.language, **params)


def fits(layer: Layer, table: Table) -> bool:
    """Whether a layer can be drawn at all: its table has rows, and says where they are."""
    names = set(table.rows.schema.names)
    needed = {"lon", "lat"} if layer.kind == "points" else {_CODE}
    return bool(table.rows.num_rows) and needed <= names and (not layer.value or layer.value in names)


def maps_of(
    result: Result,
    borders: Borders,
    language: Language = "ko",
    hidden: Mapping[str, frozenset[int]] | None = None,
    day: str = "",
) -> tuple[MapPicture, ...]:
    """The layers of a result of which something is drawn. `hidden`: by table, the rows whose numbers are not shown."""
    told = [
        MapPicture(layer, result.table(layer.table), borders, number, (hidden or {}).get(layer.table, frozenset()), language, day=day)
        for number, layer in enumerate(result.layers)
        if fits(layer, result.table(layer.table))
    ]  # fmt: skip
    return tuple(each for each in told if each.drawn)
