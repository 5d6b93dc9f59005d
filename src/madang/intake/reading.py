"""Under which reading a file was understood: what people fixed, which reader, which declared standards.

The same bytes under the same reading say nothing new.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

from madang.bank import Bank, Dataset
from madang.bank.snapshots import Kept
from madang.declarations import Standard
from madang.intake.raw import Override

READER = "1"  # raised whenever the same bytes may be read differently


@dataclass(frozen=True)
class Reading:
    """`override` by people, the `reader` version, and a digest of the standards known at the time."""

    override: Override
    standards: str
    reader: str = READER

    @classmethod
    def of(cls, override: Override, standards: dict[str, Standard]) -> Reading:
        known = repr(sorted(standards.items()))
        return cls(override, hashlib.sha256(known.encode()).hexdigest()[:16])

    def to_json(self) -> dict[str, Any]:
        override = asdict(self.override)
        rows = override["header_rows"]
        override["header_rows"] = None if rows is None else list(rows)
        return {"override": override, "standards": self.standards, "reader": self.reader}


def earlier(
    bank: Bank, base_id: str, kept: Kept, reading: Reading, *, live_only: bool
) -> list[dict[str, Any]]:
    """Receipts of an earlier deposit of these bytes under this reading; empty where they must be read.

    `live_only`: only if what came of them is what is live now. Otherwise any earlier deposit will do, a refused
    one too (a folder deposited again goes on where it stopped).
    """
    family = _family(bank, base_id)
    if not family:
        return []  # and the bytes need not be hashed yet
    sha256 = kept.sha256
    candidates = [d for d in family if _deposited(d, sha256, reading, live_only)]
    if not candidates:
        return []
    first = _receipt(candidates[0], sha256, reading, live_only)
    assert first is not None
    wanted = first["file_tables"] or [candidates[0].id]
    found = []
    for table_id in wanted:
        receipt = _receipt(bank[table_id], sha256, reading, live_only) if table_id in bank else None
        if receipt is None:
            return []
        found.append(receipt)
    return found


def _family(bank: Bank, base_id: str) -> list[Dataset]:
    """The dataset of this id and those of its members (`ID-<sheet>`)."""
    return [d for d in bank.datasets() if d.id == base_id or d.id.startswith(base_id + "-")]


def _deposited(dataset: Dataset, sha256: str, reading: Reading, live_only: bool) -> bool:
    return _receipt(dataset, sha256, reading, live_only) is not None


def _receipt(dataset: Dataset, sha256: str, reading: Reading, live_only: bool) -> dict[str, Any] | None:
    if live_only:
        deposits = [dataset.latest.deposit_id] if dataset.latest else []
    else:
        deposits = list(reversed(dataset.deposits()))
    for deposit in deposits:
        receipt = dataset.receipt(deposit)
        if receipt["sha256"] != sha256 or receipt["verdict"] == "unchanged":
            continue
        made = receipt["version"] is not None
        if any(version.deposit_id == deposit and version.erased for version in dataset.versions):
            continue  # rows of it were erased: the same bytes would bring them back
        if not made and (live_only or receipt["verdict"] != "refused" or _ours(receipt)):
            continue  # a deposit cut short, or refused through our own failure: read it again
        facts = dataset.facts(deposit)
        if facts["reading"] == reading.to_json():
            return {**receipt, "file_tables": facts.get("file_tables")}
    return None


def _ours(receipt: dict[str, Any]) -> bool:
    return any(reason["code"] == "own_failure" for reason in receipt["reasons"])
