"""The writing pass: staged text to typed Parquet, in order, group of rows by group of rows.

Text columns go from the staged batches to the Parquet writer without passing DuckDB; the others are read in DuckDB,
all columns of one reading in one statement. (One COPY over a stream of Arrow batches keeps every batch alive until it
ends: measured 1.2 GB for a million rows of 39 columns, against 0.4 GB and half the time this way.)
Cells without a value and cells that deserve a remark are set aside as suspects: (source_row, place, text).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.intake import values_dates, values_numbers
from madang.intake.conform_plan import Plan, Source, WidePlan
from madang.intake.place import CHECKED, Placer, Placing
from madang.intake.place import SCHEMA as PLACED
from madang.intake.place_digest import PlaceDigest
from madang.intake.place_left import Left
from madang.intake.values import Reading
from madang.intake.values_cells import read_cells, tidy
from madang.privacy import Hits, Kind, mask, scan

GROUP_CELLS = 2_500_000  # cells of a group of rows at most, and bytes: what is in memory at a time
GROUP_BYTES = 64_000_000
POINTS = ".points"  # suffix of the file of points of a part
# types whose cells may hide personal data: a long number is a number; of the others the cells that could not be read
SCREENED = ("text", "integer", "number", "percent")
_NEVER_TAKEN: tuple[Kind, ...] = ("rrn",)
RRN_ROWS = 10_000  # rows with a resident number that are listed, for each column
ARROW: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BIGINT": pa.int64(),
    "DOUBLE": pa.float64(),
    "BOOLEAN": pa.bool_(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "BLOB": pa.binary(),
}
SUSPECTS = pa.schema([("source_row", pa.int64()), ("place", pa.int32()), ("x", pa.string())])
_REMARKED = {"serial": values_dates.SERIAL, "suffix": values_numbers.SUFFIXED}


@dataclass
class Counts:
    """Rows written, and per place (a source, then each wide header) the empty cells."""

    rows: int = 0
    staged: int = 0
    empty: dict[int, int] = field(default_factory=dict)
    suspects: int = 0
    hits: dict[int, Hits] = field(default_factory=dict)  # personal data, per place
    rrn_rows: dict[int, list[int]] = field(default_factory=dict)  # physical rows with a resident number
    levels: Counter[str] = field(default_factory=Counter)  # how the rows were placed: place.LEVELS
    located: int = 0  # rows with a dong_code
    places: PlaceDigest = field(default_factory=PlaceDigest)
    left: Left = field(default_factory=Left)  # why rows have none

    def screen(self, place: int, rows: pa.Array, hits: Hits) -> None:
        """Count what was found in the cells `rows` of a place."""
        self.hits[place] = self.hits.get(place, Hits()) + hits
        if len(hits.rrn_rows):
            known = self.rrn_rows.setdefault(place, [])
            found = rows.take(pa.array(hits.rrn_rows[: RRN_ROWS - len(known)])).to_pylist()
            known.extend(found)

    def add(self, other: Counts) -> None:
        self.rows += other.rows
        self.staged += other.staged
        self.suspects += other.suspects
        for place, number in other.empty.items():
            self.empty[place] = self.empty.get(place, 0) + number
        self.levels += other.levels
        self.located += other.located
        self.places.join(other.places)
        self.left.join(other.left)
        for place, hits in other.hits.items():
            self.hits[place] = self.hits.get(place, Hits()) + hits
        for place, rows in other.rrn_rows.items():
            self.rrn_rows[place] = (self.rrn_rows.get(place, []) + rows)[:RRN_ROWS]


def schema_of(plan: Plan, *, placed: bool = False) -> pa.Schema:
    """Schema of the Parquet files of a plan: source_row first; where rows are `placed`, with the columns of that."""
    fields = [("source_row", pa.int64())]
    fields += [(s.column.name, ARROW[s.reading.storage]) for s in plan.sources]
    fields += list(PLACED) if placed else []
    if plan.wide:
        fields += [(c.name, ARROW[Reading(c.type).storage]) for c in plan.wide.into]
        fields.append((plan.wide.value.name, ARROW[plan.wide.reading.storage]))
    return pa.schema(fields)


class PartWriter:
    """Writes the batches `first` to `last` of a staged table to one Parquet file, and its suspects to another."""

    def __init__(
        self,
        plan: Plan,
        con: duckdb.DuckDBPyConnection,
        out: Path,
        suspects: Path,
        compression: str,
        placing: Placing | None = None,
        known: Collection[int] = (),
    ) -> None:
        self.plan = plan
        self._known = known  # places whose cells were all screened before
        self.con = con
        self.counts = Counts()
        self._placer = Placer(placing) if placing else None
        if self._placer:
            self.counts.left = self._placer.left
        self._schema = schema_of(plan, placed=placing is not None)
        self._out = pq.ParquetWriter(out, self._schema, compression=compression)
        self._suspects = pq.ParquetWriter(suspects, SUSPECTS, compression="lz4")
        self._points = _points_writer(suspects, placing)
        self._literals = _literals(con, plan.wide) if plan.wide else []
        self._pending: list[pa.Table] = []

    def write(self, stage: Path, first: int, last: int, done: Callable[[int], None]) -> Counts:
        """Read the batches, write them; `done` is told the rows of each group."""
        try:
            for rows, cells in groups(stage, first, last, self._needed(), self._exact()):
                self._out.write_table(self._group(rows, cells))
                self._flush()
                done(len(rows))
        finally:
            self._out.close()
            self._suspects.close()
            if self._points:
                self._points.close()
        return self.counts

    def _needed(self) -> list[int]:
        wide = [index for index, _, _ in self.plan.wide.headers] if self.plan.wide else []
        return sorted({*(s.index for s in self.plan.sources), *wide})

    def _exact(self) -> frozenset[int]:
        return frozenset(source.index for source in self.plan.sources if source.reading.exact)

    def _group(self, rows: pa.Array, cells: dict[int, pa.Array]) -> pa.Table:
        places: dict[Reading, list[tuple[int, int]]] = {}
        for place, source in enumerate(self.plan.sources):
            places.setdefault(source.reading, []).append((place, source.index))
        values: dict[int, pa.Array] = {}
        for reading, members in places.items():
            values |= self._read(rows, cells, reading, members)
        for place, source in enumerate(self.plan.sources):
            values[place] = self._screened(place, source, rows, cells[source.index], values[place])
        self.counts.staged += len(rows)
        columns = [rows, *(values[place] for place in range(len(self.plan.sources)))]
        columns += self._placed(rows, cells, values)
        if self.plan.wide:
            columns = self._long(rows, cells, columns, self.plan.wide)
        self.counts.rows += len(columns[0])
        group = pa.Table.from_arrays(columns, schema=self._schema)
        if self._placer:
            self.counts.places.add(group)
        return group

    def _read(
        self, rows: pa.Array, cells: dict[int, pa.Array], reading: Reading, members: Sequence[tuple[int, int]]
    ) -> dict[int, pa.Array]:
        """Values by place of the columns `members` (place, position) that share a reading."""
        for place, index in members:
            self.counts.empty[place] = self.counts.empty.get(place, 0) + cells[index].null_count
        if reading.passes:
            return {place: cells[index] for place, index in members}
        read = read_cells(self.con, [cells[index] for _, index in members], reading)
        found = {}
        for number, (place, index) in enumerate(members):
            found[place] = read.slice(number * len(rows), len(rows))
            self._set_aside(rows, cells[index], found[place], place, reading)
        return found

    def _placed(
        self, rows: pa.Array, cells: dict[int, pa.Array], values: dict[int, pa.Array]
    ) -> list[pa.Array]:
        """The columns that say where the rows are; none where nothing says it."""
        if self._placer is None:
            return []
        texts = {place: cells[source.index] for place, source in enumerate(self.plan.sources)}
        columns, checked = self._placer.place(rows, texts, values)
        self.counts.located += len(rows) - columns[2].null_count
        for level in columns[3].value_counts().to_pylist():
            self.counts.levels[level["values"] or ""] += level["counts"]
        if self._points:
            self._points.write_table(checked)
        return columns

    def _screened(
        self, place: int, source: Source, rows: pa.Array, texts: pa.Array, values: pa.Array
    ) -> pa.Array:
        """The values of a source, masked as the plan says; what personal data stand in them is counted."""
        if source.reading.type in SCREENED and place not in self._known:
            self.counts.screen(place, rows, scan(texts, label=source.column.label))
        return mask(values, source.mask, whole=source.whole) if source.mask else values

    def _set_aside(
        self, rows: pa.Array, texts: pa.Array, values: pa.Array, place: int, reading: Reading
    ) -> None:
        chosen = None
        if values.null_count > texts.null_count:
            chosen = pc.and_(pc.is_null(values), pc.is_valid(texts))
        for kind in reading.accept:
            shaped = pc.fill_null(pc.match_substring_regex(texts, f"^(?:{_REMARKED[kind]})$"), False)
            chosen = shaped if chosen is None else pc.or_(chosen, shaped)
        if chosen is None:
            return
        kept = texts.filter(chosen)
        if reading.type not in SCREENED and reading.type != "geometry":
            self.counts.screen(place, rows.filter(chosen), scan(kept, _NEVER_TAKEN))
        where = pa.array(np.full(len(kept), place, np.int32))
        self._pending.append(pa.Table.from_arrays([rows.filter(chosen), where, kept], schema=SUSPECTS))

    def _flush(self) -> None:
        if self._pending:
            table = pa.concat_tables(self._pending)
            self.counts.suspects += table.num_rows
            self._suspects.write_table(table)
            self._pending = []

    def _long(
        self, rows: pa.Array, cells: dict[int, pa.Array], columns: list[pa.Array], wide: WidePlan
    ) -> list[pa.Array]:
        """The columns of a group with its wide cells as rows: row by row, and within a row in the headers' order."""
        count, width, base = len(rows), len(wide.headers), len(self.plan.sources)
        members = [(base + number, index) for number, (index, _, _) in enumerate(wide.headers)]
        values = self._read(rows, cells, wide.reading, members)
        if wide.reading.type in SCREENED:
            for place, index in members:
                if place not in self._known:
                    self.counts.screen(place, rows, scan(cells[index], _NEVER_TAKEN))
        stacked = pa.concat_arrays([values[place] for place, _ in members])
        by_row = np.arange(count)[:, None] + np.arange(width)[None, :] * count
        again, header = np.repeat(np.arange(count), width), np.tile(np.arange(width), count)
        kept = [column.take(pa.array(again)) for column in columns]
        given = [literal.take(pa.array(header)) for literal in self._literals]
        return [*kept, *given, stacked.take(pa.array(by_row.reshape(-1)))]


