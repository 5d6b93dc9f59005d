"""What of a table a query process may be given: the files themselves where all of it is shown, else a copy without the rest.

A query process can read every byte of the files it is given, whatever view stands over them.
"""

from __future__ import annotations

import hashlib
import secrets
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from madang.engine.duck import connect

_KEPT_S = 7 * 86_400  # after which a copy that nobody asked for is thrown away


def shown_copy(
    files: Sequence[Path],
    columns: Sequence[str],
    folder: Path,
    *,
    own_rows: str = "",
    own_values: Sequence[str] = (),
) -> Path:
    """A Parquet file with these `columns` of `files` and nothing else; made in `folder` at the first call.

    `own_rows`: only rows whose column of that name reads one of `own_values` (of none no row). A version's files
    never change, so neither does the copy. Copies unused for a week are deleted. Raises OSError.
    """
    said = [*map(str, files), "", *columns, "", own_rows, *(own_values if own_rows else ())]
    name = hashlib.sha256("\0".join(said).encode()).hexdigest()[:40]
    target = folder / f"{name}.parquet"
    with suppress(FileNotFoundError):
        target.touch()
        if target.stat().st_size:
            return target
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder)
    target.unlink(missing_ok=True)
    beside = folder / f".{name}.{secrets.token_hex(4)}"
    try:
        _write(files, columns, beside, own_rows, own_values)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target


def _write(
    files: Sequence[Path], columns: Sequence[str], target: Path, own_rows: str, own_values: Sequence[str]
) -> None:
    listed = ", ".join(_quoted(name) for name in columns) or "true AS row"
    paths = ", ".join("'" + str(path).replace("'", "''") + "'" for path in files)
    condition = ""
    if own_rows:
        marks = ", ".join("?" * len(own_values))
        condition = f" WHERE {_quoted(own_rows)}::VARCHAR IN ({marks})" if own_values else " WHERE false"
    source = f"SELECT {listed} FROM read_parquet([{paths}], union_by_name = true){condition}"
    with tempfile.TemporaryDirectory() as spill, connect(temp_dir=Path(spill)) as con:
        out = str(target).replace("'", "''")
        con.execute(
            f"COPY ({source}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)",
            list(own_values) if own_rows else [],
        )


def _sweep(folder: Path) -> None:
    oldest = time.time() - _KEPT_S
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < oldest:
                path.unlink()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
