"""Tables kept by hand in the browser: the page, its rows, checks on the spot, drafts."""

from __future__ import annotations

import json
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from madang.declarations.standard import STORAGE
from madang.intake.round_trip import as_text, editable, rows_of
from madang.intake.round_trip_types import read_texts
from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.deposits import copies, drafts, rights, tables
from madang.web.deposits.models import sentence
from madang.web.shell import words
from madang.web.shell.doors import form, page
from madang.web.shell.masking import masked
from madang.web.shell.workspace import workspace

MOST_ROWS = 5_000  # that a page holds
_CHECKED = 2_000  # cells of one question


def _json(view: Any) -> Any:
    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponse:
        try:
            return JsonResponse(view(request, **address))
        except MadangError as error:
            status = {"draft_moved": 409, "draft_missing": 404, "access_denied": 403, "dataset_missing": 404}
            body = {"code": error.code, "error": sentence(error.code, error.params)}
            return JsonResponse(body, status=status.get(error.code, 400))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            return JsonResponse({"code": "unreadable", "error": ""}, status=400)

    return wrapped


@page
def grid(request: HttpRequest, dataset: str) -> HttpResponse:
    """The grid of a dataset: the live version with one's own draft over it."""
    ws, by = workspace(), person_of(request)
    live = copies.live_of(ws, dataset, by)
    head = {
        "dataset": dataset,
        "title": str(live.dataset.card["title"]),
        "rows": live.rows,
        "most": MOST_ROWS,
    }
    if live.rows > MOST_ROWS:
        return render(request, "deposits/grid_large.html", head)
    found = drafts.grid_draft(dataset=dataset, by=by, ws=ws)
    told = {**head, "draft": found, "live": live.n, "moved": found.base != live.n}
    return render(request, "deposits/grid.html", told)


@page
def rows(request: HttpRequest, dataset: str) -> HttpResponse:
    """The rows of the version a draft is of, as texts; personal columns are starred and cannot be edited."""
    ws, by = workspace(), person_of(request)
    found = drafts.grid_draft(dataset=dataset, by=by, ws=ws)
    version = ws.bank[dataset].version(found.base)
    if version.rows > MOST_ROWS:
        raise MadangError("edit_too_many_rows", rows=f"{version.rows:,}", most=f"{MOST_ROWS:,}")
    hidden = copies.masked_for(ws, version, by)
    columns: list[dict[str, Any]] = [
        {"name": c.name, "label": c.label or c.name, "type": c.type, "word": words.TYPES.get(c.type, c.type),
         "unit": c.unit or "", "locked": c.name in hidden}
        for c in editable(version)
    ]  # fmt: skip
    shown = [[_text(row[c["name"]], bool(c["locked"])) for c in columns] for row in rows_of(version)]
    answer = JsonResponse({"columns": columns, "rows": shown, "edits": found.edits, "saved": found.saved})
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _text(value: Any, hidden: bool) -> str:
    said = as_text(value) or ""
    return masked(said) if hidden else said


@require_POST
@_json
def save(request: HttpRequest, number: int) -> dict[str, Any]:
    """Keep the edits of the grid as a draft."""
    said = json.loads(request.body)
    found = drafts.save(
        number=number, by=person_of(request), ws=workspace(), edits=said["edits"], saved=int(said["saved"])
    )
    return {"saved": found.saved, "changes": found.changes}


@require_POST
@_json
def check(request: HttpRequest, number: int) -> dict[str, Any]:
    """Whether texts can be read as the types of their columns: {"cells": [[column, text], …]} -> a sentence each, or ""."""
    ws, by = workspace(), person_of(request)
    found = drafts.mine(number, by)
    live = copies.live_of(ws, found.dataset, by)
    columns = {column.name: column for column in editable(live)}
    asked = [(str(name), str(text)) for name, text in json.loads(request.body)["cells"][:_CHECKED]]
    told = [""] * len(asked)
    for name in {name for name, _ in asked if name in columns}:
        places = [i for i, (each, _) in enumerate(asked) if each == name]
        for i, (_, wrong) in zip(
            places, read_texts(columns[name], [asked[i][1] for i in places]), strict=True
        ):
            told[i] = sentence(wrong.code, wrong.params) if wrong else ""
    return {"cells": told}


@form
def new(request: HttpRequest) -> HttpResponse:
    """A new, empty table: from a standard, or with columns of one's own."""
    ws, by = workspace(), person_of(request)
    if request.method == "POST":
        said = request.POST
        columns = [
            (said.get(f"label-{n}", "").strip()[:100], said.get(f"type-{n}", "text"))
            for n in range(tables.MOST_COLUMNS)
            if said.get(f"label-{n}", "").strip()
        ]
        try:
            made = tables.make(
                by=by, ws=ws, title=said.get("title", ""), standard=said.get("standard", ""), columns=columns,
                steward=said.get("steward", "").strip()[:150],
            )  # fmt: skip
            return redirect("deposits:grid", dataset=made)
        except MadangError as error:
            if error.code == "access_denied":
                raise
            messages.error(request, sentence(error.code, error.params))
    from madang.access import check as allowed

    allowed(by, "create", rights.WORKSPACE)
    standards = sorted(
        ((each.id, each.label) for each in ws.standards.values() if not each.made_here),
        key=lambda each: each[1],
    )
    types = [(kind, words.TYPES.get(kind, kind)) for kind in STORAGE if kind != "geometry"]
    said = {name: request.POST.get(name, "") for name in ("title", "standard", "steward")}
    return render(
        request, "deposits/new.html",
        {"standards": standards, "types": types, "numbers": range(12), "posts": sorted(by.posts), "said": said},
    )  # fmt: skip
