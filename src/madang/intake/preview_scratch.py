"""A bank that takes down what a deposit would tell it, and changes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from madang.bank import Bank, Version
from madang.bank.diff import diff
from madang.bank.snapshots import Snapshots


@dataclass(frozen=True)
class Table:
    """One table of a previewed file, as the bank would be told of it.

    `receipt` and `facts` are what receipt.json and facts.json would say. `parquet` is empty where no version would be
    made. `live_n`: the version it was compared with (0: none). `change`: rows added, removed, changed and cells changed
    against that one, by column; None where there is none.
    """

    dataset: str
    receipt: dict[str, Any]
    facts: dict[str, Any]
    problems: str | None
    parquet: tuple[str, ...] = ()
    card: dict[str, Any] | None = None
    live_n: int = 0
    change: dict[str, Any] | None = None

    @property
    def taken(self) -> bool:
        """Whether a version would be made of it."""
        return bool(self.parquet)


class ScratchBank(Bank):
    """The bank as a deposit sees it, with a note-book in the place of every write.

    `noted` holds what `record` and `commit` were told; files are moved to `place` so that they outlive the deposit.
    """

    def __init__(self, bank: Bank, place: Path) -> None:
        super().__init__(bank.folder)
        self.place = place
        self.snapshots = Snapshots(place / "bytes")
        self.workshop = place / "bench"
        self.noted: list[Table] = []

    def record(
        self,
        dataset_id: str,
        *,
        receipt: dict[str, Any],
        facts: dict[str, Any],
        problems: Path | None,
        at: datetime,
    ) -> str:
        """Note a deposit that makes no version."""
        live = self[dataset_id].latest if dataset_id in self else None
        kept = self._keep(problems, "problems.parquet") if problems else None
        self.noted.append(Table(dataset_id, receipt, facts, kept, live_n=live.n if live else 0))
        return ""

    def commit(
        self,
        dataset_id: str,
        parquet: Sequence[Path],
        *,
        receipt: dict[str, Any],
        facts: dict[str, Any],
        problems: Path,
        by: str,
        at: datetime,
        kind: str = "deposit",
        card: dict[str, Any] | None = None,
        most: dict[str, Any] | None = None,
        live_n: int | None = None,
        first: int = 1,
    ) -> Version:
        """Note a version that would be made."""
        kept = self._keep(problems, "problems.parquet")
        files = tuple(self._keep(path, f"part-{n}.parquet", move=True) for n, path in enumerate(parquet))
        change = self._change(dataset_id, [self.place / each for each in files], facts, live_n or 0)
        self.noted.append(Table(dataset_id, receipt, facts, kept, files, card, live_n or 0, change))
        return cast(Version, _NoVersion())

    def _keep(self, path: Path, name: str, *, move: bool = False) -> str:
        folder = self.place / f"table-{len(self.noted)}"
        folder.mkdir(parents=True, exist_ok=True)
        if move:
            os.replace(path, folder / name)
        else:
            shutil.copyfile(path, folder / name)
        return f"{folder.name}/{name}"

    def _change(
        self, dataset_id: str, files: list[Path], facts: dict[str, Any], live_n: int
    ) -> dict[str, Any] | None:
        if not live_n:
            return None
        staged = cast(Version, _Staged(live_n + 1, files, facts))
        found = diff(self[dataset_id].version(live_n), staged, limit=0, temp_dir=self.place)
        names = ("added", "removed", "changed", "changed_cells", "columns_added", "columns_removed")
        return {**{name: getattr(found, name) for name in names}, "key": list(found.key)}


@dataclass(frozen=True)
class _NoVersion:
    n: None = None
    deposit_id: None = None


@dataclass(frozen=True)
class _Staged:
    """As much of a version as a comparison needs."""

    n: int
    files: list[Path]
    facts: dict[str, Any]
