"""A contribution with some of its cells corrected, as a file to hand in again: nothing is changed in place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from madang.bank import Version
from madang.declarations.sql import literal, quote
from madang.engine.duck import connect
from madang.intake.merge import ORIGIN
from madang.messages import MadangError

Edits = Mapping[tuple[int, str], str]  # (source_row, column) -> what shall stand there


def amend(version: Version, edits: Edits, out: Path, *, drop: tuple[int, ...] = ()) -> int:
    """Write the rows of `version` to the CSV `out`, with the `edits`, without the rows `drop`; how many rows.

    The header has the labels of the version and ORIGIN, under which each row says where it stood in the original. A
    cell that could not be read stands as it was told of, so that it is found again where nobody corrected it. Raises
    MadangError("amend_cell_missing") for a row or a column that is not there.
    """
    columns = {column.name: column for column in version.columns}
    for row, name in edits:
        if name not in columns:
            raise MadangError("amend_cell_missing", row=row, column=name)
    with duckdb_of(version, out.parent) as con:
        _lay_out(con, version, edits)
        known = con.execute(
            "SELECT e.row FROM edits e ANTI JOIN cells c ON c.source_row = e.row LIMIT 1"
        ).fetchone()
        if known:
            raise MadangError("amend_cell_missing", row=known[0], column="")
        origin = next((column.name for column in version.columns if column.label == ORIGIN), None)
        stood = f"coalesce({quote(origin)}::VARCHAR, source_row::VARCHAR)" if origin else "source_row"
        shown = ", ".join(
            f"{_cell(name)} AS {quote(column.label or name)}"
            for name, column in columns.items()
            if name != origin
        )
        left = f" WHERE source_row NOT IN ({', '.join(map(str, drop))})" if drop else ""
        con.execute(
            f"COPY (SELECT {stood} AS {quote(ORIGIN)}, {shown} FROM cells{left} ORDER BY source_row) "
            f"TO {literal(str(out))} (HEADER)"
        )
        found = con.execute(f"SELECT count(*) FROM cells{left}").fetchone()
        return int(found[0]) if found else 0


def duckdb_of(version: Version, temp_dir: Path) -> duckdb.DuckDBPyConnection:
    """A session with the rows of `version` as the view `cells`."""
    con = connect(temp_dir=temp_dir)
    paths = ", ".join(literal(str(path)) for path in version.files)
    con.execute(f"CREATE VIEW cells AS SELECT * FROM read_parquet([{paths}])")
    return con


def _lay_out(con: duckdb.DuckDBPyConnection, version: Version, edits: Edits) -> None:
    rows = [(row, name, value) for (row, name), value in edits.items()]
    schema = pa.schema([("row", pa.int64()), ("name", pa.string()), ("value", pa.string())])
    con.register(
        "given", pa.Table.from_pylist([dict(zip(schema.names, r, strict=True)) for r in rows], schema)
    )
    con.execute("CREATE TABLE edits AS SELECT * FROM given")
    told = "SELECT NULL::BIGINT AS row, NULL AS name, NULL AS value LIMIT 0"
    if version.problems_path.exists():
        told = (
            'SELECT "row", "column" AS name, any_value(value) AS value '
            f"FROM read_parquet({literal(str(version.problems_path))}) "
            'WHERE "row" IS NOT NULL AND "column" IS NOT NULL AND value IS NOT NULL GROUP BY ALL'
        )
    con.execute(f"CREATE TABLE told AS {told}")


def _cell(name: str) -> str:
    """SQL of a cell as it shall be read: as edited, else as it was read, else as it stood there and was not read."""

    def of(table: str) -> str:
        return f"(SELECT value FROM {table} WHERE row = source_row AND name = {literal(name)})"

    return f"coalesce({of('edits')}, {quote(name)}::VARCHAR, {of('told')})"


def cells_of(version: Version, rows: Sequence[int], temp_dir: Path) -> dict[int, dict[str, str]]:
    """Cells of some `rows` (source_row) by column name, as a person reads them; ORIGIN: where the row stood at first.

    A cell that could not be read is what stood there.
    """
    if not rows:
        return {}
    origin = next((column.name for column in version.columns if column.label == ORIGIN), None)
    stood = f"coalesce({quote(origin)}::VARCHAR, source_row::VARCHAR)" if origin else "source_row::VARCHAR"
    names = [column.name for column in version.columns if column.name != origin]
    with duckdb_of(version, temp_dir) as con:
        _lay_out(con, version, {})
        shown = ", ".join(f"coalesce({_cell(name)}, '') AS {quote(name)}" for name in names)
        found = con.execute(
            f"SELECT source_row, {stood} AS {quote(ORIGIN)}, {shown} FROM cells "
            f"WHERE source_row IN ({', '.join(map(str, rows))}) ORDER BY source_row"
        ).to_arrow_table()
    return {row.pop("source_row"): row for row in found.to_pylist()}
