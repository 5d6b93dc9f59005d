"""The doctor: does the bank keep its promises? Reads everything, changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset
from madang.bank.erase import tombstones
from madang.messages import Language, text


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be."""

    code: str
    params: dict[str, Any]

    def text(self, language: Language = "ko") -> str:
        return text(self.code, language, **self.params)


def examine(bank: Bank) -> list[Finding]:
    """Everything wrong in the bank: versions without files, facts that do not match their hash, missing snapshots."""
    erased = {stone.dataset for stone in tombstones(bank)}
    return [
        finding for dataset in bank.datasets() for finding in _dataset(bank, dataset, dataset.id in erased)
    ]


def _dataset(bank: Bank, dataset: Dataset, erased: bool) -> Iterator[Finding]:
    for version in dataset.versions:
        where = {"dataset": dataset.id, "version": version.n}
        facts = dataset.deposit_folder(version.deposit_id) / "facts.json"
        if not facts.exists():
            yield Finding("doctor_no_deposit", {**where, "deposit": version.deposit_id})
            continue
        if hashlib.sha256(facts.read_bytes()).hexdigest() != version.commit.meta["facts"]:
            yield Finding("doctor_facts_changed", {**where, "deposit": version.deposit_id})
        for path in version.files:
            try:
                pq.read_metadata(path)
            except (OSError, ValueError) as error:
                yield Finding("doctor_file_broken", {**where, "path": path.name, "reason": error})
        if not erased and not bank.snapshots.path(version.receipt["sha256"]).exists():
            yield Finding("doctor_no_snapshot", {**where, "sha256": version.receipt["sha256"]})
