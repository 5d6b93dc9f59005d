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
_personal: dict[
    Path, tuple[tuple[object, ...], frozenset[str]]
] = {}  # by folder, with the versions it was read from
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
        if personal:
            return found
        ever = personal_names(dataset)
        masked = {c.name for c in columns if not ever.isdisjoint((c.name, c.label))}
        return View(found.masked | masked, found.own_rows, found.own_values)


def personal_names(dataset: Dataset) -> frozenset[str]:
    """Names and labels of every column that any version says is personal; what was declared once holds for the versions
    before, for those that lack the column, and for an earlier version that was made live again.

    Not of a column that the newest version deposited since has and calls harmless.
    """
    versions = dataset.versions
    if not versions:
        return frozenset()
    known = _personal.get(dataset.folder)
    stamp = (versions[-1].n, versions[-1].deposit_id, len(versions))
    if known is None or known[0] != stamp:
        said = {
            n
            for each in versions
            for c in each.columns
            if c.privacy != "none"
            for n in (c.name, c.label)
            if n
        }
        newest = next((each for each in reversed(versions) if each.kind != "rollback"), versions[-1])
        harmless = {n for c in newest.columns if c.privacy == "none" for n in (c.name, c.label) if n}
        if len(_personal) >= _KEPT:
            _personal.clear()
        known = _personal[dataset.folder] = (stamp, frozenset(said - harmless))
    return known[1]


def thing_of(dataset: Dataset) -> Thing:
    """A dataset as the policy knows it: by its card, which is read again when another one has been written.

    A card that cannot be read makes a dataset that only administrators see.
    """
    cards = dataset.folder / "cards"
    try:
        stamp = cards.stat().st_mtime_ns
    except FileNotFoundError:
        return of_card(dataset.id, {})
    except OSError:
        return Thing("dataset", dataset.id, access="restricted")
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
