"""Which rows a question can be about, told from what stands beside a copy: orders of columns, and pairs of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from madang.engine.row_copy import Copy, Numbers
from madang.engine.row_orders import order_of
from madang.engine.row_pairs import MOST, MOST_TEXT, pairs_of
from madang.engine.row_store import Relation
from madang.engine.rows_fields import Fields
from madang.engine.rows_query import Field, Filter, Query


def picked_by(table: Relation, query: Query, fields: Fields) -> tuple[Query, Numbers] | None:
    """Rising numbers of rows among which are all that `query` asks for, and what is left to be asked of them.

    None where nothing picks some out. What helps and is not there yet is begun to be made.
    """
    assert table.copy is not None
    return _by_value(table, query, fields) or _by_text(table.copy, query, fields)


def _by_value(table: Relation, query: Query, fields: Fields) -> tuple[Query, Numbers] | None:
    """By the first filter "eq" on a column whose order is there; they fit it, so it is asked no more."""
    assert table.copy is not None
    for each in query.filters:
        column = fields.open(each.column)
        if each.operator == "eq":
            order = order_of(table.con, table.copy, column.name)
            value = _of_type(column, each.value)
            if order is not None and value is not None:
                return _without(query, each), order.equal(value).astype(np.int64)
    return None


def _by_text(copy: Copy, query: Query, fields: Fields) -> tuple[Query, Numbers] | None:
    """By the texts that cells are to contain; whether they do is still to be asked."""
    for each in query.filters:
        column = fields.open(each.column)
        if each.operator == "contains" and column.type == "text":
            numbers = _holding(copy, [column], str(each.value))
            if numbers is not None:
                return query, numbers
    for word in query.search.split():
        numbers = _holding(copy, fields.texts, word)
        if numbers is not None:
            return query, numbers
    return None


def _holding(copy: Copy, columns: Sequence[Field], word: str) -> Numbers | None:
    """Rows that may hold `word` in any of the columns; None where one cannot tell, or where they are many."""
    if len(word) < 2 or copy.size([column.name for column in columns]) > MOST_TEXT:
        return None
    every = [pairs_of(copy, column.name) for column in columns]
    found: list[Numbers] = []
    for pairs in every:
        numbers = pairs.holding(word) if pairs else None
        if numbers is None:
            return None
        found.append(numbers)
    together = np.unique(np.concatenate(found))
    return together if len(together) <= MOST else None


def _of_type(column: Field, value: object) -> object:
    """The value as the cells of the column are in Python; None where that cannot be compared."""
    if column.type == "date":
        return date.fromisoformat(str(value))
    if column.type == "datetime":
        return datetime.fromisoformat(str(value))
    return value


def _without(query: Query, gone: Filter) -> Query:
    return replace(query, filters=tuple(each for each in query.filters if each is not gone))