def _points_writer(suspects: Path, placing: Placing | None) -> pq.ParquetWriter | None:
    """Where the points of a part are set aside for the checks of the whole table: beside its suspects."""
    if placing is None or placing.crs is None or placing.layer is not None:
        return None
    return pq.ParquetWriter(suspects.with_suffix(POINTS), CHECKED, compression="lz4")


def _literals(con: duckdb.DuckDBPyConnection, wide: WidePlan) -> list[pa.Array]:
    """For each column of `into` the typed values that the headers give it."""
    found = []
    for number, column in enumerate(wide.into):
        texts = pa.array([values[number] or None for _, _, values in wide.headers], pa.string())
        found.append(read_cells(con, [texts], Reading(column.type, declared=True)))
    return found


def groups(
    stage: Path, first: int, last: int, needed: Sequence[int], exact: frozenset[int] = frozenset()
) -> Iterator[tuple[pa.Array, dict[int, pa.Array]]]:
    """Row numbers and tidied cells (by position) of groups of whole batches, cut where a batch is very large.

    Cells of the positions `exact` keep their outer blanks.
    """
    names = ["source_row", *(f"c{index}" for index in needed)]
    limit = max(GROUP_CELLS // max(len(needed), 1), 1)
    with pa.OSFile(str(stage)) as file, pa.ipc.open_file(file) as head:
        wanted = [head.schema.get_field_index(name) for name in names]
        options = pa.ipc.IpcReadOptions(included_fields=wanted)
        with pa.ipc.open_file(file, options=options) as reader:
            held: list[pa.RecordBatch] = []
            for number in range(first, last):
                batch = reader.get_batch(number).select(names)
                for start in range(0, batch.num_rows, limit):
                    held.append(batch.slice(start, limit))
                    if _full(held, limit):
                        yield _joined(held, needed, exact)
                        held = []
            if held:
                yield _joined(held, needed, exact)


def _full(held: Sequence[pa.RecordBatch], limit: int) -> bool:
    rows, size = sum(b.num_rows for b in held), sum(b.nbytes for b in held)
    return bool(rows >= limit or size >= GROUP_BYTES)


def _joined(
    held: Sequence[pa.RecordBatch], needed: Sequence[int], exact: frozenset[int]
) -> tuple[pa.Array, dict[int, pa.Array]]:
    rows = pa.concat_arrays([batch.column(0) for batch in held])
    cells = {}
    for place, index in enumerate(needed, start=1):
        tidied = [tidy(batch.column(place), exact=index in exact) for batch in held]
        cells[index] = tidied[0] if len(tidied) == 1 else pa.concat_arrays(tidied)
    return rows, cells
