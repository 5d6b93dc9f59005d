"""Values of tables, and what is asked of them, as a reader expects them: shared by every page that shows rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from madang.engine.rows import Field, Filter
from madang.formats.shapes_text import described
from madang.runs.way import listed
from madang.web.shell import words

_ADDED = ("source_row", "lon", "lat", "dong_code", "geo_level")  # columns of the bank's own


def shown(value: Any, *, counted: bool = False) -> str | None:
    """A typed value as a reader expects it; None stays None. A `counted` number gets its thousands marked."""
    if value is None:
        return None
    if isinstance(value, bytes):
        return described(value)
    if isinstance(value, bool):
        return _("예") if value else _("아니요")
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:,}"
    if isinstance(value, int) and counted:
        return f"{value:,}"
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes" if not value.second else "seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def label_of(field: Field) -> str:
    """What a column is called: as in the file, or for those that the bank added in the language of the page."""
    return words.said(f"rows_label_{field.name}") if field.name in _ADDED else field.label


def value_of(filter: Filter) -> str:
    """The value of a filter as it stands in a form."""
    if isinstance(filter.value, tuple):
        return ", ".join(map(str, filter.value))
    return str(filter.value).lower() if isinstance(filter.value, bool) else str(filter.value)


def filter_said(filter: Filter) -> str:
    """What a filter lets through, in words that follow the name of its column."""
    value = listed(filter.value) if isinstance(filter.value, tuple) else value_of(filter)
    match filter.operator:
        case "null":
            return _("빈 칸만") if filter.value else _("빈 칸 빼고")
        case "contains":
            return _("‘{value}’ 들어 있음").format(value=value)
        case "starts":
            return _("‘{value}’로 시작").format(value=value)
        case "ne":
            return _("{value} 아님").format(value=value)
        case "eq" | "in":
            return f"= {value}"
    return {"ge": _("{value}부터"), "le": _("{value}까지"), "gt": _("{value} 넘음"), "lt": _("{value} 미만")}[
        filter.operator
    ].format(value=value)
