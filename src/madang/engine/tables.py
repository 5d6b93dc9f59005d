"""Tables for people who write expressions: Ibis over the Parquet files of one version."""

from __future__ import annotations

from pathlib import Path

import ibis


def ibis_table(files: list[Path]) -> ibis.Table:
    """An Ibis table over `files` on an own in-memory DuckDB session; nothing is read until it is asked."""
    con = ibis.duckdb.connect()
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        con.raw_sql(f"SET {setting} = false")
    return con.read_parquet([str(path) for path in files])
