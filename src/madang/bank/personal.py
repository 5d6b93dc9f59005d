"""What the versions of one dataset say is personal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from madang.bank.dataset import Dataset, Version

_KEPT = 10_000
_read: dict[
    Path, tuple[tuple[object, ...], frozenset[str]]
] = {}  # by folder, with the versions it was read from


def personal_names(dataset: Dataset) -> frozenset[str]:
    """Names and labels of every column that any version says is personal; what was declared once holds for the versions
    before, for those that lack the column, and for an earlier version that was made live again.

    Not of a column that a version deposited since has and calls harmless.
    """
    versions = dataset.versions
    if not versions:
        return frozenset()
    known = _read.get(dataset.folder)
    stamp = (versions[-1].n, versions[-1].deposit_id, len(versions))
    if known is None or known[0] != stamp:
        if len(_read) >= _KEPT:
            _read.clear()
        known = _read[dataset.folder] = (stamp, personal_in(versions))
    return known[1]


def personal_in(versions: Sequence[Version]) -> frozenset[str]:
    """Names and labels that these versions, oldest first, say are personal, as `personal_names`.

    Only what is deposited was looked at anew: an edit, a merging or a rollback carries on what was said before, and no
    column is harmless by that.
    """
    found: set[str] = set()
    for each in versions:
        if each.kind == "deposit":
            found -= {n for c in each.columns if c.privacy == "none" for n in (c.name, c.label)}
        found |= {n for c in each.columns if c.privacy != "none" for n in (c.name, c.label) if n}
    return frozenset(found)
