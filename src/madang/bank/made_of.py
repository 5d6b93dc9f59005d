"""Datasets made of others: who may read them now, and which of their columns are personal now, along the whole lineage."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from madang.access import Thing, as_close, of_card, only_steward
from madang.bank.dataset import Dataset
from madang.bank.ids import is_valid_id
from madang.bank.personal import personal_in, personal_names
from madang.messages import MadangError

Stamp = tuple[int, int, int, int, int]

_DAMAGE = (MadangError, OSError, KeyError, TypeError, ValueError, AttributeError, RecursionError)
_GONE = frozenset({"*"})  # told of an input that is there no more: nobody knows what of it was personal
NOTHING: Stamp = (0, 0, 0, 0, 0)  # where no dataset is
_KEPT = 10_000


@dataclass(frozen=True)
class Told:
    """What became personal of what a dataset was made of, after it was read as harmless.

    `since`: names and labels, by version made of others and by input. `carried`: what all that is called here, by those
    names and by any column of the versions made of it.
    """

    since: Mapping[int, Mapping[str, frozenset[str]]]
    carried: frozenset[str]


_NOTHING_TOLD = Told({}, frozenset())
_cards: dict[str, tuple[Stamp, Thing, tuple[str, ...]]] = {}  # by folder, with the stamp it was read at
_told: dict[str, tuple[bytes, Told]] = {}  # by folder, with the seal of its lineage


def stamp_of(folder: str) -> Stamp:
    """When the deposits, the cards and the table of a dataset changed, the latter two with their inode; zeros: not there."""
    try:
        deposits = os.stat(f"{folder}/deposits").st_mtime_ns
    except OSError:
        return NOTHING
    return (deposits, *_changed(f"{folder}/cards"), *_changed(f"{folder}/table/_delta_log"))


def _changed(folder: str) -> tuple[int, int]:
    try:
        found = os.stat(folder)
    except FileNotFoundError:
        return 0, 0
    except OSError:
        return -1, -1
    return found.st_mtime_ns, found.st_ino


class Lineage:
    """The datasets in the folder of a bank with what they are made of, for one call: each is looked at once, however many
    others are made of it, and what changes on disk afterwards is not seen. `stamps` are those already looked up.

    A dataset that is made of itself, in however many steps, or of one whose records cannot be read is for
    administrators, and all its columns are personal.
    """

    def __init__(self, folder: Path, stamps: Mapping[str, Stamp] | None = None) -> None:
        self._folder = folder
        self._stamps = dict(stamps or {})
        self._datasets: dict[str, Dataset] = {}
        self._cards: dict[str, tuple[Thing, tuple[str, ...]]] = {}
        self._seals: dict[str, bytes] = {}
        self._things: dict[str, Thing | None] = {}  # None: being looked for
        self._told: dict[str, Told | None] = {}  # None: being looked for, or not to be read
        self._told_of: dict[tuple[str, int], frozenset[str]] = {}

    @classmethod
    def of(cls, dataset: Dataset) -> Lineage:
        """The lineage of one dataset, which is not read again."""
        made = cls(dataset.folder.parent)
        made._datasets[dataset.id] = dataset
        return made

    def thing(self, dataset: str) -> Thing:
        """A dataset as the policy knows it: by its card, and as closed as the strictest of what it is made of is now.

        Where a column that it was made of has become personal since, of the input only the steward counts.
        """
        own, made_of = self._card(dataset)
        if not made_of:
            return own
        if dataset not in self._things:
            self._things[dataset] = None
            self._things[dataset] = as_close(own, list(self.inputs(dataset).values()))
        return self._things[dataset] or as_close(own, [None])

    def inputs(self, dataset: str) -> dict[str, Thing | None]:
        """What a dataset is made of, as it counts for who may read it; None: not to be read by anybody."""
        made_of = self._card(dataset)[1]
        told = self._told_since(dataset) if made_of else _NOTHING_TOLD
        if told is None:
            return dict.fromkeys(made_of)
        since = {name for inputs in told.since.values() for name, said in inputs.items() if said}
        things = {name: self.thing(name) if self._is_there(name) else None for name in made_of}
        return {
            name: only_steward(thing) if thing and name in since else thing for name, thing in things.items()
        }

    def closed_by(self, dataset: str) -> list[str]:
        """What a dataset is made of that nobody or not everybody of the municipality may read whole."""
        found = self.inputs(dataset).items()
        return [name for name, each in found if each is None or each.access == "restricted" or each.own_rows]

    def personal(self, dataset: str, n: int) -> frozenset[str]:
        """Names of the columns of version `n` that are personal now.

        Those that any version of it says are; and all of them, where a column that this version was made of was read
        as harmless and is personal now, there or further up: it may stand here under any name, alone or within others.
        Made again, the version has it starred, so that the new one is not concerned. In a version that was not made
        of others, those called as such a column, or as any of the versions made of it.

        Raises MadangError: dataset_missing, version_missing.
        """
        found = self._dataset(dataset)
        columns, ever = found.version(n).columns, personal_names(found)
        every = frozenset(column.name for column in columns)
        told = self._told_since(dataset) if self._card(dataset)[1] else _NOTHING_TOLD
        if told is None or any(told.since.get(n, {}).values()):
            return every
        if n not in told.since:
            ever |= told.carried
        named = {c.name for c in columns if c.privacy != "none" or not ever.isdisjoint((c.name, c.label))}
        return frozenset(named)

    def personal_ever(self, dataset: str) -> frozenset[str]:
        """Names of the columns of all versions that are personal now by what they are made of; none where it is of nothing."""
        if not self._card(dataset)[1]:
            return frozenset()
        return frozenset().union(
            *(self.personal(dataset, each.n) for each in self._dataset(dataset).versions)
        )

    def made_of(self, dataset: str) -> tuple[str, ...]:
        """What a dataset is made of by its card; nothing where that cannot be read."""
        return self._card(dataset)[1]

    # what is read of the disk ------------------------------------------------------------------------------

    def _stamp(self, name: str) -> Stamp:
        if name not in self._stamps:
            self._stamps[name] = stamp_of(f"{self._folder}/{name}") if is_valid_id(name) else NOTHING
        return self._stamps[name]

    def _is_there(self, name: str) -> bool:
        return self._stamp(name) != NOTHING

    def _dataset(self, name: str) -> Dataset:
        if name not in self._datasets:
            if not self._is_there(name):
                raise MadangError("dataset_missing", dataset=name)
            self._datasets[name] = Dataset(self._folder / name)
        return self._datasets[name]

    def _card(self, name: str) -> tuple[Thing, tuple[str, ...]]:
        if name not in self._cards:
            folder, stamp = f"{self._folder}/{name}", self._stamp(name)
            known = _cards.get(folder)
            if known is None or known[0] != stamp:
                if len(_cards) >= _KEPT:
                    _cards.clear()
                known = _cards[folder] = (stamp, *self._read_card(name, stamp))
            self._cards[name] = known[1:]
        return self._cards[name]

    def _read_card(self, name: str, stamp: Stamp) -> tuple[Thing, tuple[str, ...]]:
        """A card that cannot be read makes a dataset that only administrators see."""
        shut = Thing("dataset", name, access="restricted")
        if stamp[1] <= 0:
            return (shut if stamp[1] else of_card(name, {})), ()
        try:
            card = self._dataset(name).card
            return of_card(name, card), tuple(map(str, card.get("made_of") or ()))
        except _DAMAGE:
            return shut, ()

    def _seal(self, name: str) -> bytes:
        """Another one where anything changed that a dataset is made of; of what is made of itself never the same twice."""
        if name not in self._seals:
            self._seals[name] = os.urandom(16)
            inputs = b"".join(map(self._seal, self._card(name)[1] if self._is_there(name) else ()))
            told = repr((name, self._stamp(name))).encode() + inputs
            self._seals[name] = blake2b(told, digest_size=16).digest()
        return self._seals[name]

    def _told_since(self, name: str) -> Told | None:
        """By version and input: names and labels that were read as harmless and are personal now; None: not to be read."""
        if name not in self._told:
            self._told[name] = None
            try:
                seal, folder = self._seal(name), f"{self._folder}/{name}"
                known = _told.get(folder)
                if known is None or known[0] != seal:
                    if len(_told) >= _KEPT:
                        _told.clear()
                    known = _told[folder] = (seal, self._read_told(name))
                self._told[name] = known[1]
            except _DAMAGE:
                return None
        return self._told[name]

    def _read_told(self, name: str) -> Told:
        since: dict[int, dict[str, frozenset[str]]] = {}
        carried: set[str] = set()
        for version in self._dataset(name).versions:
            for each in version.facts.get("inputs") or ():
                of, n = str(each["dataset"]), int(each["version"])
                told = since.setdefault(version.n, {})
                told[of] = told.get(of, frozenset()) | self._told_in(of, n)
            if said := frozenset().union(*since.get(version.n, {}).values()):
                carried |= said.union(*((column.name, column.label) for column in version.columns))
        return Told(since, frozenset(carried - {""}))

    def _told_in(self, name: str, n: int) -> frozenset[str]:
        """Names and labels in version `n` that were no personal ones as far as it was known then, and are now."""
        if not self._is_there(name):
            return _GONE
        if (name, n) not in self._told_of:
            dataset, now = self._dataset(name), self.personal(name, n)
            then = personal_in([each for each in dataset.versions if each.n <= n] or dataset.versions[:1])
            self._told_of[name, n] = frozenset(
                said
                for column in dataset.version(n).columns
                if column.name in now
                and column.privacy == "none"
                and then.isdisjoint((column.name, column.label))
                for said in (column.name, column.label)
            )
        return self._told_of[name, n]
