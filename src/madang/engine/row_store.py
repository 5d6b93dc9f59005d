"""The tables that row queries read: the serving copy of a version, or while it is being made its Parquet files."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import duckdb
import pyarrow.parquet as pq

from madang.engine.duck import connect
from madang.engine.row_copy import TABLE, Copy, forget, key_of, make
from madang.engine.rows_sql import ROW, quoted

WAITED_ROWS = 200_000  # a copy of a table up to this size is waited for: half a second
_OPEN = 32  # copies that a process holds open

_lock = threading.Lock()
_open: dict[Path, Copy] = {}
_making: set[Path] = set()
_own = threading.local()
_roots: dict[str, duckdb.DuckDBPyConnection] = {}  # "copies", "files": what one sets does not touch the other


@dataclass(frozen=True)
class Source:
    """The Parquet files of one version, and the folder that may hold serving copies of its dataset.

    Without `copies` the files themselves are read. Files are never changed once they are written.
    """

    files: tuple[Path, ...]
    copies: Path | None = None


@dataclass(frozen=True)
class Relation:
    """A table to ask: SQL that stands behind FROM, the names of its columns, and the copy it is of, if it is one."""

    con: duckdb.DuckDBPyConnection
    sql: str
    names: tuple[str, ...]
    copy: Copy | None = None


@contextmanager
def opened(source: Source, *, waiting: bool = False) -> Iterator[Relation]:
    """The rows of `source`, each with its number in ROW (in a copy its rowid). `waiting`: for a copy of any size."""
    copy = _copy_of(source, waiting) if source.copies else None
    if copy is not None:
        yield Relation(_session("copies"), copy.sql, copy.names, copy)
        return
    listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in source.files)
    sql = f"(SELECT *, (file_index << 40) + file_row_number AS {ROW} FROM read_parquet([{listed}]))"
    yield Relation(_session("files"), sql, tuple(pq.read_schema(source.files[0]).names))


def _session(root: str) -> duckdb.DuckDBPyConnection:
    """This thread's own cursor on one of the process's two DuckDBs."""
    with _lock:
        if root not in _roots:
            _roots[root] = connect(temp_dir=Path(gettempdir()) / "madang-rows")
        con: duckdb.DuckDBPyConnection | None = getattr(_own, root, None)
        if con is None:
            con = _roots[root].cursor()
            setattr(_own, root, con)
    return con


def _copy_of(source: Source, waiting: bool) -> Copy | None:
    """The copy, where there is one; else it is made: at once where the table is small, behind the scenes where not."""
    assert source.copies is not None
    place = source.copies / key_of(source.files)
    copy = _held(place)
    if copy is not None:
        return copy
    rows = sum(pq.read_metadata(path).num_rows for path in source.files)
    if waiting or rows <= WAITED_ROWS:
        return _held(place) if make(source.files, place) else None
    with _lock:
        if place in _making:
            return None
        _making.add(place)
    threading.Thread(target=_make_behind, args=(source.files, place), daemon=True).start()
    return None


def _make_behind(files: tuple[Path, ...], place: Path) -> None:
    try:
        make(files, place)
    finally:
        with _lock:
            _making.discard(place)


def _held(place: Path) -> Copy | None:
    """The copy at `place` as this process has it open; what was deleted there (an erasure) is let go first."""
    with _lock:
        for gone in [path for path, copy in _open.items() if not copy.is_there()]:
            _let_go(gone)
        copy = _open.pop(place, None)
    if copy is None:
        copy = _attached(place)
    if copy is not None:
        copy.touch()
        with _lock:
            _open[place] = copy  # newest last
            while len(_open) > _OPEN:
                _let_go(next(iter(_open)))
    return copy


def _attached(place: Path) -> Copy | None:
    if not place.is_dir():
        return None
    con = _session("copies")
    name = f"rows_{place.name}"
    try:
        con.execute(f"ATTACH IF NOT EXISTS '{_sql(place / TABLE)}' AS {quoted(name)} (READ_ONLY)")
        return Copy.open(place, f"{quoted(name)}.rows")
    except (duckdb.Error, OSError, ValueError):  # half written by a machine that stopped: made anew
        forget(place)
        return None


def _let_go(place: Path) -> None:
    _open.pop(place, None)
    try:
        _roots["copies"].cursor().execute(f"DETACH DATABASE IF EXISTS {quoted(f'rows_{place.name}')}")
    except duckdb.Error:  # still read by somebody: it goes with the process
        return


def _sql(path: Path) -> str:
    return str(path).replace("'", "''")
