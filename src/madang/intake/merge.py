"""Many contributions to one table: the typed rows of each, side by side, with who handed them in.

A contribution was read, typed and checked at the door like any other file; merging changes no value. Columns are those
of the standard (a column of one's own stays in the contribution), then `contributor`, `contribution` and
`contribution_row`: who handed the row in, under which number, and where it stands in their file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from madang.bank import Version
from madang.declarations import DatasetColumn, Standard
from madang.declarations.sql import literal, quote
from madang.declarations.standard import STORAGE
from madang.messages import text

OWN_COLUMNS = {  # the columns that merging adds, and the code of the label of each
    "contributor": "merge_contributor",
    "contribution": "merge_contribution",
    "contribution_row": "merge_contribution_row",
}
PLACES = {"lon": "DOUBLE", "lat": "DOUBLE", "dong_code": "VARCHAR", "geo_level": "VARCHAR"}
ORIGIN = "_madang_row"  # header under which a corrected file says in which row of the original its row stood
BOTH = ""  # decided of a key that several handed in: all of their rows stay


@dataclass(frozen=True)
class Piece:
    """One table of a contribution: who handed it in, the number of the contribution, the version it became in the
    bank of the round, and rows of it (`source_row`) that are no data, such as the example of the form."""

    contributor: str
    contribution: int
    version: Version
    skip: tuple[int, ...] = ()

    @property
    def mapped(self) -> dict[str, DatasetColumn]:
        """Its columns by the column of the standard they were mapped to."""
        return {column.standard: column for column in self.version.columns if column.standard}

    @property
    def rows(self) -> int:
        """Its rows of data."""
        return self.version.rows - len(self.skip)


@dataclass(frozen=True)
class Conflict:
    """A key that several contributors handed in. `key` is its text (JSON); `rows` tells contributor and row of each;
    `same`: whether the rows say the same in every column."""

    key: str
    values: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]
    same: bool

    @property
    def contributors(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(contributor for contributor, _ in self.rows))


def merged_columns(pieces: Sequence[Piece], standard: Standard) -> list[DatasetColumn]:
    """The columns of the merged table. One that is personal in any contribution is personal."""
    made = [_column(each.name, each.label, pieces, standard) for each in standard.columns]
    added = [
        DatasetColumn(name, text(label), "text" if name == "contributor" else "integer")
        for name, label in OWN_COLUMNS.items()
    ]
    return [*made, *added]


def _column(name: str, label: str, pieces: Sequence[Piece], standard: Standard) -> DatasetColumn:
    declared = standard.column(name)
    found = [piece.mapped[name] for piece in pieces if name in piece.mapped]
    facts: dict[str, int] = {}
    for each in found:
        for fact, count in each.facts.items():
            facts[fact] = facts.get(fact, 0) + count
    private = [each.privacy for each in found if each.privacy != "none"]
    return DatasetColumn(
        name=name,
        label=label,
        type=declared.type,
        unit=declared.unit,
        standard=name,
        because=text("because_merged", count=len(found)),
        privacy=declared.privacy if declared.privacy != "none" or not private else private[0],
        description=declared.description,
        format=declared.format,
        term=declared.term,
        facts=facts,
    )


def gather(con: duckdb.DuckDBPyConnection, pieces: Sequence[Piece], standard: Standard) -> None:
    """Make the table `gathered` of all rows of the `pieces`, in their order: piece, piece_row, the columns of the
    standard by their names, where the row lies, and by whom it was handed in."""
    each = [_of_piece(number, piece, standard) for number, piece in enumerate(pieces)]
    if not each:
        columns = [(column.name, STORAGE[column.type]) for column in standard.columns]
        own = [("piece", "BIGINT"), ("piece_row", "BIGINT"), ("contributor", "VARCHAR"),
               ("contribution", "BIGINT"), ("contribution_row", "BIGINT")]  # fmt: skip
        wanted = ", ".join(f"{quote(n)} {t}" for n, t in (*own, *columns, *PLACES.items()))
        con.execute(f"CREATE OR REPLACE TEMP TABLE gathered ({wanted})")
        return
    con.execute(f"CREATE OR REPLACE TEMP TABLE gathered AS {' UNION ALL BY NAME '.join(each)}")


def _of_piece(number: int, piece: Piece, standard: Standard) -> str:
    mapped, files = piece.mapped, piece.version.files
    there = set(pq.read_schema(files[0]).names)
    origin = next((c.name for c in piece.version.columns if c.label == ORIGIN), None)
    read = [
        f"{_read(mapped.get(column.name), STORAGE[column.type])} AS {quote(column.name)}"
        for column in standard.columns
    ]
    placed = [f"{quote(n) if n in there else 'NULL'}::{t} AS {quote(n)}" for n, t in PLACES.items()]
    row = f"coalesce(TRY_CAST({quote(origin)} AS BIGINT), source_row)" if origin else "source_row"
    skip = f" WHERE source_row NOT IN ({', '.join(map(str, piece.skip))})" if piece.skip else ""
    paths = ", ".join(literal(str(path)) for path in files)
    return (
        f"SELECT {number}::BIGINT AS piece, source_row AS piece_row, {literal(piece.contributor)} AS contributor, "
        f"{int(piece.contribution)}::BIGINT AS contribution, {row} AS contribution_row, "
        f"{', '.join([*read, *placed])} FROM read_parquet([{paths}]){skip}"
    )


def _read(column: DatasetColumn | None, storage: str) -> str:
    return f"TRY_CAST({quote(column.name)} AS {storage})" if column else f"NULL::{storage}"


def key_sql(standard: Standard) -> str:
    """SQL of the text of a row's key; NULL where it has none, or a part of it is empty."""
    if not standard.key:
        return "NULL::VARCHAR"
    parts = [f"trim({quote(name)}::VARCHAR)" for name in standard.key]
    whole = " AND ".join(f"{part} <> ''" for part in parts)
    return f"CASE WHEN {whole} THEN to_json([{', '.join(parts)}])::VARCHAR END"


