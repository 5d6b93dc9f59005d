"""What an export reads: the Parquet files of one version, in the order of the source, as SQL over typed columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa

from madang.declarations.standard import RESERVED, DatasetColumn
from madang.formats.order import BATCH, KEY, in_source_order

Kind = Literal["text", "integer", "number", "boolean", "date", "datetime"]
_KINDS: dict[str, Kind] = {
    "VARCHAR": "text", "BIGINT": "integer", "INTEGER": "integer", "DOUBLE": "number", "FLOAT": "number",
    "BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime",
}  # fmt: skip
ROW_NUMBER = "__row"  # no column has such a name


@dataclass(frozen=True)
class Column:
    """A column of an export: `name` in the files, `label` at its head, `kind` of its values."""

    name: str
    label: str
    kind: Kind

    @property
    def sql(self) -> str:
        """The column in SQL over rows already read."""
        return quoted_name(self.name)

    @property
    def read(self) -> str:
        """The column in SQL over the files: a number that is none (NaN, infinite) is null, other types are text."""
        if self.kind == "number":
            return f"CASE WHEN isfinite({self.sql}) THEN {self.sql} END"
        return f"{self.sql}::VARCHAR" if self.kind == "text" else self.sql


class Source:
    """The rows of one version. `rows` is their number, `columns` what of them is exported."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        files: Sequence[Path],
        columns: Sequence[DatasetColumn],
        *,
        with_source_row: bool,
        spill: Path,
    ) -> None:
        self.con = con
        self._spill = spill
        self._relation = f"read_parquet([{', '.join(quoted_text(str(path)) for path in files)}])"
        if not files:
            empty = [f"NULL::VARCHAR AS {quoted_name(column.name)}" for column in columns]
            self._relation = f"(SELECT {', '.join([*empty, '0::BIGINT AS source_row'])} WHERE false)"
        there = {row[0]: str(row[1]) for row in con.execute(f"DESCRIBE FROM {self._relation}").fetchall()}
        chosen = [
            (column.name, column.label.strip() or column.name)
            for column in columns
            if column.name not in RESERVED
        ]
        if with_source_row:
            chosen = [(name, name) for name in RESERVED if name in there] + chosen
        self.columns = [Column(name, label, _KINDS.get(there[name], "text")) for name, label in chosen]
        self.rows = int(con.execute(f"SELECT count(*) FROM {self._relation}").fetchall()[0][0])

    def tables(self, names: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The typed rows in the order of the source, some thousands at a time; `names` are their new names."""
        given = names or [column.name for column in self.columns]
        return self._ordered([(column.sql, name) for column, name in zip(self.columns, given, strict=True)])

    def lines(self, expression: str) -> Iterator[pa.Array]:
        """The text `expression` (SQL over the columns) of every row, in the order of the source."""
        for table in self._ordered([(expression, "line")]):
            yield from table.column(0).chunks

    def numbered_lines(self, expression: Callable[[pa.Table], str]) -> Iterator[pa.Array]:
        """As `lines`, where the expression of a part (chosen by looking at it) may use ROW_NUMBER: 0, 1, 2 …"""
        done = 0
        con = self.con.cursor()  # the connection itself is busy with reading
        for table in self.tables():
            con.register("part", table)
            numbered = f"SELECT *, {done} + row_number() OVER () - 1 AS {ROW_NUMBER} FROM part"
            query = f"SELECT {expression(table)} AS line FROM ({numbered})"
            yield from (batch.column(0) for batch in con.execute(query).to_arrow_reader(BATCH))
            done += table.num_rows

    def _ordered(self, wanted: list[tuple[str, str]]) -> Iterator[pa.Table]:
        read = ", ".join(
            [f"{column.read} AS {column.sql}" for column in self.columns] + [f"source_row AS {KEY}"]
        )
        return in_source_order(
            self.con,
            f"(SELECT {read} FROM {self._relation})",
            [f"{sql} AS {quoted_name(name)}" for sql, name in wanted],
            width=len(self.columns),
            spill=self._spill,
        )

    def total(self, aggregate: Callable[[Column], str], kind: Kind) -> int:
        """The sum of an aggregate over all columns of a kind."""
        each = [f"coalesce({aggregate(column)}, 0)" for column in self.columns if column.kind == kind]
        if not each:
            return 0
        found = self.con.execute(f"SELECT {', '.join(each)} FROM {self._relation}").fetchall()[0]
        return int(sum(found))


def unique(labels: Sequence[str]) -> list[str]:
    """Labels where none stands twice, capitals or not: 비고, 비고 -> 비고, 비고_2."""
    result: list[str] = []
    taken: set[str] = set()
    for label in labels:
        name, number = label, 1
        while name.casefold() in taken:
            number += 1
            name = f"{label}_{number}"
        taken.add(name.casefold())
        result.append(name)
    return result


def quoted_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quoted_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
