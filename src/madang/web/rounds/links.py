"""Links for departments without an account: each leads to one part of one round, and ends with the round.

A token is a signature over the part and a secret that stands in the database only: whoever has neither the server's
key nor the row can make none, and a new secret makes every earlier link void.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from django.conf import settings
from django.core.cache import cache

from madang.access import Person
from madang.messages import MadangError
from madang.web.rounds.models import Part
from madang.web.shell.whole import whole

_WRONG_AT_MOST, _WRONG_WITHIN_S = 20, 600  # tokens that lead nowhere, from one address
_DONE_AT_MOST, _DONE_WITHIN_S = 60, 60  # things done through one link
_SALT = b"madang.rounds.links"


def new_secret() -> str:
    """A secret for a part."""
    return secrets.token_hex(32)


def token_of(part: Part) -> str:
    """The token that leads to a part; "" where none does."""
    return f"{part.pk}.{_signature(part)}" if part.link_secret else ""


def part_of(token: str, address: str) -> Part:
    """The part a token leads to. Raises MadangError: round_link_dead, round_link_busy (too many wrong ones)."""
    wrong = f"rounds-wrong:{address}"
    if cache.get(wrong, 0) >= _WRONG_AT_MOST:
        raise MadangError("round_link_busy")
    number, _, said = token.partition(".")
    part = Part.objects.select_related("round", "department").filter(pk=whole(number)).first()
    if (
        part is None
        or not part.link_secret
        or not hmac.compare_digest(said.encode(), _signature(part).encode())
    ):
        _count(wrong, _WRONG_WITHIN_S)
        raise MadangError("round_link_dead")
    if not part.round.is_open:
        raise MadangError("round_link_dead")
    return part


def check_pace(part: Part) -> None:
    """Raises MadangError("round_link_busy") where a link does more than a person can."""
    if _count(f"rounds-done:{part.pk}", _DONE_WITHIN_S) > _DONE_AT_MOST:
        raise MadangError("round_link_busy")


def holder(part: Part) -> Person:
    """Whoever came by the link of a part: nobody by name, and of that department only."""
    return Person(
        id=f"link:{part.pk}",
        name=part.department.name,
        roles=frozenset({"official"}),
        posts=frozenset({part.post} if part.post else ()),
        departments=frozenset({part.department.name}),
        via="link",
    )


def _signature(part: Part) -> str:
    said = f"{part.pk}:{part.round_id}:{part.link_secret}".encode()
    key = hashlib.sha256(_SALT + settings.SECRET_KEY.encode()).digest()
    return base64.urlsafe_b64encode(hmac.digest(key, said, "sha256")).decode().rstrip("=")


def _count(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return int(cache.incr(key))
    except ValueError:  # it ran out in between
        cache.set(key, 1, seconds)
        return 1
