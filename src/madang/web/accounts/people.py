"""From an account to the Person that the policy knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from madang.access import ANONYMOUS, Person

if TYPE_CHECKING:
    from madang.web.accounts.models import User

_CHAIN = 20  # successions followed, one after another


def person_of(request: HttpRequest) -> Person:
    """Who asks, with the roles and posts of today; looked up once for each request."""
    known: Person | None = getattr(request, "madang_person", None)
    if known is None:
        user: Any = getattr(request, "user", None)
        known = person_of_user(user) if user is not None and user.is_authenticated else ANONYMOUS
        request.madang_person = known
    return known


def person_of_user(user: User, *, via: str = "web", today: date | None = None) -> Person:
    """The Person of an account on a day (today): an account that was closed is nobody.

    Who holds a post has the rights of the posts that it took over, and so for departments: a card may still name
    the old one.
    """
    from madang.web.accounts.models import Department, Post

    if not user.is_active:
        return ANONYMOUS
    day = today or timezone.localdate()
    held = user.holdings.filter(lasting(day), lasting(day, "post__")).values_list(
        "post__name", "post__department__name"
    )
    posts = {name for name, _ in held}
    departments = {name for _, name in held} | ({user.department.name} if user.department_id else set())
    return Person(
        id=user.username,
        name=str(user),
        roles=user.role_set,  # type: ignore[arg-type]
        posts=frozenset(posts | _taken_over(Post, posts, day)),
        departments=frozenset(departments | _taken_over(Department, departments, day)),
        via=via,
    )


def name_of(login: str) -> str:
    """The name of the person with a login name; the login name itself where nobody has it or no name is known."""
    from madang.web.accounts.models import User

    found = User.objects.filter(username=login).first() if login else None
    return str(found) if found else login


def lasting(day: date, prefix: str = "") -> Q:
    """What is valid on a day: both ends included, no end: without limit."""
    begun = Q(**{f"{prefix}valid_from": None}) | Q(**{f"{prefix}valid_from__lte": day})
    return begun & (Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gte": day}))


def _taken_over(kind: Any, names: Iterable[str], day: date) -> set[str]:
    found: set[str] = set()
    step = set(names)
    for _ in range(_CHAIN):
        ended = kind.objects.filter(successor__name__in=step, valid_until__lt=day)
        step = set(ended.values_list("name", flat=True)) - found
        if not step:
            break
        found |= step
    return found
