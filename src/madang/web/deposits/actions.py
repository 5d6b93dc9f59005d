"""What changes with deposits by hand: uploads made, read, confirmed and dropped. Each is one transaction with its audit."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from madang.access import Person
from madang.bank.ids import file_name
from madang.intake.original_staged import told_override
from madang.intake.screen import hidden_name
from madang.intake.use import check_wishes
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.deposits import rights
from madang.web.deposits.models import Upload
from madang.web.deposits.states import COMING, COMMITTING, DONE, FAILED, READING, REVIEW, UNFINISHED
from madang.web.deposits.store import FILE_MOST, PERSON_MOST, Place
from madang.web.work.actions import start
from madang.workspace import Workspace

UNFINISHED_FOR = timedelta(days=2)  # an upload nobody went on with
REVIEW_FOR = timedelta(days=30)


def begin(
    *, by: Person, ws: Workspace, name: str, size: int, fingerprint: str = "", dataset: str = ""
) -> Upload:
    """A new upload, or the one that the same person broke off with the same file; meant for `dataset` where one is named.

    Raises MadangError: access_denied, upload_empty, upload_too_large, upload_quota, disk_full.
    """
    rights.check_upload(by, ws.bank)
    if dataset:
        rights.check_into(by, ws.bank, dataset)
    if size <= 0:
        raise MadangError("upload_empty", file=clean_name(name))
    if size > FILE_MOST:
        raise MadangError("upload_too_large", file=clean_name(name), most=_gb(FILE_MOST))
    digest = hashlib.sha256(fingerprint.encode()).hexdigest() if fingerprint else ""
    with transaction.atomic():
        mine = Upload.objects.filter(by=by.id, state__in=UNFINISHED)
        known = mine.filter(fingerprint=digest, size=size, state=COMING).first() if digest else None
        if known is not None and place_of(ws, known).offset >= 0:
            if dataset and dataset != known.dataset:
                known.dataset = dataset
                known.save(update_fields=["dataset"])
            return known
        if (mine.aggregate(sum=Sum("size"))["sum"] or 0) + size > PERSON_MOST:
            raise MadangError("upload_quota", most=_gb(PERSON_MOST))
        upload = Upload(
            key=secrets.token_hex(16), by=by.id, name=clean_name(name), size=size, fingerprint=digest,
            dataset=dataset,
        )  # fmt: skip
        upload.save(force_insert=True)
        place_of(ws, upload).make(size)
    return upload


def clean_name(name: str) -> str:
    """What a file is called, of whatever a browser says: no path, no signs that steer, no resident number."""
    return hidden_name(file_name(name))


def place_of(ws: Workspace, upload: Upload) -> Place:
    """Where an upload lies."""
    return Place(ws.folder, upload.key)


def mine(key: str, by: Person) -> Upload:
    """An upload of one's own. Raises MadangError("upload_missing")."""
    upload = Upload.objects.filter(key=key, by=by.id).first() if by.id else None
    if upload is None:
        raise MadangError("upload_missing")
    return upload


def wants(told: Mapping[str, Any], ws: Workspace) -> dict[str, Any]:
    """An override as it is kept. Raises MadangError for a wish no file could fulfil."""
    kept = {key: value for key, value in told.items() if value not in (None, "", {}, False)}
    check_wishes(told_override(kept), ws.standards)
    return kept


@transaction.atomic
def read(
    key: str,
    *,
    by: Person,
    ws: Workspace,
    told: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
    dataset: str | None = None,
    card: Mapping[str, Any] | None = None,
) -> Upload:
    """Have a file read (again), with what was corrected. Raises MadangError: upload_missing, upload_unfinished, those of
    wrong wishes, access_denied."""
    upload = _locked(key, by)
    if upload.state not in (COMING, REVIEW, FAILED) or place_of(ws, upload).offset != upload.size:
        raise MadangError("upload_unfinished", file=upload.name)
    if dataset:
        rights.check_into(by, ws.bank, dataset)
    upload.told = upload.told if told is None else wants(told, ws)
    upload.personal = upload.personal if personal is None else dict(personal)
    upload.dataset = upload.dataset if dataset is None else dataset
    upload.card = upload.card if card is None else dict(card)
    upload.state, upload.touched_at = READING, timezone.now()
    upload.error_code, upload.error_params, upload.seen = "", {}, ""
    job = start("deposits.read", {"key": key}, by=by, thing=upload.thing, key=f"{upload.thing}:read")
    upload.job = job.pk
    upload.save()
    record(by, "deposit.read", upload.thing, detail={"file": upload.name, "dataset": upload.dataset})
    return upload


