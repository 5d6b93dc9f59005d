"""Pages that show rows without asking whose they are: for those who may read all of them."""

from __future__ import annotations

from madang.access import can
from madang.bank import Dataset
from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.web.shell.workspace import asker, bank


def whole(dataset_id: str) -> Dataset:
    """A dataset all rows of which the person may read. Raises MadangError: dataset_missing, access_denied."""
    dataset = bank().may("read", dataset_id)
    if only_own(dataset):
        raise MadangError("access_denied", verb="read", thing=dataset_id)
    return dataset


def only_own(dataset: Dataset) -> bool:
    """Whether the person sees no rows of the dataset but the own ones of his department."""
    thing = thing_of(dataset)
    return bool(thing.own_rows) and not can(asker(), "edit", thing)
