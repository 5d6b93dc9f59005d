"""The doctor: does the bank keep its promises? Reads everything, changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset, Version
from madang.bank.erase import pending, tombstones
from madang.messages import Language, MadangError, text


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be."""

    code: str
    params: dict[str, Any]

    def text(self, language: Language = "ko") -> str:
        return text(self.code, language, **self.params)


def examine(bank: Bank) -> list[Finding]:
    """Everything wrong in the bank, with every byte read: tables, records of deposits, snapshots."""
    seen: set[Path] = set()
    findings = [finding for dataset in bank.datasets() for finding in _whole(bank, dataset, seen)]
    return [*_unfinished(bank), *findings]


def _unfinished(bank: Bank) -> Iterator[Finding]:
    """Erasures that were killed: the tombstone stands, and something of what it names is still there."""
    try:
        for stone in pending(bank):
            yield Finding("doctor_erase_pending", {"dataset": stone.dataset, "id": stone.id, "at": stone.at})
    except (MadangError, OSError, ValueError, TypeError):
        pass  # a sick dataset is told of by itself
    if any(bank.folder.glob(".erased-*")):
        yield Finding("doctor_erase_leftover", {"path": bank.folder})


def _whole(bank: Bank, dataset: Dataset, seen: set[Path]) -> Iterator[Finding]:
    """A dataset whose records cannot even be read is one finding, not the end of the examination."""
    try:
        yield from _dataset(bank, dataset, seen)
        for deposit in dataset.deposits():
            dataset.receipt(deposit)
            dataset.facts(deposit)
        _ = dataset.card
    except (MadangError, OSError, ValueError, KeyError, TypeError) as error:
        reason = error.params.get("reason", error) if isinstance(error, MadangError) else error
        yield Finding("dataset_broken", {"dataset": dataset.id, "reason": str(reason).rstrip(".")})


def _dataset(bank: Bank, dataset: Dataset, seen: set[Path]) -> Iterator[Finding]:
    for version in dataset.versions:
        where = {"dataset": dataset.id, "version": version.n}
        facts = dataset.deposit_folder(version.deposit_id) / "facts.json"
        if not facts.exists():
            yield Finding("doctor_no_deposit", {**where, "deposit": version.deposit_id})
            continue
        if hashlib.sha256(facts.read_bytes()).hexdigest() != version.commit.meta["facts"]:
            yield Finding("doctor_facts_changed", {**where, "deposit": version.deposit_id})
        yield from _tables(version, where, seen)
        yield from _snapshot(bank, version, where, seen)


def _tables(version: Version, where: dict[str, Any], seen: set[Path]) -> Iterator[Finding]:
    """Every page is read, of a file shared by two versions once; the rows are those of the receipt."""
    rows = 0
    for path in version.files:
        try:
            file = pq.ParquetFile(path)
            rows += file.metadata.num_rows
            for _ in file.iter_batches() if path not in seen else ():
                pass
        except (OSError, ValueError) as error:
            yield Finding(
                "doctor_file_broken", {**where, "path": path.name, "reason": str(error).rstrip(".")}
            )
            rows = version.receipt["rows"]
        seen.add(path)
    if rows != version.receipt["rows"] and not version.erased:
        yield Finding("doctor_rows", {**where, "rows": rows, "expected": version.receipt["rows"]})


def _snapshot(bank: Bank, version: Version, where: dict[str, Any], seen: set[Path]) -> Iterator[Finding]:
    sha256 = version.receipt["sha256"]
    path = bank.snapshots.path(sha256)
    if path in seen:
        return
    seen.add(path)
    if not path.exists():
        erased = {each for stone in tombstones(bank) for each in stone.originals}
        meant = version.erased or sha256 in erased or bank.snapshots.is_withheld(sha256)
        if not meant:
            yield Finding("doctor_no_snapshot", {**where, "sha256": sha256})
        return
    with open(path, "rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
            yield Finding("doctor_snapshot_changed", {**where, "sha256": sha256})
