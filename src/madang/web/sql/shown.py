"""What the templates of the desk show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q
from django.utils.translation import get_language

from madang.access import Person, Thing, can
from madang.messages import Language, text
from madang.web.shell import words
from madang.web.shell.area_names import names_for
from madang.web.shell.workspace import workspace
from madang.web.sql import actions
from madang.web.sql.answers import Page
from madang.web.sql.downloads import FORMS
from madang.web.sql.models import Asked, Saved
from madang.web.sql.parameters import parameters_of
from madang.web.sql.states import ANSWERED, CANCELLED
from madang.web.sql.tables import tables_of
from madang.workspace import Workspace

_NUMERIC = ("integer", "number")
_SAVED, _FORMS = (
    30,
    (("csv", "CSV"), ("xlsx", "Excel"), ("parquet", "Parquet"), ("json", "JSON"), ("csv-utf8", "CSV UTF-8")),
)
assert {form for form, _ in _FORMS} == set(FORMS)


@dataclass(frozen=True)
class Cell:
    """A cell of an answer: its text, None where it has no value."""

    text: str | None
    number: bool
    name: str = ""  # of the area whose code it is


def desk_shown(
    person: Person, sql: str, values: Mapping[str, str] | None = None, saved: Saved | None = None
) -> dict[str, Any]:
    """The desk with a text in it."""
    return {
        "sql": sql,
        "tables": tables_of(workspace().bank, person),
        "parameters": parameters_of(sql, values),
        "saved": saved,
        "own": saved is None or can(person, "edit", Thing("query", by=saved.by)),
        "saved_queries": saved_queries(person)[:_SAVED],
        "limits": actions.LIMITS,
        "asked": None,
    }


def saved_queries(person: Person) -> list[Saved]:
    """The queries a person kept and those that others share, newest first."""
    mine = Q(by=person.id) | Q(shared=True)
    return list(Saved.objects.filter(mine, removed=False).order_by("-made_at")[:500])


def answer_shown(ws: Workspace, person: Person, asked: Asked, page: int = 1) -> dict[str, Any]:
    """An answer, or why there is none."""
    shown: dict[str, Any] = {
        "asked": asked,
        "answered": asked.state == ANSWERED,
        "cancelled": asked.state == CANCELLED,
        "error": error_said(asked.error_code, asked.error_params) if asked.error_code else "",
        "error_line": asked.error_params.get("line", ""),
        "page": None,
        "gone": False,
        "forms": _FORMS,
        "columns": columns_shown(asked),
        "may_create": can(person, "create", Thing("workspace")),
        "limits": actions.LIMITS,
    }
    if asked.state == ANSWERED:
        try:
            found = actions.answers(ws).page(asked.id, page, len(asked.columns))
        except FileNotFoundError:
            return {**shown, "gone": True}
        shown["page"] = found
        shown["rows"] = answer_cells(asked, found)
    return shown


def columns_shown(asked: Asked) -> list[dict[str, Any]]:
    """The heads of an answer's columns."""
    return [
        {
            "name": each["name"],
            "word": words.TYPES.get(each["type"], each["type"]),
            "number": each["type"] in _NUMERIC,
        }
        for each in asked.columns
    ]


def answer_cells(asked: Asked, page: Page) -> list[list[Cell]]:
    """The cells of a page of an answer."""
    numeric = [each["type"] in _NUMERIC for each in asked.columns]
    named = [names_for(row[place] for row in page.rows) for place in range(len(numeric))]
    return [
        [
            Cell(cell, number, names.get(cell or "", ""))
            for cell, number, names in zip(row, numeric, named, strict=True)
        ]
        for row in page.rows
    ]


def error_said(code: str, params: Mapping[str, Any]) -> str:
    """The sentence of an error that was kept, in the language of the page."""
    language = (get_language() or "ko")[:2]
    return text(code, cast(Language, language if language in ("ko", "en") else "ko"), **params)
