"""What an export reads: the Parquet files of one version, in the order of the source, as SQL over typed columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from madang.declarations.standard import RESERVED, DatasetColumn
from madang.formats.order import KEY, in_source_order
from madang.formats.shapes_text import Form, as_text

Kind = Literal[
    "text", "integer", "number", "boolean", "date", "datetime", "shape"
]  # shape: WKB, or GeoJSON text
_CELLS, _FEWEST, _MOST = 400_000, 500, 16_384  # of a batch, which one thread takes at a time; rows of it
_SHAPE_BYTES = 8_000_000  # of the shapes of a batch
_TOGETHER = 4  # batches planned for together
ROW_NUMBER = "__row"  # no column has such a name
LON, LAT = "__lon", "__lat"  # names of the hidden columns, where they are given out
PLACES = ("lon", "lat", "dong_code", "geo_level")  # columns that the bank adds


Expression = Callable[
    [pa.Table], str
]  # SQL over the columns, chosen by looking at the part of the rows it is for


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
    """The rows of one version. `rows` is their number, `columns` what of them is exported.

    The columns of places stand last. Shapes are given as `shapes` says. With `points`, rows without shapes have their place in `hidden`: lon and lat.
    """

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        files: Sequence[Path],
        columns: Sequence[DatasetColumn],
        *,
        with_source_row: bool,
        places: bool = True,
        spill: Path,
        shapes: Form = "wkt",
        points: bool = False,
    ) -> None:
        self.con = con
        self._form = shapes
        self._files = files
        self._spill = spill
        types = {field.name: field.type for path in files for field in pq.read_schema(path)}
        chosen = [
            (column.name, column.label.strip() or column.name)
            for column in columns
            if column.name not in RESERVED or column.type == "geometry"
        ]
        if places:
            there = [name for name in PLACES if name in types]
            labels = unique([*(label for _, label in chosen), *there])[len(chosen) :]
            chosen += zip(there, labels, strict=True)
        if with_source_row and "source_row" in types:
            chosen.insert(0, ("source_row", "source_row"))
        self.columns = [
            Column(name, label, self._kind_of(types[name] if files else pa.string()))
            for name, label in chosen
        ]
        self._binary = [name for name, _ in chosen if name in types and pa.types.is_binary(types[name])]
        self.hidden: list[Column] = []
        if points and not self._binary and {"lon", "lat"} <= types.keys():
            self.hidden = [Column(name, name, "number") for name in ("lon", "lat")]
        self.rows = sum(int(pq.read_metadata(path).num_rows) for path in files)

    def _kind_of(self, type: pa.DataType) -> Kind:
        if pa.types.is_binary(type):
            return "text" if self._form == "wkt" else "shape"
        return _kind(type)

    def tables(self, names: Sequence[str] | None = None, *, hidden: bool = False) -> Iterator[pa.Table]:
        """The typed rows in the order of the source, some thousands at a time; `names` are their new names.

        With `hidden` their places stand last, as LON and LAT.
        """
        given = names or [column.name for column in self.columns]
        pairs = [
            *zip(self.columns, given, strict=True),
            *(zip(self.hidden, (LON, LAT), strict=True) if hidden else ()),
        ]
        listed = ", ".join(f"{column.sql} AS {quoted_name(name)}" for column, name in pairs)
        return self._ordered(lambda part: listed)

    def lines(self, expression: Expression) -> Iterator[pa.Array]:
        """A text of every row in the order of the source."""
        for table in self._ordered(lambda part: f"{expression(part)} AS line"):
            yield from table.column(0).chunks

    def numbered_lines(self, expression: Expression) -> Iterator[pa.Array]:
        """As `lines`, where the expression may use ROW_NUMBER: 0, 1, 2 …"""
        done = 0
        for table in self.tables():
            numbered = f"(SELECT *, {done} + row_number() OVER () - 1 AS {ROW_NUMBER} FROM part)"
            yield from (
                self._asked(table, f"SELECT {expression(table)} AS line FROM {numbered}").column(0).chunks
            )
            done += table.num_rows

    def total(self, aggregate: Callable[[Column], str], kind: Kind) -> int:
        """The sum of an aggregate (SQL) over all cells of a kind."""
        each = [aggregate(column) for column in self.columns if column.kind == kind]
        if not each:
            return 0
        query = f"SELECT {' + '.join(f'coalesce({sql}, 0)' for sql in each)} AS total FROM part"
        return sum(int(self._asked(part, query).column(0)[0].as_py()) for part in self._parts())

    def _ordered(self, wanted: Expression) -> Iterator[pa.Table]:
        """The rows by source_row, as the wanted columns."""
        read = ", ".join(
            [f"{column.read} AS {column.sql}" for column in self._all()] + [f"source_row AS {KEY}"]
        )
        keys = [
            chunk
            for path in self._files
            for chunk in pq.ParquetFile(path).read(["source_row"]).column(0).chunks
        ]
        tables = (
            self._asked(part, f"SELECT {KEY}, {wanted(part)} FROM (SELECT {read} FROM part)")
            for part in self._parts()
        )
        return in_source_order(tables, keys, width=len(self.columns), spill=self._spill)

    def _parts(self) -> Iterator[pa.Table]:
        """The files in their order, some thousands of rows at a time.

        Arrow reads, because DuckDB holds back what runs ahead of a slow reader, without limit (1.5.5).
        """
        names = list(dict.fromkeys(["source_row", *(column.name for column in self._all())]))
        batches = self.batches(names)
        while several := list(islice(batches, _TOGETHER)):
            yield self._with_texts(pa.Table.from_batches(several))

    def batches(self, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """These columns as they lie in the files, few rows at a time where the shapes are large."""
        rows = min(_MOST, max(_FEWEST, _CELLS // len(names)))
        if self._binary:
            rows = max(1, min(rows, _SHAPE_BYTES // _TOGETHER // self._shape_bytes()))
        for path in self._files:
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(rows, columns=names)

    def _all(self) -> list[Column]:
        """The columns and, where they are not among them, the hidden ones."""
        names = {column.name for column in self.columns}
        return [*self.columns, *(column for column in self.hidden if column.name not in names)]

    def _shape_bytes(self) -> int:
        """Bytes of the shapes of a row on average."""
        size = 0
        for path in self._files:
            about = pq.read_metadata(path)
            for group in range(about.num_row_groups):
                parts = [about.row_group(group).column(i) for i in range(about.num_columns)]
                size += sum(p.total_uncompressed_size for p in parts if p.path_in_schema in self._binary)
        return max(1, size // max(self.rows, 1))

    def _with_texts(self, part: pa.Table) -> pa.Table:
        if self._form == "wkb":
            return part
        for name in self._binary:
            part = part.set_column(
                part.column_names.index(name), name, as_text(part.column(name), self._form)
            )
        return part

    def _asked(self, part: pa.Table, query: str) -> pa.Table:
        self.con.register("part", part)
        return self.con.execute(query).to_arrow_table()


def _kind(type: pa.DataType) -> Kind:
    kinds: list[tuple[Callable[[pa.DataType], bool], Kind]] = [
        (pa.types.is_boolean, "boolean"), (pa.types.is_signed_integer, "integer"), (pa.types.is_floating, "number"),
        (pa.types.is_date, "date"), (lambda given: pa.types.is_timestamp(given) and given.tz is None, "datetime"),
    ]  # fmt: skip
    return next((kind for belongs, kind in kinds if belongs(type)), "text")


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
