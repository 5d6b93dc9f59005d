"""Analyses, runs and tables as plain values: what the command line prints as JSON and the API answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pyarrow as pa

from madang.bank import Version
from madang.bank.describe import data_day
from madang.messages import MadangError
from madang.results import Finding, Result, Table, said, sentence, titled
from madang.runs.analysis import Analysis
from madang.runs.ledger import Ledger, Run
from madang.runs.parameters import Parameter


def analysis_line(analysis: Analysis) -> dict[str, Any]:
    """An analysis as a line of a list."""
    card = analysis.card
    return {
        "id": card.id, "title": card.title, "question": card.question, "why": card.why, "theme": card.theme,
        "origin": analysis.origin, "approved": analysis.is_ours or analysis.approved,
    }  # fmt: skip


def analysis_told(analysis: Analysis) -> dict[str, Any]:
    """An analysis with what can be chosen and what it reads. Raises MadangError: analysis_…, run_ended."""
    card = analysis.card
    roles = [
        {
            "name": each.name, "label": each.label, "standards": list(each.standards), "columns": list(each.columns),
            "also": list(each.also), "optional": each.optional, "many": each.many,
        }
        for each in card.inputs
    ]  # fmt: skip
    return analysis_line(analysis) | {
        "method": card.method, "not_for": list(card.not_for),
        "parameters": [_parameter(each) for each in analysis.parameters], "inputs": roles,
    }  # fmt: skip


def fit_told(version: Version) -> dict[str, Any]:
    """A version that fits an input."""
    day = data_day(version)
    return {
        "dataset": version.dataset.id, "version": version.n, "title": str(version.dataset.card["title"]),
        "as_of": day.isoformat() if day else "", "rows": version.rows,
    }  # fmt: skip


def _parameter(each: Parameter) -> dict[str, Any]:
    return {
        "name": each.name, "label": each.label, "kind": each.kind, "default": each.default, "help": each.help,
        "unit": each.unit, "range": asdict(each.range) if each.range else None,
        "choices": dict(each.choices) if each.choices else None, "optional": each.optional,
    }  # fmt: skip


def run_line(ledger: Ledger, run: Run) -> dict[str, Any]:
    """A run as a line of a list. `behind`: datasets of which it read what is not the newest version any more."""
    behind = ledger.behind(run)
    return {
        "key": run.key, "status": "done", "analysis": run.analysis, "title": run.title,
        "parameters": dict(run.parameters),
        "inputs": [
            {"role": each.role, "dataset": each.dataset, "version": each.version, "title": each.title, "as_of": each.as_of}
            for each in run.inputs
        ],
        "seed": run.seed, "by": run.by, "at": run.at, "seconds": run.seconds, "engine": run.engine,
        "stale": bool(behind), "behind": behind,
    }  # fmt: skip


def run_told(ledger: Ledger, run: Run, *, rows: bool = False) -> dict[str, Any]:
    """A run with what it found; `rows`: with those of its tables. Raises MadangError: run_broken, result_…"""
    result = run.result
    return run_line(ledger, run) | {
        "findings": [finding_told(each, result) for each in result.findings],
        "tables": [
            table_told(each) | ({"rows": rows_told(each)} if rows else {}) for each in result.tables
        ],
        "charts": [{"title": title, "table": each.table, "spec": dict(each.spec), "alt": alt}
                   for each in result.charts for title, alt in [titled(each, result)]],
        "caveats": list(result.caveats), "method": result.method,
    }  # fmt: skip


def finding_told(finding: Finding, result: Result) -> dict[str, Any]:
    """A sentence with the cells that its numbers are."""
    cells = []
    for name, cell in finding.cells.items():
        table = result.table(cell.table)
        value = table.value(cell.row, cell.column)
        told = said(value, table.column(cell.column))
        cells.append({"name": name, **asdict(cell), "value": plain(value), "said": told})
    return {"sentence": sentence(finding, result), "cells": cells}


def table_told(table: Table) -> dict[str, Any]:
    """A table without its rows."""
    columns = [
        {"name": each.name, "label": each.label, "kind": each.kind, "unit": each.unit, "digits": each.digits,
         "leads_back": bool(table.origins_of(each.name))}
        for each in table.columns
    ]  # fmt: skip
    return {
        "id": table.id, "title": table.title, "note": table.note, "row_count": table.rows.num_rows, "columns": columns,
    }  # fmt: skip


def rows_told(table: Table, offset: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
    """Rows of a table by the names of its columns; sums that are exact decimals are numbers like others."""
    rows = table.rows.slice(offset, limit)
    for place, each in enumerate(rows.schema):
        if pa.types.is_decimal(each.type):
            rows = rows.set_column(place, each.name, rows.column(place).cast(pa.float64()))
    found: list[dict[str, Any]] = rows.to_pylist()
    return found


def plain(value: Any) -> Any:
    """A cell as JSON has it."""
    return float(value) if isinstance(value, Decimal) else value


def whole_key(ledger: Ledger, begun: str) -> str:
    """The key that begins with `begun`. Raises MadangError: run_missing, run_several."""
    folder = ledger.folder
    if not begun.isalnum() or not folder.is_dir():
        raise MadangError("run_missing", run=begun)
    if (folder / begun / "run.json").is_file():
        return begun
    found: Sequence[str] = sorted(path.parent.name for path in folder.glob(f"{begun}*/run.json"))
    if not found:
        raise MadangError("run_missing", run=begun)
    if len(found) > 1:
        raise MadangError("run_several", run=begun, keys=", ".join(found[:5]))
    return found[0]
