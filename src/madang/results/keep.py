"""A result on disk: one JSON file, and a Parquet file for each of its tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from madang.results.result import Cell, Chart, Column, Finding, Layer, Origin, Result, Table

_FORM = 1


def keep(result: Result, folder: Path) -> None:
    """Write a result into `folder`, which exists: ``result.json`` and ``tables/<id>.parquet``."""
    (folder / "tables").mkdir()
    for table in result.tables:
        pq.write_table(table.rows, folder / "tables" / f"{table.id}.parquet", compression="zstd")
    told = json.dumps(told_of(result), ensure_ascii=False, default=str)
    (folder / "result.json").write_text(told, encoding="utf-8")


def kept(folder: Path) -> Result:
    """The result in `folder`. Raises OSError, ValueError, KeyError where it is not whole."""
    told: dict[str, Any] = json.loads((folder / "result.json").read_text("utf-8"))
    tables = {
        each["id"]: pq.read_table(folder / "tables" / f"{each['id']}.parquet") for each in told["tables"]
    }
    return result_of(told, tables)


def told_of(result: Result) -> dict[str, Any]:
    """A result without the rows of its tables, as JSON has it."""
    return {
        "form": _FORM,
        "findings": [asdict(each) for each in result.findings],
        "tables": [_table(each) for each in result.tables],
        "charts": [asdict(each) for each in result.charts],
        "layers": [asdict(each) for each in result.layers],
        "caveats": list(result.caveats),
        "method": result.method,
    }


def result_of(told: Mapping[str, Any], tables: Mapping[str, pa.Table]) -> Result:
    """The result that `told_of` told, with the rows of its tables by id. Raises ValueError, KeyError, TypeError."""
    return Result(
        findings=tuple(Finding(each["text"], _cells(each["cells"])) for each in told["findings"]),
        tables=tuple(_read(each, tables[each["id"]]) for each in told["tables"]),
        charts=tuple(Chart(**{**each, "cells": _cells(each.get("cells", {}))}) for each in told["charts"]),
        layers=tuple(Layer(**each) for each in told["layers"]),
        caveats=tuple(told["caveats"]),
        method=told["method"],
    )


def _cells(told: Mapping[str, Any]) -> dict[str, Cell]:
    return {name: Cell(**cell) for name, cell in told.items()}


def _table(table: Table) -> dict[str, Any]:
    return {
        "id": table.id,
        "title": table.title,
        "columns": [asdict(each) for each in table.columns],
        "origins": [asdict(each) for each in table.origins],
        "note": table.note,
    }


def _read(told: Mapping[str, Any], rows: pa.Table) -> Table:
    return Table(
        told["id"],
        told["title"],
        rows,
        tuple(Column(**each) for each in told["columns"]),
        tuple(
            Origin(
                each["role"],
                each["columns"],
                tuple((a, b, c) for a, b, c in each["where"]),
                tuple(each["only"]),
                each.get("query", ""),
            )
            for each in told["origins"]
        ),
        told["note"],
    )
