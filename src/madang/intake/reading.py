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

# refusals that do not follow from the bytes and the reading alone: the same file may be taken another time
_PASSING = frozenset(
    "file_changing extension_missing other_columns other_provider became_empty erased_again own_failure".split()
)
READER = "2"  # raised whenever the same bytes may be read differently


@dataclass(frozen=True)
class Reading:
    """`override` by people, the `reader` version, and a digest of the standards known at the time.

    `told` is the part of `override` that was said for this deposit; the rest was learned of earlier ones.
    """

    override: Override
    standards: str
    reader: str = READER
    told: Override = Override()
    register: str = ""  # of areas; "" where the bank has none

    @classmethod
    def of(
        cls,
        override: Override,
        standards: dict[str, Standard],
        told: Override | None = None,
        register: str = "",
    ) -> Reading:
        known = " ".join(sorted(f"{id_}:{standard.digest}" for id_, standard in standards.items()))
        digest = hashlib.sha256(known.encode()).hexdigest()[:16]
        return cls(override, digest, told=override if told is None else told, register=register)

    def to_json(self) -> dict[str, Any]:
        override = asdict(self.override)
        rows = override["header_rows"]
        override["header_rows"] = None if rows is None else list(rows)
        if override["sheet"] is None:  # as before there was a choice
            del override["sheet"]
        return {
            "override": override,
            "standards": self.standards,
            "reader": self.reader,
            "register": self.register,
        }


def earlier(
    bank: Bank, base_id: str, file: str, kept: Kept, reading: Reading, *, live_only: bool
) -> list[dict[str, Any]]:
    """Receipts of an earlier deposit of these bytes under this reading; empty where they must be read.

    `live_only`: only if what came of them is what is live now. Otherwise any earlier deposit will do, a refused
    one too (a folder deposited again goes on where it stopped).
    """
    family = bank.family(
        base_id
    )  # of this id and of its members (`ID-<sheet>`); their facts say whether they are
    if not family or kept.surely_new:
        return []  # and the bytes need not be hashed yet
    wanted = _Wanted(base_id, file, kept.sha256, reading, live_only)
    first = next(filter(None, (wanted.receipt(dataset) for dataset in family)), None)
    if first is None:
        return []
    found = []
    for table_id in first["file_tables"] or [first["dataset"]]:
        receipt = wanted.receipt(bank[table_id]) if table_id in bank else None
        if receipt is None:
            return []
        found.append(receipt)
    return found


@dataclass(frozen=True)
class _Wanted:
    """The deposit that is looked for."""

    base_id: str
    file: str
    sha256: str
    reading: Reading
    live_only: bool

    def receipt(self, dataset: Dataset) -> dict[str, Any] | None:
        """The newest receipt of these bytes in `dataset` that still holds, with the ids of its file's tables."""
        if self.live_only:
            deposits = [dataset.latest.deposit_id] if dataset.latest else []
        else:
            deposits = list(reversed(dataset.deposits()))
        for deposit in deposits:
            receipt = dataset.receipt(deposit)
            if receipt["sha256"] != self.sha256 or receipt["verdict"] == "unchanged":
                continue
            if any(version.deposit_id == deposit and version.erased for version in dataset.versions):
                continue  # rows of it were erased: the same bytes would bring them back
            if receipt["version"] is None and not self._refused_for_good(receipt):
                continue
            facts = dataset.facts(deposit)
            if receipt["version"] and not _by_the_card(facts, dataset):
                continue
            if facts.get("base_id") == self.base_id and self._read_so(facts):
                return {**receipt, "file_tables": facts.get("file_tables")}
        return None

    def _read_so(self, facts: dict[str, Any]) -> bool:
        """Whether it was read as it would be now; another register matters only to what was placed by it."""
        now, then = self.reading.to_json(), dict(facts["reading"])
        then["register"] = register_of(facts)
        if not placed_by_register(facts):
            now["register"] = ""
        return now == then

    def _refused_for_good(self, receipt: dict[str, Any]) -> bool:
        """Whether the same file would be refused again, whatever has changed since. Not so a deposit cut short."""
        if self.live_only or receipt["verdict"] != "refused" or receipt["file"] != self.file:
            return False
        return not any(reason["code"] in _PASSING for reason in receipt["reasons"])


def _by_the_card(facts: dict[str, Any], dataset: Dataset) -> bool:
    """Whether personal data were treated as the card says now."""
    return (facts.get("personal_policy") or {}) == (dataset.card.get("personal_data") or {})


def placed_by_register(facts: dict[str, Any]) -> bool:
    """Whether the rows of a deposit would be placed otherwise by another register; not so what feeds the register."""
    return bool(facts.get("located")) and not facts.get("feeds_register")


def register_of(facts: dict[str, Any]) -> str:
    """The register of areas that the rows of a deposit were placed by, which may have come while the file was read; ""
    where none."""
    return str(facts["located"].get("register") or "") if placed_by_register(facts) else ""
