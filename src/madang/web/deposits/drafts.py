"""Drafts: saved, approved row by row, dropped."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from madang.access import Person
from madang.bank import Version
from madang.intake.round_trip_commit import commit_edits, committed_as
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.deposits import copies
from madang.web.deposits.models import Draft
from madang.web.deposits.states import COMMITTED, DROPPED, OPEN
from madang.workspace import Workspace


def mine(number: int, by: Person) -> Draft:
    """A draft of one's own. Raises MadangError("draft_missing")."""
    draft = Draft.objects.filter(pk=number, by=by.id).first() if by.id else None
    if draft is None:
        raise MadangError("draft_missing")
    return draft


def grid_draft(*, dataset: str, by: Person, ws: Workspace) -> Draft:
    """The draft of one's own grid of a dataset; a new one, of the live version, where there is none.

    Raises MadangError: dataset_missing, access_denied, no_version."""
    live = copies.live_of(ws, dataset, by)
    draft = Draft.objects.filter(by=by.id, dataset=dataset, state=OPEN, upload_name="").first()
    if draft is not None and (draft.changes or draft.base == live.n):
        return draft
    if draft is not None:  # nothing in it: it goes on from what is live
        draft.base = live.n
        draft.save(update_fields=["base"])
        return draft
    try:
        with transaction.atomic():
            return Draft.objects.create(by=by.id, dataset=dataset, base=live.n)
    except IntegrityError:  # a second window was first
        return Draft.objects.get(by=by.id, dataset=dataset, state=OPEN, upload_name="")


@transaction.atomic
def save(*, number: int, by: Person, ws: Workspace, edits: dict[str, Any], saved: int) -> Draft:
    """Keep what the grid says. `saved` is the count of saves it knows of: another window that saved since is not
    overwritten. Raises MadangError: draft_missing, draft_over, draft_moved, draft_unreadable."""
    draft = Draft.objects.select_for_update().filter(pk=number, by=by.id).first()
    if draft is None:
        raise MadangError("draft_missing")
    if draft.state != OPEN:
        raise MadangError("draft_over")
    if draft.saved != saved:
        raise MadangError("draft_moved")
    copies.live_of(ws, draft.dataset, by)
    draft.edits = copies.to_json(copies.of_json(draft.base, edits))
    draft.saved, draft.touched_at = saved + 1, timezone.now()
    draft.save(update_fields=["edits", "saved", "touched_at"])
    return draft


def approve(
    *, number: int, by: Person, ws: Workspace, live: int, lines: Collection[str], why: str
) -> Version:
    """Commit the chosen lines of a draft as a version. `live` is the version they were shown against.

    The bank is written outside of the transaction, which everybody else waits for; approved in two windows at once, the
    second finds that the live version moved. Raises MadangError: draft_missing, draft_over, edit_why, conflict_moved, and
    those of `commit_edits`."""
    draft = mine(number, by)
    if draft.state != OPEN:
        raise MadangError("draft_over")
    if (made := finished(draft, ws)) is not None:
        return made
    if not why.strip():
        raise MadangError("edit_why")
    found = copies.merged(ws, draft, by)
    if found.live != live:
        raise MadangError("conflict_moved", dataset=draft.dataset)
    version = commit_edits(
        ws.bank, draft.dataset, found, lines, standards=ws.standards, registers=ws.registers, by=by.id,
        why=why.strip(), at=ws.clock(), mark=_mark(draft),
        file=draft.upload_name,
    )  # fmt: skip
    ws.renewed(draft.dataset)
    _committed(draft, version, by=by, why=why.strip())  # last: killed before it, `finished` does both
    return version


def finished(draft: Draft, ws: Workspace) -> Version | None:
    """The version that an open draft has become, where its approval was killed before it could say so: now it is said.
    None where it has become none."""
    if draft.state != OPEN or draft.dataset not in ws.bank:
        return None
    version = committed_as(ws.bank[draft.dataset], _mark(draft), after=draft.base)
    if version is not None:
        ws.renewed(draft.dataset)
        _committed(draft, version, by=Person(version.by, via="work"), why=str(version.facts["edit"]["why"]))
    return version


def _mark(draft: Draft) -> str:
    return f"draft:{draft.pk}:{draft.made_at.isoformat()}"


@transaction.atomic
def _committed(draft: Draft, version: Version, *, by: Person, why: str) -> None:
    taken = Draft.objects.filter(pk=draft.pk, state=OPEN).update(
        state=COMMITTED, version=version.n, why=why, edits={}, touched_at=timezone.now()
    )
    if not taken:  # another window, or the work after a restart, was quicker
        return
    told = {name: said for name, said in version.facts["edit"].items() if name != "mark"}
    detail = {**told, "version": version.n, "deposit": version.deposit_id}
    record(by, "dataset.edit", f"dataset:{draft.dataset}", why=why, detail=detail)


@transaction.atomic
def drop(*, number: int, by: Person) -> None:
    """Throw a draft away. Raises MadangError: draft_missing, draft_over."""
    draft = Draft.objects.select_for_update().filter(pk=number, by=by.id).first()
    if draft is None:
        raise MadangError("draft_missing")
    if draft.state != OPEN:
        raise MadangError("draft_over")
    record(by, "dataset.edit_drop", f"dataset:{draft.dataset}", detail={"rows": draft.changes})
    draft.state, draft.edits = DROPPED, {}
    draft.save()
