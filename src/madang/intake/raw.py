"""What a reader hands over: tables found in a file, staged on disk as text with their physical row numbers.

Readers (`csv`, `excel`) find tables, repair what can be repaired and say so; they never type a value.
A staged table is an Arrow IPC file (lz4) of record batches: column ``source_row`` (int64, the 1-based
physical row in the file or sheet) and text columns ``c0 … cN`` in source order. An empty cell is "".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from madang.intake.problems import ProblemSink

MOST_COLUMNS = 5_000  # of a table; a wider one would not be checked within the memory of a session
Progress = Callable[[int, int | None], None]  # bytes or rows done, of how many (None: not known)


def no_progress(done: int, total: int | None) -> None:
    """A progress port that listens to nobody."""


# the name of a step that a deposit begins -> where that step tells how far it is: "keeping" (the original is copied),
# "reading" (bytes of the file), "examining", "conforming" (rows), "checking", "committing"
Steps = Callable[[str], Progress]


def no_steps(name: str) -> Progress:
    """Steps that nobody follows."""
    return no_progress


@dataclass(frozen=True)
class Override:
    """What a person fixed instead of letting it be inferred; None means infer."""

    encoding: str | None = None
    delimiter: str | None = None
    header_rows: tuple[int, ...] | None = None  # 1-based physical rows; () = the file has no header
    standard: str | None = None
    text: bool = False  # keep every column as text
    types: dict[str, str] = field(default_factory=dict)  # label -> type
    mapping: dict[str, str] = field(default_factory=dict)  # label -> column of the standard ("" = of none)
    crs: str | None = (
        None  # "EPSG:5174" …: the coordinate system of its easting and northing, or of its layer
    )
    sheet: str | None = (
        None  # of several tables in the file, only the one that stands there (`RawTable.member`)
    )


@dataclass(frozen=True)
class Evidence:
    """One decision of a reader: what was decided, from what, and how sure (0..1). Shown in the receipt."""

    decision: str  # "encoding", "delimiter", "header", "layout", "type:<label>", "standard" …
    value: str
    because: str  # a Korean clause, e.g. "BOM이 있음", "표본 1,000행 가운데 998행이 9칸"
    confidence: float


@dataclass(frozen=True)
class RawColumn:
    """A column as the source names it. `label` has joined header levels ("남_0세"); "" where the header is empty."""

    index: int  # position: staged as c<index>
    label: str
    # how many of its cells were native numbers / dates / booleans in a workbook; empty for text formats.
    # Native dates are staged as ISO text (YYYY-MM-DD, YYYY-MM-DDTHH:MM:SS, HH:MM), numbers as shortest text.
    native: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Layer:
    """The shapes of a table: where they are staged and which coordinate system the file says they are in.

    `column` is the position of the staged column that holds each shape as hexadecimal WKB in the file's own
    coordinates (x, y order as in the file; "" = no shape). `declared`: "EPSG:5174" or WKT, None where nothing is said.
    """

    column: int
    declared: str | None = None
    declared_by: str = ""  # a Korean clause: ".prj 파일", "crs 항목", "GeoJSON의 기본값(RFC 7946)"


@dataclass
class RawTable:
    """One table found in a file, staged as text."""

    member: str | None  # sheet name, or "표2" for the second table of a file; None where a file is one table
    stage: Path  # Arrow IPC file
    columns: list[RawColumn]
    rows: int  # staged data rows
    header_rows: tuple[int, ...]  # physical rows of the header; () where there is none
    problems: ProblemSink  # structural problems, still open: later steps add to it
    encoding: str | None = None
    delimiter: str | None = None
    evidence: list[Evidence] = field(default_factory=list)
    # rows that are not data, kept: {"row": 1, "kind": "preamble"|"footnote"|"unit"|"total"|"blank"|"repeated_header"|"column_numbers", "text": "…"}
    # (lists are cut at 1,000 entries per kind; `left_out_counts` has the true numbers)
    left_out: list[dict[str, Any]] = field(default_factory=list)
    left_out_counts: dict[str, int] = field(default_factory=dict)
    hidden: bool = False  # a hidden sheet
    sheet: str | None = None  # the sheet it stands in
    first_column: int = 0  # 0-based column of the sheet or file in which its first column stands
    layer: Layer | None = None  # shapes, where the file has any
    refused: Refused | None = None  # why it is none: a broken file among the good ones of an archive

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The staged rows, one record batch after another, read without mapping the file into memory."""
        with pa.OSFile(str(self.stage)) as source, pa.ipc.open_file(source) as reader:
            for index in range(reader.num_record_batches):
                yield reader.get_batch(index)

    def schema(self) -> pa.Schema:
        return stage_schema(len(self.columns))


def stage_schema(columns: int) -> pa.Schema:
    """Schema of a staged table of so many text columns."""
    return pa.schema([("source_row", pa.int64()), *((f"c{i}", pa.string()) for i in range(columns))])


class StageWriter:
    """Writes a staged table batch by batch: ``write(rows, arrays)`` then ``close()``."""

    def __init__(self, path: Path, columns: int) -> None:
        self.path = path
        self.schema = stage_schema(columns)
        self.rows = 0
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        self._sink = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_file(self._sink, self.schema, options=options)

    def write(self, source_row: pa.Array, cells: list[pa.Array]) -> None:
        batch = pa.record_batch([source_row, *cells], schema=self.schema)
        self._writer.write_batch(batch)
        self.rows += batch.num_rows

    def close(self) -> None:
        self._writer.close()
        self._sink.close()


class Refused(Exception):
    """A file or table that cannot be taken: `code` of the vocabulary and the parameters of its sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.code, self.params)


def _again(code: str, params: dict[str, Any]) -> Refused:
    return Refused(code, **params)
