"""Who may do what: Person, Thing, and the one function that every read and write path obeys."""

from madang.access.made import as_close, only_steward
from madang.access.person import ANONYMOUS, ROLES, Person, Role, owner
from madang.access.policy import VERBS, Verb, can, check, check_into
from madang.access.thing import Thing, of_card
from madang.access.views import View, view

__all__ = [
    "ANONYMOUS",
    "ROLES",
    "VERBS",
    "Person",
    "Role",
    "Thing",
    "Verb",
    "View",
    "as_close",
    "can",
    "check",
    "check_into",
    "of_card",
    "only_steward",
    "owner",
    "view",
]
