"""A serving copy of one version: made once from its Parquet files, deletable, read by every process of the server.

A folder with the rows in the order of their source, twice: ``rows.duckdb`` for what looks at many rows (filters, text,
groups), and ``rows.arrow``, mapped into memory, for taking out a hundred of them anywhere. A hundred scattered rows of a
million took DuckDB 40 ms and Arrow 0.4 ms; groups took Arrow 70 ms and DuckDB 14 ms (one core, 14 columns).
``order-…`` are orders of single columns, ``pairs-…`` the pairs of characters in one: both made when a column is first asked
for (`row_orders`, `row_pairs`).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from madang.engine.duck import connect
from madang.engine.rows_sql import SOURCE_ROW, quoted

TABLE, ROWS = "rows.duckdb", "rows.arrow"
MOST_BYTES = 16 << 30  # of all copies of a workspace; the longest unused go first
_BATCH = 262_144
_FORM = "3"  # another number: copies of before are not read any more
_LOOKED_AT, _MANY = (
    20_000,
    2_000,
)  # rows; different texts among them, from which a column is not worth packing
_USED_EVERY_S = 60

Numbers = npt.NDArray[np.int64]


@dataclass
class Copy:
    """An open copy. `sql` stands behind FROM, `names` are its columns; row numbers are its rowid."""

    place: Path
    inode: int
    sql: str
    batches: list[pa.RecordBatch]
    used: float = field(default=0.0)

    @classmethod
    def open(cls, place: Path, sql: str) -> Copy:
        """Raises OSError, ValueError (pyarrow's errors are such) where the file is not whole."""
        file = pa.ipc.open_file(pa.memory_map(str(place / ROWS)))
        batches = [file.get_batch(number) for number in range(file.num_record_batches)]
        return cls(place, place.stat().st_ino, sql, batches or [_no_rows(file.schema)])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.batches[0].schema.names)

    @cached_property
    def rows(self) -> int:
        return sum(batch.num_rows for batch in self.batches)

    def is_there(self) -> bool:
        try:
            return os.stat(self.place).st_ino == self.inode
        except OSError:
            return False

    def touch(self) -> None:
        """Note that it is used, so that others are deleted first."""
        now = time.time()
        if now - self.used > _USED_EVERY_S:
            self.used = now
            try:
                os.utime(self.place)
            except OSError:
                return

    def take(self, numbers: Numbers, names: Sequence[str]) -> list[list[object]]:
        """The cells of these rows, column by column, in the order of `numbers`."""
        first = int(numbers[0]) if len(numbers) else 0
        if _is_run(numbers) and first // _BATCH == int(numbers[-1]) // _BATCH:
            run = self.batches[first // _BATCH].slice(first % _BATCH, len(numbers))
            return [run.column(name).to_pylist() for name in names]
        cells = self.table(numbers, names)
        return [cells.column(name).to_pylist() for name in names]

    def table(self, numbers: Numbers, names: Sequence[str]) -> pa.Table:
        """These rows in the order of `numbers`."""
        places = numbers // _BATCH
        order = np.argsort(places, kind="stable")
        parts = [
            self.batches[place].select(list(names)).take(pa.array(numbers[places == place] % _BATCH))
            for place in np.unique(places)
        ]
        found = pa.Table.from_batches(parts, self.batches[0].select(list(names)).schema)
        if bool((np.diff(places) >= 0).all()):
            return found
        return found.combine_chunks().take(pa.array(np.argsort(order, kind="stable")))

    def size(self, names: Sequence[str]) -> int:
        """Bytes of the cells of these columns."""
        return sum(int(batch.column(name).nbytes) for batch in self.batches for name in names)

    def cell(self, name: str, number: int) -> object:
        """One cell, as a Python value."""
        return self.batches[number // _BATCH].column(name)[number % _BATCH].as_py()


def _is_run(numbers: Numbers) -> bool:
    return bool(len(numbers)) and bool((np.diff(numbers) == 1).all())


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_pylist([], schema=schema)


def key_of(files: Sequence[Path]) -> str:
    """The name of the copy of these files, which are never changed."""
    told = "\n".join([_FORM, *(str(path) for path in files)])
    return hashlib.sha256(told.encode()).hexdigest()[:20]


def make(files: Sequence[Path], place: Path) -> bool:
    """Make the copy at `place` unless it is there; of several who ask at once one makes it and the others wait.

    False where it cannot be made: no room, no right to write, or the files are gone (erased) meanwhile.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place.parent / f".{place.name}.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if place.is_dir():
                return True
            beside = place.parent / f".{place.name}.{secrets.token_hex(4)}"
            try:
                beside.mkdir()
                _write(files, beside)
                beside.rename(place)
            finally:
                shutil.rmtree(beside, ignore_errors=True)
        if not all(path.exists() for path in files):
            forget(place)
            return False
        _keep_within(place.parent.parent)
        return True
    except (OSError, duckdb.Error, pa.ArrowException):
        return False


def forget(place: Path) -> None:
    """Delete a copy; who has it open lets go of it with the next question to any."""
    shutil.rmtree(place, ignore_errors=True)


def _write(files: Sequence[Path], folder: Path) -> None:
    with connect(temp_dir=folder / "spill", memory_limit="1GB") as con:
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
        source = f"read_parquet([{listed}])"
        described = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        types = {str(row[0]): str(row[1]) for row in described if row[1] not in ("BLOB", "GEOMETRY")}
        texts = [name for name, kind in types.items() if kind == "VARCHAR"]
        loose = _loose(con, source, texts)
        con.execute(f"ATTACH '{str(folder / TABLE).replace(chr(39), chr(39) * 2)}' AS made")
        coded = _coded(con, source, [name for name in texts if name not in loose])
        columns = ", ".join(
            f"{quoted(name)} {kind}{' USING COMPRESSION uncompressed' if name in loose or name in coded else ''}"
            for name, kind in (types | coded).items()
        )
        con.execute(f"CREATE TABLE made.rows ({columns})")
        first = f"{SOURCE_ROW}, " if SOURCE_ROW in types else ""
        listed = ", ".join(map(quoted, types))
        con.execute(
            f"INSERT INTO made.rows SELECT {listed} FROM {source} ORDER BY {first}file_index, file_row_number"
        )
        con.execute("CHECKPOINT made")
        plain = ", ".join(f"{quoted(name)}::{kind} AS {quoted(name)}" for name, kind in types.items())
        reader = con.execute(f"SELECT {plain} FROM made.rows").to_arrow_reader(_BATCH)
        _write_arrow(reader, folder / ROWS)
    shutil.rmtree(folder / "spill", ignore_errors=True)


def _coded(con: duckdb.DuckDBPyConnection, source: str, names: Sequence[str]) -> dict[str, str]:
    """Types of the columns of text with few different values: kept as numbers of a list in the order of texts.

    A million rows are grouped by two of them in a third of the time, and compared as before; unpacked, a byte or two
    a row, in a sixth less than packed.
    """
    if not names:
        return {}
    counts = ", ".join(f"approx_count_distinct({quoted(name)})" for name in names)
    row = con.execute(f"SELECT {counts} FROM {source}").fetchone()
    coded = {}
    for number, (name, count) in enumerate(zip(names, row or (), strict=True)):
        if 0 < count <= _MANY:
            values = (
                f"SELECT DISTINCT {quoted(name)} AS said FROM {source} WHERE said IS NOT NULL ORDER BY said"
            )
            con.execute(f"CREATE TYPE made.main.text_{number} AS ENUM ({values})")
            coded[name] = f"made.main.text_{number}"
    return coded


def _loose(con: duckdb.DuckDBPyConnection, source: str, names: Sequence[str]) -> set[str]:
    """Columns of text where most cells differ: unpacked they are searched twice as fast."""
    if not names:
        return set()
    counts = ", ".join(f"approx_count_distinct({quoted(name)})" for name in names)
    row = con.execute(f"SELECT {counts} FROM (SELECT * FROM {source} LIMIT {_LOOKED_AT})").fetchone()
    return {name for name, count in zip(names, row or (), strict=True) if count > _MANY}


def _write_arrow(reader: pa.RecordBatchReader, target: Path) -> None:
    """Batches of exactly _BATCH rows (but the last), so that a row's number says where it lies."""
    held: list[pa.RecordBatch] = []
    waiting = 0
    with pa.OSFile(str(target), "wb") as out, pa.ipc.new_file(out, reader.schema) as writer:
        for batch in reader:
            while waiting + batch.num_rows >= _BATCH:
                rest = _BATCH - waiting
                writer.write_batch(_joined([*held, batch.slice(0, rest)]))
                batch, held, waiting = batch.slice(rest), [], 0
            if batch.num_rows:
                held.append(batch)
                waiting += batch.num_rows
        if held:
            writer.write_batch(_joined(held))


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    return batches[0] if len(batches) == 1 else pa.concat_batches(batches)


def _keep_within(folder: Path) -> None:
    """Delete the longest unused copies below `folder` until the others fit."""
    copies = [path for path in folder.glob("*/*") if path.is_dir() and not path.name.startswith(".")]
    sizes = {path: sum(file.stat().st_size for file in path.iterdir()) for path in copies}
    total = sum(sizes.values())
    for path in sorted(copies, key=lambda path: path.stat().st_mtime)[:-1]:
        if total <= MOST_BYTES:
            return
        forget(path)
        total -= sizes[path]
