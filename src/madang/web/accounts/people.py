"""From an account to the Person that the policy knows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from madang.access import ANONYMOUS, Person

if TYPE_CHECKING:
    from madang.web.accounts.models import User


def person_of(request: HttpRequest) -> Person:
    """Who asks, with the roles and posts of today; looked up once for each request."""
    known: Person | None = getattr(request, "madang_person", None)
    if known is None:
        user: Any = getattr(request, "user", None)
        known = person_of_user(user) if user is not None and user.is_authenticated else ANONYMOUS
        request.madang_person = known
    return known


def person_of_user(user: User, *, via: str = "web", today: date | None = None) -> Person:
    """The Person of an account on a day (today): an account that was closed is nobody."""
    if not user.is_active:
        return ANONYMOUS
    day = today or timezone.localdate()
    held = user.holdings.select_related("post__department").filter(
        Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day
    )
    posts = {holding.post.name: holding.post.department.name for holding in held}
    own = {user.department.name} if user.department else set()
    return Person(
        id=user.username,
        name=str(user),
        roles=user.role_set,  # type: ignore[arg-type]
        posts=frozenset(posts),
        departments=frozenset({*posts.values(), *own}),
        via=via,
    )
