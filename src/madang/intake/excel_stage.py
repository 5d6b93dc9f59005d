"""A grid of cells, from whatever workbook, as staged tables: layout found, rows left out, cells as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from madang.intake.excel_cells import CELL_LIMIT, cell_text, column_texts
from madang.intake.layout import TableLayout, infer_layout
from madang.intake.layout_labels import Merge
from madang.intake.problems import ProblemSink
from madang.intake.raw import Evidence, Override, RawColumn, RawTable, StageWriter

_HEAD, _TAIL = 200, 50
_SAMPLE = 3_000  # rows looked at for a layout, at most
_BATCH = 20_000
_LISTED = 1_000
Cells = Sequence[Any]


@dataclass
class Grid:
    """A sheet (or HTML table) in memory. Row i of `rows` is physical row i + 1; columns begin at the sheet's first."""

    name: str
    rows: list[list[Any]]
    merges: list[Merge] = field(default_factory=list)
    hidden: bool = False
    errors: dict[tuple[int, int], str] = field(
        default_factory=dict
    )  # 1-based row, 0-based column -> shown text


class StageFolder:
    """Gives each table its files: ``<prefix>-<n>.arrow`` and ``<prefix>-<n>.problems.parquet``."""

    def __init__(self, folder: Path, prefix: str = "excel") -> None:
        self.folder = folder
        self.prefix = prefix
        self.count = 0

    def next(self) -> tuple[Path, ProblemSink]:
        self.count += 1
        stem = f"{self.prefix}-{self.count}"
        return self.folder / f"{stem}.arrow", ProblemSink(self.folder / f"{stem}.problems.parquet")


def stage_grid(grid: Grid, folder: StageFolder, override: Override) -> list[RawTable]:
    """The tables of a grid, staged; [] for a grid without a filled cell."""
    filled = [
        number for number, row in enumerate(grid.rows, 1) if any(v != "" and v is not None for v in row)
    ]
    if not filled:
        return []
    sample = _sample(grid.rows, filled)
    layouts = infer_layout(
        sample, merges=grid.merges, override_header_rows=override.header_rows, side_by_side=True, trim=True
    )
    tables = []
    for index, layout in enumerate(layouts):
        name = grid.name if index == 0 else f"{grid.name}-{index + 1}"
        tables.append(replace(_stage_table(grid, layout, folder, name, filled), sheet=grid.name))
    _note_outside(grid, layouts, tables, filled)
    return tables


def _sample(rows: list[list[Any]], filled: Sequence[int]) -> list[tuple[int, list[str]]]:
    """Rows to find the layout by: the first, the last, those after blank rows, and rows of words among numbers."""
    last = filled[-1]
    wanted = set(range(1, min(_HEAD, last) + 1)) | set(range(max(1, last - _TAIL + 1), last + 1))
    for before, number in zip(filled, filled[1:], strict=False):
        if number > before + 1 and len(wanted) < _SAMPLE:
            wanted.update(range(before, min(number + 8, last) + 1) if number - before < 50 else (number,))
    typed = [any(type(v) is not str and v is not None for v in rows[n - 1]) for n in filled[:_HEAD]]
    if sum(typed) > 0.5 * len(typed):
        for number in filled[_HEAD:]:
            row = rows[number - 1]
            if len(wanted) >= _SAMPLE:
                break
            if type(row[0]) is str and all(type(v) is str for v in row) and sum(v != "" for v in row) > 1:
                wanted.update(range(number, min(number + 8, last) + 1))
    return [(n, [cell_text(v) for v in rows[n - 1]]) for n in sorted(wanted)]


def _stage_table(
    grid: Grid, layout: TableLayout, folder: StageFolder, name: str, filled: Sequence[int]
) -> RawTable:
    path, sink = folder.next()
    first, last = layout.first_column, layout.last_column
    end = layout.data_end if layout.data_end is not None else filled[-1]
    spans = _fill_merges(grid, layout, end)
    writer = TableWriter(path, layout, sink, grid.errors)
    pending: list[tuple[int, list[Any]]] = []
    for number in range(layout.data_start, end + 1):
        cells = grid.rows[number - 1][first : last + 1]
        cells += [""] * (layout.width - len(cells))
        if all(v == "" or v is None for v in cells):
            pending.append((number, cells))
            continue
        for blank, _ in pending:
            writer.leave(blank, "blank", "")
        pending.clear()
        writer.add(number, cells)
    evidence = list(layout.evidence)
    if spans:
        evidence.append(Evidence("merged", f"{spans:,}곳", "합친 칸의 글을 그 칸들에 모두 채움", 0.9))
    return writer.finish(name, evidence, hidden=grid.hidden)


