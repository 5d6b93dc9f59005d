"""Telling, and having been told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from madang.access import Person
from madang.web.accounts.models import User
from madang.web.notices.models import Notice


def tell(
    code: str,
    params: Mapping[str, Any],
    *,
    to: str = "",
    post: str = "",
    thing: str = "",
    url: str = "",
    also: tuple[str, str] = ("", ""),
    at: datetime | None = None,
) -> Notice:
    """Tell a person (`to`, a login name) or the holders of a `post`. Personal values never go into `params`.

    `also`: a second link, what it leads to (of `ALSO`) and its address.
    """
    said = {name: str(value) for name, value in params.items()}
    made: Notice = Notice.objects.create(
        person=to, post=post, code=code, params=said, thing=thing, url=url, also=also[0], also_url=also[1],
        at=at or timezone.now(),
    )  # fmt: skip
    return made


def tell_administrators(code: str, params: Mapping[str, Any], **where: Any) -> None:
    """Tell everybody who looks after the workspace; `where` as for `tell`."""
    for user in User.objects.filter(is_active=True):
        if "administrator" in user.role_set:
            tell(code, params, to=user.username, **where)


def resolve(code: str, thing: str) -> int:
    """What the notices of this code told of a thing has passed; how many notices that were."""
    open_ = Notice.objects.filter(code=code, thing=thing, resolved_at=None)
    return open_.update(resolved_at=timezone.now())


def of(person: Person) -> QuerySet[Notice]:
    """What a person was told: by name, or through the posts and departments held today; newest first."""
    if person.is_anonymous:
        return Notice.objects.none()
    mine = Q(person=person.id) | Q(post__in=[*person.posts, *person.departments])
    return Notice.objects.filter(mine).order_by("-at", "-id")


def unseen(person: Person) -> int:
    """How many of them nobody has seen and tell of something that has not passed."""
    return of(person).filter(seen_at=None, resolved_at=None).count()


def seen(person: Person, *, upto: int) -> int:
    """Mark as seen what the person was told, up to the notice with that number; how many."""
    fresh = of(person).filter(seen_at=None, pk__lte=upto)
    return Notice.objects.filter(pk__in=fresh.values("pk")).update(seen_at=timezone.now(), seen_by=person.id)
