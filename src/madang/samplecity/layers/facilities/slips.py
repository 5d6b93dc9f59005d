"""Slips of the pen that are planted in facilities: which cell says what, and the rule by which intake has to tell it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from madang.samplecity.paper import Planting, Texts

Value: TypeAlias = str | Callable[[dict[str, str]], str]  # or what is made of the row's own cells


@dataclass(frozen=True)
class Slip:
    """A slip in one row: cells (header, value, rule, severity). `where`: what a row has to say for it."""

    cells: tuple[tuple[str, Value, str, str], ...]
    where: Mapping[str, str] = field(default_factory=dict)
    filled: tuple[str, ...] = ()  # headers that must not be empty in the row
    twice: bool = False  # the row is written a second time, as the last of the table


def put(header: str, value: Value, rule: str = "row_rule", severity: str = "error", **where: str) -> Slip:
    """A value that contradicts the row."""
    return Slip(((header, value, rule, severity),), where)


def no_month(header: str, required: bool = False) -> Slip:
    return _unread(header, "2021-13-05", "cell_no_such_month", required)


def no_day(header: str, required: bool = False) -> Slip:
    return _unread(header, "2023-02-30", "cell_no_such_day", required)


def unread(header: str, type_: str, value: str, required: bool = False) -> Slip:
    return _unread(header, value, f"cell_not_{type_}", required)


def _unread(header: str, value: str, rule: str, required: bool) -> Slip:
    """A cell that cannot be read is empty in the table: where it must not be, that is told too."""
    rules = (rule, "required_missing") if required else (rule,)
    return Slip(tuple((header, value, each, "error") for each in rules))


def phone(header: str) -> Slip:
    """A number that lost a digit."""
    return Slip(((header, lambda row: row[header][:-1], "number_pattern", "error"),), filled=(header,))


def negative(header: str, value: str = "-1", money: bool = False) -> Slip:
    return put(header, value, "amount_negative" if money else "quantity_negative")


def missing(header: str) -> Slip:
    return put(header, "", "required_missing")


def unlisted(header: str, value: str) -> Slip:
    return put(header, value, "code_not_listed")


def crossed(start: str, end: str, severity: str = "warning") -> Slip:
    """Opens after it closes."""
    return Slip(((start, "22:00", "row_rule", severity), (end, "09:00", "", "")), filled=(start, end))


def swapped(lat: str = "위도", lon: str = "경도") -> Slip:
    return Slip(
        (
            (lat, lambda row: row[lon], "coordinate_swapped", "warning"),
            (lon, lambda row: row[lat], "point_swapped", "warning"),
        ),
        filled=(lat, lon),
    )


def zero(lat: str = "위도", lon: str = "경도") -> Slip:
    return Slip(
        ((lat, "0", "point_zero", "warning"), (lon, "0", "coordinate_outside", "warning")), filled=(lat, lon)
    )


def digit(lat: str = "위도") -> Slip:
    """One digit of the latitude is wrong: tenths of a degree, forty kilometres and more."""

    def wrong(row: dict[str, str]) -> str:
        whole, _, part = row[lat].partition(".")
        return f"{whole}.{(int(part[0]) + 5) % 10}{part[1:]}"

    return Slip(((lat, wrong, "point_digit", "warning"),), filled=(lat,))


def elsewhere(lat: str = "위도", lon: str = "경도") -> Slip:
    """A point of another city."""
    return Slip(
        (
            (lat, lambda row: f"{float(row[lat]) + 0.3127:.6f}", "point_outside_claim", "warning"),
            (lon, lambda row: f"{float(row[lon]) + 0.4381:.6f}", "", ""),
        ),
        filled=(lat, lon),
    )


def twice(key: str) -> Slip:
    """The row stands in the file a second time, with its key and with all its cells."""
    return Slip(tuple((key, lambda row: row[key], rule, "error") for rule in ("key_duplicate", "row_duplicate")), twice=True)  # fmt: skip


@dataclass(frozen=True)
class Planted:
    """A slip at a row."""

    row: int
    slip: Slip


def chosen(slips: tuple[Slip, ...], texts: Texts, count: int, rng: np.random.Generator, kept: set[int]) -> list[Planted]:  # fmt: skip
    """`count` slips in turn, each at a row of its own that is not among `kept`; fewer where no row fits."""
    rows = len(next(iter(texts.values()), []))
    order, taken, found = rng.permutation(rows).tolist(), set(kept), []
    for number in range(count if slips else 0):
        slip = slips[number % len(slips)]
        for row in order:
            if row not in taken and _fits(slip, texts, row):
                taken.add(row)
                found.append(Planted(row, slip))
                break
    return found


def _fits(slip: Slip, texts: Texts, row: int) -> bool:
    return all(texts[header][row] == value for header, value in slip.where.items()) and all(
        texts[header][row] for header in slip.filled
    )


def plant(planted: list[Planted], texts: Texts, paper: Planting) -> None:
    """Hand the slips to a paper. A cell without a rule is part of a slip that is told at another cell of its row."""
    for each in planted:
        row = {header: cells[each.row] for header, cells in texts.items()}
        at = each.row
        if each.slip.twice:
            at = len(next(iter(texts.values())))
            for header, cell in row.items():
                texts[header].append(cell)
        for header, value, rule, severity in each.slip.cells:
            written = value if isinstance(value, str) else value(row)
            if rule:
                paper.plant(at, header, written, rule, severity)
            else:
                texts[header][at] = written