def _fill_merges(grid: Grid, layout: TableLayout, end: int) -> int:
    """Write the words of merged areas within the data into all their cells; numbers stay where they are."""
    done = 0
    for r0, c0, r1, c1 in grid.merges:
        inside = layout.data_start <= r0 <= end and layout.first_column <= c0 <= layout.last_column
        if not inside or r0 > len(grid.rows) or c0 >= len(grid.rows[r0 - 1]):
            continue
        value = grid.rows[r0 - 1][c0]
        if not isinstance(value, str) or not value.strip():
            continue
        for row in range(r0, min(r1, end) + 1):
            cells = grid.rows[row - 1]
            for column in range(c0, min(c1, layout.last_column, len(cells) - 1) + 1):
                cells[column] = value
        done += 1
    return done


def _note_outside(
    grid: Grid, layouts: Sequence[TableLayout], tables: Sequence[RawTable], filled: Sequence[int]
) -> None:
    """A warning for each cell beside the tables' columns in rows of data (only where there is room for such)."""
    covered = {c for t in layouts for c in range(t.first_column, t.last_column + 1)}
    width = max((len(row) for row in grid.rows[:_HEAD]), default=0)
    free = [c for c in range(width) if c not in covered]
    if not free or not tables:
        return
    listed = 0
    for number in filled:
        row = grid.rows[number - 1]
        for column in free:
            value = cell_text(row[column]) if column < len(row) else ""
            if value.strip() and listed < _LISTED:
                listed += 1
                tables[0].problems.add("cell_outside", row=number, value=value, severity="warning")


class TableWriter:
    """Stages the data rows of one table and keeps the books: native cells, errors, rows left out."""

    def __init__(
        self,
        path: Path,
        layout: TableLayout,
        sink: ProblemSink,
        errors: dict[tuple[int, int], str] | None = None,
    ) -> None:
        self.layout = layout
        self.sink = sink
        self.errors = errors or {}
        self.writer = StageWriter(path, layout.width)
        self.native: list[Counter[str]] = [Counter() for _ in range(layout.width)]
        self.left_out: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        for entry in layout.left_out:
            if entry["kind"] != "repeated_header":
                self.leave(entry["row"], entry["kind"], entry["text"])
        self._numbers: list[int] = []
        self._rows: list[Cells] = []
        self._firsts = {line[0].strip() for line in layout.header_lines if line}

    def leave(self, row: int, kind: str, text: str) -> None:
        """Keep a row that is not data."""
        self.counts[kind] += 1
        if self.counts[kind] <= _LISTED:
            self.left_out.append({"row": row, "kind": kind, "text": text[:500]})

    def label(self, index: int) -> str:
        """What a problem calls a column: its label, or its place where it has none."""
        return self.layout.labels[index] or f"{self.layout.first_column + index + 1}번째 열"

    def add(self, number: int, cells: list[Any]) -> None:
        """Stage one row of the table's width, unless it repeats the header."""
        first = cells[0]
        if type(first) is str and first.strip() in self._firsts:
            texts = [cell_text(v) for v in cells]
            if self.layout.repeats_header(texts):
                self.leave(number, "repeated_header", " ".join(t for t in texts if t))
                return
        self._numbers.append(number)
        self._rows.append(cells)
        if len(self._rows) >= _BATCH:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        arrays = []
        for index, values in enumerate(zip(*self._rows, strict=True)):
            texts, native = column_texts(values)
            self.native[index].update(native)
            if max(map(len, texts)) > CELL_LIMIT:
                texts = self._cut(index, texts)
            arrays.append(pa.array(texts, pa.string()))
        self.writer.write(pa.array(self._numbers, pa.int64()), arrays)
        self._tell_errors()
        self._numbers, self._rows = [], []

    def _cut(self, index: int, texts: list[str]) -> list[str]:
        label = self.label(index)
        for at, text in enumerate(texts):
            if len(text) > CELL_LIMIT:
                detail = f'{{"length": {len(text)}, "kept": {CELL_LIMIT}}}'
                self.sink.add("cell_cut", row=self._numbers[at], label=label, value=text[:500], detail=detail)
        return [text[:CELL_LIMIT] for text in texts]

    def _tell_errors(self) -> None:
        if not self.errors:
            return
        rows = set(self._numbers)
        for (row, column), shown in sorted(self.errors.items()):
            index = column - self.layout.first_column
            if row in rows and 0 <= index < self.layout.width:
                self.sink.add("cell_error", row=row, label=self.label(index), value=shown)

    def finish(self, member: str | None, evidence: list[Evidence], *, hidden: bool = False) -> RawTable:
        """Close the stage and hand the table over."""
        self._flush()
        self.writer.close()
        columns = [
            RawColumn(index, label, dict(self.native[index]))
            for index, label in enumerate(self.layout.labels)
        ]
        return RawTable(
            member=member,
            stage=self.writer.path,
            columns=columns,
            rows=self.writer.rows,
            header_rows=self.layout.header_rows,
            problems=self.sink,
            evidence=evidence,
            left_out=self.left_out,
            left_out_counts=dict(self.counts),
            hidden=hidden,
            first_column=self.layout.first_column,
        )
