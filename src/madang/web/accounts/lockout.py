"""Locks a name after wrong tries, in the database, so that every process of the site knows."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from madang.web.accounts.models import Attempts


def reserve(name: str, *, now: datetime | None = None) -> datetime | None:
    """Count a try under `name` before it is judged, so that tries made at once count too.

    None: it may be judged (call `forgive` when it was right). A time: the name is locked until then. Names that no
    account has are counted alike: an answer never says whether there is one.
    """
    at = now or timezone.now()
    with transaction.atomic():
        row, _ = Attempts.objects.select_for_update().get_or_create(
            name=_hashed(name), defaults={"last_at": at}
        )
        if row.locked_until and row.locked_until > at:
            return row.locked_until
        old = row.last_at < at - timedelta(minutes=settings.MADANG_LOCK_MINUTES)
        row.failures = 1 if old or row.locked_until else row.failures + 1
        row.last_at, row.locked_until = at, None
        if row.failures >= settings.MADANG_LOCK_AFTER:
            row.locked_until = at + timedelta(minutes=settings.MADANG_LOCK_MINUTES)
        row.save()
    return None


def forgive(name: str) -> None:
    """The try was right, or an administrator unlocks: nothing is held against the name."""
    Attempts.objects.filter(name=_hashed(name)).delete()


def locked_until(name: str, *, now: datetime | None = None) -> datetime | None:
    """Until when the name is locked; None where it is not."""
    at = now or timezone.now()
    row = Attempts.objects.filter(name=_hashed(name), locked_until__gt=at).first()
    return row.locked_until if row else None


def sweep(*, now: datetime | None = None) -> int:
    """Forget tries of more than a day ago; returns how many names."""
    return Attempts.objects.filter(last_at__lt=(now or timezone.now()) - timedelta(days=1)).delete()[0]


def _hashed(name: str) -> str:
    """Somebody may have typed a password into the field of the name: it is not kept."""
    return hashlib.sha256(unicodedata.normalize("NFC", name).strip().casefold().encode()).hexdigest()
