"""A table with everything that makes rows hard, and the slow obvious version of every question to it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from madang.engine.rows import Filter, Query


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    type: str = "text"
    unit: str | None = None
    privacy: str = "none"


COLUMNS = [
    Column("kind", "구분"),
    Column("title", "주차장명"),
    Column("slots", "주차구획수", "integer", "면"),
    Column("fee", "요금", "number", "원"),
    Column("day", "기준일", "date"),
    Column("phone", "관리자 연락처", privacy="personal"),
]
SCHEMA = pa.schema(
    [
        ("source_row", pa.int64()), ("kind", pa.string()), ("title", pa.string()), ("slots", pa.int64()),
        ("fee", pa.float64()), ("day", pa.date32()), ("phone", pa.string()),
    ]
)  # fmt: skip


def made(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Rows in the order of their source: empty cells, equal cells, numbers that are none, two rows of one source row."""
    rng = random.Random(seed)
    rows = []
    for i in range(count):
        rows.append(
            {
                "source_row": 2 + i - (i % 7 == 3),
                "kind": rng.choice(["노상", "노외", "부설", "기계식", None]),
                "title": None
                if i % 11 == 0
                else f"{rng.choice(['시청', '한빛', 'Green', 'green', '역'])} 제{i % 40}주차장",
                "slots": None if i % 13 == 0 else rng.randrange(20),
                "fee": math.nan if i % 17 == 0 else rng.choice([0.0, 500.5, 1000.0, None]),
                "day": None if i % 19 == 0 else date(2026, 1, 1) + timedelta(days=rng.randrange(30)),
                "phone": f"010-1234-{i:04d}",
            }
        )
    return rows


def files_of(folder: Path, rows: Sequence[dict[str, Any]]) -> tuple[Path, ...]:
    """Two Parquet files, sorted by something else than the source, as a bank does."""
    folder.mkdir(parents=True, exist_ok=True)
    middle = len(rows) // 2
    paths = []
    for number, part in enumerate((rows[:middle], rows[middle:])):
        path = folder / f"part-{number}.parquet"
        pq.write_table(pa.Table.from_pylist(list(part), schema=SCHEMA), path)
        paths.append(path)
    return tuple(paths)


# the slow version ----------------------------------------------------------------------------------------


def found(rows: Sequence[dict[str, Any]], query: Query) -> list[dict[str, Any]]:
    """The rows a query finds, in its order."""
    kept = [row for row in rows if all(_holds(row, each) for each in query.filters)]
    for word in query.search.lower().split():
        kept = [row for row in kept if any(word in (row[name] or "").lower() for name in ("kind", "title"))]
    for each in reversed(query.sort):
        filled = [row for row in kept if row[each.column] is not None]
        empty = [row for row in kept if row[each.column] is None]
        filled.sort(key=lambda row, name=each.column: _rank(row[name]), reverse=each.down)  # type: ignore[misc]
        kept = filled + empty
    return kept


def _rank(cell: Any) -> Any:
    return math.inf if isinstance(cell, float) and math.isnan(cell) else cell


def _holds(row: dict[str, Any], asked: Filter) -> bool:
    cell, value = row[asked.column], asked.value
    if isinstance(cell, date):
        cell = cell.isoformat()
    cell = _rank(cell)
    if asked.operator == "null":
        return (cell is None) == value
    if asked.operator == "ne":
        return bool(cell != value)
    if cell is None:
        return False
    answers = {
        "eq": lambda: cell == value, "lt": lambda: cell < value, "le": lambda: cell <= value, "gt": lambda: cell > value,
        "ge": lambda: cell >= value, "in": lambda: cell in value, "contains": lambda: value.lower() in cell.lower(),
        "starts": lambda: cell.startswith(value),
    }  # fmt: skip
    return bool(answers[asked.operator]())


def shown(row: dict[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    """Cells as an answer has them: a number that is none is empty."""
    return tuple(
        None if isinstance(row[name], float) and math.isnan(row[name]) else row[name] for name in names
    )
