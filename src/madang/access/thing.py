"""What is asked for: a dataset, a round, a source … with what the policy needs to know of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["dataset", "round", "source", "query", "edition", "workspace"]


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
