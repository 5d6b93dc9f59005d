"""The one policy: who may do what with what. Every page, command, worker, query and API asks here."""

from __future__ import annotations

from typing import Literal, get_args

from madang.access.person import Person
from madang.access.thing import WORKSPACE, Thing
from madang.messages import MadangError

# see          that it exists: its card, its place in lists, counts and search
# read         its rows, personal values masked; download them
# read_personal  personal values as they are; every time with a reason, and recorded
# deposit      a new version
# edit         its card, going back to an earlier version
# create       a new dataset
# query        SQL over what may be read
# open_round   a collection round; fill: one's own part of one
# collect      sources: what is fetched from where and when
# release      decide that it becomes open
# erase        destroy by law
# administer   accounts, posts, settings
# audit        the record of who did what
Verb = Literal[
    "see", "read", "read_personal", "deposit", "edit", "create", "query", "open_round", "fill", "collect",
    "release", "erase", "administer", "audit",
]  # fmt: skip
VERBS: tuple[Verb, ...] = get_args(Verb)

_STAFF = ("official", "steward", "analyst", "executive", "administrator")
_BY_ROLE: dict[Verb, tuple[str, ...]] = {  # verbs that a role alone gives
    "create": ("steward", "administrator"),
    "query": ("analyst", "administrator"),
    "open_round": ("steward", "administrator"),
    "fill": _STAFF,
    "collect": ("administrator",),
    "erase": ("administrator",),
    "administer": ("administrator",),
    "audit": ("administrator",),
}
_OF_STEWARD: tuple[Verb, ...] = ("read_personal", "deposit", "edit", "collect", "release")


def can(person: Person, verb: Verb, thing: Thing) -> bool:
    """Whether `person` may `verb` the `thing`. What no line here allows is refused.

    Administrators may do everything. Rows of public and internal things are for the staff, restricted ones for
    the steward's post and the posts and departments named as readers. Residents reach nothing here: what is open
    for them stands in the open editions, which are a bank of their own.
    """
    if person.has("administrator"):
        return True
    if not person.has(*_STAFF):  # type: ignore[arg-type]
        return False
    if verb in ("see", "read"):
        return thing.access in ("public", "internal") or _is_reader(person, thing)
    if verb in _OF_STEWARD and _is_steward(person, thing):
        return verb != "release" or person.has("steward")
    if verb == "edit" and thing.kind in ("query", "round") and person.id == thing.by:
        return True
    return person.has(*_BY_ROLE.get(verb, ()))  # type: ignore[arg-type]


def check(person: Person, verb: Verb, thing: Thing) -> None:
    """Raises MadangError("access_denied"), or where the person may not even see it, "<kind>_missing" for a dataset."""
    if can(person, verb, thing):
        return
    if thing.kind == "dataset" and not can(person, "see", thing):
        raise MadangError("dataset_missing", dataset=thing.id)
    raise MadangError("access_denied", verb=verb, thing=thing.id or thing.kind)


def check_into(person: Person, dataset: str, there: Thing | None) -> None:
    """Raises MadangError("access_denied") where `person` may not put a version into `dataset`, which is `there`, or new
    (None). The words are the same whether it is hidden, somebody else's or free, so that they tell nothing of it."""
    if not (can(person, "create", WORKSPACE) if there is None else can(person, "deposit", there)):
        raise MadangError("access_denied", verb="deposit", thing=dataset)


def _is_steward(person: Person, thing: Thing) -> bool:
    return bool(thing.steward) and thing.steward in person.posts | person.departments


def _is_reader(person: Person, thing: Thing) -> bool:
    return _is_steward(person, thing) or not thing.readers.isdisjoint(person.posts | person.departments)
