"""The hash of rows: values that differ in few places do not collide."""

from __future__ import annotations

import duckdb
import pytest

from madang.engine.row_hash import row_hash

_ADDRESSES = "SELECT '가온광역시 여울구 장터동 ' || i % 5000 || '번지 ' || i // 5000 || '호' AS x FROM range(100000) t(i)"


@pytest.mark.parametrize(("kind", "value"), [("VARCHAR", "x"), ("BLOB", "encode(x)")])
def test_addresses_keep_their_number(kind: str, value: str) -> None:
    con = duckdb.connect(config={"threads": 2})
    con.execute(f"CREATE TABLE t AS SELECT {value} AS x FROM ({_ADDRESSES})")
    hashed = row_hash(["x"], [kind])
    told = con.execute(f"SELECT count(DISTINCT x), count(DISTINCT {hashed}), count(DISTINCT hash(x)) FROM t")
    values, ours, theirs = told.fetchone() or (0, 0, 0)
    assert values == ours == 100_000
    assert theirs < values, "DuckDB has mended hash(): row_hash is no longer needed"


def test_place_and_absence_count() -> None:
    """One column's value in another, nothing instead of an empty text."""
    hashed = row_hash(["a", "b"], ["VARCHAR", "VARCHAR"])
    rows = "(VALUES ('x', 'y'), ('y', 'x'), ('x', NULL), (NULL, 'x'), ('x', ''), ('', 'x'), (NULL, NULL)) t(a, b)"
    assert duckdb.sql(f"SELECT count(DISTINCT {hashed}) FROM {rows}").fetchone() == (7,)
    assert duckdb.sql(f"SELECT {row_hash([], [])} = {row_hash([], [])}").fetchone() == (True,)
