"""The receipt of a deposit, and its original with the problems marked."""

from __future__ import annotations

from datetime import datetime
from tempfile import TemporaryFile
from typing import Any

import pyarrow.parquet as pq
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from madang.access import can
from madang.bank import Dataset
from madang.bank.seen import thing_of
from madang.declarations.standard import DatasetColumn
from madang.intake.marked import MOST_LISTED
from madang.intake.marked_original import marked_original
from madang.intake.receipt import Reason
from madang.messages import MadangError
from madang.places.crs import label
from madang.web.accounts.people import name_of, person_of
from madang.web.audit.reason import with_reason
from madang.web.audit.taken import note_taken
from madang.web.deposits.models import sentence
from madang.web.deposits.reviewing import problem_sentence
from madang.web.deposits.sending import workbook
from madang.web.shell import words
from madang.web.shell.doors import page
from madang.web.shell.mark import Mark
from madang.web.shell.masking import masked_problem, personal_of
from madang.web.shell.workspace import bank, workspace


def _found(dataset: str, deposit: str) -> tuple[Dataset, dict[str, Any], dict[str, Any]]:
    found = bank().may("read", dataset)
    if bank().view(found, ()).own_rows:
        raise MadangError(
            "access_denied", verb="read", thing=dataset
        )  # a file is whole: it holds rows of others
    if deposit not in found.deposits():
        raise Http404
    return found, found.receipt(deposit), found.facts(deposit)


@page
def receipt(request: HttpRequest, dataset: str, deposit: str) -> HttpResponse:
    """What became of a deposit."""
    found, said, facts = _found(dataset, deposit)
    by = person_of(request)
    path = found.deposit_folder(deposit) / "problems.parquet"
    told = {
        "dataset": dataset,
        "title": str(found.card["title"]),
        "deposit": deposit,
        "receipt": said,
        "mark": words.VERDICTS.get(str(said["verdict"]), Mark(str(said["verdict"]))),
        "at": datetime.fromisoformat(str(said["at"])),
        "standard": _standard(str(said.get("standard") or "")),
        "crs": label(str(said["crs"])) if said.get("crs") else "",
        "encoding": words.ENCODINGS.get(str(said.get("encoding") or "").lower(), said.get("encoding")),
        "reasons": [sentence(r.code, r.params) for r in map(Reason.stored, said["reasons"])],
        "listed": path.exists() and pq.read_metadata(path).num_rows > 0,
        "may_mark": path.exists() and _kept(said),
        "personal": _hidden(found, facts) != set(),
        "may_personal": can(by, "read_personal", thing_of(found)),
        "edit": said.get("edit"),
        "by": name_of(str(said["by"])),
        "live": found.latest is not None and found.latest.n == said.get("version"),
        "may_deposit": can(by, "deposit", thing_of(found)),
    }
    return render(request, "deposits/receipt.html", told)


def _standard(id_: str) -> str:
    """A standard by its label."""
    known = workspace().standards.get(id_)
    return known.label if known else words.evidence_value("standard", id_)


@with_reason(lambda request: request.GET.get("personal") == "1")
@page
def marked(request: HttpRequest, dataset: str, deposit: str) -> HttpResponseBase:
    """The original with its problems marked, to go back to whoever made it; personal values starred unless the person
    may see them and said why."""
    found, said, facts = _found(dataset, deposit)
    shown: set[str] = set() if request.reason else _hidden(found, facts)
    held = TemporaryFile()  # noqa: SIM115 - closed when it was sent
    try:
        if not _kept(said):
            raise MadangError("marked_unreadable")
        marked_original(
            workspace().bank.snapshots.path(str(said["sha256"])), said, facts, _problems(found, deposit, shown), held,
            hidden=sorted(shown), title=f"{found.card['title']} · {said['file']}",
        )  # fmt: skip
    except MadangError as error:
        held.close()
        messages.error(request, sentence(error.code, error.params))
        return redirect("deposits:receipt", dataset=dataset, deposit=deposit)
    note_taken(found, "original", deposit=deposit)
    answer = workbook(held, f"{str(said['file']).rsplit('.', 1)[0]}-점검.xlsx")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _kept(said: dict[str, Any]) -> bool:
    """Whether the bytes of a deposit are there to be marked; an edit has none of its own."""
    sha256 = said.get("sha256")
    return bool(sha256) and not said.get("edit") and workspace().bank.snapshots.path(str(sha256)).exists()


def _hidden(found: Dataset, facts: dict[str, Any]) -> set[str]:
    return personal_of(found, [DatasetColumn(**column) for column in facts.get("columns") or ()])


def _problems(found: Dataset, deposit: str, hidden: set[str]) -> list[tuple[dict[str, Any], str]]:
    table = pq.read_table(found.deposit_folder(deposit) / "problems.parquet").slice(0, MOST_LISTED)
    listed = []
    for each in table.to_pylist():
        line = problem_sentence(each, hidden)
        listed.append((masked_problem(each, {}, hidden), line))
    return listed
