"""What was made of a dataset, in however many steps, and whether that still holds rows which were erased there since."""

from __future__ import annotations

from madang.bank.bank import Bank
from madang.bank.made_of import Lineage
from madang.messages import MadangError


def made_from(bank: Bank, dataset: str) -> list[str]:
    """Ids of the datasets that are made of `dataset`, or of one that is; those that are gone are in nobody's way."""
    lineage = Lineage(bank.folder)
    made: dict[str, list[str]] = {}
    for each in bank.datasets():
        for name in lineage.made_of(each.id):
            made.setdefault(name, []).append(each.id)
    found, left = {dataset}, [dataset]
    while left:
        new = [each for each in made.get(left.pop(), ()) if each not in found]
        found.update(new)
        left += new
    return sorted(found - {dataset})


def erased_since(bank: Bank, dataset: str, n: int) -> list[str]:
    """Ids of what version `n` of a dataset was made of, in however many steps, where rows of just that version were erased
    after they were read, or all of it.

    What it holds of them nobody can tell: only made anew, it is without them. Raises MadangError: dataset_missing,
    version_missing.
    """
    found: set[str] = set()
    seen, left = {(dataset, n)}, list(_inputs(bank, dataset, n))
    while left:
        name, number, erased = left.pop()
        try:
            if bank[name].version(number).erasure != erased:
                found.add(name)
            if (name, number) not in seen:
                seen.add((name, number))
                left += _inputs(bank, name, number)
        except MadangError:
            found.add(name)
    return sorted(found)


def _inputs(bank: Bank, dataset: str, n: int) -> list[tuple[str, int, str]]:
    """What a version was made of: dataset, version, and its last erasure when it was read."""
    told = bank[dataset].version(n).facts.get("inputs") or ()
    return [(str(each["dataset"]), int(each["version"]), str(each.get("erased") or "")) for each in told]
