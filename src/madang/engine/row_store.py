"""The tables that row queries read: the Parquet files of a version, or a serving copy of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import gettempdir

import duckdb

from madang.engine.duck import connect
from madang.engine.rows_sql import ROW


@dataclass(frozen=True)
class Source:
    """The Parquet files of one version, and the folder that may hold serving copies of its dataset.

    Without `copies` the files themselves are read. Files are never changed once they are written.
    """

    files: tuple[Path, ...]
    copies: Path | None = None


@dataclass(frozen=True)
class Relation:
    """A table to ask: SQL that stands behind FROM, and the names of its columns."""

    con: duckdb.DuckDBPyConnection
    sql: str
    names: tuple[str, ...]


@contextmanager
def opened(source: Source) -> Iterator[Relation]:
    """The rows of `source`, each with its own number in ROW."""
    con = _shared().cursor()
    try:
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in source.files)
        sql = f"(SELECT *, (file_index << 40) + file_row_number AS {ROW} FROM read_parquet([{listed}]))"
        described = con.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()
        yield Relation(con, sql, tuple(str(row[0]) for row in described))
    finally:
        con.close()


@cache
def _shared() -> duckdb.DuckDBPyConnection:
    return connect(temp_dir=Path(gettempdir()) / "madang-rows")
