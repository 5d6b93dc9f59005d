"""Staged text to typed Parquet, with every cell that has no value listed where it stands.

A guess of the sample is confirmed on all rows: a guessed column in which more than 5 % of the values cannot be read,
a guessed 여부 with any other value, and a guessed number with codes among its values become text, and `because` says
so. A declared column keeps its type whatever fails.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

import duckdb
import pyarrow as pa

from madang.declarations.standard import DatasetColumn, Standard
from madang.intake.conform_list import count_kinds, list_suspects
from madang.intake.conform_plan import Plan, Source
from madang.intake.conform_write import POINTS, Counts, PartWriter
from madang.intake.place import Placing
from madang.intake.place_checks import list_points
from madang.intake.place_slips import proposing
from madang.intake.problems import ProblemSink
from madang.intake.profile import NEARLY_ALL
from madang.intake.raw import Progress, RawTable, no_progress
from madang.intake.screen import (
    NO_POLICY,
    Policy,
    Screening,
    Seen,
    list_masked,
    masked,
    restricted,
    screening,
)
from madang.intake.values import Reading
from madang.intake.values_kinds import CODE_KINDS, IMPOSSIBLE_DAYS, KINDS, REMARKS
from madang.messages import text

_TWO_PARTS = 200_000  # rows from which two threads write a file each
_ROUNDS = 5  # a guess that fails, then a mask in what became text, then nothing more to change


@dataclass(frozen=True)
class Located:
    """How rows were placed: `rows` staged, `dongs` of them with a dong_code, rows by geo_level, and how many points of
    each rule of `place_checks` cannot be right. `digest`: of all places as they are written (`PlaceDigest`); `left`,
    `missing`: why rows got no 행정동 (`Left.to_json`)."""

    rows: int
    dongs: int
    levels: dict[str, int]
    points: dict[str, int]
    digest: str = ""
    left: dict[str, int] = field(default_factory=dict)
    missing: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Conformed:
    """`rows` written to `files` (in the order of the source, the second after the first); columns with their facts.

    Facts of a column: cells, empty, unreadable, missing_tokens, and how many of each kind of values_kinds.KINDS.
    """

    rows: int
    columns: list[DatasetColumn]
    files: list[Path]
    screened: Screening
    located: Located | None = None


def conform(
    table: RawTable,
    plan: Plan,
    out: Path,
    con: duckdb.DuckDBPyConnection,
    *,
    standard: Standard | None = None,
    policy: Policy = NO_POLICY,
    placing: Placing | None = None,
    progress: Progress = no_progress,
    compression: str = "snappy",
) -> Conformed:
    """Write the rows of `table` by `plan` to Parquet files in the new or empty folder `out`; list problems in its sink.

    Each file has source_row (BIGINT), then the plan's columns; rows keep their order. Text cells lose outer blanks and
    an empty one is null. `con` must keep order (`duck.connect`). `progress` is told staged rows done.
    Personal data are masked by `policy`, with `standard` as a witness of what a column is; raises Refused where the
    table may not be taken for them.
    """
    out.mkdir(parents=True, exist_ok=True)
    work = out / ".suspects"
    work.mkdir(exist_ok=True)
    try:
        seen = Seen()
        for _ in range(_ROUNDS):
            counts, files = _write(table, plan, out, work, con, compression, placing, seen, progress)
            seen.take(plan, counts)
            kinds = count_kinds(con, plan, work) if counts.suspects else {}
            screened = screening(plan, counts.hits, standard, policy)
            amended = masked(_amended(plan, counts, kinds), screened)
            if amended == plan:
                break
            plan = amended
        plan = restricted(plan, screened)
        if counts.suspects:
            list_suspects(con, plan, work, proposing(table.problems, plan, placing))
        list_masked(counts.rrn_rows, plan, screened, table.problems)
        located = _located(counts, plan, placing, work, table.problems) if placing else None
    finally:
        for leftover in work.iterdir():
            leftover.unlink()
        work.rmdir()
    return Conformed(counts.rows, _with_facts(plan, counts, kinds), files, screened, located)


def _write(
    table: RawTable,
    plan: Plan,
    out: Path,
    work: Path,
    con: duckdb.DuckDBPyConnection,
    compression: str,
    placing: Placing | None,
    seen: Seen,
    progress: Progress,
) -> tuple[Counts, list[Path]]:
    with pa.OSFile(str(table.stage)) as source, pa.ipc.open_file(source) as reader:
        batches = reader.num_record_batches
    parts = 2 if table.rows > _TWO_PARTS and batches > 1 and _threads(con) > 1 else 1
    files = [out / f"part-{number}.parquet" for number in range(parts)]
    told = _told(table.rows, progress)

    def write(number: int) -> Counts:
        first, last = batches * number // parts, batches * (number + 1) // parts
        suspects = work / f"{number}.parquet"
        cursor = con.cursor()
        try:
            writer = PartWriter(plan, cursor, files[number], suspects, compression, placing, seen.places)
            return writer.write(table.stage, first, last, told)
        finally:
            cursor.close()

    total = Counts()
    if parts == 1:
        total.add(write(0))
    else:
        with ThreadPoolExecutor(parts) as pool:
            for counts in pool.map(write, range(parts)):
                total.add(counts)
    return total, files


def _located(counts: Counts, plan: Plan, placing: Placing, work: Path, problems: ProblemSink) -> Located:
    points: dict[str, int] = {}
    if placing.pair is not None:
        column = plan.sources[placing.pair.x].column
        points = list_points(sorted(work.glob(f"*{POINTS}")), placing, (column.name, column.label), problems)
    return Located(
        counts.staged,
        counts.located,
        dict(counts.levels),
        points,
        str(counts.places),
        **counts.left.to_json(),
    )


def _threads(con: duckdb.DuckDBPyConnection) -> int:
    found = con.execute("SELECT current_setting('threads')").fetchone()
    return int(found[0]) if found else 1


def _told(rows: int, progress: Progress) -> Callable[[int], None]:
    lock = Lock()
    done = 0

    def tell(number: int) -> None:
        nonlocal done
        with lock:
            done += number
            progress(done, rows)

    return tell


def _amended(plan: Plan, counts: Counts, kinds: dict[int, dict[str, int]]) -> Plan:
    """The plan with what all rows have shown: remarks accepted, guesses that do not hold turned to text."""
    sources = tuple(
        _amended_source(source, counts.staged - counts.empty.get(place, 0), kinds.get(place, {}))
        for place, source in enumerate(plan.sources)
    )
    wide = plan.wide
    if wide is not None:
        places = range(len(plan.sources), len(plan.sources) + len(wide.headers))
        found = frozenset(kind for place in places for kind in kinds.get(place, {}))
        wide = replace(wide, reading=_accepting(wide.reading, found))
    return Plan(sources, wide)


def _amended_source(source: Source, values: int, kinds: dict[str, int]) -> Source:
    reading = _accepting(source.reading, frozenset(kinds))
    if not reading.declared and reading.type != "text":
        spared = IMPOSSIBLE_DAYS | REMARKS
        failed = sum(n for kind, n in kinds.items() if not KINDS[kind].missing and kind not in spared)
        values -= sum(n for kind, n in kinds.items() if KINDS[kind].missing)
        codes = sum(kinds.get(kind, 0) for kind in CODE_KINDS)
        name = text("type_" + reading.type)
        if codes:
            return _as_text(source, text("because_codes_found", failed=f"{codes:,}"))
        if reading.type == "boolean" and failed:
            return _as_text(source, text("because_not_pair", failed=f"{failed:,}", type=name))
        if failed > (1 - NEARLY_ALL) * values:
            return _as_text(source, text("because_failed", failed=f"{failed:,}", of=f"{values:,}", type=name))
    return replace(source, reading=reading)


def _accepting(reading: Reading, found: frozenset[str]) -> Reading:
    return replace(reading, accept=reading.accept | (found & REMARKS))


def _as_text(source: Source, because: str) -> Source:
    column = replace(source.column, type="text", because=because, confidence=0.999)
    return replace(source, column=column, reading=Reading())


def _with_facts(plan: Plan, counts: Counts, kinds: dict[int, dict[str, int]]) -> list[DatasetColumn]:
    columns = [
        replace(source.column, facts=_facts(counts.staged, counts.empty.get(place, 0), kinds.get(place, {})))
        for place, source in enumerate(plan.sources)
    ]
    if plan.wide:
        base, width = len(plan.sources), len(plan.wide.headers)
        columns = [
            replace(column, facts={name: n * width for name, n in column.facts.items()}) for column in columns
        ]
        columns += [
            replace(column, facts=_given(plan, counts, number))
            for number, column in enumerate(plan.wide.into)
        ]
        empty = sum(counts.empty.get(base + number, 0) for number in range(width))
        total: dict[str, int] = {}
        for number in range(width):
            for kind, n in kinds.get(base + number, {}).items():
                total[kind] = total.get(kind, 0) + n
        columns.append(replace(plan.wide.value, facts=_facts(counts.rows, empty, total)))
    return columns


def _given(plan: Plan, counts: Counts, number: int) -> dict[str, int]:
    assert plan.wide is not None
    without = sum(1 for _, _, values in plan.wide.headers if not values[number])
    return _facts(counts.rows, counts.staged * without, {})


def _facts(cells: int, empty: int, kinds: dict[str, int]) -> dict[str, int]:
    missing = sum(n for kind, n in kinds.items() if KINDS[kind].missing)
    remarks = sum(n for kind, n in kinds.items() if kind in REMARKS)
    unreadable = sum(kinds.values()) - missing - remarks
    facts = {"cells": cells, "empty": empty, "missing_tokens": missing}
    return (
        facts
        | {kind: n for kind, n in sorted(kinds.items()) if kind != "unreadable"}
        | {"unreadable": unreadable}
    )
