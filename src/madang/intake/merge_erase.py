"""Erasure in what was handed in: a merged table is a copy, and so are the contributions it was made of."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from madang.bank import Bank
from madang.bank.dataset import Dataset
from madang.bank.erase import replay
from madang.bank.tombstone import Tombstone, keep, tombstones


def erase_contributions(bank: Bank, rounds: Path, stone: Tombstone) -> Tombstone:
    """Erase what `stone` names from every contribution to its rounds, which are banks below `rounds`.

    The rows go from the tables of all contributions, merged or not, with the files they came in; a file that could not
    be read cannot be searched and goes whole, as do lists of keys and files that wait to be checked. Where the whole
    dataset was erased everything handed in goes. Each bank keeps tombstones of its own. The tombstone in `bank` is
    written anew with all counts and returned; done again it finds nothing and changes nothing.
    """
    found = [
        each for key in stone.rounds if (rounds / key).is_dir() for each in _in_round(rounds / key, stone)
    ]
    if not found:
        return stone
    total = replace(
        stone,
        rows=stone.rows + sum(each.rows for each in found),
        versions=stone.versions + sum(each.versions for each in found),
        snapshots=stone.snapshots + sum(each.snapshots for each in found),
    )
    keep(bank, total)
    return total


def erase_all_contributions(bank: Bank, rounds: Path) -> None:
    """Finish every erasure in the contributions, after a kill or the restoring of an old backup."""
    for stone in tombstones(bank):
        erase_contributions(bank, rounds, stone)


def forget(bank: Bank, stone: Tombstone) -> None:
    """Take back the tombstone of an erasure that found nothing anywhere."""
    (bank.folder / "tombstones" / f"{stone.id}.json").unlink()


def _in_round(folder: Path, stone: Tombstone) -> list[Tombstone]:
    bank = Bank(folder)
    known = {each.id for each in tombstones(bank)}
    wanted = [each for dataset in bank.datasets() if (each := _stone_of(dataset, stone)) is not None]
    refused = {each.id: _refused(bank, bank[each.dataset]) for each in wanted if each.column is not None}
    for each in wanted:
        keep(bank, each)
    done = {each.id: each for each in replay(bank)}
    found = []
    for each in wanted:
        made = done.get(each.id, each)
        gone = refused.get(each.id, [])
        for sha256 in gone:
            bank.snapshots.remove(sha256)
        if each.id in done or gone:
            found.append(
                replace(made, snapshots=made.snapshots + len(gone), originals=(*made.originals, *gone))
            )
            keep(bank, found[-1])
        elif each.id not in known:
            forget(bank, each)
    for path in (folder / "keys").glob("*.parquet"):
        path.unlink(missing_ok=True)
    shutil.rmtree(folder / "waiting", ignore_errors=True)
    return found


def _stone_of(dataset: Dataset, stone: Tombstone) -> Tombstone | None:
    """What `stone` names in one table of a contribution; None where it has no such column."""
    named = hashlib.sha256(dataset.id.encode()).hexdigest()[:12]
    own = replace(
        stone, id=f"{stone.id}-{named}", dataset=dataset.id, rows=0, versions=0, snapshots=0, originals=(),
        siblings=(), made_from=(), rounds=(),
    )  # fmt: skip
    if stone.column is None or not dataset.versions:
        return replace(own, column=None, digest=None, columns=())
    columns = {c.name for version in dataset.versions for c in version.columns if c.standard in stone.names}
    return replace(own, columns=tuple(sorted(columns))) if columns else None


def _refused(bank: Bank, dataset: Dataset) -> list[str]:
    """The files of its deposits that became no version, and are still kept."""
    read = {str(version.receipt["sha256"]) for version in dataset.versions}
    brought = {str(dataset.receipt(deposit).get("sha256") or "") for deposit in dataset.deposits()}
    return sorted(each for each in brought - read - {""} if bank.snapshots.path(each).exists())
