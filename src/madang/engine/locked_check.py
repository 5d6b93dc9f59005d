"""What a query may be: one question over the tables that were handed in. Judged on DuckDB's own reading of the text.

This is the first of several walls and the one that can explain itself; what passes it by mistake meets the others.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import duckdb

# Table functions that make rows out of their arguments alone. Everything else is refused: reading files, looking into
# the catalogue or the settings, logging, running a text as a query.
_TABLE_FUNCTIONS = frozenset("range generate_series unnest repeat json_each json_tree".split())
# Scalar functions that look at the process or its settings, or act on them.
_FUNCTIONS_REFUSED = frozenset(
    "current_setting getvariable write_log json_serialize_plan json_serialize_sql json_deserialize_sql nextval currval"
    " sleep_ms pg_sleep getenv query query_table pg_get_viewdef pg_conf_load_time pg_postmaster_start_time"
    " parse_duckdb_log_message json_execute_serialized_sql python_map_function current_query".split()
)
_FROM = frozenset(
    ("BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY", "PIVOT", "SHOW_REF")
)
_SHOWN = frozenset(("DESCRIBE", "SUMMARY"))
_LENGTH = 100_000


class Refused(Exception):
    """A query that is not run: a `code` of the messages and the parameters of its sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code, self.params = code, params


def check(con: duckdb.DuckDBPyConnection, sql: str, tables: Collection[str]) -> list[str]:
    """Which of `tables` a single question reads, or EXPLAIN of one. It runs nothing. Raises Refused for all else.

    EXPLAIN ANALYZE is refused: it tells where files lie.
    """
    if not sql.strip():
        raise Refused("sql_empty")
    if len(sql) > _LENGTH or "\0" in sql:
        raise Refused("sql_too_long", limit=f"{_LENGTH:,}")
    explained = _without_explain(sql)
    tree = _tree(
        con,
        sql if explained is None else explained,
        offset=0 if explained is None else len(sql) - len(explained),
    )
    if len(tree["statements"]) != 1:
        raise Refused("sql_one_statement" if tree["statements"] else "sql_empty")
    statements = con.extract_statements(sql)
    wanted = duckdb.StatementType.SELECT if explained is None else duckdb.StatementType.EXPLAIN
    if len(statements) != 1 or statements[0].type != wanted:
        raise Refused("sql_one_statement")
    return _judge(tree, {name.casefold(): name for name in tables})


def _tree(con: duckdb.DuckDBPyConnection, sql: str, *, offset: int) -> dict[str, Any]:
    row = con.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    assert row is not None
    tree: dict[str, Any] = json.loads(row[0])
    if tree["error"]:
        if tree.get("error_type") != "parser":
            raise Refused("sql_only_questions")
        raise Refused(
            "sql_syntax", message=str(tree["error_message"]), position=_number(tree.get("position"), offset)
        )
    return tree


def _number(position: Any, offset: int) -> int | None:
    return int(position) + offset if str(position or "").isdigit() else None


def _without_explain(sql: str) -> str | None:
    """What an EXPLAIN explains; None where the text begins with another word."""
    encoded = sql.encode("utf-8", "replace")  # DuckDB counts bytes
    starts = [at for at, _ in duckdb.tokenize(sql)]
    if not starts or not encoded[starts[0] :].lower().startswith(b"explain"):
        return None
    return encoded[starts[1] :].decode("utf-8", "replace") if len(starts) > 1 else ""


def _judge(tree: dict[str, Any], tables: dict[str, str]) -> list[str]:
    nodes = list(_nodes(tree))
    named = {str(entry["key"]).casefold() for node in nodes for entry in _ctes(node)}
    named |= {str(node["cte_name"]).casefold() for node in nodes if node.get("cte_name")}
    for node in nodes:
        if "class" in node:
            _judge_expression(node)
        elif "sample" in node and "query_location" in node:
            _judge_source(node, tables.keys() | named)
    read = {str(node.get("table_name")).casefold() for node in nodes if node.get("type") == "BASE_TABLE"}
    return [name for key, name in tables.items() if key in read]


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def _ctes(node: dict[str, Any]) -> list[dict[str, Any]]:
    found = node.get("cte_map")
    return found["map"] if isinstance(found, dict) else []


def _judge_expression(node: dict[str, Any]) -> None:
    name = str(node.get("function_name", "")).casefold()
    if name in _FUNCTIONS_REFUSED or name.startswith(("read_", "parquet_", "duckdb_", "pragma_")):
        raise Refused("sql_function", function=name, position=_place(node))


def _judge_source(node: dict[str, Any], known: Collection[str]) -> None:
    kind = node.get("type")
    if kind not in _FROM:
        raise Refused("sql_only_questions")
    if kind == "TABLE_FUNCTION":
        function = node.get("function") or {}
        name = str(function.get("function_name", "")).casefold()
        if name not in _TABLE_FUNCTIONS:
            raise Refused("sql_function", function=name, position=_place(node))
    if kind == "SHOW_REF" and (node.get("show_type") not in _SHOWN or node.get("query") is None):
        raise Refused("sql_only_questions")
    if kind == "BASE_TABLE":
        name = str(node.get("table_name", ""))
        plain = not node.get("catalog_name") and str(node.get("schema_name") or "main").casefold() == "main"
        if not plain or name.casefold() not in known:
            raise Refused("sql_table_unknown", table=name, position=_place(node))


def _place(node: dict[str, Any]) -> int | None:
    place = node.get("query_location")
    return place if isinstance(place, int) and place < 1 << 62 else None
