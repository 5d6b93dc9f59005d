"""DuckDB sessions as Madang uses them: two threads, bounded memory, nothing fetched from anywhere."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import duckdb

from madang.messages import MadangError


def connect(
    *, temp_dir: Path, threads: int = 2, memory_limit: str = "700MB", ordered: bool = True
) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB session that spills to `temp_dir` (made when it is needed) and installs nothing.

    `ordered`: results come in the order of their source. False where order does not matter: less memory.
    """
    con = duckdb.connect(
        config={
            "threads": threads,
            "memory_limit": memory_limit,
            "temp_directory": str(temp_dir),
            "preserve_insertion_order": ordered,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    con.execute("SET enable_progress_bar = false")
    return con


def load_excel(con: duckdb.DuckDBPyConnection) -> None:
    """Load the excel extension from its wheel (no download). Raises MadangError(extension_missing)."""
    _load(con, "excel")


def load_spatial(con: duckdb.DuckDBPyConnection) -> None:
    """Load the spatial extension from its wheel (no download), 0.5 s. Raises MadangError(extension_missing)."""
    _load(con, "spatial")


def _load(con: duckdb.DuckDBPyConnection, extension: str) -> None:
    spec = find_spec(f"duckdb_extension_{extension}")
    places = list(spec.submodule_search_locations or ()) if spec else []
    name = f"extensions/v{duckdb.__version__}/{extension}.duckdb_extension"
    for place in places:
        path = Path(place) / name
        if path.is_file():
            con.load_extension(str(path))
            return
    raise MadangError("extension_missing", name=extension, version=duckdb.__version__)
