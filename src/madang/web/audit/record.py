"""Writes the audit trail, and proves it whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from madang.access import Person
from madang.web.audit.models import Entry

ADDRESS: ContextVar[str] = ContextVar(
    "address", default=""
)  # of the request being answered; set by a middleware
_START = "0" * 64
_LOCK = 0x6D6164616E67  # an advisory lock of PostgreSQL: one writer at a time keeps the chain a chain


def record(
    by: Person,
    what: str,
    thing: str = "",
    *,
    why: str = "",
    detail: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Entry:
    """Add an entry: `by` did `what` ("dataset.deposit") with `thing`. Call it in the transaction of the change itself.

    Personal values never go into `detail`.
    """
    with transaction.atomic():
        _one_writer()
        last = Entry.objects.order_by("-number").first()
        entry = Entry(
            number=last.number + 1 if last else 1,
            at=at or timezone.now(),
            by=by.id,
            via=by.via,
            address=ADDRESS.get(),
            what=what,
            thing=thing,
            why=why,
            detail=json.loads(json.dumps(dict(detail or {}), ensure_ascii=False, default=str)),
            before=last.digest if last else _START,
        )
        entry.digest = digest_of(entry)
        entry.save(force_insert=True)
    return entry


def broken_at() -> int | None:
    """The number of the first entry that does not follow from the one before; None where the chain is whole."""
    before = _START
    for number, entry in enumerate(Entry.objects.order_by("number").iterator(), start=1):
        if entry.number != number or entry.before != before or entry.digest != digest_of(entry):
            return number
        before = entry.digest
    return None


def digest_of(entry: Entry) -> str:
    """SHA-256 over every field of an entry but its own digest."""
    said = [
        entry.number, entry.at.astimezone(UTC).isoformat(),
        entry.by, entry.via, entry.address, entry.what, entry.thing, entry.why, entry.detail, entry.before,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _one_writer() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
