"""The index as a server asks it: opened once for a process, made anew where the bank has moved on."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from madang.bank import Bank
from madang.declarations import Standard
from madang.find.catalogue import docs_of
from madang.find.index import Index
from madang.find.synonyms import SHIPPED, load_synonyms

_KEPT = 8
_known: dict[Path, tuple[int, Index]] = {}
_settled: dict[
    Path, tuple[dict[str, int], dict[str, int]]
] = {}  # what was live when it was last made, and what came of it


def served(
    bank: Bank,
    path: Path,
    synonyms: Path,
    standards: dict[str, Standard],
    live: Mapping[str, int],
    ids: Collection[str],
) -> Index:
    """The index in the file `path`, behind which is `bank`; `synonyms` is the workspace's own list, where it has one.

    `live` are the live versions of the datasets that can be read (0: none), as the caller knows them without
    opening the bank; `ids` are all of them. It is made anew once where they change: a dataset that cannot be put in does
    not have it made again for each question. Raises MadangError: synonyms_invalid.
    """
    changed = _changed(synonyms)
    known = _known.get(path)
    if known is None or known[0] != changed:
        if len(_known) >= _KEPT:
            _known.clear()
            _settled.clear()
        known = _known[path] = (changed, Index(path, load_synonyms(SHIPPED, synonyms)))
    index = known[1]
    there = index.versions()
    behind = any(there.get(id) != version for id, version in live.items())
    if (behind or not there.keys() <= set(ids)) and _settled.get(path) != (live, there):
        index.rebuild(docs_of(bank, standards))
        _settled[path] = (dict(live), index.versions())
    elif not path.is_file():
        index.rebuild([])
    return index


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
