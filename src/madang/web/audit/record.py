"""Writes the audit trail: one act after another, from whichever process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.utils import timezone

from madang.access import Person
from madang.web.audit.models import Entry, Head

ADDRESS: ContextVar[str] = ContextVar(
    "address", default=""
)  # of the request being answered; set by a middleware
START = "0" * 64
_ONE = 1


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

    Personal values never go into `detail`. Writers wait for each other until their transactions end.
    """
    with transaction.atomic():
        head = locked_head()
        entry = Entry(
            number=head.number + 1,
            at=at or timezone.now(),
            by=_clean(by.id)[:150],
            via=by.via,
            address=ADDRESS.get(),
            what=what,
            thing=_clean(thing)[:200],
            why=_clean(why),
            detail=json.loads(_clean(json.dumps(dict(detail or {}), ensure_ascii=False, default=str))),
            before=head.digest,
        )
        entry.digest = digest_of(entry)
        entry.save(force_insert=True)
        head.number, head.digest, head.seal = entry.number, entry.digest, seal(entry.number, entry.digest)
        head.save()
    return entry


def locked_head() -> Head:
    """The head, held by this transaction."""
    empty = {"digest": START, "seal": seal(0, START), "journal_digest": START}
    return Head.objects.select_for_update().get_or_create(pk=_ONE, defaults=empty)[0]


def digest_of(entry: Entry) -> str:
    """SHA-256 over every field of an entry but its own digest."""
    said = [
        entry.number, entry.at.astimezone(UTC).isoformat(),
        entry.by, entry.via, entry.address, entry.what, entry.thing, entry.why, entry.detail, entry.before,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def seal(number: int, digest: str) -> str:
    """What only this site can write of a head: whoever has the database alone cannot cut the trail and seal it anew."""
    return Signer(salt="madang.audit").signature(f"{number}:{digest}")


def is_sealed(head: Head) -> bool:
    """Whether the head was written by this site, under its key of now or an earlier one."""
    try:
        Signer(salt="madang.audit").unsign(f"{head.number}:{head.digest}:{head.seal}")
    except BadSignature:
        return False
    return True


def _clean(said: str) -> str:
    """What every database keeps as it is."""
    return said.replace("\\u0000", "").replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
