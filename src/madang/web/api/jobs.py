"""The long work of the API: a deposit that came with a token."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from madang import access
from madang.access import Person
from madang.bank.ids import is_valid_id
from madang.bank.seen import thing_of
from madang.intake.raw import Progress
from madang.intake.receipt import KEYS, Receipt, Stopped
from madang.messages import MadangError, text
from madang.web.audit.models import Entry
from madang.web.audit.record import locked_head, record
from madang.web.shell.workspace import workspace
from madang.web.work.models import Job
from madang.web.work.registry import job, planner
from madang.web.work.running import Running
from madang.web.work.states import ACTIVE
from madang.workspace import Workspace

KIND = "api.deposit"
_LONG_S = 6 * 3600
_LEFT_FOR = timedelta(days=1)  # a file whose job has failed
_WHAT = "dataset.deposit"


def check_into(person: Person, ws: Workspace, dataset: str) -> None:
    """Raises MadangError: dataset_id_invalid, access_denied; one that may not be seen is refused as somebody else's."""
    if not is_valid_id(dataset):
        raise MadangError("dataset_id_invalid", dataset=dataset[:80])
    is_there = dataset in ws.bank and (ws.bank[dataset].latest or ws.bank[dataset].has_card)
    access.check_into(person, dataset, thing_of(ws.bank[dataset]) if is_there else None)


def folder_of(ws: Workspace) -> Path:
    """Where files wait for their jobs, each in a folder of its own."""
    return ws.folder / "cache" / "api"


@job(KIND, label=_("API로 올린 파일 입고"), timeout=_LONG_S, attempts=2)
def deposit(running: Running, file: str, dataset: str) -> dict[str, Any]:
    """Deposit the file and, when all is on record, remove it. The right is asked again: it may have gone since."""
    place, ws, wrong = Path(file), running.workspace, ""

    def steps(name: str) -> Progress:
        label = text(f"step_{name}")
        running.progress(0, None, label)
        return lambda done, total: running.progress(done, total, label)

    receipts: Sequence[Receipt] = ()
    try:
        check_into(running.by, ws, dataset)
        receipts = ws.deposit(place, dataset, by=running.by.id, steps=steps)
    except Stopped as stopped:
        receipts, wrong = stopped.receipts, str(stopped)
    except MadangError as error:
        wrong = str(error)
    told = [_earlier(running, receipt) or receipt.to_json() for receipt in receipts]
    late = {each["dataset"] for each in told if wrong or each["deposit"] not in {r.deposit for r in receipts}}
    ws.renewed(*late)  # of an attempt that was stopped after the bank had its tables
    _entered(running, place.name, told)
    shutil.rmtree(place.parent, ignore_errors=True)
    return {"receipts": told, **({"error": wrong} if wrong else {})}


def _earlier(running: Running, receipt: Receipt) -> dict[str, Any] | None:
    """The receipt of an attempt of this job that was killed: what it put in reads as unchanged now."""
    if receipt.verdict != "unchanged" or receipt.version is None:
        return None
    dataset = running.workspace.bank[receipt.dataset]
    version = dataset.version(receipt.version)
    entry = Entry.objects.filter(what=_WHAT, detail__deposit=version.deposit_id).first()
    mine = version.by == running.by.id and version.at >= running.since and version.kind == "deposit"
    if not mine or (entry is not None and entry.detail.get("job") != running.number):
        return None
    told = dataset.receipt(version.deposit_id)
    reasons = [{"code": each["code"], "text": each["text"]} for each in told["reasons"]]
    return {**{key: told.get(key) for key in KEYS}, "reasons": reasons}


@transaction.atomic
def _entered(running: Running, file: str, told: Sequence[dict[str, Any]]) -> None:
    locked_head()
    mine = Entry.objects.filter(what=_WHAT, detail__job=running.number)
    known = set(mine.values_list("detail__deposit", flat=True))
    for receipt in (each for each in told if each["deposit"] not in known):
        detail = {name: receipt.get(name) for name in ("verdict", "version", "deposit", "rows", "problems")}
        thing = f"dataset:{receipt['dataset']}"
        record(running.by, _WHAT, thing, detail={**detail, "file": file, "job": running.number})


@planner
def clear(now: datetime) -> None:
    """Files whose job has failed for good go after a day."""
    folder = folder_of(workspace())
    for place in folder.iterdir() if folder.is_dir() else ():
        waiting = Job.objects.filter(kind=KIND, state__in=ACTIVE, params__file__startswith=str(place))
        if place.stat().st_mtime < (now - _LEFT_FOR).timestamp() and not waiting.exists():
            shutil.rmtree(place, ignore_errors=True)
