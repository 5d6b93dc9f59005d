"""The register of the bank as one of its own datasets: what there is, how new, how sound, how open. Indicators read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from hashlib import blake2b
from typing import Any

import pyarrow as pa

from madang.bank import Bank, Dataset
from madang.bank.describe import data_day, freshness_of, rhythm_of
from madang.bank.made_of import Lineage
from madang.declarations.standard import Standard
from madang.messages import MadangError

DATASET = STANDARD = "dataset-register"
_SHUT: dict[str, Any] = dict.fromkeys(("theme", "rows_count", "versions_count", "problems_count", "located_share", "as_of", "age_days", "rhythm_days", "registered_on", "has_personal"))  # fmt: skip
_TYPES = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_(), "date": pa.date32()}


def register_of(bank: Bank, standards: dict[str, Standard], opened: Collection[str], today: date) -> pa.Table:
    """A row for each dataset that was not computed here and of which more than refused files is there, by the columns of the standard ``dataset-register``.

    `opened` are the datasets that have an open edition. Of restricted ones nothing is told but that they are there, whether
    they are new, open, follow a standard and have a steward; so of what is made of restricted ones.
    """
    lineage = Lineage(bank.folder)
    rows = [
        row
        for dataset in bank.datasets()
        if (row := _row(dataset, lineage.thing(dataset.id).access, opened, today))
        and not _made_here(standards, str(row["standard"] or ""))
    ]
    for number, row in enumerate(
        sorted((row for row in rows if row["dataset_id"] is None), key=lambda row: str(row["row_id"]))
    ):
        row |= _SHUT | {"row_id": f"closed-{number + 1}", "standard": "-" if row["standard"] else None}
    columns = standards[STANDARD].columns
    schema = pa.schema([(each.name, _TYPES.get(each.type, pa.string())) for each in columns])
    return pa.Table.from_pylist(sorted(rows, key=lambda row: str(row["row_id"])), schema)


def _made_here(standards: dict[str, Standard], standard: str) -> bool:
    return standard in standards and standards[standard].made_here


def _row(dataset: Dataset, access: str, opened: Collection[str], today: date) -> dict[str, Any] | None:
    try:
        live, card, versions = dataset.latest, dataset.card, dataset.versions
    except (MadangError, OSError, KeyError, ValueError):
        return None
    if not dataset.has_card:
        return None
    shut = access == "restricted"
    told: dict[str, Any] = {
        "row_id": blake2b(dataset.id.encode(), digest_size=6).hexdigest(),
        "dataset_id": None if shut else dataset.id, "dataset_title": None if shut else str(card["title"]),
        "theme": str(card.get("theme") or "") or None, "access": "open" if access == "public" else access,
        "is_open": dataset.id in opened, "has_steward": bool(card.get("steward")),
        "rhythm_days": rhythm_of(card, live), "freshness": freshness_of(card, live, today),
        "versions_count": len(versions), "rows_count": live.rows if live else 0,
        "registered_on": versions[0].at.date() if versions else None, "checked_on": today, "standard": None,
        "has_personal": False,
    }  # fmt: skip
    if live is None:
        return told
    day, receipt = data_day(live), live.receipt
    return told | {
        "standard": str((live.facts.get("standard") or {}).get("id") or "") or None,
        "problems_count": int(receipt.get("problems") or 0), "located_share": receipt.get("located_share"),
        "as_of": day, "age_days": (today - day).days if day else None,
        "has_personal": any(column.privacy != "none" for column in live.columns),
    }  # fmt: skip
