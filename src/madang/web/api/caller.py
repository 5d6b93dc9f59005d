"""Who asks: the holder of a token, or whoever is signed in and only reads."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest

from madang.access import Person
from madang.messages import MadangError
from madang.web.accounts import middleware
from madang.web.accounts.people import person_of
from madang.web.accounts.tokens import holder_of

_BEARER = "bearer "
_KEPT_S = 2.0  # a token that is revoked, or whose person loses a right, is good for so long at most
_MOST = 1_000
_known: dict[bytes, tuple[float, Caller]] = {}


@dataclass(frozen=True)
class Caller:
    """Who asks, for what, and the name under which requests are counted."""

    person: Person
    scopes: frozenset[str]
    counted: str


def caller_of(request: HttpRequest) -> Caller | None:
    """Who asks; None for nobody. A token that is wrong is nobody, whoever is signed in beside it."""
    said = request.headers.get("Authorization", "")
    if said:
        caller = _of_token(said[len(_BEARER) :].strip()) if said[: len(_BEARER)].lower() == _BEARER else None
    else:
        caller = _of_session(request)
    if caller is not None:
        request.madang_person = caller.person  # whom the bank and the audit trail know
    return caller


def needs(caller: Caller, scope: str) -> None:
    """Raises MadangError("api_scope") where the token was not made for this."""
    if scope not in caller.scopes:
        raise MadangError("api_scope", scope=scope)


def _of_token(token: str) -> Caller | None:
    key, now = hashlib.sha256(token.encode("utf-8", "replace")).digest(), time.monotonic()
    known = _known.get(key)
    if known and known[0] > now:
        return known[1]
    _known.pop(key, None)
    holder = holder_of(token)
    if holder is None:
        return None
    if len(_known) >= _MOST:
        _known.clear()
    caller = Caller(holder.person, holder.scopes, f"t{holder.token_id}")
    _known[key] = (now + _KEPT_S, caller)
    return caller


def _of_session(request: HttpRequest) -> Caller | None:
    """Only for reading: a form on another site could send anything else with the cookie."""
    user: Any = getattr(request, "user", None)
    if request.method not in ("GET", "HEAD") or user is None or not user.is_authenticated:
        return None
    if user.must_change_password or middleware.owes_second_factor(user):
        return None
    person = person_of(request)
    return Caller(replace(person, via="api"), frozenset({"read"}), f"u{person.id}")
