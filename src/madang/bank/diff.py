"""What changed between two versions: rows by key, cells by column, columns by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from madang.bank.dataset import Version
from madang.engine.duck import connect
from madang.engine.row_hash import row_hash
from madang.messages import MadangError

# names of our own beside those of users' columns
_A, _B, _HASH, _ROW, _COUNT, _PAIRED = (f"__madang_{name}" for name in ("a", "b", "h", "r", "n", "paired"))
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "DECIMAL")
_OWN = {"source_row"}  # says where a row stood, not what it says
_KEY_CANDIDATES = 12
_MOSTLY = 0.9  # of the rows a key must tell apart to be used; the others are compared whole


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

    First equal rows cancel, one for one, through a 64-bit hash of their values, so that wide tables stay cheap: a
    million rows take seconds. What is left is matched by the key where it still tells rows apart: those rows were
    changed. The rest was added or removed. Raises MadangError("key_missing") where a given column is not in both.
    """
    con = connect(temp_dir=temp_dir)
    try:
        types_a, types_b = _open(con, "a", a), _open(con, "b", b)
        common = [column for column in types_a if column in types_b and column not in _OWN]
        shapes = {c for c in common if "BLOB" in (types_a[c], types_b[c])}
        plain = [c for c in common if c not in shapes]
        chosen, because = _choose_key(con, a, b, plain, tuple(key))
        result = Diff(a.n, b.n, chosen, because, _count(con, "a"), _count(con, "b"))
        result.columns_added = [c for c in types_b if c not in types_a]
        result.columns_removed = [c for c in types_a if c not in types_b]
        result.types_changed = {c: (types_a[c], types_b[c]) for c in common if types_a[c] != types_b[c]}
        casts = {c: _cast(*types) for c, types in result.types_changed.items()}
        hashed = row_hash(
            [_name(c) + casts.get(c, "") for c in common],
            [casts.get(c, types_b[c]).strip(":") for c in common],
        )
        _cancel_equal_rows(con, hashed)
        if chosen:
            _match_by_key(con, result, common, casts, shapes, limit)
        result.added, result.rows_added = _left(con, "left_b", result.key or plain, limit)
        result.removed, result.rows_removed = _left(con, "left_a", result.key or plain, limit)
        return result
    finally:
        con.close()


def _open(con: duckdb.DuckDBPyConnection, name: str, version: Version) -> dict[str, str]:
    files = ", ".join(_literal(str(path)) for path in version.files)
    con.execute(f"CREATE VIEW {name} AS FROM read_parquet([{files}])")
    return {row[0]: row[1] for row in con.execute(f"DESCRIBE {name}").fetchall()}


def _cast(before: str, after: str) -> str:
    """How a column that changed its type is compared: as numbers where both are, else as text."""
    return "::DOUBLE" if before.startswith(_NUMBERS) and after.startswith(_NUMBERS) else "::VARCHAR"


def _choose_key(
    con: duckdb.DuckDBPyConnection, a: Version, b: Version, common: list[str], given: tuple[str, ...]
) -> tuple[tuple[str, ...], str]:
    for column in given:
        if column not in common:
            raise MadangError("key_missing", column=column, columns=", ".join(common))
    if given:
        return _usable(con, given, "지정한 기준 열")
    declared = tuple(b.facts.get("key") or ())
    if declared and set(declared) <= set(common):
        key, because = _usable(con, declared, "표준이 정한 기준 열")
        if key:
            return key, because
    for column in _candidates(con, common):
        if _told_apart(con, (column,)) == 1:
            return (column,), "두 판 모두에서 값이 겹치지 않는 열"
    return (), "행을 하나씩 가리키는 열이 없어 행 전체를 견줌"


def _usable(
    con: duckdb.DuckDBPyConnection, key: tuple[str, ...], because: str
) -> tuple[tuple[str, ...], str]:
    share = _told_apart(con, key)
    if share == 1:
        return key, because
    if share >= _MOSTLY:
        return key, f"{because}; 값이 겹치거나 빈 행은 행 전체를 견줌"
    return (), f"{because}({', '.join(key)})이 행을 하나씩 가리키지 못해 행 전체를 견줌"


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


def _told_apart(con: duckdb.DuckDBPyConnection, key: Sequence[str]) -> float:
    """Share of rows that have a key of their own, in the version where it is smaller; 1.0 where every row has."""
    names = ", ".join(_name(c) for c in key)
    some_null = " OR ".join(f"{_name(c)} IS NULL" for c in key)
    shares = []
    for side in ("a", "b"):
        row = con.execute(
            f"SELECT (SELECT count(*) FROM {side}), (SELECT count(*) FROM"
            f" (SELECT count(*) AS {_COUNT} FROM {side} WHERE NOT ({some_null}) GROUP BY {names}) WHERE {_COUNT} = 1)"
        ).fetchone()
        assert row is not None
        shares.append(row[1] / row[0] if row[0] else 1.0)
    return min(shares)


