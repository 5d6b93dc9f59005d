"""Keys for programs: shown once, kept as a hash, with the rights of their person narrowed by scopes."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from madang.access import Person
from madang.messages import MadangError
from madang.web.accounts.models import ApiToken, User
from madang.web.accounts.people import person_of_user
from madang.web.accounts.words import SCOPES
from madang.web.audit.record import record

_PREFIX = "madang_"
_MOST = 20  # of a person
_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Holder:
    """Whose key it is and what it is for."""

    person: Person
    scopes: frozenset[str]
    token_id: int


def make_token(*, user: User, name: str, scopes: list[str], days: int, by: Person) -> str:
    """Make a key that lasts `days`; the text returned is shown once and kept nowhere.

    Raises MadangError: token_unnamed, token_scopes, token_too_many.
    """
    name = name.strip()[:100]
    if not name:
        raise MadangError("token_unnamed")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise MadangError("token_scopes")
    if user.tokens.filter(_living(timezone.now())).count() >= _MOST:
        raise MadangError("token_too_many", most=_MOST)
    said = _PREFIX + secrets.token_urlsafe(32)
    with transaction.atomic():
        made = ApiToken.objects.create(
            user=user,
            name=name,
            digest=_digest(said),
            scopes=" ".join(scope for scope in SCOPES if scope in scopes),
            expires_at=timezone.now() + timedelta(days=days),
        )
        record(by, "people.make_token", user.username, detail={"token": made.pk, "scopes": made.scopes})
    return said


def revoke_token(*, user: User, token_id: int, by: Person) -> None:
    """End a key of `user` now; one that has ended stays ended."""
    with transaction.atomic():
        if user.tokens.filter(pk=token_id, revoked_at=None).update(revoked_at=timezone.now()):
            record(by, "people.revoke_token", user.username, detail={"token": token_id})


def holder_of(said: str, *, now: datetime | None = None) -> Holder | None:
    """Who shows this key, as the API asks at each request; None for a key that is unknown, old or revoked, or whose
    person may not sign in (closed, or has to change a one-time password first)."""
    if not said.startswith(_PREFIX):
        return None
    at = now or timezone.now()
    found = (
        ApiToken.objects.select_related("user__department").filter(_living(at), digest=_digest(said)).first()
    )
    if found is None or not found.user.is_active or found.user.must_change_password:
        return None
    if found.used_at is None or at - found.used_at > _NOTED_EVERY:
        ApiToken.objects.filter(pk=found.pk).update(used_at=at)
    return Holder(
        person_of_user(found.user, via="api"), frozenset(found.scopes.split()) & SCOPES.keys(), found.pk
    )


def _living(at: datetime) -> Q:
    return Q(revoked_at=None) & (Q(expires_at=None) | Q(expires_at__gt=at))


def _digest(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()  # 256 random bits: no slow hash needed
