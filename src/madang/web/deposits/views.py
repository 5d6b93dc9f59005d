"""The pages of deposits: parse, ask, render."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from madang.access import can, check
from madang.access.thing import WORKSPACE
from madang.bank import Dataset
from madang.bank.seen import SeenBank, thing_of
from madang.intake.preview import Preview
from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.deposits import actions, asked, overview, reviewing, rights
from madang.web.deposits.missing import passing
from madang.web.deposits.models import Upload, sentence
from madang.web.deposits.states import COMING, COMMITTING, DONE, FAILED, READING, REVIEW
from madang.web.shell.doors import page
from madang.web.shell.workspace import workspace
from madang.web.work.models import Job
from madang.web.work.states import CANCELLED
from madang.web.work.states import FAILED as JOB_FAILED


@page
def start(request: HttpRequest) -> HttpResponse:
    """What waits for the person, and the place to drop files."""
    by, ws = person_of(request), workspace()
    check(by, "read", WORKSPACE)
    may = rights.may_upload(by, ws.bank)
    told = {"overview": overview.of(ws, by), "may_upload": may, "into": _into(request, by)}
    return render(request, "deposits/overview.html", told)


def _into(request: HttpRequest, by: Any) -> Dataset | None:
    """The dataset that the address names, where the person may put something in."""
    found = rights.dataset_in(SeenBank(workspace().bank, by), request.GET.get("dataset", ""))
    return found if found and can(by, "deposit", thing_of(found)) else None


@passing
@page
def upload(request: HttpRequest, key: str) -> HttpResponse:
    """An upload wherever it stands: coming, read, to be reviewed, deposited."""
    by, ws = person_of(request), workspace()
    found = _settled(_mine(key, by))
    told: dict[str, Any] = {"upload": found, **_progress(found)}
    if found.state == REVIEW:
        return _review(request, found, told)
    if found.state == DONE:
        told["receipts"] = [
            overview.receipt_line(ws, by, each) for each in found.receipts if "deposit" in each
        ]
        told["draft"] = next((each for each in found.receipts if "draft" in each), None)
    told["offset"] = actions.place_of(ws, found).offset if found.state == COMING else 0
    return render(request, "deposits/upload.html", told)


def _review(request: HttpRequest, found: Upload, told: dict[str, Any]) -> HttpResponse:
    """How a file was understood; where what was corrected could not be taken, with it as it was written."""
    by, ws = person_of(request), workspace()
    try:
        seen = Preview.load(actions.place_of(ws, found).seen)
    except MadangError as error:
        actions.stopped(found, error.code, error.params, state=FAILED)
        return redirect("deposits:upload", key=found.key)
    again = request.method == "POST"
    if again:
        asked.as_written(found, request.POST)
    review = reviewing.review(found, seen, ws, by)
    if again:
        rows, other = request.POST.get("header_rows", "")[:60], request.POST.get("crs_other", "")[:80]
        review = replace(review, header_rows=rows, crs_other=other)
    told |= {
        "review": review,
        "choices": asked.CHOICES,
        "encodings": reviewing.ENCODINGS,
        "crs_choices": reviewing.CRS,
    }
    return render(request, "deposits/review.html", told, status=400 if again else 200)


@page
def progress(request: HttpRequest, key: str) -> HttpResponse:
    """How far the work on an upload is; a page that was waiting for its end is told to open anew."""
    found = _settled(_mine(key, person_of(request)))
    if found.state not in (READING, COMMITTING):
        return HttpResponse(headers={"HX-Redirect": f"/deposits/{key}/"})
    return render(request, "deposits/parts/progress.html", {"upload": found, **_progress(found)})


@passing
@require_POST
def read(request: HttpRequest, key: str) -> HttpResponse:
    """Read a file again, with what was corrected on its review."""

    def act(by: Any, ws: Any) -> None:
        actions.read(
            key, by=by, ws=ws, told=asked.override(request.POST), personal=asked.personal(request.POST),
            dataset=request.POST.get("dataset", "").strip(), card=asked.card(request.POST),
        )  # fmt: skip

    return _done(request, key, act, keep=True)


@passing
@require_POST
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Deposit what the review shows."""

    def act(by: Any, ws: Any) -> None:
        why, seen = request.POST.get("why", "").strip()[:500], request.POST.get("seen", "")
        actions.confirm(key, by=by, ws=ws, seen=seen, card=asked.card(request.POST), why=why)

    return _done(request, key, act)


@passing
@require_POST
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Throw an upload away."""
    response = _done(request, key, lambda by, ws: actions.drop(key, by=by, ws=ws))
    return response if messages.get_messages(request) else redirect("deposits:overview")


def _done(request: HttpRequest, key: str, act: Any, *, keep: bool = False) -> HttpResponse:
    try:
        act(person_of(request), workspace())
    except MadangError as error:
        if error.code == "upload_missing":
            raise Http404 from error
        messages.error(request, sentence(error.code, error.params))
        found = _settled(_mine(key, person_of(request)))
        if keep and found.state == REVIEW:
            return _review(request, found, {"upload": found, **_progress(found)})
    return HttpResponseRedirect(f"/deposits/{quote(key)}/")


def _mine(key: str, by: Any) -> Upload:
    try:
        return actions.mine(key, by)
    except MadangError as error:
        raise Http404 from error


def _settled(found: Upload) -> Upload:
    """An upload whose job ended without saying so (killed, cancelled) stands where one can go on from."""
    if found.state in (READING, COMMITTING) and found.job:
        job = Job.objects.filter(pk=found.job).first()
        if job is not None and job.state in (JOB_FAILED, CANCELLED):
            state = FAILED if found.state == READING else REVIEW
            actions.stopped(found, job.error_code or "reading_stopped", job.error_params, state=state)
            found.refresh_from_db()
    return found


def _progress(found: Upload) -> dict[str, Any]:
    job = Job.objects.filter(pk=found.job).first() if found.job else None
    return {"job": job, "error": found.error}
