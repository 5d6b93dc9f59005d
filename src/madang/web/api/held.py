"""The bank as the API reads it: the records of an unchanged dataset are read once by each process, not at each request."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any

from madang.bank import Bank, Dataset

_KEPT = 5_000
_held: dict[Path, tuple[tuple[tuple[int, int], ...], HeldDataset]] = {}


class HeldDataset(Dataset):
    """A dataset as of one look at it: whoever finds its folders changed makes another."""

    @cached_property
    def card(self) -> dict[str, Any]:
        return super().card


class HeldBank(Bank):
    """A bank that is only read, of datasets of the `kind`."""

    kind: type[HeldDataset] = HeldDataset

    def __getitem__(self, dataset_id: str) -> Dataset:
        return self._held(super().__getitem__(dataset_id))

    def datasets(self) -> list[Dataset]:
        return [self._held(each) for each in super().datasets()]

    def _held(self, found: Dataset) -> Dataset:
        stamps = tuple(_stamp(found.folder / part) for part in ("cards", "deposits", "table/_delta_log"))
        known = _held.get(found.folder)
        if known is None or known[0] != stamps:
            if len(_held) >= _KEPT:
                _held.clear()
            known = _held[found.folder] = (stamps, self.kind(found.folder))
        return known[1]


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino
