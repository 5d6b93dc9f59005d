"""Small staged tables for tests: a header and rows of text, as a reader would hand them over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from madang.intake.conform import Conformed
from madang.intake.problems import ProblemSink
from madang.intake.raw import RawColumn, RawTable, StageWriter


def stage(
    folder: Path, labels: Sequence[str], rows: Sequence[Sequence[str]], batch: int = 50_000
) -> RawTable:
    """A staged table whose first row is row 2 of its source."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = StageWriter(folder / "stage.arrow", len(labels))
    for start in range(0, max(len(rows), 1), batch):
        piece = rows[start : start + batch]
        numbers = pa.array(range(start + 2, start + 2 + len(piece)), pa.int64())
        writer.write(numbers, [pa.array([row[i] for row in piece], pa.string()) for i in range(len(labels))])
    writer.close()
    columns = [RawColumn(i, label) for i, label in enumerate(labels)]
    sink = ProblemSink(folder / "problems.parquet")
    return RawTable(None, folder / "stage.arrow", columns, len(rows), (1,), sink)


def column(folder: Path, label: str, cells: Sequence[str], batch: int = 50_000) -> RawTable:
    """A staged table of one column."""
    return stage(folder, [label], [[cell] for cell in cells], batch)


def read(conformed: Conformed) -> dict[str, list[Any]]:
    """The rows of a conformed table, by column."""
    return pa.concat_tables([pq.read_table(file) for file in conformed.files]).to_pydict()


def problems(table: RawTable) -> list[dict[str, Any]]:
    """The problems of a table, after closing its sink; by row, then column."""
    table.problems.close()
    found: list[dict[str, Any]] = pq.read_table(table.problems.path).to_pylist()
    return sorted(found, key=lambda problem: (problem["row"], problem["column"]))
