"""A source as the policy knows it: who reads the dataset it fills reads of it."""

from __future__ import annotations

from collections.abc import Callable

from madang.access import Person, Thing, can, check, check_into
from madang.bank.seen import thing_of as thing_of_dataset
from madang.collect.origin import Origin
from madang.messages import MadangError
from madang.workspace import Workspace


def thing_of(origin: Origin, workspace: Workspace) -> Thing:
    """The source, as open as its dataset; its steward's, where that post may read the dataset, else the dataset's steward's."""
    filled = dataset_of(origin.dataset, workspace)
    if filled is None:
        return origin.thing
    own = filled.access != "restricted" or origin.steward in filled.readers
    steward = origin.steward if own and origin.steward else filled.steward
    return Thing("source", origin.id, access=filled.access, steward=steward, readers=filled.readers)


def dataset_of(dataset: str, workspace: Workspace) -> Thing | None:
    """A dataset as the policy knows it, as closed as what it is made of; None where there is none of that name yet."""
    if not dataset or dataset not in workspace.bank:
        return None
    return thing_of_dataset(workspace.bank[dataset])


def may_collect(person: Person, origin: Origin, workspace: Workspace) -> bool:
    """Whether a person may run or stop a source."""
    return _passes(check_collect, person, origin, workspace)


def may_change(person: Person, origin: Origin, workspace: Workspace) -> bool:
    """Whether a person may say what a source is."""
    return _passes(check_change, person, origin, workspace)


def _passes(check: Callable[..., None], person: Person, origin: Origin, workspace: Workspace) -> bool:
    try:
        check(person, origin, workspace)
    except MadangError:
        return False
    return True


def check_collect(person: Person, origin: Origin, workspace: Workspace) -> None:
    """Raises MadangError: access_denied, origin_missing. Whoever runs or stops a source must be allowed what it does:
    deposit into its dataset, or make it."""
    thing = thing_of(origin, workspace)
    if not can(person, "read", thing):
        raise MadangError("origin_missing", id=origin.id)
    check(person, "collect", thing)
    filled = dataset_of(origin.dataset, workspace)
    if origin.dataset:
        check_into(person, origin.dataset, filled)


def check_change(person: Person, origin: Origin, workspace: Workspace) -> None:
    """As `check_collect`, for saying what a source is. Folders and databases hold more than one steward's own, and where
    the names of files decide it is any dataset: those are for administrators."""
    check_collect(person, origin, workspace)
    if origin.kind in ("folder", "sql") or not origin.dataset:
        check(person, "administer", Thing("workspace"))
