"""The long work of deposits: reading a file for its review, and committing what was agreed to."""

from __future__ import annotations

import hashlib
import shutil
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from madang.bank.ids import is_valid_id
from madang.intake.deposit import Door
from madang.intake.original_staged import told_override
from madang.intake.preview import Preview, preview
from madang.intake.preview_confirm import confirm, done_before
from madang.intake.raw import Progress
from madang.intake.round_trip_book import is_copy
from madang.messages import MadangError, text
from madang.web.deposits import actions, copies, drafts, rights
from madang.web.deposits.models import Draft, Upload
from madang.web.deposits.states import COMING, COMMITTING, FAILED, OPEN, READING, REVIEW
from madang.web.shell.workspace import workspace
from madang.web.work.registry import finishes, job, planner
from madang.web.work.running import Running
from madang.workspace import Workspace

_LONG_S = 6 * 3600


@job("deposits.read", label=_("올린 파일 읽기"), timeout=_LONG_S, attempts=2)
def read(running: Running, key: str) -> dict[str, Any]:
    """Preview an upload; an edited copy becomes a draft instead."""
    upload = Upload.objects.get(key=key)
    ws = running.workspace
    place = actions.place_of(ws, upload)
    if upload.state != READING:
        return {}
    try:
        if not upload.dataset and not upload.told and is_copy(place.data):
            return {"draft": copies.take(upload, ws, by=running.by)}
        into = upload.dataset or None
        if into:
            _check_into(running, ws, into)
        seen = preview(
            door(ws), place.data, place.seen, into, name=upload.name, override=told_override(upload.told),
            by=running.by.id, personal=upload.personal, steps=_steps(running, upload.size),
        )  # fmt: skip
        for table in seen.tables:
            _check_into(running, ws, table.dataset)
    except MadangError as error:
        shutil.rmtree(place.seen, ignore_errors=True)
        actions.stopped(upload, error.code, error.params, state=FAILED)
        return {"error": error.code}
    actions.shown(upload, seen=digest(seen))
    return {"tables": [table.dataset for table in seen.tables]}


@job("deposits.commit", label=_("입고"), timeout=_LONG_S, attempts=2)
def commit(running: Running, key: str, seen: str, why: str = "") -> dict[str, Any]:
    """Deposit what was seen. Where that does not hold any more the review says so."""
    upload = Upload.objects.get(key=key)
    ws = running.workspace
    place = actions.place_of(ws, upload)
    if upload.state != COMMITTING:  # done by an attempt that was killed before it could say so
        return {}
    try:
        found = Preview.load(place.seen, whole=False)
        if digest(found) != seen:
            raise MadangError("review_outdated")
        mark = f"{key}:{seen}"
        done = done_before(door(ws), found, mark)
        for table in found.tables:
            if table.dataset not in done:
                _check_into(running, ws, table.dataset)
        running.progress(0, None, text("step_committing"))
        _keep_decision(ws, found, running.by.id)
        receipts = confirm(
            door(ws), place.data, found, by=running.by.id, card=_card(upload, found, running.by.id), mark=mark
        )
    except MadangError as error:
        actions.stopped(upload, error.code, error.params, state=REVIEW)
        return {"error": error.code}
    told = [receipt.to_json() for receipt in receipts]
    ws.renewed(*{receipt.dataset for receipt in receipts if receipt.verdict != "unchanged"})
    actions.ended(upload, told, by=running.by, why=why)  # last: killed before it, the job does it all again
    place.remove()
    return {"receipts": [receipt.deposit for receipt in receipts]}


def door(ws: Workspace) -> Door:
    """The door of the bank, as the workspace itself opens it."""
    return Door(
        ws.bank,
        ws.standards,
        clock=ws.clock,
        sources=ws.sources,
        withholding=ws.settings.withholding,
        registers=ws.registers,
    )


def digest(seen: Preview) -> str:
    """Names what a preview says: agreed to in one window, it is not what another window reads."""
    return hashlib.sha256((seen.folder / "preview.json").read_bytes()).hexdigest()


def _check_into(running: Running, ws: Workspace, dataset: str) -> None:
    if not is_valid_id(dataset):
        raise MadangError("dataset_id_invalid", dataset=dataset)
    rights.check_into(running.by, ws.bank, dataset)


def _keep_decision(ws: Workspace, seen: Preview, by: str) -> None:
    """What is done with personal data stands in the card of a dataset that has one."""
    for table in seen.tables:
        dataset = rights.dataset_in(ws.bank, table.dataset)
        if dataset is None or not dataset.has_card or not seen.personal or not table.taken:
            continue
        ws.bank.change_card(
            table.dataset,
            lambda card: {**card, "personal_data": {**(card.get("personal_data") or {}), **seen.personal}},
            by=by,
            at=ws.clock(),
        )


def _card(upload: Upload, seen: Preview, by: str) -> dict[str, Any]:
    card = {key: value for key, value in upload.card.items() if value not in ("", None)}
    if len(seen.tables) > 1:
        card.pop("title", None)
    return {**card, "personal_data": seen.personal} if seen.personal else card


def _steps(running: Running, size: int) -> Any:
    def begin(name: str) -> Progress:
        label = text(f"step_{name}")
        running.progress(0, None, label)

        def tell(done: int, total: int | None) -> None:
            running.progress(done, total or (size if name == "reading" else None), label)

        return tell

    return begin


@planner
def expire(now: datetime) -> None:
    """Uploads nobody went on with go."""
    if Upload.objects.filter(state__in=(COMING, REVIEW, FAILED)).exists():
        actions.expire(workspace(), now)


@finishes(lambda: Draft.objects.filter(state=OPEN))
def finish(draft: Draft) -> None:
    """A draft whose approval was killed."""
    drafts.finished(draft, workspace())
