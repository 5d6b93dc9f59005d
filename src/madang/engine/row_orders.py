"""Orders of single columns of a copy: row numbers by value, made once, mapped into memory.

With one, a page in the order of a column, however deep, and the rows of one value are found without looking at the
others. They are made behind the scenes when a column of a large table is first asked for.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from contextlib import closing, suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from madang.engine.row_behind import behind, replacing
from madang.engine.row_copy import Copy
from madang.engine.rows_sql import quoted

FEWEST_ROWS = 20_000  # below, looking at all rows is as fast


@dataclass(frozen=True)
class Order:
    """All rows of a copy by one column, ties as in the source, empty cells last; `filled` cells are not empty."""

    copy: Copy
    column: str
    numbers: npt.NDArray[np.int32]
    filled: int

    def equal(self, value: Any) -> npt.NDArray[np.int32]:
        """Numbers of the rows whose cell is `value`, rising. Only of an upward order."""
        cells = _Cells(self)
        return self.numbers[
            bisect_left(cells, value, 0, self.filled) : bisect_right(cells, value, 0, self.filled)
        ]


class _Cells:
    """The cells in order, for bisection; NaN stands last, as DuckDB has it."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def __len__(self) -> int:
        return self._order.filled

    def __getitem__(self, place: int) -> Any:
        cell = self._order.copy.cell(self._order.column, int(self._order.numbers[place]))
        return float("inf") if cell != cell else cell


def order_of(
    con: duckdb.DuckDBPyConnection, copy: Copy, column: str, *, down: bool = False, wait: bool = False
) -> Order | None:
    """The order by a column, where it is there; else it is begun to be made. `wait` for it."""
    if copy.rows < FEWEST_ROWS:
        return None
    name = hashlib.sha256(column.encode()).hexdigest()[:16]
    path = copy.place / f"order-{name}-{'down' if down else 'up'}.npy"
    with suppress(OSError, ValueError):
        return _opened(path, copy, column)
    if wait:
        _write(con, copy, column, down, path)
        return _opened(path, copy, column)
    behind(path, partial(_make, con.cursor(), copy, column, down, path))
    return None


@lru_cache(maxsize=256)
def _mapped(path: Path, inode: int) -> npt.NDArray[np.int32]:
    numbers: npt.NDArray[np.int32] = np.load(path, mmap_mode="r")
    return numbers


def _opened(path: Path, copy: Copy, column: str) -> Order:
    """Its last number says how many cells are filled."""
    numbers = _mapped(path, path.stat().st_ino)
    return Order(copy, column, numbers[:-1], int(numbers[-1]))


def _make(con: duckdb.DuckDBPyConnection, copy: Copy, column: str, down: bool, path: Path) -> None:
    with closing(con):
        _write(con, copy, column, down, path)


def _write(con: duckdb.DuckDBPyConnection, copy: Copy, column: str, down: bool, path: Path) -> None:
    name = quoted(column)
    order = f"{name}{' DESC' if down else ''} NULLS LAST, rowid"
    got = con.execute(f"SELECT rowid::INTEGER AS n FROM {copy.sql} ORDER BY {order}").fetchnumpy()["n"]
    filled = con.execute(f"SELECT count({name}) FROM {copy.sql}").fetchone()
    with replacing(path) as beside, open(beside, "wb") as out:
        np.save(out, np.append(np.asarray(got, np.int32), np.int32(filled[0] if filled else 0)))
