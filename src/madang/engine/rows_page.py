"""Finds the rows of one page: which they are, by the cheapest way there is, then their cells."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from madang.access import View
from madang.engine import rows_cursor
from madang.engine.row_copy import Copy, Numbers
from madang.engine.row_orders import Order, order_of
from madang.engine.row_store import Relation
from madang.engine.rows_fields import Fields
from madang.engine.rows_picked import picked_by
from madang.engine.rows_query import Field, Page, Query
from madang.engine.rows_sql import ROW, SOURCE_ROW, Condition, Key, beyond, condition, keys, shown
from madang.messages import MadangError

_WALKED = (4_096, 32_768)  # rows of an order that are tried before all are looked at
_FEW = 5_000  # rows of one value that are taken out and asked by themselves
_REST = re.compile(r"(?<=.)\S", re.DOTALL)
_NARROW = "madang_narrowed"


def page_of(table: Relation, query: Query, view: View, fields: Fields, files: Sequence[Path]) -> Page:
    """One page of single rows; see `madang.engine.rows.rows`."""
    chosen = selected(query, fields)
    order = keys(query.sort, fields)
    about = ([(key.name, key.down) for key in order], [path.name for path in files])
    last: list[object] = []
    position = query.offset
    if query.after:
        last, position = rows_cursor.read(query.after, about, len(order) + 1)
    if table.copy is None:
        return _from_files(table, query, view, fields, chosen, order, about, position)
    try:
        numbers = _numbers(table, query, view, fields, order, last, position)
    except (duckdb.ConversionException, duckdb.InvalidInputException):
        if last:  # a cursor whose values are of another type
            raise MadangError("rows_cursor") from None
        raise
    following, numbers = len(numbers) > query.limit, numbers[: query.limit]
    after = ""
    if following:
        number = int(numbers[-1])
        ended = [*(table.copy.cell(key.name, number) for key in order), number]
        after = rows_cursor.made(about, ended, position + query.limit)
    return Page(chosen, _cells(table.copy, numbers, chosen), after)


def selected(query: Query, fields: Fields) -> tuple[Field, ...]:
    return tuple(map(fields.named, query.select)) if query.select else fields.shown


def asked(con: duckdb.DuckDBPyConnection, sql: str, values: Sequence[object]) -> list[tuple[Any, ...]]:
    return con.execute(sql, list(values)).fetchall()


def ordered(order: Sequence[Key], table: Relation) -> str:
    """SQL of an order in which no two rows are alike: what is asked, then as in the source."""
    last = ["rowid"] if table.copy else [*([SOURCE_ROW] if SOURCE_ROW in table.names else []), ROW]
    return ", ".join([*(key.sql for key in order), *last])


def narrowed(
    table: Relation, query: Query, view: View, fields: Fields
) -> tuple[Relation, Condition, int | None]:
    """The table, or a few of its rows where a value picks them out, with the condition that remains.

    The third is how many rows there are, where that is known without looking.
    """
    found = condition(query, fields, view, table.names)
    if table.copy is None:
        return table, found, None
    if not found.parts:
        return table, found, table.copy.rows
    picked = picked_by(table, query, fields)
    if picked is None:
        return table, found, None
    left, numbers = picked
    rest = condition(left, fields, view, table.names)
    if not rest.parts:
        return (table if len(numbers) > _FEW else _few(table, numbers)), found, len(numbers)
    return (table, found, None) if len(numbers) > _FEW else (_few(table, numbers), rest, None)


def _numbers(
    table: Relation,
    query: Query,
    view: View,
    fields: Fields,
    order: Sequence[Key],
    last: list[object],
    position: int,
) -> Numbers:
    """Numbers of the rows of a page and of one more, in its order."""
    assert table.copy is not None
    wanted = query.limit + 1
    found = condition(query, fields, view, table.names)
    if not found.parts and not order:
        return np.arange(position, max(position, min(position + wanted, table.copy.rows)))
    whole = None
    if len(order) == 1:
        whole = order_of(table.con, table.copy, order[0].name, down=order[0].down)
    if whole is not None and not found.parts:
        return whole.numbers[position : position + wanted].astype(np.int64)
    picked = picked_by(table, query, fields) if found.parts else None
    if picked is not None:
        left, numbers = picked
        found = condition(left, fields, view, table.names)
        if not found.parts and not order:
            return numbers[position : position + wanted]
        if len(numbers) <= _FEW:
            table = _few(table, numbers)
        else:
            found = condition(query, fields, view, table.names)
    if table.copy is not None and whole is not None and (last or position == 0):
        near = _nearest(table, found, whole, last, wanted)
        if near is not None:
            return near
    return _asked_numbers(table, found, order, last, position, wanted)


def _nearest(
    table: Relation, found: Condition, whole: Order, last: list[object], wanted: int
) -> Numbers | None:
    """The first rows in an order that the condition lets through, where enough of them stand close together.

    Where one row in a hundred fits, the page is full after ten thousand, and the other millions are not looked at.
    None where it is not, or where a made-up cursor names no row.
    """
    assert table.copy is not None
    begin = 0
    if last:
        at = np.flatnonzero(whole.numbers == last[-1]) if isinstance(last[-1], int) else np.empty(0, np.int64)
        if not len(at):
            return None
        begin = int(at[0]) + 1
    for length in _WALKED:
        numbers = whole.numbers[begin : begin + length].astype(np.int64)
        cells = table.copy.table(numbers, sorted(found.columns) or list(table.names[:1]))
        table.con.register(_NARROW, cells.append_column(ROW, pa.array(np.arange(len(numbers)))))
        sql = f"SELECT {ROW} AS n FROM {_NARROW}{found.where} ORDER BY {ROW} LIMIT {wanted}"
        places = np.asarray(table.con.execute(sql, found.values).fetchnumpy()["n"], np.int64)
        if len(places) == wanted or begin + length >= len(whole.numbers):
            return numbers[places]
    return None


def _asked_numbers(
    table: Relation, found: Condition, order: Sequence[Key], last: list[object], position: int, wanted: int
) -> Numbers:
    row = "rowid" if table.copy else ROW
    if last:
        beyond(found, order, row, last)
        position = 0
    sort = ", ".join([*(key.sql for key in order), row])
    # a copy answers in the order of its rows: without ORDER BY it stops at the last row that is wanted
    ordering = f" ORDER BY {sort}" if order or not table.copy else ""
    sql = f"SELECT {row} AS n FROM {table.sql}{found.where}{ordering} LIMIT {wanted} OFFSET {position}"
    got = table.con.execute(sql, found.values).fetchnumpy()["n"]
    return np.asarray(got, np.int64)


def _few(table: Relation, numbers: Numbers) -> Relation:
    """These rows as a table of its own, with their numbers in ROW."""
    assert table.copy is not None
    names = list(table.names)
    cells = table.copy.table(numbers, names)
    table.con.register(_NARROW, cells.append_column(ROW, pa.array(numbers)))
    return Relation(table.con, _NARROW, table.names)


def _cells(copy: Copy, numbers: Numbers, chosen: Sequence[Field]) -> list[tuple[object, ...]]:
    columns = copy.take(numbers, [field.name for field in chosen])
    return list(zip(*map(_shown, chosen, columns), strict=True))


def _shown(field: Field, cells: list[object]) -> list[object]:
    """As `rows_sql.shown`: starred, and numbers that are none as empty."""
    if field.masked:
        return [None if cell is None else _REST.sub("*", _said(cell)) for cell in cells]
    if field.type in ("number", "percent"):
        return [None if isinstance(cell, float) and not math.isfinite(cell) else cell for cell in cells]
    return cells


def _said(cell: object) -> str:
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def _from_files(
    table: Relation,
    query: Query,
    view: View,
    fields: Fields,
    chosen: Sequence[Field],
    order: Sequence[Key],
    about: object,
    position: int,
) -> Page:
    """While there is no copy: a look at all rows of the Parquet files."""
    found = condition(query, fields, view, table.names)
    # named otherwise than any column: ORDER BY means the cells themselves, not what is shown of them
    listed = ", ".join(f"{shown(each)} AS __shown_{place}" for place, each in enumerate(chosen))
    sql = f"SELECT {listed} FROM {table.sql}{found.where} ORDER BY {ordered(order, table)} LIMIT ? OFFSET ?"
    got = asked(table.con, sql, [*found.values, query.limit + 1, position])
    after = rows_cursor.made(about, [], position + query.limit) if len(got) > query.limit else ""
    return Page(tuple(chosen), got[: query.limit], after)
