"""The form that filters a table: a field for every column, by its type, filled with what is asked now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from madang.engine.rows import Field, Query, Sort, count
from madang.engine.rows_query import NUMBERS
from madang.web.desk.asked import Asked
from madang.web.shell.cells import filter_said, label_of, value_of

_IN_SIGHT = 8  # fields that stand open; the others fold away
_DAYS = {"date": "date", "datetime": "date", "month": "month", "time": "time"}
_KINDS = {
    "text": "text",
    "boolean": "boolean",
    **dict.fromkeys(NUMBERS, "range"),
    **dict.fromkeys(_DAYS, "range"),
}


@dataclass(frozen=True)
class Box:
    """One input: the name it has in the address, its label, what is asked now."""

    name: str
    label: str
    value: str
    kind: str = "text"  # of the <input>


@dataclass(frozen=True)
class FilterField:
    """A column to filter by. `kind`: text, range, boolean."""

    name: str
    label: str
    unit: str
    kind: str
    boxes: tuple[Box, ...]
    empty: str  # "", "true" (only empty cells), "false" (none of them)

    @property
    def asked(self) -> bool:
        return bool(self.empty or any(box.value for box in self.boxes))


@dataclass(frozen=True)
class Chip:
    """Something that is asked, in words, with the address without it."""

    words: str
    address: str


def fields_of(asked: Asked) -> tuple[list[FilterField], list[FilterField]]:
    """The fields that stand open, and those that fold away. Masked columns have none."""
    now: dict[str, dict[str, str]] = {}
    for each in asked.query.filters:
        now.setdefault(each.column, {})[each.operator] = value_of(each)
    every = [_field(field, now.get(field.name, {})) for field in asked.fields.shown if not field.masked]
    first = [field for place, field in enumerate(every) if place < _IN_SIGHT or field.asked]
    return first, [field for field in every if field not in first]


def _field(field: Field, now: dict[str, str]) -> FilterField:
    kind = _KINDS.get(field.type, "text")
    return FilterField(
        field.name, field.label, field.unit or "", kind, _boxes(field, kind, now), now.get("null", "")
    )


def _boxes(field: Field, kind: str, now: dict[str, str]) -> tuple[Box, ...]:
    if kind == "range":
        inner = _DAYS.get(field.type, "text")
        return (
            Box(f"{field.name}.ge", _("부터"), now.get("ge", ""), inner),
            Box(f"{field.name}.le", _("까지"), now.get("le", ""), inner),
        )
    if kind == "boolean":
        return (Box(f"{field.name}.eq", _("값"), now.get("eq", "")),)
    return (
        Box(f"{field.name}.contains", _("들어 있는 글자"), now.get("contains", "")),
        Box(f"{field.name}.eq", _("꼭 같은 값"), now.get("eq", now.get("in", ""))),
    )


@dataclass(frozen=True)
class Answer:
    """What stands above the rows in every view of them: what is asked, and how many of all rows fit it."""

    chips: list[Chip]
    cleared: str  # address without all of it
    total: int
    rows: int


def answer_of(asked: Asked, *more: tuple[str, str], ordered: bool = False) -> Answer:
    """What is asked and how many rows fit. Raises MadangError: rows_…"""
    total = count(asked.source, asked.bare, asked.view, asked.columns)
    every = total
    if asked.filtered:
        every = count(asked.source, Query(), asked.view, asked.columns)
    cleared = asked.link(Query(select=asked.query.select), *more)
    return Answer(chips_of(asked, *more, ordered=ordered), cleared, total, every)


def chips_of(asked: Asked, *more: tuple[str, str], ordered: bool = False) -> list[Chip]:
    """What is asked, one by one, each to be taken back; with `ordered` also how it is sorted.

    `more` are parameters of the page itself, which every address keeps.
    """
    named = {field.name: field for field in asked.fields.every}
    query = replace(asked.query, after="", offset=0)

    def chip(words: str, left: Query) -> Chip:
        return Chip(words, asked.link(left, *more))

    found = [chip(f"‘{query.search}’", replace(query, search=""))] if query.search else []
    for each in query.filters:
        left = replace(query, filters=tuple(other for other in query.filters if other is not each))
        found.append(chip(f"{_label(named, each.column)} {filter_said(each)}", left))
    for sort in query.sort if ordered else ():
        words = f"{_label(named, sort.column)} {_order(named.get(sort.column), sort)}"
        left = replace(query, sort=tuple(other for other in query.sort if other is not sort))
        found.append(chip(words, left))
    return found


def _label(named: Mapping[str, Field], column: str) -> str:
    return label_of(named[column]) if column in named else column


def _order(field: Field | None, sort: Sort) -> str:
    """Which way it is sorted, in words for what it holds."""
    if field is not None and field.type in _DAYS:
        return _("늦은 것부터") if sort.down else _("이른 것부터")
    if field is not None and field.type in NUMBERS:
        return _("큰 것부터") if sort.down else _("작은 것부터")
    return _("가나다 거꾸로") if sort.down else _("가나다순")
