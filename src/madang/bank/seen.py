"""The bank as one person sees it: every interface reads datasets through this, so that none can forget to ask."""

from __future__ import annotations

from collections.abc import Iterable

from madang.access import Person, Thing, Verb, View, can, check, view
from madang.bank.bank import Bank
from madang.bank.dataset import Dataset
from madang.bank.made_of import Lineage
from madang.bank.personal import personal_names
from madang.declarations.standard import DatasetColumn


class SeenBank:
    """What of `bank` exists for `person`. A dataset that may not be seen is missing, with the same error."""

    def __init__(self, bank: Bank, person: Person) -> None:
        self.bank = bank
        self.person = person

    def datasets(self, verb: Verb = "see") -> list[Dataset]:
        """Every dataset that may be seen, or of which the person may `verb`, by id."""
        lineage = Lineage(self.bank.folder)
        return [each for each in self.bank.datasets() if can(self.person, verb, lineage.thing(each.id))]

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

    def view(
        self,
        dataset: Dataset,
        columns: Iterable[DatasetColumn],
        *,
        version: int | None = None,
        personal: bool = False,
    ) -> View:
        """Which of `columns` are masked and which rows are shown.

        What is personal in the live version was so in versions before it was declared: those are masked too, by
        name and by label. Where the dataset is made of others, `personal_now` of the `version` that has the columns;
        of any version, where none is told. Raises MadangError: dataset_missing, access_denied.
        """
        columns, lineage = list(columns), Lineage.of(dataset)
        found = view(self.person, lineage.thing(dataset.id), columns, personal=personal)
        if personal:
            return found
        ever = personal_names(dataset)
        ever |= (
            lineage.personal_ever(dataset.id) if version is None else lineage.personal(dataset.id, version)
        )
        masked = {c.name for c in columns if not ever.isdisjoint((c.name, c.label))}
        return View(found.masked | masked, found.own_rows, found.own_values)


def thing_of(dataset: Dataset) -> Thing:
    """A dataset as the policy knows it now: by its card, and as closed as the strictest of what it is made of.

    A card that cannot be read makes a dataset that only administrators see.
    """
    return Lineage.of(dataset).thing(dataset.id)


def closed_by(dataset: Dataset) -> list[str]:
    """Ids of what a dataset is made of that closes it, whatever its own card says."""
    return Lineage.of(dataset).closed_by(dataset.id)


def personal_ever(dataset: Dataset) -> frozenset[str]:
    """Names and labels of columns of any version that are personal now: `personal_now` of all versions together."""
    return personal_names(dataset) | Lineage.of(dataset).personal_ever(dataset.id)


def personal_now(bank: Bank, dataset: str, version: int) -> frozenset[str]:
    """Names of the columns of a version that are personal now, whatever it said of them when it was made.

    Those that any version says are personal; and every column of a version that was made of one which has become
    personal since, there or further up its lineage: see `Lineage.personal`.
    Raises MadangError: dataset_missing, version_missing.
    """
    return Lineage.of(bank[dataset]).personal(dataset, version)
