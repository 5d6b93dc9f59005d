"""Rows of one version as pages, lists and programs ask for them: filtered, searched, sorted, grouped, a page at a time.

    source = Source(tuple(version.files), copies=ws.folder / "cache" / "rows" / dataset.id)
    seen = access.view(person, access.of_card(dataset.id, dataset.card), version.columns)
    query = parse(request.GET.lists(), version.columns, seen)      # ?구분=노상&요금.gt=1000&sort=-주차구획수
    page = rows(source, query, seen, version.columns)              # page.columns, page.rows, page.next
    total = count(source, query, seen, version.columns)            # a question of its own: pay for it where it is shown
    link = urlencode(address(replace(query, after=page.next)))     # the next page; any other query likewise

``rows_query`` has the values (`Query`, `Filter`, `Sort`, `Measure`, `Page`), ``rows_address`` the syntax of addresses.
Masked columns of the view come starred, and whoever filters, sorts, groups, measures or searches by one is refused
(MadangError "rows_masked"): the answer, or how many there are, would tell the value. Where the view has `own_rows`,
nothing but these rows exists. Shapes are left out.

Everything that can be asked wrongly is a MadangError of the code rows_… with the column and the value; the core
knows no dataset and no web, so the same functions serve the bank, the open editions and the results of runs.
"""

from __future__ import annotations

from collections.abc import Sequence

from madang.access import View
from madang.engine import rows_cursor
from madang.engine.row_store import Relation, Source, opened
from madang.engine.rows_address import address, parse
from madang.engine.rows_fields import Fields
from madang.engine.rows_page import asked, narrowed, page_of
from madang.engine.rows_query import Column, Field, Filter, Measure, Page, Query, Sort
from madang.engine.rows_sql import measured, quoted
from madang.messages import MadangError

__all__ = [
    "Field",
    "Fields",
    "Filter",
    "Measure",
    "Page",
    "Query",
    "Sort",
    "Source",
    "address",
    "count",
    "parse",
    "rows",
]


def rows(source: Source, query: Query, view: View, columns: Sequence[Column]) -> Page:
    """One page of the rows of `source`, whose `columns` (name, label, type, privacy) are those of its version.

    Rows stand in the order asked for, then as in the source file; empty cells last. A grouped query has one row
    per group: the group's columns, then a column per measure ("count", "sum.fee"), the first measure downwards
    where no other order is asked. Raises MadangError: rows_column, rows_column_twice, rows_masked, rows_operator,
    rows_measure, rows_search_none, rows_cursor.
    """
    with opened(source) as table:
        fields = Fields(columns, view, table.names)
        if query.grouped:
            return _groups(table, query, view, fields)
        return page_of(table, query, view, fields, source.files)


def count(source: Source, query: Query, view: View, columns: Sequence[Column]) -> int:
    """How many rows (or groups) the query has on all its pages. Raises as `rows`."""
    with opened(source) as table:
        fields = Fields(columns, view, table.names)
        table, found, counted = narrowed(table, query, view, fields)
        if counted is not None and not query.grouped:
            return counted
        sql = f"SELECT count(*) FROM {table.sql}{found.where}"
        if query.group:
            grouped = ", ".join(quoted(fields.open(name).name) for name in query.group)
            sql = f"SELECT count(*) FROM (SELECT 1 FROM {table.sql}{found.where} GROUP BY {grouped})"
        elif query.grouped:
            return 1
        return int(asked(table.con, sql, found.values)[0][0])


def _groups(table: Relation, query: Query, view: View, fields: Fields) -> Page:
    groups = [fields.open(name) for name in query.group]
    measures = [measured(each, fields) for each in query.counted]
    table, found, _ = narrowed(table, query, view, fields)
    places = {each.name: place for place, each in enumerate([*groups, *(made for _, made in measures)], 1)}
    about = ("groups", query.group, query.sort, [each.name for each in query.counted])
    skipped = rows_cursor.read(query.after, about, 0)[1] if query.after else query.offset
    listed = ", ".join([*(quoted(each.name) for each in groups), *(sql for sql, _ in measures)])
    grouped = f" GROUP BY {', '.join(map(str, range(1, len(groups) + 1)))}" if groups else ""
    order = ", ".join(_group_order(query, fields, places))
    sql = f"SELECT {listed} FROM {table.sql}{found.where}{grouped} ORDER BY {order} LIMIT ? OFFSET ?"
    got = asked(table.con, sql, [*found.values, query.limit + 1, skipped])
    following = rows_cursor.made(about, [], skipped + query.limit) if len(got) > query.limit else ""
    return Page((*groups, *(made for _, made in measures)), got[: query.limit], following)


def _group_order(query: Query, fields: Fields, places: dict[str, int]) -> list[str]:
    """By what is asked, else by the first measure downwards; then by the groups."""
    asked = query.sort or (Sort(query.counted[0].name, down=True),)
    found: dict[int, str] = {}
    for each in asked:
        name = each.column if each.column in places else fields.open(each.column).name
        if name not in places:
            raise MadangError("rows_sort_group", column=fields.named(name).label)
        found.setdefault(places[name], f"{places[name]}{' DESC' if each.down else ''} NULLS LAST")
    for place in range(1, len(query.group) + 1):
        found.setdefault(place, f"{place} NULLS LAST")
    return list(found.values())
