"""Short ways to read a made-up file and to look at what was staged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from madang.intake.csv_read import read_csv
from madang.intake.raw import Override, RawTable


def tables(data: bytes | str, folder: Path, **fixed: Any) -> list[RawTable]:
    path = folder / "made.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_csv(path, folder, Override(**fixed))


def one(data: bytes | str, folder: Path, **fixed: Any) -> RawTable:
    found = tables(data, folder, **fixed)
    assert len(found) == 1
    return found[0]


def rows(table: RawTable) -> list[list[str]]:
    return [list(cells)[1:] for cells in _staged(table)]


def source_rows(table: RawTable) -> list[int]:
    return [int(cells[0]) for cells in _staged(table)]


def _staged(table: RawTable) -> list[tuple[Any, ...]]:
    found = []
    for batch in table.batches():
        assert batch.schema == table.schema()
        found += zip(*(column.to_pylist() for column in batch.columns), strict=True)
    assert len(found) == table.rows
    return found


def labels(table: RawTable) -> list[str]:
    return [column.label for column in table.columns]


def problems(table: RawTable) -> list[tuple[int | None, str]]:
    """(physical row, rule) of each problem."""
    table.problems.close()
    return [(each["row"], each["rule"]) for each in pq.read_table(table.problems.path).to_pylist()]


def details(table: RawTable, rule: str) -> list[dict[str, Any]]:
    table.problems.close()
    return [each for each in pq.read_table(table.problems.path).to_pylist() if each["rule"] == rule]
