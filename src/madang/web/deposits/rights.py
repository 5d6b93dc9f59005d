"""Who may deposit what by hand."""

from __future__ import annotations

from madang import access
from madang.access import Person, Thing, can
from madang.bank import Bank, Dataset
from madang.bank.seen import SeenBank, thing_of
from madang.messages import MadangError

WORKSPACE = Thing("workspace")


def may_upload(person: Person, bank: Bank) -> bool:
    """Whether a person may put in anything at all: a new dataset, or a version of one of theirs."""
    if can(person, "create", WORKSPACE):
        return True
    return any(can(person, "deposit", thing_of(dataset)) for dataset in bank.datasets())


def check_upload(person: Person, bank: Bank) -> None:
    """Raises MadangError("access_denied")."""
    if not may_upload(person, bank):
        raise MadangError("access_denied", verb="deposit", thing="workspace")


def dataset_in(bank: Bank | SeenBank, dataset: str) -> Dataset | None:
    """The dataset of that name; None where there is none."""
    if dataset in bank:
        return bank[dataset]
    return None


def check_into(person: Person, bank: Bank, dataset: str) -> None:
    """Raises MadangError("access_denied") where a person may not put a version into `dataset`: deposit on one that has
    versions, create for a new one. One that may not be seen is refused as one of somebody else's, and as a free name is to
    who may create nothing."""
    there = dataset_in(bank, dataset)
    is_new = there is None or (there.latest is None and not there.has_card)
    access.check_into(person, dataset, None if is_new or there is None else thing_of(there))
