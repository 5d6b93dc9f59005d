"""The pages of edited copies: what changed, row by row, to be approved; and the workbook to edit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madang.intake.round_trip import Cell, Line, Merged
from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.deposits import copies, drafts
from madang.web.deposits.missing import passing
from madang.web.deposits.models import Draft, sentence
from madang.web.deposits.sending import workbook
from madang.web.deposits.states import OPEN
from madang.web.shell.doors import page
from madang.web.shell.mark import Mark
from madang.web.shell.masking import masked
from madang.web.shell.whole import whole
from madang.web.shell.workspace import workspace

_SHOWN = 500


@dataclass(frozen=True)
class Shown:
    """A line of the page. `state` says why it needs a look; `chosen` whether it is ticked to begin with."""

    line: Line
    kind: Mark
    key: str
    cells: list[dict[str, Any]]
    state: str
    chosen: bool


@page
def copy(request: HttpRequest, dataset: str) -> HttpResponseBase:
    """The live version as a workbook to edit and upload again."""
    held = TemporaryFile()  # noqa: SIM115 - closed when it was sent
    try:
        name = copies.write(workspace(), dataset, held, by=person_of(request))
    except MadangError as error:
        held.close()
        if error.code != "edit_too_many_rows":
            raise
        messages.error(request, sentence(error.code, error.params))
        return HttpResponseRedirect(f"/data/{quote(dataset)}/")
    return workbook(held, name)


@passing
@page
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """The edits of a draft against what is live."""
    found = _mine(number, request)
    ws, by = workspace(), person_of(request)
    if drafts.finished(found, ws) is not None:
        found.refresh_from_db()
    told: dict[str, Any] = {"draft": found, "title": _title(found), "notes": _notes(found)}
    if found.state == OPEN:
        try:
            merged = copies.merged(ws, found, by)
        except MadangError as error:
            if error.code in ("dataset_missing", "access_denied", "no_version"):
                raise
            return render(
                request, "deposits/edits.html", {**told, "broken": sentence(error.code, error.params)}
            )
        live = ws.bank[found.dataset].version(merged.live)
        hidden = copies.masked_for(ws, live, by)
        if cells := copies.kept_back(found, hidden):
            told["notes"].append(sentence("copy_masked_kept", {"cells": f"{cells:,}"}))
        told |= {"merged": merged, "lines": [_shown(line, merged.key, hidden) for line in merged.lines[:_SHOWN]],
                 "hidden": any(cell.column in hidden for line in merged.lines for cell in line.cells), "more": max(0, len(merged.lines) - _SHOWN), "counts": _counts(merged), "broken": ""}  # fmt: skip
    return render(request, "deposits/edits.html", told)


@passing
@require_POST
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Make the chosen lines a version."""
    said = request.POST
    chosen = set(said.getlist("line"))
    try:
        ws, by = workspace(), person_of(request)
        found = drafts.mine(number, by)
        if said.get("all"):
            chosen |= set(copies.merged(ws, found, by).clean[_SHOWN:])
        live = whole(said.get("live"))
        version = drafts.approve(
            number=number, by=by, ws=ws, live=live, lines=chosen, why=said.get("why", "")[:1000]
        )
    except MadangError as error:
        if error.code == "draft_missing":
            raise Http404 from error
        messages.error(request, sentence(error.code, error.params))
        return redirect("deposits:draft", number=number)
    messages.success(request, _("{n}판으로 반영했습니다.").format(n=version.n))
    return redirect("deposits:receipt", dataset=version.dataset.id, deposit=version.deposit_id)


@passing
@require_POST
def drop(request: HttpRequest, number: int) -> HttpResponse:
    """Throw a draft away."""
    try:
        drafts.drop(number=number, by=person_of(request))
    except MadangError as error:
        if error.code == "draft_missing":
            raise Http404 from error
        messages.error(request, sentence(error.code, error.params))
    return redirect("deposits:overview")


def _mine(number: int, request: HttpRequest) -> Draft:
    try:
        return drafts.mine(number, person_of(request))
    except MadangError as error:
        raise Http404 from error


def _title(found: Draft) -> str:
    bank = workspace().bank
    return str(bank[found.dataset].card["title"]) if found.dataset in bank else found.dataset


def _notes(found: Draft) -> list[str]:
    return [sentence(note["code"], note["params"]) for note in found.notes]


def _counts(merged: Merged) -> dict[str, int]:
    kinds = {kind: merged.count(kind) for kind in ("changed", "added", "removed")}
    wrong = sum(1 for line in merged.lines if any(cell.wrong for cell in line.cells))
    return {**kinds, "conflicts": sum(1 for line in merged.lines if line.conflict), "wrong": wrong}


def _shown(line: Line, names: tuple[str, ...], hidden: frozenset[str]) -> Shown:
    """A line as the page says it; values of `hidden` columns, in the key `names` too, are starred."""
    kinds = {
        "changed": Mark(_("바꿈"), ""),
        "added": Mark(_("더함"), "good"),
        "removed": Mark(_("뺌"), "bad"),
    }
    conflicts = {
        "cells": _("받은 뒤에 다른 사람이 같은 칸을 고쳤습니다. 고르면 내 값으로 바뀝니다."),
        "gone": _("받은 뒤에 이 행이 없어졌습니다. 반영할 수 없습니다."),
        "changed": _("받은 뒤에 다른 사람이 이 행을 고쳤습니다. 고르면 그 행을 뺍니다."),
        "key": _("기준 항목이 같은 행이 이미 있습니다. 고르면 겹치는 행이 생깁니다."),
    }
    cells = [_cell(cell, cell.column in hidden) for cell in line.cells]
    said = zip(names, line.key, strict=True)
    key = " · ".join((masked(part) if name in hidden else part) if part else "–" for name, part in said)
    chosen = line.applies and not line.conflict
    return Shown(line, kinds[line.kind], key, cells, conflicts.get(line.conflict, ""), chosen)


def _cell(cell: Cell, hidden: bool) -> dict[str, Any]:
    params = dict(cell.wrong.params) if cell.wrong else {}
    if hidden:
        base, before, after = (text and masked(text) for text in (cell.base, cell.before, cell.after))
        cell = replace(cell, base=base, before=before, after=after)
        params |= {"value": masked(str(params["value"]))} if "value" in params else {}
    return {"cell": cell, "wrong": sentence(cell.wrong.code, params) if cell.wrong else ""}