def _cancel_equal_rows(con: duckdb.DuckDBPyConnection, hashed: str) -> None:
    """Tables `left_a` and `left_b`: the rows of each side that have no equal row left on the other."""
    for side in ("a", "b"):
        con.execute(
            f"CREATE TEMP TABLE h{side} AS SELECT {hashed} AS {_HASH}, source_row AS {_ROW} FROM {side}"
        )
    counts = [f"(SELECT {_HASH}, count(*) AS {_COUNT} FROM h{side} GROUP BY {_HASH})" for side in ("a", "b")]
    con.execute(
        f"CREATE TEMP TABLE uneven AS SELECT {_HASH},"
        f" least(coalesce({_A}.{_COUNT}, 0), coalesce({_B}.{_COUNT}, 0)) AS {_PAIRED}"
        f" FROM {counts[0]} {_A} FULL JOIN {counts[1]} {_B} USING ({_HASH})"
        f" WHERE {_A}.{_COUNT} IS DISTINCT FROM {_B}.{_COUNT}"
    )
    for side in ("a", "b"):
        con.execute(
            f"CREATE TEMP TABLE left_{side} AS SELECT {_A}.* EXCLUDE ({_HASH}) FROM"
            f" (SELECT *, {hashed} AS {_HASH} FROM {side} WHERE source_row IN"
            f" (SELECT {_ROW} FROM h{side} SEMI JOIN uneven USING ({_HASH}))) {_A} JOIN uneven USING ({_HASH})"
            f" QUALIFY row_number() OVER (PARTITION BY {_HASH} ORDER BY source_row) > {_PAIRED}"
        )


def _match_by_key(
    con: duckdb.DuckDBPyConnection,
    result: Diff,
    common: list[str],
    casts: dict[str, str],
    shapes: set[str],
    limit: int,
) -> None:
    """Rows left on both sides under one key are changed rows: counted, their cells listed, and taken out."""
    keys = ", ".join(_name(c) + casts.get(c, "") for c in result.key)
    rest = [column for column in common if column not in result.key]
    for side in ("a", "b"):
        con.execute(
            f"CREATE TEMP TABLE single_{side} AS SELECT * FROM left_{side}"
            f" QUALIFY count(*) OVER (PARTITION BY {keys}) = 1"
        )
    on = _same(result.key, casts)
    joined = f"single_a {_A} JOIN single_b {_B} ON {on}"
    matched = ", ".join(f"{_A}.{_name(c)}" for c in result.key)
    con.execute(f"CREATE TEMP TABLE matched AS SELECT {matched} FROM {joined}")
    result.changed = _count(con, "matched")
    if result.changed:
        _cells(con, result, rest, casts, shapes, joined, limit)
    for side in ("a", "b"):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE left_{side} AS SELECT {_A}.* FROM left_{side} {_A}"
            f" ANTI JOIN matched {_B} ON {on}"
        )


def _same(columns: Sequence[str], casts: dict[str, str]) -> str:
    return " AND ".join(
        f"{_A}.{_name(c)}{casts.get(c, '')} = {_B}.{_name(c)}{casts.get(c, '')}" for c in columns
    )


def _cells(
    con: duckdb.DuckDBPyConnection,
    result: Diff,
    rest: list[str],
    casts: dict[str, str],
    shapes: set[str],
    joined: str,
    limit: int,
) -> None:
    as_ = {c: casts.get(c, "" if c in shapes else "::VARCHAR") for c in rest}
    differs = {c: f"{_A}.{_name(c)}{as_[c]} IS DISTINCT FROM {_B}.{_name(c)}{as_[c]}" for c in rest}
    counts = con.execute(
        "SELECT "
        + (", ".join(f"count(*) FILTER ({test})" for test in differs.values()) or "0")
        + f" FROM {joined}"
    ).fetchone()
    assert counts is not None
    result.changed_cells = {c: n for c, n in zip(rest, counts, strict=False) if n}
    keys = ", ".join(f"{_A}.{_name(c)}::VARCHAR" for c in result.key)
    pairs = ", ".join(
        f"CASE WHEN {differs[c]} THEN [{_literal(c)}, {_text_of(_A, c, shapes)}, {_text_of(_B, c, shapes)}] END"
        for c in result.changed_cells
    )
    rows = con.execute(
        f"SELECT {_A}.source_row, {_B}.source_row, [{pairs}], {keys} FROM {joined} ORDER BY 1 LIMIT {limit}"
    ).fetchall()
    for row_a, row_b, changes, *key in rows:
        for change in changes:
            if change is not None and len(result.cells) < limit:
                result.cells.append(CellChange(_texts(key), change[0], change[1], change[2], row_a, row_b))


def _text_of(side: str, column: str, shapes: set[str]) -> str:
    """SQL of a value as text; of a shape its size and the beginning of its hash."""
    value = f"{side}.{_name(column)}"
    if column not in shapes:
        return f"{value}::VARCHAR"
    described = f"concat('WKB ', octet_length({value}::BLOB), 'B ', left(md5({value}::BLOB), 8))"
    return f"CASE WHEN {value} IS NOT NULL THEN {described} END"


def _left(
    con: duckdb.DuckDBPyConnection, table: str, shown: Sequence[str], limit: int
) -> tuple[int, list[RowChange]]:
    texts = ", ".join(f"{_name(c)}::VARCHAR" for c in shown) or "NULL"
    rows = con.execute(
        f"SELECT {texts}, source_row FROM {table} ORDER BY source_row LIMIT {limit}"
    ).fetchall()
    return _count(con, table), [RowChange(_texts(row[:-1]), row[-1]) for row in rows]


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