def conflicts(con: duckdb.DuckDBPyConnection, standard: Standard, limit: int = 1_000) -> list[Conflict]:
    """Keys in `gathered` that more than one contributor handed in, by key; at most `limit`."""
    if not standard.key:
        return []
    said = ", ".join(quote(column.name) for column in standard.columns)
    found = con.execute(
        f"SELECT key, list(contributor ORDER BY piece, contribution_row), "
        f"list(contribution_row ORDER BY piece, contribution_row), count(DISTINCT said) "
        f"FROM (SELECT *, {key_sql(standard)} AS key, hash({said}) AS said FROM gathered) "
        f"WHERE key IS NOT NULL GROUP BY key HAVING count(DISTINCT contributor) > 1 ORDER BY key LIMIT {limit}"
    ).fetchall()
    return [_conflict(key, who, rows, kinds) for key, who, rows, kinds in found]


def _conflict(key: str, who: list[str], rows: list[int], kinds: int) -> Conflict:
    return Conflict(key, tuple(json.loads(key)), tuple(zip(who, rows, strict=True)), kinds == 1)


def write_keys(con: duckdb.DuckDBPyConnection, standard: Standard, out: Path) -> None:
    """Write the key and the row (`contribution_row`) of every row in `gathered` that has a key to the Parquet file `out`."""
    con.execute(
        f"COPY (SELECT key, contribution_row AS row FROM (SELECT *, {key_sql(standard)} AS key FROM gathered) "
        f"WHERE key IS NOT NULL) TO {literal(str(out))} (FORMAT parquet)"
    )


def rows_shared(
    con: duckdb.DuckDBPyConnection, own: Sequence[Path], others: Sequence[Path]
) -> tuple[list[int], list[int]]:
    """Rows of one's `own` files of keys (`write_keys`) whose key is in the files of `others` too, and those whose key is
    in more than one of one's own. Only one's own rows are told, nothing of others."""

    def read(files: Sequence[Path]) -> str:
        paths = ", ".join(literal(str(path)) for path in files)
        return (
            f"read_parquet([{paths}], filename = true)"
            if files
            else "(SELECT NULL AS key, NULL AS row, '' AS filename LIMIT 0)"
        )

    found = con.execute(
        f"SELECT row FROM {read(own)} WHERE key IN (SELECT key FROM {read(others)}) ORDER BY row"
    ).fetchall()
    twice = con.execute(
        f"SELECT row FROM {read(own)} QUALIFY min(filename) OVER (PARTITION BY key) <> filename ORDER BY row"
    ).fetchall()
    return [int(row) for (row,) in found], [int(row) for (row,) in twice]


def keep_decided(con: duckdb.DuckDBPyConnection, standard: Standard, decisions: Mapping[str, str]) -> None:
    """Make the table `kept` of the rows in `gathered` that stay. `decisions`: of a key, whose rows stay (BOTH: everybody's)."""
    con.execute("CREATE OR REPLACE TEMP TABLE decided (key VARCHAR, keeps VARCHAR)")
    if decided := [(key, keeps) for key, keeps in decisions.items() if keeps != BOTH]:
        con.executemany("INSERT INTO decided VALUES (?, ?)", decided)
    con.execute(
        "CREATE OR REPLACE TEMP TABLE kept AS SELECT * EXCLUDE (key, keeps) "
        f"FROM (SELECT *, {key_sql(standard)} AS key FROM gathered) LEFT JOIN decided USING (key) "
        "WHERE keeps IS NULL OR keeps = contributor"
    )


def write_merged(
    con: duckdb.DuckDBPyConnection,
    standard: Standard,
    decisions: Mapping[str, str],
    parquet: Path,
    csv: Path,
) -> int:
    """Write `gathered` to the Parquet file `parquet` and, as it would be read, to `csv`; returns the number of rows.

    `decisions`: of a key, whose rows stay (BOTH: everybody's). `source_row` is the row in the CSV, whose first is the
    header. The order is that of the contributions and of the rows in them.
    """
    keep_decided(con, standard, decisions)
    names = ", ".join(quote(name) for name in (*(c.name for c in standard.columns), *OWN_COLUMNS))
    con.execute(
        "CREATE OR REPLACE TEMP TABLE merged AS SELECT "
        "row_number() OVER (ORDER BY piece, contribution_row, piece_row) + 1 AS source_row, "
        f"{names}, {', '.join(PLACES)}, piece, piece_row "
        "FROM kept ORDER BY source_row"
    )
    labels = {column.name: column.label for column in standard.columns}
    labels |= {name: text(label) for name, label in OWN_COLUMNS.items()}
    shown = ", ".join(f"{quote(name)} AS {quote(label)}" for name, label in labels.items())
    con.execute(
        f"COPY (SELECT source_row, {names}, {', '.join(PLACES)} FROM merged ORDER BY source_row) "
        f"TO {literal(str(parquet))} (FORMAT parquet, COMPRESSION snappy)"
    )
    con.execute(f"COPY (SELECT {shown} FROM merged ORDER BY source_row) TO {literal(str(csv))} (HEADER)")
    found = con.execute("SELECT count(*) FROM merged").fetchone()
    return int(found[0]) if found else 0
