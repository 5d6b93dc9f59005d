"""A result on disk: one JSON file, and a Parquet file for each of its tables."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from madang.results.result import Cell, Chart, Column, Finding, Layer, Origin, Result, Table

_FORM = 1


def keep(result: Result, folder: Path) -> None:
    """Write a result into `folder`, which exists: ``result.json`` and ``tables/<id>.parquet``."""
    (folder / "tables").mkdir()
    for table in result.tables:
        pq.write_table(table.rows, folder / "tables" / f"{table.id}.parquet", compression="zstd")
    told = {
        "form": _FORM,
        "findings": [asdict(each) for each in result.findings],
        "tables": [_table(each) for each in result.tables],
        "charts": [asdict(each) for each in result.charts],
        "layers": [asdict(each) for each in result.layers],
        "caveats": list(result.caveats),
        "method": result.method,
    }
    (folder / "result.json").write_text(json.dumps(told, ensure_ascii=False, default=str), encoding="utf-8")


def kept(folder: Path) -> Result:
    """The result in `folder`. Raises OSError, ValueError, KeyError where it is not whole."""
    told: dict[str, Any] = json.loads((folder / "result.json").read_text("utf-8"))
    return Result(
        findings=tuple(
            Finding(each["text"], {name: Cell(**cell) for name, cell in each["cells"].items()})
            for each in told["findings"]
        ),
        tables=tuple(_read(each, folder) for each in told["tables"]),
        charts=tuple(Chart(**each) for each in told["charts"]),
        layers=tuple(Layer(**each) for each in told["layers"]),
        caveats=tuple(told["caveats"]),
        method=told["method"],
    )


def _table(table: Table) -> dict[str, Any]:
    return {
        "id": table.id,
        "title": table.title,
        "columns": [asdict(each) for each in table.columns],
        "origins": [asdict(each) for each in table.origins],
        "note": table.note,
    }


def _read(told: dict[str, Any], folder: Path) -> Table:
    return Table(
        told["id"],
        told["title"],
        pq.read_table(folder / "tables" / f"{told['id']}.parquet"),
        tuple(Column(**each) for each in told["columns"]),
        tuple(
            Origin(each["role"], each["columns"], tuple((a, b, c) for a, b, c in each["where"]))
            for each in told["origins"]
        ),
        told["note"],
    )
