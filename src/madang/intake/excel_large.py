"""Worksheets above two million cells: streamed by DuckDB's excel extension in batches, so that memory does not grow.

DuckDB hands every cell over as text and dates as serial numbers; the formats of the first rows say which columns are
dates, times or booleans. Merged areas are not known here: headers of several levels are filled to the right instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.engine.duck import connect, load_excel
from madang.intake.excel_cells import CELL_LIMIT, number_text
from madang.intake.excel_guard import SheetFacts
from madang.intake.excel_stage import StageFolder, TableWriter
from madang.intake.excel_styles import Native, column_natives
from madang.intake.excel_widen import FilledLater, widened
from madang.intake.layout import TableLayout, infer_layout
from madang.intake.problems import ProblemSink
from madang.intake.raw import Override, RawTable, Refused

_BATCH = 20_000
_HEAD, _TAIL = 300, 60
_SERIAL = r"^\d{1,7}(?:\.\d+)?(?:[eE]-?\d+)?$"
_VALUE = r"^(?:-?[.\d]|TRUE$|FALSE$)"
_LONG = 15  # characters from which on a number may be written with more digits than it has
_ERRORS = pa.array(["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!"])
_SECONDS = 86_400
_DAYS_1900, _DAYS_1904 = 25_569, 24_107  # serial of 1970-01-01


class Columns:
    """Makes the texts of DuckDB the texts that a small sheet would have given; counts native cells by column."""

    def __init__(self, natives: dict[int, Native], mac: bool, width: int) -> None:
        self.natives: list[Native] = [natives.get(i, "text") for i in range(width)]
        self.epoch = _DAYS_1904 if mac else _DAYS_1900
        self.counts = [0] * width

    def texts(self, index: int, values: pa.Array) -> pa.Array:
        """One column of a batch: null -> "", serials -> ISO dates or clock times, 1 and 0 -> TRUE and FALSE."""
        kind = self.natives[index]
        values = pc.fill_null(values, "")
        if kind == "text":
            return values
        if kind == "number":
            return _shortened(values)
        coded = pc.dictionary_encode(values)
        words = coded.dictionary
        if kind == "boolean":
            wanted = pc.is_in(words, value_set=pa.array(["0", "1"]))
            found = pc.if_else(pc.equal(words, "1"), "TRUE", "FALSE")
        else:
            wanted = pc.match_substring_regex(words, _SERIAL)
            found = self._moments(kind, words, wanted)
        return pc.if_else(wanted, found, words).take(coded.indices)

    def count(self, index: int, values: pa.Array) -> None:
        """Count the native cells of one column of data."""
        if self.natives[index] != "text":
            self.counts[index] += pc.sum(pc.match_substring_regex(values, _VALUE)).as_py() or 0

    def _moments(self, kind: Native, values: pa.Array, wanted: pa.Array) -> pa.Array:
        numbers = pc.cast(pc.if_else(wanted, values, "0"), pa.float64()).to_numpy(zero_copy_only=False)
        seconds = np.rint(numbers * _SECONDS).astype(np.int64)
        if kind == "time":
            return _clock(seconds)
        # Excel counts 29 February 1900, which never was: serials below 60 lie one day later
        shift = np.where((numbers < 60) & (self.epoch == _DAYS_1900), 1, 0) - self.epoch
        moments = seconds + shift * _SECONDS
        whole = pa.array((moments % _SECONDS) == 0)
        stamps = pa.array(moments, pa.int64()).cast(pa.timestamp("s"))
        days = pc.strftime(stamps, format="%Y-%m-%d")
        return pc.if_else(whole, days, pc.strftime(stamps, format="%Y-%m-%dT%H:%M:%S"))


def _shortened(values: pa.Array) -> pa.Array:
    """Numbers written with all 17 digits or an exponent as their shortest text."""
    long = pc.greater(pc.binary_length(values), _LONG)
    powers = pc.match_substring(values, "E", ignore_case=True)
    if pc.any(pc.and_(long, pc.invert(powers))).as_py():
        wanted = pc.and_(pc.and_(long, pc.invert(powers)), pc.match_substring_regex(values, r"^-?\d+\.\d+$"))
        numbers = pc.cast(pc.if_else(wanted, values, "0"), pa.float64())
        values = pc.if_else(wanted, pc.cast(numbers, pa.string()), values)
    if pc.any(powers).as_py():
        wanted = pc.and_(powers, pc.match_substring_regex(values, r"^-?\d+(?:\.\d+)?[eE][+-]?\d+$"))
        short = [number_text(float(v)) for v in pc.filter(values, wanted).to_pylist()]
        values = pc.replace_with_mask(values, wanted, pa.array(short, pa.string()))
    return values


def _clock(seconds: Any) -> pa.Array:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    two = np.char.zfill(np.abs(np.stack([hours, minutes, rest])).astype(str), 2)
    text = np.char.add(np.char.add(two[0], ":"), two[1])
    full = np.char.add(np.char.add(text, ":"), two[2])
    return pa.array(np.where(rest == 0, text, full).astype(object), pa.string())


def stage_large(path: Path, facts: SheetFacts, folder: StageFolder, override: Override) -> list[RawTable]:
    """The table of a large sheet (after smaller ones above it, if its first 300 rows hold any), staged.

    Raises Refused: workbook_sheet_broken.
    """
    natives, mac = column_natives(path, facts)
    columns = Columns(natives, mac, facts.columns)
    stream = _Sheet(path, facts, columns, folder.folder / "spill")
    head = stream.head()
    layouts = infer_layout(head, override_header_rows=override.header_rows, trim=True)
    if not layouts:
        return []
    tables = []
    for index, layout in enumerate(layouts):
        stage, sink = folder.next()
        name = facts.name if index == 0 else f"{facts.name}-{index + 1}"
        if index < len(layouts) - 1:
            writer = TableWriter(stage, layout, sink)
            for number, cells in head:
                if layout.data_start <= number <= (layout.data_end or 0) and any(cells):
                    writer.add(number, list(cells[layout.first_column : layout.last_column + 1]))
        else:
            writer = _poured(stream, layout, stage, sink, head)
            layout = writer.layout
        table = writer.finish(name, list(layout.evidence), hidden=facts.hidden)
        if index == len(layouts) - 1:
            _native(table, columns, layout.first_column)
        tables.append(replace(table, sheet=facts.name))
    return tables


def _poured(
    stream: _Sheet, layout: TableLayout, stage: Path, sink: ProblemSink, head: list[tuple[int, list[str]]]
) -> TableWriter:
    """The staged last table; staged again, wider, whenever a column that was taken for empty has a value further down."""
    while True:
        writer = TableWriter(stage, layout, sink)
        try:
            _pour(stream, layout, writer, head)
            return writer
        except FilledLater as found:
            writer.writer.close()
            sink.close()
            sink = ProblemSink(sink.path)
            stream.columns.counts = [0] * len(stream.columns.counts)
            layout = widened(layout, found, _HEAD)


def _native(table: RawTable, columns: Columns, first: int) -> None:
    for column in table.columns:
        place = first + column.index
        if columns.counts[place]:
            column.native[columns.natives[place]] = columns.counts[place]


class _Sheet:
    """The rows of a sheet as batches of text columns, with their physical numbers; read once from top to bottom."""

    def __init__(self, path: Path, facts: SheetFacts, columns: Columns, spill: Path) -> None:
        self.path, self.facts, self.columns, self.spill = path, facts, columns, spill

    def head(self) -> list[tuple[int, list[str]]]:
        """The first 300 rows."""
        rows: list[tuple[int, list[str]]] = []
        for numbers, batch in self.batches():  # a range of 300 rows would be read to the sheet's end too
            cells = [column.to_pylist() for column in batch.slice(0, _HEAD).columns]
            rows += [(number, [c[i] for c in cells]) for i, number in enumerate(numbers[:_HEAD].tolist())]
            if len(rows) >= _HEAD:
                break
        return rows[:_HEAD]

    def batches(self) -> Iterator[tuple[Any, pa.RecordBatch]]:
        """(physical rows, batch of text columns), one after another."""
        area = f"A1:{_letters(self.facts.columns)}{self.facts.rows}"
        query = "SELECT * FROM read_xlsx(?, sheet=?, all_varchar=true, header=false, range=?, stop_at_empty=false)"
        try:
            with connect(temp_dir=self.spill) as con:
                load_excel(con)
                reader = con.execute(query, [str(self.path), self.facts.name, area]).to_arrow_reader(_BATCH)
                at = 1
                for batch in reader:
                    cells = [self.columns.texts(i, column) for i, column in enumerate(batch.columns)]
                    numbers = np.arange(at, at + batch.num_rows, dtype=np.int64)
                    at += batch.num_rows
                    yield numbers, pa.record_batch(cells, names=[f"c{i}" for i in range(len(cells))])
        except (duckdb.Error, pa.ArrowException, OSError) as error:
            raise Refused("workbook_sheet_broken", file=self.path.name, sheet=self.facts.name) from error


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def _pour(
    stream: _Sheet, layout: TableLayout, writer: TableWriter, head: list[tuple[int, list[str]]]
) -> None:
    """Stage the rows of the last table from where its data begins; the last 60 rows wait for the notes below it."""
    held: tuple[Any, pa.RecordBatch] | None = None
    for numbers, batch in stream.batches():
        if held is not None:
            numbers = np.concatenate([held[0], numbers])
            batch = pa.concat_batches([held[1], batch])
        cut = max(0, batch.num_rows - _TAIL)
        _write(numbers[:cut], batch.slice(0, cut), layout, writer, stream.columns)
        held = numbers[cut:], batch.slice(cut)
    if held is None:
        return
    numbers, batch = held
    cells = [column.to_pylist() for column in batch.columns]
    tail = [(number, [c[i] for c in cells]) for i, number in enumerate(numbers.tolist())]
    whole = infer_layout([row for row in head if row[0] >= _first(layout)], tail)
    end = whole[0].data_end if whole else None
    for entry in whole[0].left_out if whole else ():
        if entry["kind"] == "footnote" and entry["row"] > layout.data_start:
            writer.leave(entry["row"], entry["kind"], entry["text"])
    filled = [number for number, row in tail if any(c.strip() for c in row)]
    last = max((number for number in filled if end is None or number <= end), default=int(numbers[0]) - 1)
    keep = int(np.searchsorted(numbers, last, side="right"))
    _write(numbers[:keep], batch.slice(0, keep), layout, writer, stream.columns)


def _first(layout: TableLayout) -> int:
    return min((*layout.header_rows, layout.data_start))


def _write(
    numbers: Any, batch: pa.RecordBatch, layout: TableLayout, writer: TableWriter, counter: Columns
) -> None:
    """Stage rows of data: from the table's start, without blank rows and repeated headers, errors emptied."""
    skip = int(np.searchsorted(numbers, layout.data_start))
    numbers, batch = numbers[skip:], batch.slice(skip)
    if not len(numbers):
        return
    for index, column in enumerate(batch.columns):
        if (
            not layout.first_column <= index <= layout.last_column
            and pc.max(pc.binary_length(column)).as_py()
        ):
            place = int(np.flatnonzero(pc.binary_length(column).to_numpy())[0])
            raise FilledLater(index, int(numbers[place]))
    columns = batch.columns[layout.first_column : layout.last_column + 1]
    blank = np.logical_and.reduce([pc.equal(c, "").to_numpy(zero_copy_only=False) for c in columns])
    keep = ~blank
    for line in layout.header_lines:
        first = pc.equal(columns[0], line[0]).to_numpy(zero_copy_only=False) & keep
        for at in np.flatnonzero(first):
            cells = [c[int(at)].as_py() for c in columns]
            if layout.repeats_header(cells):
                writer.leave(int(numbers[at]), "repeated_header", " ".join(filter(None, cells)))
                keep[at] = False
    for number in numbers[blank].tolist():
        writer.leave(number, "blank", "")
    if not keep.all():
        columns = [c.filter(pa.array(keep)) for c in columns]
        numbers = numbers[keep]
    if len(numbers):
        cells = [_mend(c, numbers, writer.label(i), writer) for i, c in enumerate(columns)]
        for i, cell in enumerate(cells):
            counter.count(layout.first_column + i, cell)
        writer.writer.write(pa.array(numbers, pa.int64()), cells)


def _mend(column: pa.Array, numbers: Any, label: str, writer: TableWriter) -> pa.Array:
    """Formula errors become empty cells, cells over the limit are cut; each with a problem row."""
    errors = pc.is_in(column, value_set=_ERRORS)
    if pc.any(errors).as_py():
        for at in np.flatnonzero(errors.to_numpy(zero_copy_only=False)):
            writer.sink.add("cell_error", row=int(numbers[at]), label=label, value=column[int(at)].as_py())
        column = pc.if_else(errors, "", column)
    long = pc.greater(pc.utf8_length(column), CELL_LIMIT)
    if pc.any(long).as_py():
        for at in np.flatnonzero(long.to_numpy(zero_copy_only=False)):
            text = column[int(at)].as_py()
            detail = f'{{"length": {len(text)}, "kept": {CELL_LIMIT}}}'
            writer.sink.add("cell_cut", row=int(numbers[at]), label=label, value=text[:500], detail=detail)
        column = pc.utf8_slice_codeunits(column, 0, CELL_LIMIT)
    return column
