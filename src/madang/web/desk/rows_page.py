"""The table of a version: filtered, searched, sorted, a page at a time, each row with its way back to the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from madang.engine.rows import Field, Query, Sort, rows
from madang.engine.rows_query import MOST_OFFSET, NUMBERS
from madang.web.desk.asked import Asked
from madang.web.desk.filters import Answer, FilterField, answer_of, fields_of
from madang.web.shell.area_names import names_for
from madang.web.shell.cells import shown

PER_PAGE = 50
_MOST_PER_PAGE = 200
_ROW = "source_row"


@dataclass(frozen=True)
class Head:
    """The head of a column: what it is, how it is sorted now ("", "ascending", "descending"), where it sorts to."""

    label: str
    unit: str
    numeric: bool
    masked: bool
    sorted: str
    address: str


@dataclass(frozen=True)
class Line:
    """A row: its number in the file, and its cells: value, whether it is a number, the name that a code stands for."""

    row: int | None
    cells: list[tuple[str | None, bool, str]]


@dataclass(frozen=True)
class RowsPage:
    """One page of the table."""

    heads: list[Head]
    lines: list[Line]
    answer: Answer
    page: int
    before: str  # addresses of the pages beside it, "" where there is none
    after: str
    open_fields: list[FilterField]
    more_fields: list[FilterField]
    filters: int  # columns that are filtered
    search: str
    kept: list[tuple[str, str]]  # parameters that the form carries on
    searchable: bool
    masked: list[str]

    @property
    def first(self) -> int:
        return (self.page - 1) * PER_PAGE + 1 if self.lines else 0

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1 if self.lines else 0


def rows_page(asked: Asked, page: int) -> RowsPage:
    """The page of the table that is asked for. Raises MadangError: rows_…"""
    query = asked.query
    names = query.select or tuple(field.name for field in asked.fields.shown)
    page = max(page, 1) if query.after or page > 1 else 1
    limit = PER_PAGE if query.limit == Query.limit else min(query.limit, _MOST_PER_PAGE)
    offset = 0 if query.after else min((page - 1) * limit, MOST_OFFSET)
    wanted = replace(query, select=(*names, _ROW), limit=limit, offset=offset, group=(), measures=())
    found = rows(asked.source, wanted, asked.view, asked.columns)
    base = replace(query, after="", offset=0)
    first, more = fields_of(asked)
    fields = found.columns[:-1]
    named = [names_for(row[place] for row in found.rows) for place in range(len(fields))]
    return RowsPage(
        heads=[_head(asked, base, field) for field in fields],
        lines=[_line(fields, row, named) for row in found.rows],
        answer=answer_of(asked, ordered=True),
        page=page,
        before=asked.link(base, ("page", str(page - 1) if page > 2 else "")) if page > 1 else "",
        after=asked.link(replace(base, after=found.next), ("page", str(page + 1))) if found.next else "",
        open_fields=first,
        more_fields=more,
        filters=len({each.column for each in query.filters}),
        search=query.search,
        kept=_kept(asked),
        searchable=bool(asked.fields.texts),
        masked=[field.label for field in asked.fields.shown if field.masked],
    )


def _head(asked: Asked, base: Query, field: Field) -> Head:
    """A click sorts upwards, another downwards, a third takes it back."""
    now = next((each for each in base.sort if each.column == field.name), None)
    following = () if now and now.down else (Sort(field.name, down=now is not None),)
    return Head(
        field.label,
        field.unit or "",
        field.type in NUMBERS and field.type != "year" and not field.masked,
        field.masked,
        "" if now is None else "descending" if now.down else "ascending",
        "" if field.masked else asked.link(replace(base, sort=following)),
    )


def _line(fields: tuple[Field, ...], row: tuple[Any, ...], named: Sequence[Mapping[str, str]]) -> Line:
    cells = [
        (
            shown(value, counted=field.type == "integer"),
            field.type in ("integer", "number", "percent") and not field.masked,
            names.get(str(value), ""),
        )
        for field, value, names in zip(fields, row[:-1], named, strict=True)
    ]
    return Line(row[-1], cells)


def _kept(asked: Asked) -> list[tuple[str, str]]:
    sort = ",".join(f"{'-' if each.down else ''}{each.column}" for each in asked.query.sort)
    kept = [("sort", sort), ("select", ",".join(asked.query.select)), *asked.pinned]
    return [(name, value) for name, value in kept if value]
