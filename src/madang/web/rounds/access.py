"""Who may do what with a round: its officer, the departments that answer, and nobody else."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from madang.access import Person, Thing, can, check
from madang.messages import MadangError
from madang.web.accounts.models import User
from madang.web.accounts.people import lasting, person_of_user
from madang.web.rounds.models import Contribution, Part, Round


def thing_of(round_: Round) -> Thing:
    """A round as the policy knows it."""
    return Thing("round", round_.key, steward=round_.post, by=round_.made_by)


def is_officer(person: Person, round_: Round) -> bool:
    """Whether the round is the person's: opened by them or their post, or they are administrators."""
    return can(person, "open_round", thing_of(round_)) and can(person, "edit", thing_of(round_))


def check_officer(person: Person, round_: Round) -> None:
    """Raises MadangError: access_denied, or round_missing where the person has no part in it at all."""
    if is_officer(person, round_):
        return
    if not any(is_member(person, part) for part in round_.parts.select_related("department")):
        raise MadangError("round_missing", round=round_.key)
    check(person, "open_round", Thing("round", round_.key))
    raise MadangError("access_denied", verb="edit", thing=round_.key)


def is_member(person: Person, part: Part) -> bool:
    """Whether the person answers for this part: holds its post, or belongs to its department where none is named."""
    if not can(person, "fill", thing_of(part.round)):
        return False
    return part.post in person.posts if part.post else part.department.name in person.departments


def check_member(person: Person, part: Part) -> None:
    """Raises MadangError("round_missing"): parts of others do not exist for a department."""
    if not is_member(person, part):
        raise MadangError("round_missing", round=part.round.key)


def may_sign(person: Person, part: Part, given: Contribution) -> bool:
    """Whether the person is a second one of the department, signed in, who may put their name to what was handed in."""
    return person.via != "link" and given.by != person.id and is_member(person, part)


def signers(part: Part, given: Contribution) -> list[str]:
    """Logins of everybody who may sign what a department handed in."""
    held = lasting(timezone.localdate(), "holdings__") & Q(holdings__post__department=part.department)
    near = User.objects.filter(Q(department=part.department) | held, is_active=True).distinct()
    return [
        each.username for each in near.order_by("username") if may_sign(person_of_user(each), part, given)
    ]
