"""Names of places: of the building where it has one, otherwise of the 행정동 and what it is."""

from __future__ import annotations

from collections import Counter

from madang.samplecity.layers.facilities.rows import Cells, Rows


def unique(names: Cells) -> Cells:
    """A name that comes again gets a number."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return found


def houses(rows: Rows, otherwise: Cells) -> Cells:
    """The names of the buildings; `otherwise` where they have none."""
    named = rows.of_building(rows.terrain.streets.buildings.name)
    return [name or other for name, other in zip(named, otherwise, strict=True)]


def of_dong(rows: Rows, words: Cells) -> Cells:
    return [f"{dong} {word}" for dong, word in zip(rows.dong_names, words, strict=True)]


def joined(*parts: Cells, by: str = " ") -> Cells:
    return [by.join(part for part in each if part) for each in zip(*parts, strict=True)]
