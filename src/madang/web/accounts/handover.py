"""What a post owns, owes and is late with, and passing all of it on to the one that comes after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from madang.access import Person
from madang.bank.describe import describe_dataset
from madang.web.accounts import actions
from madang.web.accounts.models import Department, Post
from madang.web.accounts.people import lasting
from madang.web.audit.models import Entry
from madang.web.audit.record import record
from madang.web.shell.workspace import bank, workspace


@dataclass(frozen=True)
class Owed:
    """Something a post has to do: a round to fill, a request to answer. `address` leads to it."""

    what: str
    due: date | None = None
    address: str = ""


Provider = Callable[[str, date], Iterable[Owed]]
_providers: list[Provider] = []


def owes(provider: Provider) -> Provider:
    """Register what says what a post owes: ``@owes def due_rounds(post, today): yield Owed(…)``, in an app's ready()."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


Passer = Callable[[str, str, Person, str], None]  # old, new, by, why
_passers: list[Passer] = []


def passes(passer: Passer) -> Passer:
    """Register what writes the new name where an app keeps the old one; done again it changes nothing."""
    if passer not in _passers:
        _passers.append(passer)
    return passer


Teller = Callable[["Inventory", Post, date, str], None]  # what goes over, to which post, from which day, why
_tellers: list[Teller] = []


def tells(teller: Teller) -> Teller:
    """Register what tells a post that another one will be passed on to it."""
    if teller not in _tellers:
        _tellers.append(teller)
    return teller


@dataclass(frozen=True)
class Owned:
    """A dataset of the post."""

    id: str
    title: str
    freshness: str
    as_of: str


@dataclass(frozen=True)
class Inventory:
    """A post on a day."""

    post: str
    holders: list[str] = field(default_factory=list)
    owns: list[Owned] = field(default_factory=list)
    owes: list[Owed] = field(default_factory=list)

    @property
    def late(self) -> list[Owned]:
        return [each for each in self.owns if each.freshness == "late"]


def inventory(post: str, today: date, *, datasets: Any = None) -> Inventory:
    """What `post` owns, owes and is late with on a day; `datasets`: those of the bank where they are at hand."""
    holders = (
        Post.objects.filter(lasting(today, "holdings__"), name=post, holdings__user__is_active=True)
        .values_list("holdings__user__name", "holdings__user__username")
        .order_by("holdings__user__name")
    )
    owns = []
    for each in bank().datasets() if datasets is None else datasets:
        if each.card.get("steward") == post:
            told = describe_dataset(each, today)
            said = (str(told.get(key) or "") for key in ("title", "freshness", "as_of"))
            owns.append(Owned(each.id, *said))
    owed = [each for provider in _providers for each in provider(post, today)]
    return Inventory(
        post,
        [name or username for name, username in holders],
        owns,
        sorted(owed, key=lambda each: each.due or date.max),
    )


def hand_over(*, post: Post, successor: Post, on: date, by: Person, why: str = "") -> list[str]:
    """Pass a post on from day `on`: its holders hold `successor` then, and cards, sources, rounds and
    uploads that name it name the successor.

    Returns the datasets whose card was changed, today. The posts are changed in one transaction, in which the successor
    is told, the cards after it; until they are, the successor has the rights of the old name.
    Raises MadangError: access_denied, successor_circle.
    """
    if post.successor_id != successor.pk:
        with transaction.atomic():
            tell_successor(post, successor, on=on, why=why)
            actions.succeed_post(post=post, successor=successor, on=on, by=by, why=why)
    return carry_over(post, by=by, why=why)


def tell_successor(post: Post, successor: Post, *, on: date, why: str = "") -> None:
    """Have the successor told what comes; before anything is changed, in the transaction that changes it."""
    found = inventory(post.name, timezone.localdate(), datasets=workspace().bank.datasets())
    for teller in _tellers:
        teller(found, successor, on, why)


def carry_over(
    ended: Department | Post, *, by: Person, why: str = "", today: date | None = None
) -> list[str]:
    """What names a post or a department that has ended names its successor, and its people go there; nothing before its
    day. Done again it changes nothing. Returns the datasets whose card was changed."""
    if ended.successor is None or ended.valid_until is None:
        return []
    if ended.valid_until >= (today or timezone.localdate()):
        return []
    actions.move_people(ended, by=by)
    changed = rename_steward(old=ended.name, new=ended.successor.name, by=by, why=why)
    type(ended).objects.filter(pk=ended.pk).update(carried_at=timezone.now())
    return changed


def carry_over_due(today: date) -> None:
    """What was passed on for a day that has come, or was stopped half-way, goes over, as whoever passed it on."""
    due = {"carried_at": None, "successor__isnull": False, "valid_until__lt": today}
    ended: list[Department | Post] = [
        *Post.objects.filter(**due).order_by("valid_until"),
        *Department.objects.filter(**due).order_by("valid_until"),
    ]
    for each in ended:
        what = "people.succeed_post" if isinstance(each, Post) else "people.pass_on"
        told = Entry.objects.filter(what=what, thing=each.name).order_by("number").last()
        by = Person(told.by if told else "", via="work")
        carry_over(each, by=by, why=told.why if told else "", today=today)


def rename_steward(*, old: str, new: str, by: Person, why: str = "") -> list[str]:
    """Write `new` for `old` on every card, as steward and among the readers, and wherever else an app keeps the name;
    returns the datasets changed."""

    def renamed(dataset: str, card: dict[str, Any]) -> dict[str, Any]:
        if not names(card):  # somebody was quicker
            return card
        record(by, "dataset.edit_card", dataset, why=why, detail={"steward": [old, new]})
        told = {**card, "steward": new if card.get("steward") == old else card.get("steward")}
        if card.get("readers"):
            told["readers"] = [new if reader == old else reader for reader in card["readers"]]
        return told

    def names(card: dict[str, Any]) -> bool:
        return card.get("steward") == old or old in (card.get("readers") or ())

    opened = workspace()
    changed = [each.id for each in opened.bank.datasets() if names(each.card)]
    for dataset in changed:
        with transaction.atomic():  # the card is written while its entry can still be taken back
            opened.bank.change_card(dataset, partial(renamed, dataset), by=by.id, at=opened.clock())
    if changed:
        opened.rebuild_index()
    for passer in _passers:
        passer(old, new, by, why)
    return changed


def vacant(today: date) -> list[Post]:
    """Posts of today that nobody holds: their data has no steward."""
    held = Post.objects.filter(lasting(today, "holdings__"), holdings__user__is_active=True).values("pk")
    return list(
        Post.objects.filter(lasting(today)).exclude(pk__in=held).select_related("department").order_by("name")
    )
