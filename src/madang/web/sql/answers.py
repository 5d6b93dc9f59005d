"""Answers as they are kept for a day: a Parquet file of the types that the bank knows, to page, to draw and to take away."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import duckdb
import pyarrow.parquet as pq

from madang.declarations.standard import DatasetColumn
from madang.engine.duck import connect
from madang.engine.locked import Answer

PAGE = 100
_DRAWN = 5_000  # rows that a chart is given
_KEPT_S, _MOST_KEPT = 86_400, 200
_GROUP = 20_000
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_LARGE = ("HUGEINT", "UHUGEINT", "UBIGINT")


@dataclass(frozen=True)
class Page:
    """One page of an answer: cells as text (None: no value), counted from 1."""

    number: int
    pages: int
    first: int
    rows: list[list[str | None]]


class Answers:
    """The answers in `folder`, each under the id of its query."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, asked: UUID) -> Path:
        return self.folder / f"{asked}.parquet"

    def keep(self, asked: UUID, answer: Answer) -> list[dict[str, str]]:
        """Keep an answer; returns its columns by name and type as the bank says it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        with TemporaryDirectory() as spill, connect(temp_dir=Path(spill), memory_limit="1GB") as con:
            con.execute("SET TimeZone = 'Asia/Seoul'")
            con.register("answer", answer.table)
            kinds = [_kind(con, f"c{n}", kind) for n, kind in enumerate(answer.types)]
            listed = [f"{sql} AS c{n}" for n, (_, sql) in enumerate(kinds)]
            query = f"SELECT {', '.join([*listed, 'row_number() OVER () AS source_row'])} FROM answer"
            out = str(self.path(asked)).replace("'", "''")
            con.execute(
                f"COPY ({query}) TO '{out}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP})"
            )
        return [{"name": name, "type": kind} for name, (kind, _) in zip(answer.names, kinds, strict=True)]

    def page(self, asked: UUID, number: int, columns: int) -> Page:
        """Page `number` of an answer, the nearest one where there is none. Raises FileNotFoundError."""
        path = self.path(asked)
        rows = pq.read_metadata(path).num_rows
        pages = max(1, -(-rows // PAGE))
        number = min(max(number, 1), pages)
        first = (number - 1) * PAGE
        shown = ", ".join(f"left(c{n}::VARCHAR, 300)" for n in range(columns))
        found = _rows(path, shown, f"source_row > {first} AND source_row <= {first + PAGE}")
        return Page(number, pages, first + 1, [list(row) for row in found])

    def drawn(self, asked: UUID, columns: int) -> list[tuple[Any, ...]]:
        """The first rows of an answer with values as JSON has them, days and times as text."""
        schema = pq.read_schema(self.path(asked))
        shown = [
            f"c{n}"
            if str(schema.field(f"c{n}").type) in ("int64", "double", "bool")
            else f"left(c{n}::VARCHAR, 100)"
            for n in range(columns)
        ]
        return _rows(self.path(asked), ", ".join(shown), f"source_row <= {_DRAWN}")

    def _sweep(self) -> None:
        oldest = time.time() - _KEPT_S
        newest_first = sorted(self._kept(), reverse=True)
        for number, (at, path) in enumerate(newest_first):
            if at < oldest or number >= _MOST_KEPT:
                path.unlink(missing_ok=True)

    def _kept(self) -> Iterator[tuple[float, Path]]:
        for path in self.folder.glob("*.parquet"):
            with suppress(FileNotFoundError):
                yield path.stat().st_mtime, path


def bank_columns(columns: Sequence[dict[str, str]]) -> list[DatasetColumn]:
    """The columns of a kept answer as those of a dataset, for what writes files."""
    return [
        DatasetColumn(f"c{n}", each["name"], each["type"])  # type: ignore[arg-type]
        for n, each in enumerate(columns)
    ]


def _rows(path: Path, shown: str, which: str) -> list[tuple[Any, ...]]:
    with TemporaryDirectory() as spill, connect(temp_dir=Path(spill), threads=1) as con:
        query = f"SELECT {shown} FROM read_parquet(?) WHERE {which} ORDER BY source_row"
        return con.execute(query, [str(path)]).fetchall()


def _kind(con: duckdb.DuckDBPyConnection, column: str, type: str) -> tuple[str, str]:
    """What a column of a DuckDB type is in the bank, and the SQL that makes it so."""
    plain = type.split("(")[0]
    if plain in _WHOLE or (type in _LARGE and _fits(con, column)):
        return "integer", f"{column}::BIGINT"
    if plain in ("FLOAT", "DOUBLE") or (plain == "DECIMAL" and not type.endswith("]")):
        return "number", f"CASE WHEN isfinite({column}::DOUBLE) THEN {column}::DOUBLE END"
    if type == "BOOLEAN":
        return "boolean", column
    if type == "DATE":
        return "date", column
    if plain.startswith("TIMESTAMP") and not type.endswith("]"):
        return "datetime", f"{column}::TIMESTAMP"
    return "text", f"{column}::VARCHAR"


def _fits(con: duckdb.DuckDBPyConnection, column: str) -> bool:
    row = con.execute(f"SELECT count({column}) = count(TRY_CAST({column} AS BIGINT)) FROM answer").fetchone()
    return bool(row and row[0])
