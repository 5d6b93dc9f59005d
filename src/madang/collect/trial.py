"""A trial: fetch from an origin and look how the door would understand it. Nothing is deposited, nothing remembered."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

import pyarrow.parquet as pq

from madang.access import View
from madang.collect.fetched import Fetched, Means
from madang.collect.history import State
from madang.collect.origin import Origin
from madang.collect.run import Home, fetch, means_of
from madang.intake.deposit import Door
from madang.intake.preview import Preview, preview
from madang.intake.preview_scratch import Table
from madang.intake.receipt import Reason

_ROWS, _FILES, _COLUMNS = 5, 3, 30
_LONGEST = 80


def trial(origin: Origin, home: Home, door: Door, *, by: str, means: Means | None = None) -> dict[str, Any]:
    """What an origin gives now and how it would be read: for each file its evidence and tables with their first rows.

    Columns with personal data are starred. Raises MadangError ``collect_*``.
    """
    means = replace(
        means or means_of(home, origin, State(), trial=True), trial=True, previous=None, remembered={}
    )
    try:
        files = fetch(origin, means)
        return {
            "files": [_file(each, origin, door, by, means) for each in files[:_FILES]],
            "more": len(files) - _FILES,
        }
    finally:
        shutil.rmtree(means.place, ignore_errors=True)


def _file(file: Fetched, origin: Origin, door: Door, by: str, means: Means) -> dict[str, Any]:
    folder = means.place / f"{file.path.name}.seen"
    found = preview(door, file.path, folder, origin.dataset or None, override=origin.reading, by=by)
    tables = [_table(found, each) for each in found.tables]
    return {"name": file.path.name, "evidence": file.evidence.to_json(), "tables": tables}


def _table(found: Preview, table: Table) -> dict[str, Any]:
    receipt = table.receipt
    columns = table.facts.get("columns") or []
    return {
        "dataset": table.dataset,
        "verdict": receipt["verdict"],
        "rows": receipt["rows"],
        "problems": receipt["problems"],
        "standard": receipt["standard"],
        "encoding": receipt["encoding"],
        "reasons": [Reason.stored(each).text() for each in receipt["reasons"]],
        "columns": [
            {"label": each["label"] or each["name"], "type": each["type"]} for each in columns[:_COLUMNS]
        ],
        "sample": _sample(found, table, columns[:_COLUMNS]),
    }


def _sample(found: Preview, table: Table, columns: list[dict[str, Any]]) -> list[list[str]]:
    """The first rows as text, personal values starred."""
    files = found.files(table)
    if not files:
        return []
    view = View(frozenset(each["name"] for each in columns if each.get("privacy", "none") != "none"))
    names = [each["name"] for each in columns]
    with pq.ParquetFile(files[0]) as file:
        there = [name for name in names if name in file.schema_arrow.names]
        batch = next(file.iter_batches(_ROWS, columns=there), None)
    rows = batch.to_pylist() if batch is not None else []
    return [["***" if name in view.masked else _cell(row.get(name)) for name in names] for row in rows]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    said = f"({len(value)} bytes)" if isinstance(value, bytes) else str(value)
    return said if len(said) <= _LONGEST else f"{said[:_LONGEST]}…"
