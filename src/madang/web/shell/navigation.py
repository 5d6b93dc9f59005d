"""The main menu: what a person may go to."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from madang.access import Person, Thing, Verb, can

_ITEMS: tuple[tuple[object, str, Verb], ...] = (
    (_("데이터"), "/data/", "read"),
    (_("올리기"), "/deposits/", "read"),
    (_("취합"), "/rounds/", "fill"),
    (_("수집"), "/sources/", "read"),
    (_("질의"), "/sql/", "query"),
    (_("분석"), "/analyses/", "read"),
    (_("지표"), "/indicators/", "read"),
    (_("개방"), "/releases/", "read"),
    (_("사람"), "/accounts/people/", "administer"),
    (_("기록"), "/audit/", "audit"),
)
_ALSO = {
    "/accounts/people/": ("/accounts/departments/", "/accounts/posts/"),
    "/analyses/": ("/runs/",),
    "/indicators/": ("/tables/",),
}


@dataclass(frozen=True)
class Item:
    """One entry of the menu."""

    label: object
    path: str
    here: bool


def menu(person: Person, path: str) -> list[Item]:
    """The entries that `person` may open; the one that `path` lies below is marked."""
    return [
        Item(label, start, path.startswith((start, *_ALSO.get(start, ()))))
        for label, start, verb in _ITEMS
        if can(person, verb, Thing("workspace")) and _exists(start)
    ]


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True
