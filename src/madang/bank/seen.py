"""The bank as one person sees it: every interface reads datasets through this, so that none can forget to ask."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from madang.access import Person, Thing, Verb, View, can, check, of_card, view
from madang.bank.bank import Bank
from madang.bank.dataset import Dataset
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError

_KEPT = 10_000
_things: dict[Path, tuple[int, Thing]] = {}  # by folder, with when its cards changed


class SeenBank:
    """What of `bank` exists for `person`. A dataset that may not be seen is missing, with the same error."""

    def __init__(self, bank: Bank, person: Person) -> None:
        self.bank = bank
        self.person = person

    def datasets(self) -> list[Dataset]:
        """Every dataset that may be seen, by id."""
        return [each for each in self.bank.datasets() if can(self.person, "see", thing_of(each))]

    def __getitem__(self, dataset_id: str) -> Dataset:
        """A dataset that may be seen. Raises MadangError("dataset_missing")."""
        return self.may("see", dataset_id)

    def __contains__(self, dataset_id: str) -> bool:
        return dataset_id in self.bank and can(self.person, "see", thing_of(self.bank[dataset_id]))

    def may(self, verb: Verb, dataset_id: str) -> Dataset:
        """The dataset, where the person may `verb` it. Raises MadangError: dataset_missing, access_denied."""
        dataset = self.bank[dataset_id]
        check(self.person, verb, thing_of(dataset))
        return dataset

    def view(self, dataset: Dataset, columns: Iterable[DatasetColumn], *, personal: bool = False) -> View:
        """Which of `columns` are masked and which rows are shown.

        What is personal in the live version was so in versions before it was declared: those are masked too, by
        name and by label. Raises MadangError: dataset_missing, access_denied.
        """
        columns = list(columns)
        found = view(self.person, thing_of(dataset), columns, personal=personal)
        if personal or dataset.latest is None:
            return found
        live = {n for c in dataset.latest.columns if c.privacy != "none" for n in (c.name, c.label) if n}
        masked = {c.name for c in columns if not live.isdisjoint((c.name, c.label))}
        return View(found.masked | masked, found.own_rows, found.own_values)


def thing_of(dataset: Dataset) -> Thing:
    """A dataset as the policy knows it: by its card, which is read again when another one has been written.

    A card that cannot be read makes a dataset that only administrators see.
    """
    cards = dataset.folder / "cards"
    try:
        stamp = cards.stat().st_mtime_ns
    except OSError:
        return of_card(dataset.id, {})
    known = _things.get(dataset.folder)
    if known is None or known[0] != stamp:
        try:
            thing = of_card(dataset.id, dataset.card)
        except (MadangError, OSError, AttributeError, TypeError):
            thing = Thing("dataset", dataset.id, access="restricted")
        if len(_things) >= _KEPT:
            _things.clear()
        known = _things[dataset.folder] = (stamp, thing)
    return known[1]
