"""What a query process says went wrong, as a sentence for the person who wrote the query: where, and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from madang.messages import MadangError

_NEAR = re.compile(r'at or near "(.*)"', re.DOTALL)
_COLUMN = re.compile(
    r'[Cc]olumn(?: with name)? "?([^"\n]+?)"? (?:not found|does not)|does not have a column named "([^"]+)"'
)
_CANDIDATES = re.compile(r"[Cc]andidate(?: bindings|s)?:?\s*(.+)")
_GROUPED = re.compile(r'column "?([^"]+?)"? must appear in the GROUP BY', re.I)
_NO_FUNCTION = re.compile(r'Function with name "?([^"\s]+?)"? does not exist')
_PATH = re.compile(r"/[^\s'\":,]+(?:/[^\s'\":,]+)+")
_LINE = re.compile(r"\n+LINE \d+:.*", re.DOTALL)
_MESSAGE = 600


def error_of(code: str, params: Mapping[str, Any], sql: str, tables: Mapping[str, object]) -> MadangError:
    """The error `code` with the place in `sql` as `line` and `column` (from 1) and no path.

    What the process says is taken as text only; a code that is none becomes sql_failed.
    """
    position = params.get("position")
    if code == "sql_syntax" and isinstance(position, int):  # DuckDB's parser counts letters, all else bytes
        position = len(sql[:position].encode("utf-8", "replace"))
    line, column = _place(sql, position, str(params.get("name") or ""))
    message = _cleaned(str(params.get("message", "")))
    where: dict[str, Any] = {"line": line, "column": column}
    if code == "sql_syntax":
        near = _NEAR.search(message)
        return MadangError("sql_syntax", near=near[1] if near else message, **where)
    if code == "sql_table_unknown":
        known = ", ".join(sorted(tables)[:20]) or "-"
        return MadangError("sql_table_unknown", table=params.get("table", "-"), tables=known, **where)
    if code == "sql_function":
        return MadangError("sql_function", function=params.get("function", "-"), **where)
    if code in ("sql_empty", "sql_one_statement", "sql_only_questions", "sql_memory"):
        return MadangError(code)
    if code in ("sql_too_long", "sql_too_wide"):
        return MadangError(code, limit=params.get("limit", "-"))
    return _failed(message, params, where)


def _failed(message: str, params: Mapping[str, Any], where: dict[str, Any]) -> MadangError:
    said = str(params.get("error_subtype", ""))
    missing = _COLUMN.search(message)
    if missing or said == "COLUMN_NOT_FOUND":
        candidates = str(params.get("candidates") or "") or _first(_CANDIDATES, message) or "-"
        name = str(params.get("name") or "") or (missing[1] or missing[2] if missing else "-")
        return MadangError("sql_column_unknown", name=name, candidates=candidates, **where)
    if grouped := _GROUPED.search(message):
        return MadangError("sql_group", name=grouped[1], **where)
    if function := _NO_FUNCTION.search(message):
        return MadangError("sql_function_unknown", function=function[1], **where)
    if params.get("kind") in ("Permission", "PermissionException", "IO"):
        return MadangError("sql_only_questions")
    return MadangError("sql_failed", message=message or "-", **where)


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""


def _cleaned(message: str) -> str:
    return _PATH.sub("…", _LINE.sub("", message)).strip()[:_MESSAGE]


def _place(sql: str, position: Any, name: str) -> tuple[int, int]:
    """Line and column of a byte of the text, or of where it first says `name`; its start where nobody knows."""
    if isinstance(position, int):
        before = sql.encode("utf-8", "replace")[:position].decode("utf-8", "ignore")
    else:
        before = sql[: max(sql.casefold().find(name.casefold()), 0)] if name else ""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
