"""What changed between two versions: rows by key, cells by column, columns by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from madang.bank.dataset import Version
from madang.engine.duck import connect
from madang.messages import MadangError

_OWN = {"source_row"}  # says where a row stood, not what it says
_KEY_CANDIDATES = 12


@dataclass(frozen=True)
class CellChange:
    """One cell that differs: the row's key, the column, both values as text (None: no value)."""

    key: tuple[str | None, ...]
    column: str
    before: str | None
    after: str | None
    row_before: int
    row_after: int


@dataclass(frozen=True)
class RowChange:
    """One added or removed row: its key (or, without a key, its values) and its row in the source."""

    key: tuple[str | None, ...]
    row: int


@dataclass
class Diff:
    """Difference of version `b` from version `a`.

    `key` names the columns rows were matched by; empty where no column identifies a row, then equal rows cancel
    and the rest is added or removed. Counts are exact; the lists hold the first `limit` of each.
    """

    a: int
    b: int
    key: tuple[str, ...]
    key_because: str
    rows_a: int
    rows_b: int
    added: int = 0
    removed: int = 0
    changed: int = 0
    changed_cells: dict[str, int] = field(default_factory=dict)  # column -> rows in which it differs
    columns_added: list[str] = field(default_factory=list)
    columns_removed: list[str] = field(default_factory=list)
    types_changed: dict[str, tuple[str, str]] = field(default_factory=dict)
    cells: list[CellChange] = field(default_factory=list)
    rows_added: list[RowChange] = field(default_factory=list)
    rows_removed: list[RowChange] = field(default_factory=list)

    @property
    def same(self) -> bool:
        """Whether both versions say the same."""
        return not (
            self.added
            or self.removed
            or self.changed
            or self.columns_added
            or self.columns_removed
            or self.types_changed
        )


def diff(a: Version, b: Version, *, key: Sequence[str] = (), limit: int = 100, temp_dir: Path) -> Diff:
    """Compare version `a` with the later `b` by `key`, by the standard's key, or by a column found to be unique.

    Rows are matched through a 64-bit hash of their values, so that wide tables stay cheap: a million rows take
    seconds. Raises MadangError("key_missing") where a given key column is not in both.
    """
    con = connect(temp_dir=temp_dir)
    try:
        types_a, types_b = _open(con, "a", a), _open(con, "b", b)
        common = [column for column in types_a if column in types_b and column not in _OWN]
        chosen, because = _choose_key(con, a, b, common, tuple(key))
        result = Diff(a.n, b.n, chosen, because, _count(con, "a"), _count(con, "b"))
        result.columns_added = [c for c in types_b if c not in types_a]
        result.columns_removed = [c for c in types_a if c not in types_b]
        result.types_changed = {c: (types_a[c], types_b[c]) for c in common if types_a[c] != types_b[c]}
        if chosen:
            _by_key(con, result, common, limit)
        else:
            _by_row(con, result, common, limit)
        return result
    finally:
        con.close()


def _open(con: duckdb.DuckDBPyConnection, name: str, version: Version) -> dict[str, str]:
    files = ", ".join(_literal(str(path)) for path in version.files)
    con.execute(f"CREATE VIEW {name} AS FROM read_parquet([{files}])")
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {name}").fetchall()}


def _choose_key(
    con: duckdb.DuckDBPyConnection, a: Version, b: Version, common: list[str], given: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    for column in given:
        if column not in common:
            raise MadangError("key_missing", column=column, columns=", ".join(common))
    if given:
        if _unique(con, given):
            return given, "지정한 기준 열"
        return (), f"지정한 열({', '.join(given)})이 행을 하나씩 가리키지 못해 행 전체를 견줌"
    declared = tuple(b.facts.get("key") or ())
    if declared and set(declared) <= set(common) and _unique(con, declared):
        return declared, "표준이 정한 기준 열"
    for column in _candidates(con, common):
        if _unique(con, (column,)):
            return (column,), "두 판 모두에서 값이 겹치지 않는 열"
    return (), "행을 하나씩 가리키는 열이 없어 행 전체를 견줌"


def _candidates(con: duckdb.DuckDBPyConnection, common: list[str]) -> list[str]:
    """Columns that may identify a row: about as many values as rows, in both versions; leftmost first."""
    if not common:
        return []
    counts = ", ".join(f"approx_count_distinct({_name(c)})" for c in common)
    likely: list[set[str]] = []
    for side in ("a", "b"):
        row = con.execute(f"SELECT count(*), {counts} FROM {side}").fetchone()
        assert row is not None
        likely.append({c for c, n in zip(common, row[1:], strict=True) if n >= 0.9 * row[0]})
    return [column for column in common if column in likely[0] & likely[1]][:_KEY_CANDIDATES]


def _unique(con: duckdb.DuckDBPyConnection, key: Sequence[str]) -> bool:
    names = ", ".join(_name(c) for c in key)
    some_null = " OR ".join(f"{_name(c)} IS NULL" for c in key)
    for side in ("a", "b"):
        row = con.execute(
            f"SELECT (SELECT count(*) FROM {side}),"
            f" (SELECT count(*) FROM (SELECT DISTINCT {names} FROM {side} WHERE NOT ({some_null})))"
        ).fetchone()
        assert row is not None
        if row[0] != row[1]:
            return False
    return True


def _by_key(con: duckdb.DuckDBPyConnection, result: Diff, common: list[str], limit: int) -> None:
    rest = [column for column in common if column not in result.key]
    keys = ", ".join(_name(c) for c in result.key)
    values = ", ".join(f"{_name(c)}::VARCHAR" for c in rest) or "1"
    for side in ("a", "b"):
        con.execute(
            f"CREATE TEMP TABLE h{side} AS SELECT {keys}, source_row AS r, hash({values}) AS h FROM {side}"
        )
    on = " AND ".join(f"ha.{_name(c)} = hb.{_name(c)}" for c in result.key)
    a_keys, b_keys = (", ".join(f"h{s}.{_name(c)} AS {_name(c)}" for c in result.key) for s in "ab")
    con.execute(
        f"CREATE TEMP TABLE touched AS SELECT {a_keys}, ha.r AS ra, hb.r AS rb"
        f" FROM ha JOIN hb ON {on} WHERE ha.h <> hb.h"
    )
    result.changed = _count(con, "touched")
    result.added, result.rows_added = _only(con, "hb", "ha", b_keys, on, limit)
    result.removed, result.rows_removed = _only(con, "ha", "hb", a_keys, on, limit)
    if result.changed:
        _cells(con, result, rest, limit)


def _only(
    con: duckdb.DuckDBPyConnection, here: str, there: str, keys: str, on: str, limit: int
) -> tuple[int, list[RowChange]]:
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE alone AS SELECT {keys}, r FROM {here} ANTI JOIN {there} ON {on}"
    )
    rows = con.execute(f"SELECT * FROM alone ORDER BY r LIMIT {limit}").fetchall()
    return _count(con, "alone"), [RowChange(_texts(row[:-1]), row[-1]) for row in rows]


