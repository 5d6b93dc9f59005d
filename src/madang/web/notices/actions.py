"""Telling, and having been told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from madang.access import Person
from madang.web.notices.models import Notice


def tell(
    code: str,
    params: Mapping[str, Any],
    *,
    to: str = "",
    post: str = "",
    thing: str = "",
    url: str = "",
    at: datetime | None = None,
) -> Notice:
    """Tell a person (`to`, a login name) or the holders of a `post`. Personal values never go into `params`."""
    said = {name: str(value) for name, value in params.items()}
    made: Notice = Notice.objects.create(
        person=to, post=post, code=code, params=said, thing=thing, url=url, at=at or timezone.now()
    )
    return made


def of(person: Person) -> QuerySet[Notice]:
    """What a person was told: by name, or through the posts and departments held today; newest first."""
    if person.is_anonymous:
        return Notice.objects.none()
    mine = Q(person=person.id) | Q(post__in=[*person.posts, *person.departments])
    return Notice.objects.filter(mine).order_by("-at", "-id")


def unseen(person: Person) -> int:
    """How many of them nobody has seen."""
    return of(person).filter(seen_at=None).count()


def seen(person: Person, *, upto: int) -> int:
    """Mark as seen what the person was told, up to the notice with that number; how many."""
    fresh = of(person).filter(seen_at=None, pk__lte=upto)
    return Notice.objects.filter(pk__in=fresh.values("pk")).update(seen_at=timezone.now(), seen_by=person.id)
