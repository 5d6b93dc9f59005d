"""The data rows of one table, from blocks of text to the staged file: bulk through Arrow, broken rows by hand."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from madang.intake.csv_record import SPAN_LINES, Dialect, records
from madang.intake.csv_repair import CELL_LIMIT, Fault, Fixed, Repairer
from madang.intake.csv_scan import Walk, scan
from madang.intake.problems import ProblemSink
from madang.intake.raw import Refused, StageWriter

LONGEST_RECORD = 64 << 20  # bytes without a line end: no table
_WAITING = 2  # blocks parsed while the next one is decoded and scanned
_LISTED = 1_000  # left-out rows listed per kind

Array = npt.NDArray[np.int64]


class LastColumnFilled(Exception):
    """A column taken for the empty space behind a trailing delimiter has a value after all."""


@dataclass
class Body:
    """Stages the rows of one table: `feed` blocks of complete lines, then `close`.

    Blank rows and rows equal to one of `repeated` (the header's lines as bytes) are counted, not staged; so are the
    physical rows in `skipped`. Every broken record leaves problems.
    """

    dialect: Dialect
    width: int
    repairer: Repairer
    stage: Path
    problems: ProblemSink
    labels: list[str]
    row: int  # physical row of the next line fed
    repeated: tuple[bytes, ...] = ()
    skipped: frozenset[int] = frozenset()
    left_out: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    drop_last: bool = False  # the last column is the empty space behind a trailing delimiter
    padding: int = 0  # columns of the header that the rows do not have
    rows: int = 0

    def __post_init__(self) -> None:
        self._rest = b""
        self._closed = False
        self._writer = StageWriter(self.stage, self.width - self.drop_last + self.padding)
        self._pool = ThreadPoolExecutor(1, "csv")
        self._waiting: deque[Future[None]] = deque()
        delimiter, quote = self.dialect.byte.encode(), self.dialect.quote.encode()
        self._blank = [] if self.width < 2 else [delimiter * (self.width - 1)]
        if self.width > 1 and quote:
            self._blank.append(delimiter.join([quote * 2] * self.width))

    def feed(self, data: bytes, final: bool = False) -> None:
        """Take further complete lines; with `final` nothing follows and open quotes are broken ones."""
        data = self._rest + data
        self._rest = b""
        if not data:
            return
        walk = Walk.over(scan(data, self.dialect))
        fixed = self._walk(walk, final)
        self._leave_out(walk)
        bulk, begins = walk.bulk()
        numbers = begins + self.row
        block = walk.block
        self.row += walk.line
        self._rest = data[block.starts[walk.line] :]
        if len(self._rest) > LONGEST_RECORD:
            raise Refused("csv_line_too_long", line=self.row, megabytes=LONGEST_RECORD >> 20)
        while len(self._waiting) >= _WAITING:
            self._waiting.popleft().result()
        long = len(begins) > 0 and int(np.diff(block.starts[np.append(begins, walk.line)]).max()) > CELL_LIMIT
        self._waiting.append(self._pool.submit(self._stage, bulk, numbers, fixed, long))

    def close(self) -> None:
        """Finish: everything is on disk after it."""
        try:
            if self._rest:
                self.feed(b"", final=True)
            while self._waiting:
                self._waiting.popleft().result()
        finally:
            self.abandon()
        self.rows = self._writer.rows

    def abandon(self) -> None:
        """Stop the worker and close the staged file, finished or not."""
        if not self._closed:
            self._closed = True
            self._pool.shutdown(cancel_futures=True)
            self._writer.close()

    def _walk(self, walk: Walk, final: bool) -> list[Fixed]:
        """Go through a block; broken records are read by hand on the way."""
        fixed: list[Fixed] = []
        block = walk.block
        while walk.line < block.lines:
            stop, broken = walk.stretch()
            if stop >= block.lines:
                break
            more = block.lines - stop
            waits = more <= SPAN_LINES and block.starts[-1] - block.starts[stop] < CELL_LIMIT
            if not final and waits:
                break
            if not broken and not final and more <= SPAN_LINES:
                break
            lines = [block.text(line) for line in range(stop, min(block.lines, stop + SPAN_LINES))]
            some, used = self.repairer.take(lines, self.row + stop)
            fixed += some
            walk.drop(used)
        return fixed

    def _leave_out(self, walk: Walk) -> None:
        lengths = walk.block.lengths()
        end = np.arange(walk.block.lines) < walk.line
        blank = walk.drop_records((lengths == 0) & end)
        for pattern in self._blank:
            blank += walk.drop_records(walk.equal_to(pattern) & end)
        self._count("blank", blank)
        here = [row - self.row for row in self.skipped if self.row <= row < self.row + walk.line]
        if here:
            marked = np.zeros(walk.block.lines, bool)
            marked[here] = True
            walk.drop_records(marked)
        for pattern in self.repeated:
            marked = walk.equal_to(pattern) & end & walk.kept
            for line in np.flatnonzero(marked)[:_LISTED]:
                self._list("repeated_header", self.row + int(line), walk.block.text(int(line)))
            self._count("repeated_header", walk.drop_records(marked))

    def _count(self, kind: str, number: int) -> None:
        if number:
            self.counts[kind] = self.counts.get(kind, 0) + number

    def _list(self, kind: str, row: int, text: str) -> None:
        if sum(entry["kind"] == kind for entry in self.left_out) < _LISTED:
            self.left_out.append({"row": row, "kind": kind, "text": self.dialect.restore(text)[:500]})

    # on the worker's thread from here

    def _stage(self, bulk: bytes, numbers: Array, fixed: list[Fixed], long: bool) -> None:
        arrays, numbers, wrong = self._parse(bulk, numbers)
        if long:
            arrays = [self._cut(index, array, numbers) for index, array in enumerate(arrays)]
        for number, text in wrong:
            fixed = fixed + self.repairer.wrong_width(text, number)
        kept = [each for each in fixed if each.cells is not None]
        self._count("blank", len(fixed) - len(kept))
        blank = [each for each in kept if not any(cell.strip() for cell in each.cells or [])]
        if blank and self.width > 1:
            self._count("blank", len(blank))
            kept = [each for each in kept if each not in blank]
        self._tell(kept)
        rows = _integers(numbers)
        if kept:
            rows, arrays = self._merged(rows, arrays, kept)
        if len(rows):
            self._writer.write(rows, self._shaped(arrays, len(rows)))

    def _parse(self, bulk: bytes, numbers: Array) -> tuple[list[pa.Array], Array, list[tuple[int, str]]]:
        """Arrow columns of the rows that have the right width, their physical rows, and the others as text."""
        wrong: list[Any] = []
        names = [f"c{i}" for i in range(self.width)]
        if not bulk:
            return [_strings([]) for _ in names], numbers, []

        def keep(row: Any) -> str:
            wrong.append(row)
            return "skip"

        table = pacsv.read_csv(
            pa.py_buffer(bulk),
            read_options=pacsv.ReadOptions(column_names=names, use_threads=False, block_size=len(bulk) + 1),
            parse_options=pacsv.ParseOptions(
                delimiter=self.dialect.byte if self.dialect.delimiter else "\x1f",
                quote_char=self.dialect.quote or False,
                newlines_in_values=bool(self.dialect.quote),
                invalid_row_handler=keep,
            ),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), check_utf8=False, strings_can_be_null=False
            ),
        ).combine_chunks()
        if table.num_rows + len(wrong) != len(numbers):
            return self._slowly(bulk, numbers)
        arrays = [
            self._restored(column.chunk(0) if column.num_chunks else _strings([])) for column in table.columns
        ]
        places = np.array([row.number - 1 for row in wrong], np.int64)
        others = [(int(numbers[place]), row.text) for place, row in zip(places, wrong, strict=True)]
        return arrays, np.delete(numbers, places), others

    def _slowly(self, bulk: bytes, numbers: Array) -> tuple[list[pa.Array], Array, list[tuple[int, str]]]:
        """The same in plain Python, for text that Arrow would cut into other records than the scan did."""
        found = records(bulk.decode().split("\n")[:-1], self.dialect)
        rows = [(int(number), each) for number, each in zip(numbers, found, strict=False)]
        right = [
            (number, each.cells) for number, each in rows if len(each.cells) == self.width and each.sound
        ]
        wrong = [
            (number, each.text) for number, each in rows if len(each.cells) != self.width or not each.sound
        ]
        arrays = [self._restored(_strings([cells[i] for _, cells in right])) for i in range(self.width)]
        return arrays, np.array([number for number, _ in right], np.int64), wrong

    def _restored(self, array: pa.Array) -> pa.Array:
        for sign, meant in self.dialect.restored.items() if self.dialect.changes_text else ():
            array = pc.replace_substring(array, sign, meant)
        return array

    def _merged(
        self, rows: pa.Array, arrays: list[pa.Array], fixed: list[Fixed]
    ) -> tuple[pa.Array, list[pa.Array]]:
        both = pa.concat_arrays([rows, _integers(np.array([each.row for each in fixed], np.int64))])
        places = _integers(np.argsort(both.to_numpy(), kind="stable"))
        columns = [
            pa.concat_arrays([array, _strings([each.cells[i] for each in fixed if each.cells is not None])])
            for i, array in enumerate(arrays)
        ]
        return both.take(places), [column.take(places) for column in columns]

    def _tell(self, fixed: list[Fixed]) -> None:
        for each in fixed:
            for fault in each.faults:
                self._problem(fault, each.row, each.raw)
            for index, cell in enumerate(each.cells or []):
                if len(cell) > CELL_LIMIT and each.cells is not None:
                    each.cells[index] = self._shortened(index, cell, each.row)

    def _cut(self, index: int, array: pa.Array, numbers: Array) -> pa.Array:
        """A column whose cells are none longer than the limit."""
        places = np.flatnonzero(pc.binary_length(array).to_numpy(zero_copy_only=False) > CELL_LIMIT)
        if not len(places):
            return array
        cells = array.to_pylist()
        for place in places:
            if len(cells[place]) > CELL_LIMIT:
                cells[place] = self._shortened(index, cells[place], int(numbers[place]))
        return _strings(cells)

    def _shortened(self, index: int, cell: str, row: int) -> str:
        label = self.labels[index] if index < len(self.labels) else None
        self._problem(Fault("cell_cut", {"length": len(cell), "kept": CELL_LIMIT}), row, cell, label)
        return cell[:CELL_LIMIT]

    def _problem(self, fault: Fault, row: int, raw: str, label: str | None = None) -> None:
        self.problems.add(
            fault.rule, row=row, label=label, value=raw, severity="warning", detail=fault.json()
        )

    def _shaped(self, arrays: list[pa.Array], count: int) -> list[pa.Array]:
        """The columns to be staged: without the empty one behind a trailing delimiter, with those only in the header."""
        if self.drop_last:
            last = arrays.pop()
            if count and pc.max(pc.binary_length(last)).as_py():
                raise LastColumnFilled
        return arrays + [_strings([""] * count) for _ in range(self.padding)]


# pa.array would import pandas (a second) to see whether it was given something of that kind


def _strings(cells: list[str]) -> pa.Array:
    builder = pa.lib.StringBuilder()
    builder.append_values(cells)
    return builder.finish()


def _integers(numbers: Array) -> pa.Array:
    buffer = pa.py_buffer(np.ascontiguousarray(numbers, np.int64))
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, buffer])
