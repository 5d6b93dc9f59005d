"""SQL of a question to rows. Every value is a parameter, every identifier a column that the table has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from madang.access import View
from madang.engine.rows_fields import Fields
from madang.engine.rows_query import KINDS, NUMBERS, Field, Filter, Measure, Query, Sort
from madang.messages import MadangError, text

ROW = "__row"  # a number of its own for every row of a version, the same in every copy of it
SOURCE_ROW = "source_row"
_COMPARED = {"eq": "=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_ORDERED = (*NUMBERS, "text", "date", "datetime", "month", "time")
_TEXTS = ("text", "month", "time")
_CASTS = {"date": "::DATE", "datetime": "::TIMESTAMP"}


@dataclass
class Condition:
    """SQL texts that all must hold, and their parameters in order."""

    parts: list[str] = field(default_factory=list)
    values: list[object] = field(default_factory=list)
    columns: set[str] = field(default_factory=set)  # that are looked at

    def add(self, sql: str, *values: object) -> None:
        self.parts.append(sql)
        self.values.extend(values)

    @property
    def where(self) -> str:
        return f" WHERE {' AND '.join(self.parts)}" if self.parts else ""


def condition(query: Query, fields: Fields, view: View, there: Sequence[str]) -> Condition:
    """Which rows of those that the view shows. Raises MadangError: rows_masked, rows_column, rows_operator …"""
    found = Condition()
    if view.own_rows:
        _own(found, view, there)
    for each in query.filters:
        _filter(found, fields.open(each.column), each)
    for word in query.search.split():
        _word(found, fields.texts, word)
    return found


def _own(found: Condition, view: View, there: Sequence[str]) -> None:
    """Only the person's own rows; none at all where the table lacks the column that says whose they are."""
    if view.own_rows in there and view.own_values:
        marks = ", ".join("?" * len(view.own_values))
        found.columns.add(view.own_rows)
        found.add(f"{quoted(view.own_rows)}::VARCHAR IN ({marks})", *view.own_values)
    else:
        found.add("false")


def _filter(found: Condition, column: Field, asked: Filter) -> None:
    name, value, cast = quoted(column.name), asked.value, _CASTS.get(column.type, "")
    found.columns.add(column.name)
    if asked.operator == "null":
        found.add(f"{name} IS {'' if value else 'NOT '}NULL")
    elif asked.operator == "in":
        values = value if isinstance(value, tuple) else (value,)
        marks = ", ".join([f"?{cast}"] * len(values))
        found.add(f"{name} IN ({marks})" if values else "false", *values)
    elif asked.operator == "ne":
        found.add(f"{name} IS DISTINCT FROM ?{cast}", value)
    elif asked.operator == "contains" and column.type in _TEXTS:
        found.add(*_contains(name, str(value)))
    elif asked.operator == "starts" and column.type in _TEXTS:
        found.add(f"starts_with({name}, ?)", value)
    elif asked.operator == "eq" or (asked.operator in _COMPARED and column.type in _ORDERED):
        found.add(f"{name} {_COMPARED[asked.operator]} ?{cast}", value)
    else:
        raise MadangError(
            "rows_operator", operator=asked.operator, column=column.label, kind=text(f"type_{column.type}")
        )


def _contains(name: str, part: str) -> tuple[str, object]:
    """Hangul and digits have no capitals: where the part has none either, nothing needs to be made small."""
    if part.lower() == part.upper():
        return f"contains({name}, ?)", part
    return f"contains(lower({name}), lower(?))", part


def _word(found: Condition, texts: Sequence[Field], word: str) -> None:
    if not texts:
        raise MadangError("rows_search_none")
    each = [_contains(quoted(column.name), word) for column in texts]
    found.columns.update(column.name for column in texts)
    found.add(f"({' OR '.join(sql for sql, _ in each)})", *(value for _, value in each))


# what is shown -------------------------------------------------------------------------------------------


def shown(column: Field) -> str:
    """SQL of a cell as it is shown: starred but for its first character, and numbers that are none as empty."""
    name = quoted(column.name)
    if column.masked:
        plain = f"{name}::VARCHAR"
        return rf"left({plain}, 1) || regexp_replace(substr({plain}, 2), '\S', '*', 'g')"
    if column.type in ("number", "percent"):
        return f"CASE WHEN isfinite({name}) THEN {name} END"
    return name


def measured(measure: Measure, fields: Fields) -> tuple[str, Field]:
    """SQL of a measure, and the column it makes. Raises MadangError: rows_masked, rows_column, rows_measure."""
    label = text(f"rows_measure_{measure.kind}")
    if not measure.column:
        if measure.kind != "count":
            raise MadangError("rows_measure", measure=measure.kind, measures=", ".join(KINDS))
        return "count(*)", Field("count", label, "integer", None)
    column = fields.open(measure.column)
    name, labelled = quoted(column.name), f"{column.label} {label}"
    if measure.kind in ("count", "distinct"):
        inner = f"DISTINCT {name}" if measure.kind == "distinct" else name
        return f"count({inner})", Field(measure.name, labelled, "integer", None)
    if measure.kind in ("min", "max") and column.type in _ORDERED:
        return f"{measure.kind}({name})", Field(measure.name, labelled, column.type, column.unit)
    if measure.kind in ("min", "max") or column.type not in NUMBERS:
        raise MadangError(
            "rows_operator", operator=measure.kind, column=column.label, kind=text(f"type_{column.type}")
        )
    finite = f"CASE WHEN isfinite({name}) THEN {name} END" if column.type in ("number", "percent") else name
    function = "avg" if measure.kind == "mean" else measure.kind
    kind = column.type if measure.kind == "sum" and column.type != "year" else "number"
    return f"{function}({finite})", Field(measure.name, labelled, kind, column.unit)


# in which order ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """A part of the order of rows: a column, downwards or not."""

    name: str
    down: bool = False
    cast: str = ""

    @property
    def sql(self) -> str:
        return f"{quoted(self.name)}{' DESC' if self.down else ''} NULLS LAST"


def keys(sort: Sequence[Sort], fields: Fields) -> tuple[Key, ...]:
    """The order that is asked for. Raises MadangError: rows_column, rows_masked."""
    asked: dict[str, Key] = {}
    for each in sort:
        column = fields.open(each.column)
        asked.setdefault(column.name, Key(column.name, each.down, _CASTS.get(column.type, "")))
    return tuple(asked.values())


def beyond(found: Condition, order: Sequence[Key], row: str, last: Sequence[object]) -> None:
    """Only rows behind the one whose values in `order` and whose number (the SQL `row`) are `last`.

    Empty cells stand last, and rows of equal values as their numbers rise.
    """
    sql, values = f"{row} > ?", [last[-1]]
    for key, value in zip(reversed(order), reversed(last[:-1]), strict=True):
        name, mark = quoted(key.name), f"?{key.cast}"
        if value is None:
            sql = f"({name} IS NULL AND {sql})"
            continue
        further = f"{name} {'<' if key.down else '>'} {mark} OR {name} IS NULL"
        sql = f"({further} OR ({name} = {mark} AND {sql}))"
        values = [value, value, *values]
    found.add(sql, *values)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
