"""Who asks: a person as every interface hands it on, with roles and posts of this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["resident", "official", "steward", "analyst", "executive", "administrator"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Person:
    """Somebody who asks. Accounts make one of each request; the command line makes the workspace's owner.

    `id` is the login name, "" for nobody in particular. `posts` are those held today ("교통과 주차관리팀"), as a
    steward is a post and not a person; `departments` are theirs. `via` says through which door: web, api, cli, work.
    """

    id: str
    name: str = ""
    roles: frozenset[Role] = frozenset()
    posts: frozenset[str] = frozenset()
    departments: frozenset[str] = frozenset()
    via: str = "web"

    @property
    def is_anonymous(self) -> bool:
        return not self.id

    def has(self, *roles: Role) -> bool:
        """Whether the person has one of these roles."""
        return not self.roles.isdisjoint(roles)


ANONYMOUS = Person("", roles=frozenset({"resident"}))


def owner(by: str, *, via: str = "cli") -> Person:
    """The owner of the workspace, at its command line or in Python: administrator rights, recorded as `by`."""
    return Person(by, by, roles=frozenset(ROLES), via=via)
