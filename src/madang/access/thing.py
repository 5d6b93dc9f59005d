"""What is asked for: a dataset, a round, a source … with what the policy needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from madang.messages import MadangError

Kind = Literal["dataset", "round", "source", "query", "edition", "run", "workspace"]


@dataclass(frozen=True)
class Thing:
    """What a person wants to do something with.

    `access`: public (anyone), internal (the municipality), restricted (the steward and the `readers`).
    `steward` and `readers` are posts or departments; `by` is who made it, where that gives rights (a saved query).
    `own_rows` names the column whose value has to be the reader's department or post, where a reader sees only
    the rows of his own.
    """

    kind: Kind
    id: str = ""
    access: str = "internal"
    steward: str = ""
    readers: frozenset[str] = frozenset()
    by: str = ""
    own_rows: str = ""


WORKSPACE = Thing("workspace")
_CLOSED = ("public", "internal", "restricted")


def of_card(dataset: str, card: Mapping[str, Any]) -> Thing:
    """The dataset with this card. A card that says no access, or one nobody knows, is restricted to its steward."""
    said = str(card.get("access") or "internal")
    return Thing(
        "dataset",
        dataset,
        access=said if said in ("public", "internal", "restricted") else "restricted",
        steward=str(card.get("steward") or ""),
        readers=frozenset(str(each) for each in card.get("readers") or ()),
        own_rows=str(card.get("own_rows") or ""),
    )


def narrowed(card: Mapping[str, Any], most: Mapping[str, Any]) -> dict[str, Any]:
    """`card`, readable by no more than `most` allows: the closer access, its own rows only where either says so.

    Readers of a restricted one are those that both name. Raises MadangError: narrowed_own_rows (each shows the own rows
    by another column), narrowed_nobody (no reader is named by both).
    """
    before, wanted = of_card("", card), of_card("", most)
    if before.own_rows and wanted.own_rows and before.own_rows != wanted.own_rows:
        raise MadangError("narrowed_own_rows", before=before.own_rows, wanted=wanted.own_rows)
    closed = [each for each in (before, wanted) if each.access == "restricted"]
    readers = frozenset.intersection(*(each.readers for each in closed)) if closed else before.readers
    if not readers and any(each.readers for each in closed):
        raise MadangError("narrowed_nobody")
    access = max(before.access, wanted.access, key=_CLOSED.index)
    own_rows = before.own_rows or wanted.own_rows
    return {**card, "access": access, "own_rows": own_rows, "readers": sorted(readers)}
