"""The bank: a folder of datasets and snapshots, and the only writer of both."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from madang.access.thing import narrowed
from madang.bank.claims import claimed, clear
from madang.bank.dataset import Dataset, Version
from madang.bank.durable import SEOUL, disk_errors, fsync_file, fsync_folder, locked, new_id, write_json
from madang.bank.ids import is_valid_id
from madang.bank.snapshots import Snapshots
from madang.bank.tombstone import tombstones
from madang.messages import MadangError

_DAY_S = 86_400


class Bank:
    """The data bank in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.snapshots = Snapshots(folder / "snapshots")
        self.workshop = folder / ".workshop"  # half-made things, on the same disk as the bank

    def datasets(self) -> list[Dataset]:
        """Every dataset, by id; also those whose deposits were all refused."""
        if not self.folder.is_dir():
            return []
        folders = (path for path in self.folder.iterdir() if (path / "deposits").is_dir())
        return [Dataset(path) for path in sorted(folders) if is_valid_id(path.name)]

    def family(self, base_id: str) -> list[Dataset]:
        """The dataset `base_id` and those called `<base_id>-…`; of all others only the names are looked through."""
        if not self.folder.is_dir():
            return []
        names = (
            name for name in os.listdir(self.folder) if name == base_id or name.startswith(f"{base_id}-")
        )
        return [self[name] for name in sorted(names) if name in self]

    def __getitem__(self, dataset_id: str) -> Dataset:
        """The dataset with this id. Raises MadangError("dataset_missing")."""
        folder = self.folder / dataset_id
        if not is_valid_id(dataset_id) or not (folder / "deposits").is_dir():
            raise MadangError("dataset_missing", dataset=dataset_id)
        return Dataset(folder)

    def __contains__(self, dataset_id: str) -> bool:
        return is_valid_id(dataset_id) and (self.folder / dataset_id / "deposits").is_dir()

    @contextmanager
    def bench(self) -> Iterator[Path]:
        """A folder for half-made things, gone afterwards; what killed processes left is cleared away first."""
        with disk_errors(self.folder):
            self.workshop.mkdir(parents=True, exist_ok=True)
        clear(self.workshop)
        place = self.workshop / new_id(datetime.now(SEOUL))
        with claimed(place):
            with disk_errors(self.folder):
                place.mkdir()
            try:
                yield place
            finally:
                shutil.rmtree(place, ignore_errors=True)

    def record(
        self,
        dataset_id: str,
        *,
        receipt: dict[str, Any],
        facts: dict[str, Any],
        problems: Path | None,
        at: datetime,
    ) -> str:
        """Write one deposit folder, whole or not at all; returns its id. It makes no version.

        receipt.json, facts.json and problems.parquet are written beside, synced, and moved in place by a rename.
        """
        if not is_valid_id(dataset_id):
            raise MadangError("dataset_id_invalid", dataset=dataset_id)
        deposit_id = new_id(at)
        deposits = self.folder / dataset_id / "deposits"
        with disk_errors(deposits):
            deposits.mkdir(parents=True, exist_ok=True)
            unfinished = deposits / f".{deposit_id}"
            unfinished.mkdir()
            write_json(unfinished / "facts.json", facts)
            write_json(
                unfinished / "receipt.json",
                {"deposit": deposit_id, "dataset": dataset_id, "version": None, **receipt},
            )
            if problems is not None:
                shutil.copyfile(problems, unfinished / "problems.parquet")
                fsync_file(unfinished / "problems.parquet")
            fsync_folder(unfinished)
            os.rename(unfinished, deposits / deposit_id)
            for folder in (deposits, deposits.parent, self.folder):
                fsync_folder(folder)
        return deposit_id

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
        """Make the next version of a dataset: everything is written first, then one Delta commit makes it real.

        `card` becomes the dataset's first card where it has none yet. `most` is a card: a dataset that more people may
        read than it says is closed to those, before there is a version. `live_n` is the live version the caller
        compared with (0: none); where another one is live by now nothing is written. Numbers of versions are never given
        twice: a dataset without versions begins at `first`, or behind those of that name that were erased. Raises
        MadangError("conflict_moved").
        """
        folder = self.folder / dataset_id
        with disk_errors(folder), locked(folder / ".lock"):
            live = Dataset(folder).latest if live_n is not None else None
            if live_n is not None and live_n != (live.n if live else 0):
                raise MadangError("conflict_moved", dataset=dataset_id)
            deposit_id = self.record(dataset_id, receipt=receipt, facts=facts, problems=problems, at=at)
            dataset = Dataset(self.folder / dataset_id)
            digest = hashlib.sha256(
                (dataset.deposit_folder(deposit_id) / "facts.json").read_bytes()
            ).hexdigest()
            if card is not None and not dataset.has_card:
                dataset.write_card(card, by=by, at=at)
            if most is not None:
                _change_card(dataset, lambda kept: narrowed(kept, most), by=by, at=at)
            meta = {"deposit": deposit_id, "facts": digest, "kind": kind, "by": by, "at": at.isoformat()}
            commit = dataset.table.commit(parquet, meta, max(first, self._erased(dataset) + 1))
        return Dataset(self.folder / dataset_id).version(commit.n)

    def _erased(self, dataset: Dataset) -> int:
        """The number of the newest version that was erased with a whole dataset of this name; 0 where none was."""
        if dataset.table.exists():
            return 0
        return max((stone.last for stone in tombstones(self) if stone.dataset == dataset.id), default=0)

    def write_card(self, dataset_id: str, card: dict[str, Any], *, by: str, at: datetime) -> None:
        """Keep a new card of a dataset; the ones before stay, each with who wrote it and when.

        Raises MadangError: dataset_missing.
        """
        folder = self[dataset_id].folder
        with disk_errors(folder), locked(folder / ".lock"):
            self[dataset_id].write_card(card, by=by, at=at)

    def change_card(
        self, dataset_id: str, change: Callable[[dict[str, Any]], dict[str, Any]], *, by: str, at: datetime
    ) -> dict[str, Any]:
        """Keep the card that `change` makes of the newest one, which nobody else changes meanwhile; the new one. Nothing is
        written where it makes the same of it. Raises MadangError: dataset_missing, and what `change` does.
        """
        folder = self[dataset_id].folder
        with disk_errors(folder), locked(folder / ".lock"):
            return _change_card(self[dataset_id], change, by=by, at=at)

    def rollback(self, dataset_id: str, n: int, *, by: str, at: datetime, why: str = "") -> Version:
        """Make version n live again, as a new version; nothing in between is lost. `why` is kept with it.

        Raises MadangError: dataset_missing, version_missing, rollback_same.
        """
        dataset = self[dataset_id]
        wanted = dataset.version(n)
        assert dataset.latest is not None
        if set(wanted.files) == set(dataset.latest.files):
            raise MadangError("rollback_same", dataset=dataset_id, version=n)
        receipt = {k: v for k, v in wanted.receipt.items() if k not in ("deposit", "dataset", "version")}
        return self.commit(
            dataset_id,
            wanted.files,
            receipt={**receipt, "rollback_to": n, "by": by, "at": at.isoformat()},
            facts={**wanted.facts, "rollback_to": n, "rollback_why": why},
            problems=wanted.problems_path,
            by=by,
            at=at,
            kind="rollback",
        )

    def sweep(self, *, now: float | None = None) -> list[Path]:
        """Remove what no version refers to and is older than a day: killed deposits' folders and files.

        What an erasure left behind goes at once, and so do tables that nothing points to and bytes that are withheld.
        """
        older_than = (time.time() if now is None else now) - _DAY_S
        gone = [p for p in self.workshop.glob("*") if p.stat().st_mtime < older_than]
        gone += [p for p in self.snapshots.folder.glob(".*") if p.stat().st_mtime < older_than]
        gone += self.snapshots.named_though_withheld()
        gone += self.folder.glob(".erased-*")
        for dataset in self.datasets():
            with suppress(MadangError), locked(dataset.folder / ".lock"):
                gone += [p for p in _orphans(dataset) if p.stat().st_mtime < older_than]
                gone += dataset.table.sweep(older_than)
        for path in gone:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        return gone


def _change_card(
    dataset: Dataset, change: Callable[[dict[str, Any]], dict[str, Any]], *, by: str, at: datetime
) -> dict[str, Any]:
    old = dataset.card
    new = change(dict(old))
    if {**new, "by": None, "at": None} != {**old, "by": None, "at": None}:
        dataset.write_card(new, by=by, at=at)
    return new


def _orphans(dataset: Dataset) -> Iterator[Path]:
    """Deposit folders that say accepted but that no version refers to, and unfinished ones."""
    known = {version.deposit_id for version in dataset.versions}
    for pattern in (".*", "*/.*"):
        yield from (dataset.folder / "deposits").glob(pattern)
    for deposit_id in dataset.deposits():
        with suppress(MadangError):  # an unreadable receipt is the doctor's business
            if deposit_id not in known and dataset.receipt(deposit_id)["verdict"].startswith("accepted"):
                yield dataset.deposit_folder(deposit_id)
