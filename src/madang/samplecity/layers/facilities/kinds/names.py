"""Names of places: of the building where it has one, otherwise of the 행정동 and what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np

from madang.samplecity.layers.facilities.rows import Cells, Rows


def unique(names: Cells, rows: Rows | None = None) -> Cells:
    """A name that comes again says at which address, where `rows` are given; what is still the same gets a number."""
    seen: set[str] = set()
    found = []
    for name, spot in zip(names, [""] * len(names) if rows is None else spots(rows), strict=True):
        own = f"{name}({spot})" if spot and name in seen else name
        own = next(each for each in _numbered(own) if each not in seen)
        seen.add(own)
        found.append(own)
    return found


def _numbered(name: str) -> Iterator[str]:
    yield name
    inner, closing = (name[:-1], ")") if name.endswith(")") else (name, "")
    yield from (f"{inner} {number}{closing}" for number in count(2))


def spots(rows: Rows) -> Cells:
    """Road and number of each row's building: 버들로 12."""
    houses_ = rows.terrain.streets.buildings
    roads = rows.of_building(
        [rows.terrain.streets.roads.name[road] for road in np.asarray(houses_.road).tolist()]
    )
    pairs = zip(rows.of_building(np.asarray(houses_.main).tolist()), rows.of_building(np.asarray(houses_.sub).tolist()), strict=True)  # fmt: skip
    return [f"{road} {main}-{sub}" if sub else f"{road} {main}" for road, (main, sub) in zip(roads, pairs, strict=True)]  # fmt: skip


def from_pool(pool: Sequence[str], start: int, stem: str, taken: set[str], form: str = "{}") -> str:
    """A name nobody has yet, and it is taken: a word of the pool, then a word with the name of the place before it."""
    turned = [pool[(start + step) % len(pool)] for step in range(len(pool))]
    tries = [form.format(word) for word in (*turned, *(f"{stem}{word}" for word in turned))]
    found = next((each for each in tries if each not in taken), f"{stem} {tries[0]}")
    taken.add(found)
    return found


def stems(rows: Rows) -> Cells:
    """What places of each 행정동 are called after: 하늬 of 하늬1동."""
    return [re.sub(r"\d*동$", "", name) for name in rows.dong_names]


def houses(rows: Rows, otherwise: Cells) -> Cells:
    """The names of the buildings; `otherwise` where they have none."""
    named = rows.of_building(rows.terrain.names)
    return [name or other for name, other in zip(named, otherwise, strict=True)]


def of_dong(rows: Rows, words: Cells) -> Cells:
    return [f"{dong} {word}" for dong, word in zip(rows.dong_names, words, strict=True)]


def joined(*parts: Cells, by: str = " ") -> Cells:
    return [by.join(part for part in each if part) for each in zip(*parts, strict=True)]
