"""The SQL in a declaration: row expressions only, over the declared columns, bound by DuckDB before they are trusted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb

from madang.declarations.fields import bad
from madang.declarations.standard import STORAGE, Standard

_SAFE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_TEXT = re.compile(r"'(?:[^']|'')*'")  # a SQL string
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?!\w|\s*\(|\s*'')")  # neither called nor the type of a literal


def quote(name: str) -> str:
    """`name` as a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """`text` as a SQL string."""
    return "'" + text.replace("'", "''") + "'"


def spoken_columns(expression: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of the columns `names` a SQL row expression speaks of, in their order; by its words, without parsing it."""
    words = {word.casefold() for word in _WORD.findall(_TEXT.sub("''", expression))}
    return tuple(name for name in names if name.casefold() in words)


def check_expressions(standard: Standard, file: Path) -> None:
    """Bind every SQL expression of `standard` to its columns: a boolean for each row, no subquery, no aggregate.

    Raises MadangError ``standard_rule_sql`` with the key of the rule and the reason.
    """
    expressions = list(_expressions(standard))
    if not expressions:
        return
    columns = ", ".join(f"{quote(column.name)} {STORAGE[column.type]}" for column in standard.columns)
    with duckdb.connect(config=_SAFE) as con:
        con.execute(f"CREATE TABLE standard ({columns})")
        for group, id_, part, expression in expressions:
            try:
                _bind(con, expression)
            except (duckdb.Error, ValueError) as error:
                reason = str(error).split("\n\n")[0].replace("\n", " ")
                key = f"{group}.{id_}.{part}"
                raise bad("standard_rule_sql", file, key, value=expression, reason=reason) from error


def _expressions(standard: Standard) -> Iterator[tuple[str, str, str, str]]:
    for rule in standard.rules:
        yield "rules", rule.id, "violated", rule.violated
        if rule.applies:
            yield "rules", rule.id, "applies", rule.applies
    for total in standard.sums:
        yield "sums", total.id, "total", total.total
        yield "sums", total.id, "parts", total.parts


def _bind(con: duckdb.DuckDBPyConnection, expression: str) -> None:
    columns_in(con, expression)
    con.execute(f"SELECT count(*) FILTER (WHERE ({expression}\n)) FROM standard")
    type_ = con.execute(f"DESCRIBE SELECT ({expression}\n) AS v FROM standard").fetchall()[0][1]
    if type_ != "BOOLEAN":
        raise ValueError(f"{type_} is not BOOLEAN")


def columns_in(con: duckdb.DuckDBPyConnection, expression: str) -> set[str]:
    """The names (lower case) of the columns a SQL row expression speaks of. Raises ValueError where it is none."""
    # a literal, not a parameter: binding a Python value makes DuckDB import pandas, a whole second
    statement = literal(f"SELECT ({expression}\n)")
    parsed = json.loads(_one(con.execute(f"SELECT json_serialize_sql({statement})")))
    if parsed["error"]:
        raise ValueError(parsed["error_message"])
    found: set[str] = set()
    for node in _nodes(parsed["statements"][0]["node"]["select_list"]):
        if node.get("class") in ("SUBQUERY", "WINDOW"):
            raise ValueError(f"{node['class']} is not a row expression")
        if node.get("class") == "COLUMN_REF":
            found.add(node["column_names"][-1].casefold())
    return found


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _nodes(each)


def _one(result: duckdb.DuckDBPyConnection) -> str:
    row = result.fetchone()
    assert row is not None
    return str(row[0])
