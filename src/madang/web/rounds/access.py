"""Who may do what with a round: its officer, the departments that answer, and nobody else."""

from __future__ import annotations

from madang.access import Person, Thing, can, check
from madang.messages import MadangError
from madang.web.rounds.models import Part, Round


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
