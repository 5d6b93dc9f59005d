"""Runs attempts behind one wall only: a process for each, forked, as walls cannot be taken down. Run as a program.

Told on its standard input: {"wall": "duckdb" | "system", "tables": …, "attempts": […]}; answers with a list of what each said.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import duckdb

from madang.engine import locked_process, locked_walls


def behind_duckdb(tables: dict[str, Any], sql: str) -> str:
    """DuckDB's own lock, without the reading of the text before and the system around."""
    files = [file for table in tables.values() for file in table["files"]]
    con = locked_process._connected({"threads": 1, "memory_bytes": 500 << 20}, tables, files)
    return str(con.execute(sql).fetchall())


def behind_system(tables: dict[str, Any], sql: str) -> str:
    """The walls of the system around a DuckDB that would do anything."""
    files = [file for table in tables.values() for file in table["files"]]
    walls = locked_walls.build(files=files, seconds=20, memory_bytes=2_500 << 20, threads=1)
    if "landlock" not in walls:
        return "no landlock here"
    return str(duckdb.connect(config={"threads": 1, "memory_limit": "500MB"}).execute(sql).fetchall())


def apart(wall: Any, tables: dict[str, Any], sql: str) -> str:
    """What an attempt says in a process of its own."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            said = wall(tables, sql)
        except BaseException as error:
            said = f"error: {error}"
        os.write(write, said.encode()[:60_000])
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        said = pipe.read().decode(errors="replace")
    os.waitpid(pid, 0)
    return said


if __name__ == "__main__":
    told = json.load(sys.stdin)
    wall = behind_duckdb if told["wall"] == "duckdb" else behind_system
    json.dump([apart(wall, told["tables"], sql) for sql in told["attempts"]], sys.stdout)
