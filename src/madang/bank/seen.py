"""The bank as one person sees it: every interface reads datasets through this, so that none can forget to ask."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from madang.access import Person, Thing, Verb, View, as_close, can, check, of_card, only_steward, view
from madang.bank.bank import Bank
from madang.bank.dataset import Dataset, Version
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError

_KEPT = 10_000
_personal: dict[
    Path, tuple[tuple[object, ...], frozenset[str]]
] = {}  # by folder, with the versions it was read from
_things: dict[
    Path, tuple[int, Thing, tuple[str, ...]]
] = {}  # by folder, with when its cards changed and what it is made of
_told: dict[Path, tuple[object, dict[str, frozenset[str]]]] = {}  # by folder, with the stamps it was read at


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
        ever = personal_names(dataset).union(*_told_since(dataset, _card_of(dataset)[1]).values())
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
        if len(_personal) >= _KEPT:
            _personal.clear()
        known = _personal[dataset.folder] = (stamp, _personal_in(versions))
    return known[1]


def _personal_in(versions: Sequence[Version]) -> frozenset[str]:
    said = {
        n for each in versions for c in each.columns if c.privacy != "none" for n in (c.name, c.label) if n
    }
    newest = next((each for each in reversed(versions) if each.kind != "rollback"), versions[-1])
    harmless = {n for c in newest.columns if c.privacy == "none" for n in (c.name, c.label) if n}
    return frozenset(said - harmless)


def thing_of(dataset: Dataset) -> Thing:
    """A dataset as the policy knows it: by its card, which is read again when another one has been written.

    One that is made of others (`made_of` on its card) is as closed as the strictest of them is now. A card that
    cannot be read makes a dataset that only administrators see.
    """
    return _thing(dataset, frozenset())


def _thing(dataset: Dataset, above: frozenset[str]) -> Thing:
    own, made_of = _card_of(dataset)
    if not made_of:
        return own
    bank, above = Bank(dataset.folder.parent), above | {dataset.id}
    try:
        told = _told_since(dataset, made_of)
    except (MadangError, OSError, KeyError, TypeError, ValueError):
        return as_close(own, [None])
    inputs: list[Thing | None] = []
    for name in made_of:
        if name in above:
            continue
        thing = _thing(bank[name], above) if name in bank else None
        inputs.append(only_steward(thing) if thing and told.get(name) else thing)
    return as_close(own, inputs)


def _card_of(dataset: Dataset) -> tuple[Thing, tuple[str, ...]]:
    cards = dataset.folder / "cards"
    try:
        stamp = cards.stat().st_mtime_ns
    except FileNotFoundError:
        return of_card(dataset.id, {}), ()
    except OSError:
        return Thing("dataset", dataset.id, access="restricted"), ()
    known = _things.get(dataset.folder)
    if known is None or known[0] != stamp:
        try:
            card = dataset.card
            thing, made_of = of_card(dataset.id, card), tuple(map(str, card.get("made_of") or ()))
        except (MadangError, OSError, AttributeError, TypeError):
            thing, made_of = Thing("dataset", dataset.id, access="restricted"), ()
        if len(_things) >= _KEPT:
            _things.clear()
        known = _things[dataset.folder] = (stamp, thing, made_of)
    return known[1], known[2]


def _told_since(dataset: Dataset, made_of: Sequence[str]) -> dict[str, frozenset[str]]:
    """By input: names and labels of columns that are personal now and were read as harmless when `dataset` was made."""
    if not made_of:
        return {}
    bank = Bank(dataset.folder.parent)
    stamps = tuple(_stamp(bank.folder / each) for each in (dataset.id, *made_of))
    known = _told.get(dataset.folder)
    if known is None or known[0] != stamps:
        if len(_told) >= _KEPT:
            _told.clear()
        known = _told[dataset.folder] = (stamps, _read_told(bank, dataset.id))
    return known[1]


def _read_told(bank: Bank, dataset_id: str) -> dict[str, frozenset[str]]:
    read = {
        (str(each["dataset"]), int(each["version"]))
        for version in bank[dataset_id].versions
        for each in version.facts.get("inputs") or ()
        if each["dataset"] in bank
    }
    found: dict[str, frozenset[str]] = {}
    for name, n in read:
        dataset = bank[name]
        then = _personal_in([each for each in dataset.versions if each.n <= n] or dataset.versions[:1])
        there = {
            said
            for column in dataset.version(n).columns
            if column.privacy == "none" and then.isdisjoint((column.name, column.label))
            for said in (column.name, column.label)
        }
        found[name] = found.get(name, frozenset()) | (personal_names(dataset) & there)
    return found


def _stamp(folder: Path) -> tuple[int, ...]:
    """When the deposits and the table of a dataset changed; zeros where there is none."""
    found = []
    for part in ("deposits", "table/_delta_log"):
        try:
            found.append((folder / part).stat().st_mtime_ns)
        except OSError:
            found.append(0)
    return tuple(found)
