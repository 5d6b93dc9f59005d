"""Depositing with a token: the file is taken in, a job deposits it, and the answer says where to ask how it went."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Router

from madang.access import Person
from madang.bank.ids import file_name
from madang.intake.screen import hidden_name
from madang.messages import MadangError
from madang.web.api import shapes
from madang.web.api.answers import answer
from madang.web.api.caller import Caller, needs
from madang.web.api.jobs import KIND, check_into, folder_of
from madang.web.audit.record import record
from madang.web.shell.whole import whole
from madang.web.shell.workspace import workspace
from madang.web.work.actions import may_see, start
from madang.web.work.models import Job
from madang.workspace import Workspace

MOST_BYTES = 2 << 30
_BLOCK = 1 << 18


def routes() -> Router:
    """Addresses that take something in, and those of the jobs that began there."""
    router = Router(tags=["deposits"])

    @router.post("/datasets/{dataset}/deposits", response={202: shapes.JobOut}, operation_id="deposit")
    def deposit(request: HttpRequest, dataset: str) -> HttpResponse:
        """Deposit a file as a new version: the file itself as the body (its name in `name`), or multipart `file`."""
        caller: Caller = request.caller
        needs(caller, "deposit")
        ws = workspace()
        check_into(caller.person, ws, dataset)
        place = _taken(request, ws)
        try:
            job = begin(place, dataset, by=caller.person)
        except BaseException:
            shutil.rmtree(place.parent, ignore_errors=True)
            raise
        there = answer(_job(job), status=202)
        there.headers["Location"] = f"/api/v1/jobs/{job.pk}"
        return there

    @router.get("/jobs/{job}", response=shapes.JobOut, operation_id="get_job")
    def get_job(request: HttpRequest, job: str) -> HttpResponse:
        """How a deposit stands, and its receipts once it is done."""
        found = Job.objects.filter(pk=whole(job), kind=KIND).first()
        if found is None or not may_see(request.caller.person, found):
            raise MadangError("api_no_job", job=job[:40])
        there = answer(_job(found))
        there.headers["Cache-Control"] = "no-store"
        return there

    return router


def begin(file: Path, dataset: str, *, by: Person) -> Job:
    """Have a file deposited by a job."""
    with transaction.atomic():
        params = {"file": str(file), "dataset": dataset}
        job = start(KIND, params, by=by, thing=f"dataset:{dataset}")
        record(by, "deposit.begin", f"dataset:{dataset}", detail={"file": file.name, "job": job.pk})
    return job


def _taken(request: HttpRequest, ws: Workspace) -> Path:
    """The file of a request, on disk in a folder of its own. Raises MadangError: api_too_large, api_no_file."""
    if whole(request.headers.get("Content-Length")) > MOST_BYTES:
        raise MadangError("api_too_large", most=MOST_BYTES >> 20)
    folder = folder_of(ws) / secrets.token_hex(12)
    folder.mkdir(parents=True, mode=0o700)
    try:
        if (request.content_type or "").startswith("multipart/"):
            sent = request.FILES.get("file")
            if sent is None:
                raise MadangError("api_no_file")
            target, blocks = folder / _name(sent.name or ""), sent.chunks(_BLOCK)
        else:
            target, blocks = (
                folder / _name(request.GET.get("name", "")),
                iter(lambda: request.read(_BLOCK), b""),
            )
        _written(target, blocks)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return target


def _written(target: Path, blocks: Any) -> None:
    size = 0
    with open(target, "xb") as out:
        for block in blocks:
            size += len(block)
            if size > MOST_BYTES:
                raise MadangError("api_too_large", most=MOST_BYTES >> 20)
            out.write(block)
    if not size:
        raise MadangError("api_no_file")


def _name(said: str) -> str:
    """What the file is called: no path, no signs that steer, no resident number. Raises MadangError("api_no_name")."""
    name = file_name(said)
    if "." not in name:
        raise MadangError("api_no_name")
    return hidden_name(name)


def _job(job: Job) -> dict[str, Any]:
    result = job.result if isinstance(job.result, dict) else {}
    return {
        "job": job.pk, "state": job.state, "step": job.step, "done": job.done, "total": job.total,
        "receipts": result.get("receipts", []), "error": result.get("error"),
    }  # fmt: skip
