"""Read a CSV or TSV file as it is: find its tables, put right what is sound to put right, stage every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from madang.intake.csv_body import LONGEST_RECORD, Body, LastColumnFilled
from madang.intake.csv_encoding import Encoding, choose_encoding, fall_back
from madang.intake.csv_outline import Outline, Part, outline
from madang.intake.csv_text import TextStream
from madang.intake.problems import ProblemSink
from madang.intake.raw import Evidence, Override, Progress, RawColumn, RawTable, Refused, no_progress

BLOCK = 8 << 20  # bytes of text scanned and parsed at a time


def read_csv(
    path: Path, stage_dir: Path, override: Override, progress: Progress = no_progress
) -> list[RawTable]:
    """The tables of a delimited text file, each staged as text under `stage_dir` with its physical row numbers.

    Encoding, delimiter, quoting, header and rows that are not data are inferred unless `override` fixes them; what
    was decided stands in each table's evidence, what was broken in its problems (left open for later steps).
    Memory is bounded by some blocks of 8 MB. Raises Refused: file_empty, csv_binary, csv_undecodable,
    csv_unknown_encoding, csv_line_too_long, csv_too_many_columns.
    """
    encoding = choose_encoding(path, override.encoding)
    keep_last = False
    while True:
        reading = _Reading(path, stage_dir, override, progress, keep_last)
        try:
            return reading.run(encoding)
        except UnicodeDecodeError as error:
            reading.abandon()
            encoding = fall_back(path, encoding, error)
        except LastColumnFilled:
            reading.abandon()
            keep_last = True
        except Refused as refused:
            reading.abandon()
            raise Refused(refused.code, **{"file": path.name, **refused.params}) from refused
        except BaseException:
            reading.abandon()
            raise


def whole_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same text in blocks of about `BLOCK` bytes that end with LF; a missing last line end is added."""
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        held.append(piece)
        size += len(piece)
        cut = piece.rfind(b"\n") + 1
        if size >= BLOCK and cut:
            held[-1] = piece[:cut]
            yield b"".join(held)
            held = [piece[cut:]]
            size = len(held[0])
        elif size > LONGEST_RECORD + BLOCK and b"\n" not in b"".join(held[-(LONGEST_RECORD // len(piece)) :]):
            raise Refused("csv_line_too_long", megabytes=LONGEST_RECORD >> 20)
    rest = b"".join(held)
    if rest:
        yield rest if rest.endswith(b"\n") else rest + b"\n"


@dataclass
class _Open:
    """A table that is being staged."""

    part: Part
    body: Body


@dataclass
class _Reading:
    """One attempt to read a file in one encoding."""

    path: Path
    stage_dir: Path
    override: Override
    progress: Progress
    keep_last: bool
    tables: list[_Open] = field(default_factory=list)

    def run(self, encoding: Encoding) -> list[RawTable]:
        stream = TextStream(self.path, encoding)
        total = self.path.stat().st_size
        blocks = whole_lines(stream.blocks())
        first = next(blocks, b"")
        if not first.strip():
            raise Refused("file_empty", file=self.path.name)
        plan = outline(self.path, first, stream, self.override)
        if self.keep_last:
            plan = replace(plan, parts=[replace(part, drop_last=False) for part in plan.parts])
        self._open(plan)
        row, position = 1, 0
        block: bytes | None = first
        while block is not None:
            prepared = plan.dialect.prepare(block)
            row, position = self._route(prepared, row, position)
            self.progress(min(stream.done, total), total)
            block = next(blocks, None)
        for table in self.tables:
            table.body.close()
        return self._finished(plan, stream)

    def _open(self, plan: Outline) -> None:
        for number, part in enumerate(plan.parts, start=1):
            problems = ProblemSink(self.stage_dir / f"table{number}.problems.parquet")
            body = Body(
                dialect=plan.dialect,
                width=part.width,
                repairer=part.repairer,
                stage=self.stage_dir / f"table{number}.arrow",
                problems=problems,
                labels=part.labels,
                row=part.first,
                repeated=part.repeated,
                skipped=part.skipped,
                drop_last=part.drop_last,
                padding=part.padding,
            )
            self.tables.append(_Open(part, body))

    def _route(self, block: bytes, row: int, current: int) -> tuple[int, int]:
        """Hand the lines of a block, of which the first is physical line `row`, to the tables they belong to."""
        lines = block.count(b"\n")
        after = row + lines
        index = current
        while index < len(self.tables):
            part = self.tables[index].part
            last = after - 1 if part.last is None else part.last
            if part.first < after and last >= row:
                begin = _offset(block, max(0, part.first - row))
                end = len(block) if last >= after - 1 else _offset(block, last - row + 1)
                self.tables[index].body.feed(block[begin:end] if (begin, end) != (0, len(block)) else block)
            if part.last is None or part.last >= after - 1:
                break
            index += 1
        return after, index

    def _finished(self, plan: Outline, stream: TextStream) -> list[RawTable]:
        several = len(self.tables) > 1
        found = []
        for number, table in enumerate(self.tables, start=1):
            part, body = table.part, table.body
            names = part.labels[:-1] if part.drop_last else part.labels
            self._tell(stream, table, number == len(self.tables))
            found.append(
                RawTable(
                    member=f"표{number}" if several else None,
                    stage=body.stage,
                    columns=[RawColumn(index, label) for index, label in enumerate(names)],
                    rows=body.rows,
                    header_rows=part.header_rows,
                    problems=body.problems,
                    encoding=stream.encoding.codec,
                    delimiter=plan.dialect.delimiter,
                    evidence=[stream.encoding.evidence(), plan.evidence, *_evidence(part, body)],
                    left_out=sorted([*part.left_out, *body.left_out], key=_by_row),
                    left_out_counts=_counts(part, body),
                )
            )
        return found

    def _tell(self, stream: TextStream, table: _Open, last: bool) -> None:
        heading = table.part.header_rows[0] if table.part.header_rows else None
        for rule, detail in table.part.problems:
            table.body.problems.add(rule, row=heading, severity="warning", detail=detail)
        self._bad_bytes(stream, table, last)

    def _bad_bytes(self, stream: TextStream, table: _Open, last: bool) -> None:
        part, problems = table.part, table.body.problems
        for bad in stream.bad:
            mine = bad.line >= part.first and (part.last is None or bad.line <= part.last)
            if mine or (last and bad.line < self.tables[0].part.first):
                detail = f'{{"offset": {bad.offset}, "bytes": "{bad.raw[:16].hex(" ")}"}}'
                problems.add("undecodable_bytes", row=bad.line, severity="error", detail=detail)
        if stream.nul_bytes and last:
            problems.add("nul_bytes", severity="warning", detail=f'{{"count": {stream.nul_bytes}}}')

    def abandon(self) -> None:
        """Close what is open; the staged files of a given-up attempt are overwritten or left to the caller."""
        for table in self.tables:
            table.body.abandon()


def _evidence(part: Part, body: Body) -> list[Evidence]:
    found = list(part.evidence)
    if part.drop_last:
        because = "머리글과 모든 행에서 마지막 구분자 뒤가 비어 있음"
        found.append(Evidence("layout", "줄 끝 구분자 뒤의 빈 칸을 열로 세지 않음", because, 0.99))
    if not body.rows:
        found.append(Evidence("layout", "자료 행이 없음", "머리글만 있고 그 아래에 행이 없음", 0.9))
    return found


def _counts(part: Part, body: Body) -> dict[str, int]:
    """How many rows of each kind were left out."""
    counts = dict(body.counts)
    for entry in part.left_out:
        counts[entry["kind"]] = counts.get(entry["kind"], 0) + 1
    if part.blank_above:
        counts["blank"] = counts.get("blank", 0) + part.blank_above
    return counts


def _offset(block: bytes, lines: int) -> int:
    """Where the line after so many lines begins."""
    at = 0
    for _ in range(lines):
        at = block.find(b"\n", at) + 1
    return at


def _by_row(entry: dict[str, Any]) -> int:
    return int(entry["row"])
