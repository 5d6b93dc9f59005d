"""A dataset, a version, a problem as flat records: the same for command line, pages and interfaces."""

from __future__ import annotations

import json
from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq  # not pyarrow.dataset: that takes a second to import

from madang.bank.dataset import Dataset, Version
from madang.bank.ids import order_of
from madang.declarations.rhythm import Freshness, freshness_status
from madang.messages import Language, text


def describe_dataset(dataset: Dataset, today: date) -> dict[str, Any]:
    """One dataset at a glance; the keys are those of ``madang datasets --json``.

    `freshness` on the day `today` is "fresh", "late" or "unknown": see `data_day` and the rhythm of the card.
    """
    live, last, card = dataset.latest, dataset.last_receipt(), dataset.card
    facts = live.facts if live else {}
    quality = facts.get("quality") or {}
    receipt, day = (live.receipt, as_of(live)) if live else ({}, None)
    return {
        "dataset": dataset.id,
        "title": card["title"],
        "version": live.n if live else None,
        "rows": live.rows if live else None,
        "columns": receipt.get("columns"),
        "problems": receipt.get("problems"),
        "score": quality.get("score"),
        "standard": receipt.get("standard"),
        "as_of": day.isoformat() if day else None,
        "as_of_from": ("file_name" if live and of_file_name(live) else "data") if day else None,
        "freshness": freshness_of(card, live, today),
        "at": live.at.isoformat(timespec="seconds") if live else None,
        "by": live.by if live else None,
        "last_verdict": last["verdict"] if last else None,
    }


def data_day(version: Version | None) -> date | None:
    """The day from which the age of the data counts: `as_of`, else the day of the deposit; None without version."""
    return (as_of(version) or version.at.date()) if version else None


def as_of(version: Version) -> date | None:
    """The day the data speak of: as read from the data themselves, else from the name of their file."""
    return _said(version) or _named(version)


def of_file_name(version: Version) -> bool:
    """Whether only the name of the file says what day the data speak of."""
    return _said(version) is None and _named(version) is not None


def _said(version: Version) -> date | None:
    said = ((version.facts.get("quality") or {}).get("freshness") or {}).get("as_of")
    try:
        return date.fromisoformat(str(said)) if said else None
    except ValueError:
        return None


def _named(version: Version) -> date | None:
    """The day in the name of the file (a month means its last day); none after the deposit, none of a year alone."""
    for name in (version.receipt.get("member"), version.receipt.get("file")):
        year, month, day = order_of(str(name or ""))
        if month:
            try:
                found = date(year, month, day or monthrange(year, month)[1])
            except ValueError:
                continue
            if found <= version.at.date():
                return found
            if not day and (year, month) == (version.at.year, version.at.month):
                return version.at.date()
    return None


def rhythm_of(card: Mapping[str, Any], version: Version | None) -> int | None:
    """Days between two updates: as the card says, else as the standard said at the deposit."""
    quality = (version.facts.get("quality") or {}) if version else {}
    days = card.get("rhythm_days") or (quality.get("freshness") or {}).get("rhythm_days")
    return int(days) if days else None


def freshness_of(card: Mapping[str, Any], version: Version | None, today: date) -> Freshness:
    """Whether a dataset is late on a day: the one answer for catalogue, overview, posts and command line."""
    return freshness_status(data_day(version), rhythm_of(card, version), today)


def describe_version(version: Version) -> dict[str, Any]:
    """One version: the keys of `versions` in ``madang show --json``."""
    receipt = version.receipt
    return {
        "version": version.n,
        "kind": version.kind,
        "at": version.at.isoformat(timespec="seconds"),
        "by": version.by,
        "deposit": version.deposit_id,
        "verdict": receipt["verdict"],
        "file": receipt["file"],
        "member": receipt["member"],
        "sha256": receipt["sha256"],
        "rows": version.rows,
        "columns": receipt["columns"],
        "problems": receipt["problems"],
        "rollback_to": version.facts.get("rollback_to"),
    }


def problems_file(dataset: Dataset, version: int | None = None, *, deposit: str | None = None) -> Path | None:
    """The problem list of a version or a deposit, else of the live version, else of the last refused deposit."""
    if deposit is not None:
        path = dataset.deposit_folder(deposit) / "problems.parquet"
    elif version is not None:
        path = dataset.version(version).problems_path
    elif dataset.latest is not None:
        path = dataset.latest.problems_path
    else:
        deposits = dataset.deposits()
        path = dataset.deposit_folder(deposits[-1]) / "problems.parquet" if deposits else Path("/nonexistent")
    return path if path.exists() else None


def problem_rows(
    dataset: Dataset,
    *,
    version: int | None = None,
    deposit: str | None = None,
    rule: str | None = None,
    limit: int | None = None,
    offset: int = 0,
    language: Language = "ko",
) -> Iterator[dict[str, Any]]:
    """Problem rows with their sentence, one after another; the keys are those of ``madang problems --json``."""
    path = problems_file(dataset, version, deposit=deposit)
    if path is None:
        return
    left, skip = limit, offset
    for batch in pq.ParquetFile(path).iter_batches(batch_size=4096):
        if rule is not None:
            batch = batch.filter(pc.equal(batch["rule"], rule))
        if skip >= batch.num_rows:
            skip -= batch.num_rows
            continue
        for row in batch.slice(skip).to_pylist():
            if left is not None:
                if left == 0:
                    return
                left -= 1
            yield explain(row, language)
        skip = 0


def problem_count(
    dataset: Dataset, *, version: int | None = None, deposit: str | None = None, rule: str | None = None
) -> int:
    """How many rows `problem_rows` has without limit."""
    path = problems_file(dataset, version, deposit=deposit)
    if path is None:
        return 0
    file = pq.ParquetFile(path)
    if rule is None:
        return int(file.metadata.num_rows)
    batches = file.iter_batches(columns=["rule"])
    return sum(int(pc.sum(pc.equal(batch["rule"], rule)).as_py() or 0) for batch in batches)


def explain(row: dict[str, Any], language: Language = "ko") -> dict[str, Any]:
    """A stored problem with its `reason`: the sentence of its rule."""
    detail: dict[str, Any] = json.loads(row["detail"]) if row["detail"] else {}
    shown = {key: ("" if row[key] is None else row[key]) for key in ("row", "label", "value")}
    column = row["label"] or row["column"] or ""
    reason = text(row["rule"], language, **{**shown, "column": column, **detail})
    return {
        **{key: row[key] for key in ("row", "column", "label", "value", "rule", "severity")},
        "reason": reason,
    }
