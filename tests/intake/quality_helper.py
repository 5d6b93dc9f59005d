"""Small typed tables for the tests of quality: written as Parquet, checked, problems read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from madang.declarations.standard import DatasetColumn, Standard, StandardColumn, Type
from madang.intake.problems import ProblemSink
from madang.intake.quality import check
from madang.intake.quality_report import Quality

TODAY = date(2026, 11, 21)
ARROW: dict[str, pa.DataType] = {
    "integer": pa.int64(),
    "year": pa.int64(),
    "number": pa.float64(),
    "percent": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us"),
}


@dataclass
class Checked:
    """The quality of a table and its problems as (row, column, value, rule), in order of rule and row."""

    quality: Quality
    problems: list[dict[str, Any]]

    def of(self, id_: str) -> tuple[int, int]:
        """(checked, wrong) of one check."""
        return next((r.checked, r.wrong) for r in self.quality.checks if r.check.id == id_)

    def rows(self, rule: str) -> list[int | None]:
        return [problem["row"] for problem in self.problems if problem["rule"] == rule]


def mapped(standard: Standard, *names: str) -> list[DatasetColumn]:
    """Dataset columns as recognition would map them to these columns of `standard`."""
    told: list[StandardColumn] = [standard.column(name) for name in names]
    return [DatasetColumn(t.name, t.label, t.type, t.unit, t.name, privacy=t.privacy) for t in told]


def column(label: str, type_: Type, unit: str | None = None) -> DatasetColumn:
    """A generic column: no standard knows it."""
    return DatasetColumn(label, label, type_, unit)


def checked(
    tmp_path: Path,
    columns: Sequence[DatasetColumn],
    rows: Sequence[Sequence[object]],
    standard: Standard | None = None,
    *,
    today: date = TODAY,
    files: int = 1,
    **options: Any,
) -> Checked:
    """Check a table whose `rows` stand in source rows 2, 3 …; `files` splits it over several Parquet files."""
    schema = pa.schema(
        [("source_row", pa.int64()), *((c.name, ARROW.get(c.type, pa.string())) for c in columns)]
    )
    table = pa.Table.from_pylist(
        [
            {"source_row": number, **dict(zip((c.name for c in columns), row, strict=True))}
            for number, row in enumerate(rows, 2)
        ],
        schema,
    )
    paths = []
    step = -(-max(1, len(rows)) // files)
    for part in range(files):
        paths.append(tmp_path / f"part{part}.parquet")
        pq.write_table(table.slice(part * step, step), paths[-1])
    sink = ProblemSink(tmp_path / "problems.parquet")
    with duckdb.connect(config={"threads": 1}) as con:
        quality = check(paths, columns, standard, con, sink, today=today, **options)
    sink.close()
    found: list[Mapping[str, Any]] = pq.read_table(sink.path).to_pylist()
    return Checked(quality, [dict(problem) for problem in found])
