"""Questions to rows as they stand in an address, the same on pages, in downloads and in the API.

    ?구분=노상&요금.gt=1000&q=시청&sort=-주차구획수,주차장명&select=주차장명,요금&limit=50
    ?group=구분&measure=count,sum.주차구획수&sort=-count

A filter is `column=value` or `column.operator=value`; columns go by name or by Korean label. The words in `WORDS` are
taken: a column that is called so is reached with an operator (`version.eq=3`). An empty value says nothing, as a form
sends it for a box left empty. `구분=노상&구분=노외` and `구분.in=노상,노외` mean one of both.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from madang.access import View
from madang.engine.rows_fields import Fields, normal
from madang.engine.rows_query import (
    KINDS,
    MOST_OFFSET,
    MOST_ROWS,
    NUMBERS,
    OPERATORS,
    Column,
    Field,
    Filter,
    Measure,
    Operator,
    Query,
    Sort,
)
from madang.engine.rows_values import boolean, typed
from madang.messages import MadangError, text

WORDS = ("q", "sort", "select", "group", "measure", "limit", "offset", "after")
ALSO = ("version", "as_of", "format", "total", "page", "lang")  # of the page or the API, not of the question


def parse(
    given: Iterable[tuple[str, Sequence[str]]],
    columns: Sequence[Column],
    view: View,
    *,
    ignore: Collection[str] = ALSO,
) -> Query:
    """The question in the parameters `given` (name and its values, as `QueryDict.lists()` has them).

    `ignore` are parameters that mean something else. Raises MadangError: rows_column, rows_column_twice,
    rows_masked, rows_operator, rows_value, rows_number, rows_too_many, rows_measure.
    """
    fields = Fields(columns, view)
    words: dict[str, str] = {}
    filters: list[Filter] = []
    for key, values in given:
        said = [value for value in values if value.strip()]
        if not said or key in ignore:
            continue
        if key in WORDS:
            words[key] = said[-1]
        else:
            filters += _filters(fields, key, said)
    measures = tuple(_measure(fields, each) for each in _listed(words.get("measure", "")))
    names = {each.name for each in measures or (Measure("count"),)}
    return Query(
        select=tuple(fields.named(each).name for each in _listed(words.get("select", ""))),
        filters=tuple(filters),
        search=normal(words.get("q", "")),
        sort=tuple(_sort(fields, each, names) for each in _listed(words.get("sort", ""))),
        group=tuple(fields.open(each).name for each in _listed(words.get("group", ""))),
        measures=measures,
        limit=_whole("limit", words.get("limit", str(Query.limit)), 1, MOST_ROWS),
        offset=_whole("offset", words.get("offset", "0"), 0, MOST_OFFSET),
        after=words.get("after", ""),
    )


def address(query: Query) -> list[tuple[str, str]]:
    """The parameters that `parse` reads as `query`: for links. Columns go by name."""
    said = [
        ("q", query.search),
        ("select", ",".join(query.select)),
        ("group", ",".join(query.group)),
        ("measure", ",".join(each.name for each in query.measures)),
        ("sort", ",".join(f"{'-' if each.down else ''}{each.column}" for each in query.sort)),
        ("limit", str(query.limit) if query.limit != Query.limit else ""),
        ("offset", str(query.offset) if query.offset else ""),
        ("after", query.after),
    ]
    filters = [pair for each in query.filters for pair in _said(each)]
    return [*filters, *((key, value) for key, value in said if value)]


def _said(asked: Filter) -> list[tuple[str, str]]:
    if isinstance(asked.value, tuple):
        return [(f"{asked.column}.eq", str(value)) for value in asked.value]
    value = str(asked.value).lower() if isinstance(asked.value, bool) else str(asked.value)
    return [(f"{asked.column}.{asked.operator}", value)]


def _filters(fields: Fields, key: str, values: Sequence[str]) -> list[Filter]:
    column, operator = _column_of(fields, key)
    if operator == "null":
        return [Filter(column.name, "null", _flag(column, values[-1]))]
    if operator in ("eq", "in"):
        given = [part for value in values for part in (value.split(",") if operator == "in" else [value])]
        read = tuple(dict.fromkeys(typed(column, each) for each in given if each.strip()))
        one = len(read) == 1
        return [Filter(column.name, "eq", read[0]) if one else Filter(column.name, "in", read)]
    if operator in ("contains", "starts"):
        return [Filter(column.name, operator, normal(value)) for value in values]
    return [Filter(column.name, operator, typed(column, value)) for value in values]


def _column_of(fields: Fields, key: str) -> tuple[Field, Operator]:
    """`요금.gt` is the column 요금, unless there is a column of this whole name."""
    whole = fields.find(key)
    if whole is not None:
        return fields.open(whole.name), "eq"
    head, dot, tail = normal(key).rpartition(".")
    operator = next((each for each in OPERATORS if each == tail), None)
    if dot and operator and fields.find(head) is not None:
        return fields.open(head), operator
    if dot and fields.find(head) is not None:
        raise MadangError("rows_operator_unknown", operator=tail, operators=", ".join(OPERATORS))
    return fields.open(key), "eq"


def _flag(column: Field, written: str) -> bool:
    try:
        return boolean(written)
    except ValueError:
        raise MadangError(
            "rows_value", column=column.label, value=written, kind="true/false", example="true"
        ) from None


def _measure(fields: Fields, written: str) -> Measure:
    head, dot, tail = written.partition(".")
    kind = next((each for each in KINDS if each == head), None)
    if kind is None or (not dot and kind != "count"):
        raise MadangError("rows_measure", measure=written, measures=", ".join(KINDS))
    column = fields.open(tail) if dot else None
    if column and kind in ("sum", "mean", "median") and column.type not in NUMBERS:
        raise MadangError(
            "rows_operator", operator=kind, column=column.label, kind=text(f"type_{column.type}")
        )
    return Measure(kind, column.name if column else "")


def _sort(fields: Fields, written: str, measures: Collection[str]) -> Sort:
    down = written.startswith("-")
    word = normal(written.removeprefix("-"))
    if word in measures:
        return Sort(word, down)
    head, dot, tail = word.partition(".")
    if dot and head in KINDS and fields.find(word) is None:
        return Sort(_measure(fields, word).name, down)
    return Sort(fields.open(word).name, down)


def _listed(written: str) -> list[str]:
    return [normal(each) for each in written.split(",") if each.strip()]


def _whole(name: str, written: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", written.strip()):
        raise MadangError("rows_number", name=name, value=written, least=least, most=most)
    return int(written)
