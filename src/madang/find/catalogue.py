"""What of the bank is in the index: a document for each dataset that can be read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from madang.bank import Bank, Dataset
from madang.declarations import Standard
from madang.find.index import Doc
from madang.messages import MadangError


def doc_of(dataset: Dataset, standards: dict[str, Standard]) -> Doc:
    """What the index knows of a dataset. Raises MadangError where its records are broken."""
    card, latest = dataset.card, dataset.latest
    standard = standards.get(str(card.get("standard") or ""))
    return Doc(
        id=dataset.id,
        title=str(card["title"]),
        description=str(card.get("description") or ""),
        columns=tuple(column.label for column in latest.columns if column.label) if latest else (),
        standard=standard.label if standard else "",
        provider=str(card.get("provider") or ""),
        version=latest.n if latest else 0,
    )


def docs_of(bank: Bank, standards: dict[str, Standard]) -> Iterator[Doc]:
    """Every dataset; one whose records are broken cannot be found, the doctor tells of it."""
    for dataset in bank.datasets():
        with suppress(MadangError):
            yield doc_of(dataset, standards)


def live_versions(bank: Bank) -> dict[str, int]:
    """The number of the live version of each dataset, 0 where it has none."""
    live = {}
    for dataset in bank.datasets():
        with suppress(MadangError):
            live[dataset.id] = dataset.latest.n if dataset.latest else 0
    return live
