"""Short ways to read a made-up file of whatever form (in this process, so that its limits can be set), and to look at what was staged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from madang.intake.forms import read_here
from madang.intake.raw import Override, RawTable, Refused, no_progress
from madang.messages import text


def tables(folder: Path, data: bytes | str, name: str = "made.json", **fixed: Any) -> list[RawTable]:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_here(path, name, folder, Override(**fixed), no_progress)


def one(folder: Path, data: bytes | str, name: str = "made.json", **fixed: Any) -> RawTable:
    found = tables(folder, data, name, **fixed)
    assert [table.member for table in found] == [None]
    return found[0]


def refused(folder: Path, data: bytes | str, name: str = "made.json") -> tuple[str, dict[str, Any]]:
    """Code and parameters of a refusal that has a whole sentence in both languages."""
    with pytest.raises(Refused) as caught:
        tables(folder, data, name)
    for language in ("ko", "en"):
        assert "-" not in text(caught.value.code, language, **caught.value.params).split()
    return caught.value.code, caught.value.params


def labels(table: RawTable) -> list[str]:
    return [column.label for column in table.columns]


def rows(table: RawTable) -> list[list[str]]:
    """The staged cells, row after row, without their numbers."""
    return [cells[1:] for cells in _staged(table)]


def source_rows(table: RawTable) -> list[int]:
    return [cells[0] for cells in _staged(table)]


def _staged(table: RawTable) -> list[list[Any]]:
    found: list[list[Any]] = []
    for batch in table.batches():
        assert batch.schema == table.schema()
        found += [list(row.values()) for row in batch.to_pylist()]
    assert len(found) == table.rows
    return found


def problems(table: RawTable) -> list[tuple[int | None, str, str | None]]:
    """(row, rule, label) of each problem."""
    table.problems.close()
    found = pq.read_table(table.problems.path).to_pylist()
    return [(each["row"], each["rule"], each["label"]) for each in found]


def natives(table: RawTable) -> dict[str, dict[str, int]]:
    return {column.label: column.native for column in table.columns if column.native}
