"""Tables for people who write expressions: Ibis over the Parquet files of versions, in one session, so that they join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, Protocol

import duckdb
import pyarrow.parquet as pq

from madang.engine.duck import connect

if TYPE_CHECKING:
    import ibis

_TEMPORARY = Path(gettempdir()) / "madang-tables"


class Tables(Protocol):
    """A session that begins with the first table. An expression over its tables says ``to_pyarrow()``."""

    @property
    def engine(self) -> str:
        """What has computed so far, with its version: "DuckDB 1.5.5"."""

    def __call__(self, files: Sequence[Path]) -> ibis.Table:
        """A table over Parquet files of one schema; nothing is read until it is asked."""

    def close(self) -> None:
        """End the session, if there was one."""


class DuckTables:
    """Tables of an in-memory DuckDB session."""

    engine = f"DuckDB {duckdb.__version__}"

    def __init__(self) -> None:
        self._backend: Any = None

    def __call__(self, files: Sequence[Path]) -> ibis.Table:
        if self._backend is None:
            import ibis

            self._backend = ibis.duckdb.from_connection(connect(temp_dir=_TEMPORARY))
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
        return self._backend.sql(f"SELECT * FROM read_parquet([{listed}])", schema=_schema(files[0]))

    def close(self) -> None:
        if self._backend is not None:
            self._backend.disconnect()
            self._backend = None


def tables_on(spark: str) -> Tables:
    """A session on the Spark at `spark`, or on DuckDB where that is empty."""
    if not spark:
        return DuckTables()
    from madang.engine.spark import SparkTables

    return SparkTables(spark)


def stacked(tables: Sequence[ibis.Table], also: Mapping[str, str]) -> ibis.Table:
    """Tables one behind the other by the names of their columns: one that a table lacks is null there.

    Of different types the one that holds both, else text. `also`: columns that are there in any case, with their types.
    """
    import ibis

    names = list(dict.fromkeys([*(name for table in tables for name in table.columns), *also]))
    types = {name: _type([table[name].type() for table in tables if name in table.columns]) for name in names}
    kinds = {name: found or ibis.dtype(also[name]) for name, found in types.items()}
    rows = [
        table.select(
            [(table[name].cast(kind) if name in table.columns else ibis.null(kind)).name(name) for name, kind in kinds.items()]
        )
        for table in tables
    ]  # fmt: skip
    return rows[0] if len(rows) == 1 else ibis.union(*rows)


def _schema(file: Path) -> Any:
    import ibis

    return ibis.Schema.from_pyarrow(pq.read_schema(file))


def _type(found: Sequence[Any]) -> Any:
    """The type that holds all of `found`; None of none."""
    from ibis.common.exceptions import IbisTypeError
    from ibis.expr import datatypes as dt

    if not found:
        return None
    try:
        return dt.highest_precedence(found).copy(nullable=True)
    except IbisTypeError:
        return dt.string