@transaction.atomic
def confirm(
    key: str, *, by: Person, ws: Workspace, seen: str, card: Mapping[str, Any], why: str = ""
) -> Upload:
    """Have deposited what was seen. Raises MadangError: upload_missing, review_outdated (another window read it again)."""
    upload = _locked(key, by)
    if upload.state != REVIEW or not seen or seen != upload.seen:
        raise MadangError("review_outdated")
    upload.state, upload.touched_at, upload.card = COMMITTING, timezone.now(), dict(card)
    upload.error_code, upload.error_params = "", {}
    job = start(
        "deposits.commit", {"key": key, "seen": seen, "why": why}, by=by, thing=upload.thing,
        key=f"{upload.thing}:commit",
    )  # fmt: skip
    upload.job = job.pk
    upload.save()
    record(by, "deposit.confirm", upload.thing, why=why, detail={"file": upload.name})
    return upload


@transaction.atomic
def drop(key: str, *, by: Person, ws: Workspace) -> None:
    """Away with an upload that is not being deposited. Raises MadangError: upload_missing, upload_busy."""
    upload = _locked(key, by)
    if upload.state == COMMITTING:
        raise MadangError("upload_busy", file=upload.name)
    record(by, "deposit.drop", upload.thing, detail={"file": upload.name, "state": upload.state})
    upload.delete()
    place = place_of(ws, upload)
    transaction.on_commit(place.remove)


def expire(ws: Workspace, now: datetime) -> int:
    """Remove uploads nobody went on with, and the folders that belong to none; how many."""
    left = Upload.objects.filter(state=COMING, touched_at__lt=now - UNFINISHED_FOR)
    stale = Upload.objects.filter(state__in=(REVIEW, FAILED), touched_at__lt=now - REVIEW_FOR)
    gone = 0
    for upload in (*left, *stale):
        with transaction.atomic():
            by = Person(upload.by, via="work")
            record(by, "deposit.expire", upload.thing, detail={"file": upload.name, "state": upload.state})
            upload.delete()
        place_of(ws, upload).remove()
        gone += 1
    return gone


@transaction.atomic
def shown(upload: Upload, *, seen: str) -> None:
    """The preview of an upload is ready to be looked at."""
    Upload.objects.filter(pk=upload.pk, state=READING).update(
        state=REVIEW, seen=seen, touched_at=timezone.now()
    )


@transaction.atomic
def stopped(upload: Upload, code: str, params: Mapping[str, Any], *, state: str) -> None:
    """A step failed, as the sentence `code` says: `state` is where the upload stands now."""
    told = {name: str(value) for name, value in params.items()}
    Upload.objects.filter(pk=upload.pk).update(
        state=state, error_code=code, error_params=told, touched_at=timezone.now()
    )


@transaction.atomic
def ended(upload: Upload, receipts: list[dict[str, Any]], *, by: Person, why: str = "") -> None:
    """What was deposited, on record."""
    Upload.objects.filter(pk=upload.pk).update(state=DONE, receipts=receipts, touched_at=timezone.now())
    for receipt in receipts:
        detail = {name: receipt[name] for name in ("verdict", "version", "deposit", "rows", "problems")}
        record(
            by,
            "dataset.deposit",
            f"dataset:{receipt['dataset']}",
            why=why,
            detail={**detail, "file": upload.name},
        )


def _locked(key: str, by: Person) -> Upload:
    upload = Upload.objects.select_for_update().filter(key=key, by=by.id).first() if by.id else None
    if upload is None:
        raise MadangError("upload_missing")
    return upload


def _gb(size: int) -> str:
    return f"{size / (1 << 30):,.0f} GB"
