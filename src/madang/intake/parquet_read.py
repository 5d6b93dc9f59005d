"""Read a Parquet file batch by batch: typed columns back to text, shapes of GeoParquet as a layer."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyarrow.types as kind

from madang.intake.excel_cells import CELL_LIMIT
from madang.intake.parquet_cells import is_utf8, native_kind, texts
from madang.intake.parquet_geo import Shapes, shapes_of
from madang.intake.problems import ProblemSink
from madang.intake.raw import (
    Evidence,
    Layer,
    Override,
    Progress,
    RawColumn,
    RawTable,
    Refused,
    StageWriter,
    no_progress,
)
from madang.messages import text

_ROWS = 20_000
_BATCH = 64 << 20  # bytes of text of a batch
_GROWTH, _FREE = (
    500,
    4 << 30,
)  # times the file's size that its text may have, and what it may have in any case
_COLUMNS = 5_000
_INDEX = re.compile(r"__index_level_\d+__")


def read_parquet(
    path: Path, stage_dir: Path, override: Override, progress: Progress = no_progress
) -> list[RawTable]:
    """The table of a Parquet file, staged as text below `stage_dir`; rows are numbered from 1.

    pandas' index columns without a name and GeoParquet's bounding boxes are left out. Memory is bounded by a batch of
    64 MB of text and the pages that it stands in. Progress counts rows.
    Raises Refused: parquet_broken, parquet_encrypted, parquet_bomb, json_too_many_columns.
    """
    try:
        return [_Reading(path, stage_dir, progress).table()]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if (
            isinstance(error, OSError)
            and error.errno is not None
            and not isinstance(error, pa.ArrowException)
        ):
            raise
        with open(path, "rb") as stream:
            secret = stream.read(4) == b"PARE" or "ncrypt" in str(error)
        raise Refused("parquet_encrypted" if secret else "parquet_broken", file=path.name) from error
    except Refused as refused:
        raise Refused(refused.code, **{"file": path.name, **refused.params}) from refused


class _Reading:
    """The reading of one file."""

    def __init__(self, path: Path, stage_dir: Path, progress: Progress) -> None:
        self.path, self.progress = path, progress
        self.schema = pq.read_schema(path)
        self.shapes: Shapes | None = shapes_of(self.schema)
        hidden = self.shapes.hidden if self.shapes else frozenset()
        self.names = [name for name in self.schema.names if name not in hidden and not self._is_index(name)]
        if len(self.names) > _COLUMNS:
            raise Refused("json_too_many_columns", limit=f"{_COLUMNS:,}")
        packed = [field.name for field in self.schema if _is_variable(field.type)]
        self.file = pq.ParquetFile(path, read_dictionary=packed, pre_buffer=False, buffer_size=1 << 20)
        self.stage = stage_dir / "parquet-1.arrow"
        self.problems = ProblemSink(stage_dir / "parquet-1.problems.parquet")
        self.native: dict[str, Counter[str]] = {name: Counter() for name in self.names}
        self.staged = 0  # bytes of text

    def table(self) -> RawTable:
        writer = StageWriter(self.stage, len(self.names))
        try:
            as_hex = {name: self._as_hex(name) for name in self.names}
            for batch in self._batches(self.names):
                rows = pa.array(range(writer.rows + 1, writer.rows + batch.num_rows + 1), pa.int64())
                cells = [self._cells(name, batch[name], rows, as_hex[name]) for name in self.names]
                writer.write(rows, cells)
                self.progress(writer.rows, self.file.metadata.num_rows)
        finally:
            writer.close()
            self.file.close()
        columns = [RawColumn(i, name, dict(self.native[name])) for i, name in enumerate(self.names)]
        return RawTable(
            member=None,
            stage=self.stage,
            columns=columns,
            rows=writer.rows,
            header_rows=(),
            problems=self.problems,
            evidence=[Evidence("records", "Parquet", text("because_parquet"), 0.99)],
            layer=self._layer(),
        )

    def _layer(self) -> Layer | None:
        shapes = self.shapes
        if shapes is None:
            return None
        return Layer(self.names.index(shapes.column), shapes.declared, shapes.declared_by)

    def _is_index(self, name: str) -> bool:
        if not _INDEX.fullmatch(name):
            return False
        told = (self.schema.metadata or {}).get(b"pandas", b"")
        try:
            return name in json.loads(told).get("index_columns", ())
        except (ValueError, AttributeError, TypeError):
            return False

    def _as_hex(self, name: str) -> bool:
        """Whether a column of bytes is shown as hexadecimal: shapes, and bytes that are not all text."""
        of = self.schema.field(name).type
        if isinstance(of, pa.BaseExtensionType):
            of = of.storage_type
        if self.shapes and name in self.shapes.columns:
            return True
        if not (kind.is_binary(of) or kind.is_large_binary(of) or kind.is_fixed_size_binary(of)):
            return False
        return not all(is_utf8(_dense(batch[name])) for batch in self._batches([name]))

    def _batches(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        """Batches of at most so many rows and bytes of text, whatever the row groups are."""
        for batch in self.file.iter_batches(_ROWS, columns=names, use_threads=False):
            size = max(1, sum(_text_bytes(column) for column in batch.columns))
            pieces = -(-size // _BATCH)
            step = max(1, batch.num_rows // pieces)
            for start in range(0, batch.num_rows, step):
                yield batch.slice(start, step)

    def _cells(self, name: str, column: pa.Array, rows: pa.Array, as_hex: bool) -> pa.Array:
        of = self.schema.field(name).type
        native = native_kind(of)
        cells = texts(column, as_hex=as_hex)
        if kind.is_floating(of):
            self._not_numbers(name, column, rows)
        if native:
            self.native[name][native] += int(pc.sum(pc.not_equal(cells, "")).as_py() or 0)
        self.staged += cells.nbytes
        if self.staged > max(_FREE, _GROWTH * self.path.stat().st_size):
            raise Refused("parquet_bomb", gigabytes=f"{self.staged / 2**30:.1f}")
        if not as_hex and (pc.max(pc.binary_length(cells)).as_py() or 0) > CELL_LIMIT:
            cells = self._cut(name, cells, rows)
        return cells

    def _cut(self, name: str, cells: pa.Array, rows: pa.Array) -> pa.Array:
        lengths = pc.utf8_length(cells)
        for at in pc.indices_nonzero(pc.greater(lengths, CELL_LIMIT)).to_pylist():
            detail = f'{{"length": {lengths[at].as_py()}, "kept": {CELL_LIMIT}}}'
            row, value = rows[at].as_py(), cells[at].as_py()[:500]
            self.problems.add("cell_cut", row=row, label=name, value=value, detail=detail)
        return pc.utf8_slice_codeunits(cells, 0, CELL_LIMIT)

    def _not_numbers(self, name: str, column: pa.Array, rows: pa.Array) -> None:
        """NaN is how pandas writes an empty cell; infinity is said."""
        found = rows.filter(pc.fill_null(pc.is_inf(column), False))
        for row in found[: max(0, 1_000 - self.problems.by_rule.get("json_not_a_number", 0))].to_pylist():
            self.problems.add("json_not_a_number", row=row, label=name, value="Infinity", severity="warning")


def _is_variable(of: pa.DataType) -> bool:
    return bool(
        kind.is_string(of) or kind.is_binary(of) or kind.is_large_string(of) or kind.is_large_binary(of)
    )


def _dense(column: pa.Array) -> pa.Array:
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    return column.dictionary_decode() if kind.is_dictionary(column.type) else column


def _text_bytes(column: pa.Array) -> int:
    """Bytes that the column has when each of its cells is written out."""
    if not kind.is_dictionary(column.type):
        return int(column.nbytes)
    if not _is_variable(column.type.value_type):
        return 16 * len(column)
    lengths = pc.binary_length(column.dictionary)
    return int(pc.sum(lengths.cast(pa.int64()).take(column.indices)).as_py() or 0)
