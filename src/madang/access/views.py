"""Which columns and rows of a table a person sees, and which of them starred."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from madang.access.person import Person
from madang.access.policy import can, check
from madang.access.thing import Thing


class Column(Protocol):
    """What a view needs to know of a column."""

    @property
    def name(self) -> str: ...
    @property
    def privacy(self) -> str: ...


@dataclass(frozen=True)
class View:
    """What of a table is shown: `masked` columns starred (never filtered, sorted, grouped or searched by), and,
    where `own_rows` is set, only rows whose column reads one of `own_values`."""

    masked: frozenset[str] = frozenset()
    own_rows: str = ""
    own_values: tuple[str, ...] = ()


def view(person: Person, thing: Thing, columns: Iterable[Column], *, personal: bool = False) -> View:
    """The view of `person` on a table with these `columns`.

    `personal` asks for personal values as they are; the caller records the reason. Raises MadangError:
    dataset_missing, access_denied.
    """
    check(person, "read_personal" if personal else "read", thing)
    masked = frozenset(column.name for column in columns if column.privacy != "none" and not personal)
    if not thing.own_rows or can(person, "edit", thing):
        return View(masked)
    return View(masked, thing.own_rows, tuple(sorted(person.departments | person.posts)))
