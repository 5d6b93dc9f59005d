"""What changes a dataset from its pages: each in one transaction with its audit row, but what takes long, which is done
before it and finished where it was killed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from django.db import transaction

from madang.access import Person
from madang.bank import Dataset
from madang.bank.seen import SeenBank
from madang.declarations.card import Card
from madang.find import Index
from madang.find.catalogue import doc_of
from madang.messages import MadangError
from madang.web.audit.models import Entry
from madang.web.audit.record import locked_head, record
from madang.workspace import Workspace

_ROLLBACK = "dataset.rollback"
EDITED = (
    "title", "description", "theme", "licence", "rhythm_days", "access", "readers", "not_for", "known_defects",
)  # fmt: skip


def roll_back(*, ws: Workspace, dataset: str, n: int, why: str, by: Person) -> int:
    """Make version n live again, as a new version whose number is returned.

    The work is done outside of the transaction, which everybody else waits for. Raises MadangError: dataset_missing,
    access_denied, rollback_reason, version_missing, rollback_same.
    """
    SeenBank(ws.bank, by).may("edit", dataset)
    if not why.strip():
        raise MadangError("rollback_reason")
    version = ws.bank.rollback(dataset, n, by=by.id, at=ws.clock(), why=why.strip())
    finish_rollbacks(ws, version.dataset, by)
    return version.n


def finish_rollbacks(ws: Workspace, dataset: Dataset, by: Person | None = None) -> None:
    """Search and open editions follow a rollback, and the record says it, where that is not so yet: it stands in the bank,
    whatever became of the process that made it."""
    made = [version for version in dataset.versions if version.kind == "rollback"]
    ours = [version for version in made if version.facts.get("rollback_why")]
    if {version.n for version in ours} <= _told(dataset):
        return
    ws.renewed(dataset.id)
    with transaction.atomic():
        locked_head()
        known = _told(dataset)
        for version in (each for each in ours if each.n not in known):
            who = by if by is not None and by.id == version.by else Person(version.by, via="work")
            detail = {"to": version.facts["rollback_to"], "version": version.n}
            record(who, _ROLLBACK, dataset.id, why=str(version.facts["rollback_why"]), detail=detail)


def _told(dataset: Dataset) -> set[int | None]:
    """The rollbacks of a dataset that the record tells of."""
    return set(
        Entry.objects.filter(what=_ROLLBACK, thing=dataset.id).values_list("detail__version", flat=True)
    )


def edit_card(*, ws: Workspace, dataset: str, changes: Mapping[str, Any], seen: str, by: Person) -> Card:
    """Keep a new card with the `changes` (keys of EDITED); `seen` is the mark of the card that was changed.

    Raises MadangError: dataset_missing, access_denied, card_moved, card_….
    """
    SeenBank(ws.bank, by).may("edit", dataset)
    made: list[Card] = []

    def changed(old: dict[str, Any]) -> dict[str, Any]:
        if seen != mark_of(old):
            raise MadangError("card_moved")
        before = Card.from_json(old)
        card = Card.from_json({**old, **{key: changes[key] for key in EDITED if key in changes}})
        made.append(card)
        told, was = card.to_json(), before.to_json()
        what = sorted(key for key in EDITED if told[key] != was[key])
        if not what:
            return old
        record(by, "dataset.card", dataset, detail={"changed": what, "access": card.access})
        return told

    with transaction.atomic():
        ws.bank.change_card(dataset, changed, by=by.id, at=ws.clock())
    with suppress(MadangError, OSError):  # an index behind the bank is made anew by the next search
        Index(ws.folder / "cache" / "search.db").put(doc_of(ws.bank[dataset], ws.standards))
    return made[0]


def mark_of(card: Mapping[str, Any]) -> str:
    """What tells a card from the one before it."""
    return str(card.get("at") or "")