def _cells(con: duckdb.DuckDBPyConnection, result: Diff, rest: list[str], limit: int) -> None:
    on_a = " AND ".join(f"a.{_name(c)} = t.{_name(c)}" for c in result.key)
    on_b = " AND ".join(f"b.{_name(c)} = t.{_name(c)}" for c in result.key)
    joined = f"touched t JOIN a ON {on_a} JOIN b ON {on_b}"
    differs = {c: f"a.{_name(c)}::VARCHAR IS DISTINCT FROM b.{_name(c)}::VARCHAR" for c in rest}
    counts = con.execute(
        "SELECT " + ", ".join(f"count(*) FILTER ({test})" for test in differs.values()) + f" FROM {joined}"
    ).fetchone()
    assert counts is not None
    result.changed_cells = {c: n for c, n in zip(rest, counts, strict=True) if n}
    keys = ", ".join(f"t.{_name(c)}::VARCHAR" for c in result.key)
    pairs = ", ".join(
        f"CASE WHEN {differs[c]} THEN [{_literal(c)}, a.{_name(c)}::VARCHAR, b.{_name(c)}::VARCHAR] END"
        for c in result.changed_cells
    )
    rows = con.execute(
        f"SELECT t.ra, t.rb, [{pairs}], {keys} FROM {joined} ORDER BY t.ra LIMIT {limit}"
    ).fetchall()
    for row_a, row_b, changes, *key in rows:
        for change in changes:
            if change is not None and len(result.cells) < limit:
                result.cells.append(CellChange(_texts(key), change[0], change[1], change[2], row_a, row_b))


def _by_row(con: duckdb.DuckDBPyConnection, result: Diff, common: list[str], limit: int) -> None:
    """Equal rows cancel one to one; the rest is added or removed."""
    values = ", ".join(f"{_name(c)}::VARCHAR" for c in common) or "1"
    for side in ("a", "b"):
        con.execute(
            f"CREATE TEMP TABLE h{side} AS SELECT hash({values}) AS h, source_row AS r,"
            f" row_number() OVER (PARTITION BY hash({values}) ORDER BY source_row) AS i FROM {side}"
        )
    on = "ha.h = hb.h AND ha.i = hb.i"
    result.added = _rows_alone(con, "hb", "ha", "b", on, common, result.rows_added, limit)
    result.removed = _rows_alone(con, "ha", "hb", "a", on, common, result.rows_removed, limit)


def _rows_alone(
    con: duckdb.DuckDBPyConnection,
    here: str,
    there: str,
    side: str,
    on: str,
    common: list[str],
    into: list[RowChange],
    limit: int,
) -> int:
    con.execute(f"CREATE OR REPLACE TEMP TABLE alone AS SELECT r FROM {here} ANTI JOIN {there} ON {on}")
    shown = ", ".join(f"{_name(c)}::VARCHAR" for c in common) or "NULL"
    rows = con.execute(
        f"SELECT {shown}, source_row FROM {side} WHERE source_row IN (SELECT r FROM alone ORDER BY r LIMIT {limit})"
        f" ORDER BY source_row LIMIT {limit}"
    ).fetchall()
    into.extend(RowChange(_texts(row[:-1]), row[-1]) for row in rows)
    return _count(con, "alone")


def _count(con: duckdb.DuckDBPyConnection, name: str) -> int:
    row = con.execute(f"SELECT count(*) FROM {name}").fetchone()
    assert row is not None
    return int(row[0])


def _texts(values: Sequence[Any]) -> tuple[str | None, ...]:
    return tuple(None if value is None else str(value) for value in values)


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
