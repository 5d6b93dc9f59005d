"""Parameters of a query: `:month` in its text is a place for a value, given in a form and never put into the text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from madang.engine.locked import Value
from madang.messages import MadangError

# what holds no parameters (texts, names, comments), or one: a colon right before a name and after nothing that it could belong to
_TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | \$\w*\$.*?\$\w*\$
      | (?<![\w\]\)'":]):(?P<name>[^\W\d]\w*)(?:::(?P<cast>\w+))?""",
    re.VERBOSE | re.DOTALL,
)
_CASTS = {
    "date": "date", "timestamp": "date", "int": "number", "integer": "number", "bigint": "number", "double": "number",
    "decimal": "number", "float": "number",
}  # fmt: skip
_ENDINGS = (
    ("month", ("month", "월")),
    ("date", ("date", "day", "since", "until", "일", "일자", "날짜")),
    ("number", ("year", "count", "limit", "number", "size", "n", "년", "연도", "수", "금액")),
)
_MOST = 2_000


@dataclass(frozen=True)
class Parameter:
    """A parameter by name and what is asked for: text, number, date, month (2026-06)."""

    name: str
    kind: str
    value: str = ""


def parameters_of(sql: str, values: Mapping[str, str] | None = None) -> list[Parameter]:
    """The parameters of a text in the order they first stand in it; a cast (`:n::INTEGER`) or the name tells the kind."""
    found: dict[str, str] = {}
    for token in _TOKEN.finditer(sql):
        if token["name"]:
            kind = (
                _CASTS.get((token["cast"] or "").lower()) or found.get(token["name"]) or _kind(token["name"])
            )
            found[token["name"]] = kind
    return [Parameter(name, kind, (values or {}).get(name, "")) for name, kind in found.items()]


def bound(sql: str, values: Mapping[str, str]) -> tuple[str, dict[str, Value]]:
    """The text as DuckDB reads it, letter for letter as long, and the values of its parameters with their types.

    Raises MadangError: sql_value_missing, sql_value.
    """
    typed = {each.name: _typed(each) for each in parameters_of(sql, values)}
    return _TOKEN.sub(lambda token: "$" + token[0][1:] if token["name"] else token[0], sql), typed


def _kind(name: str) -> str:
    word = name.casefold().rsplit("_", 1)[-1]
    for kind, endings in _ENDINGS:
        if word in endings or any(word.endswith(each) for each in endings if not each.isascii()):
            return kind
    return "text"


def _typed(parameter: Parameter) -> Value:
    value = parameter.value.strip()
    if not value:
        raise MadangError("sql_value_missing", name=parameter.name)
    try:
        if parameter.kind == "date":
            return date.fromisoformat(value)
        if parameter.kind == "number":
            return float(value) if "." in value else int(value)
    except ValueError:
        raise MadangError("sql_value", name=parameter.name, value=value, kind=parameter.kind) from None
    return value[:_MOST]
