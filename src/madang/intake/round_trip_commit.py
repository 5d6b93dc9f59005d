"""Edits that were approved become a version of kind "edit": typed cells put in, places, checks and quality made anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Bank, Dataset, Version
from madang.bank.erase import brought_back
from madang.declarations import DatasetColumn, Standard
from madang.engine.duck import connect
from madang.intake.conform_plan import Plan, Source
from madang.intake.conform_write import SCREENED
from madang.intake.problems import SCHEMA as PROBLEMS
from madang.intake.problems import ProblemSink, hide_lines
from madang.intake.quality import check
from madang.intake.quality_report import Quality
from madang.intake.reading import READER
from madang.intake.receipt import Reason
from madang.intake.registers import Registers
from madang.intake.round_trip import Line, Merged, table_of
from madang.intake.round_trip_places import Placed, placed_again
from madang.intake.screen import screening
from madang.intake.values import Reading
from madang.messages import MadangError
from madang.privacy import scan

_NO_REASON = "-"


def commit_edits(
    bank: Bank,
    dataset: str,
    merged: Merged,
    approved: Collection[str],
    *,
    standards: Mapping[str, Standard],
    registers: Registers | None,
    by: str,
    why: str,
    at: datetime,
    mark: str = "",
    file: str = "",
) -> Version:
    """Commit the lines of `merged` that are `approved` (their ids) as the next version of `dataset`.

    `mark` is kept with the version, so that it is found again by whoever asked for it (`committed_as`), and `file`, the
    name of the workbook that the edits came in.

    A line with a conflict, approved, wins over what is live. Rows nobody edited keep every value. The problems of cells
    that were mended go, every rule is checked again. The receipt says `why`, the facts which version the copy was of.
    Raises MadangError: edit_nothing, edit_not_readable (an approved line that cannot be done), conflict_moved, erased_again,
    rrn_refused.
    """
    lines = [line for line in merged.lines if line.id in approved]
    if not lines:
        raise MadangError("edit_nothing")
    bad = next((line for line in lines if not line.applies), None)
    if bad is not None:
        raise MadangError("edit_not_readable", row=bad.source_row or _NO_REASON)
    live = bank[dataset].version(merged.live)
    standard = standards.get(str((live.facts.get("standard") or {}).get("id") or ""))
    with bank.bench() as place:
        table, edited = _applied(live, lines, merged)
        placed = placed_again(live, table, edited, registers, standards)
        columns = _screened(live, placed.table, lines, standard)
        out = place / "part-0.parquet"
        pq.write_table(placed.table, out, compression="snappy")
        quality, problems = _checked(live, placed, out, columns, lines, standard, place, at)
        why_not = _brought_back(bank, dataset, out, place)
        if why_not is not None:
            raise why_not
        told = _told(live, merged, lines, by, why) | ({"mark": mark} if mark else {})
        told |= {"file": file} if file else {}
        return bank.commit(
            dataset,
            [out],
            receipt=_receipt(live, placed, problems, told, by, at),
            facts=_facts(live, placed, columns, quality, problems, told),
            problems=problems.path,
            by=by,
            at=at,
            kind="edit",
            live_n=live.n,
        )


def committed_as(dataset: Dataset, mark: str, *, after: int) -> Version | None:
    """The version after the version `after` that was committed with this `mark`; None where there is none."""
    later = (version for version in dataset.versions if version.n > after and version.kind == "edit")
    return next((version for version in later if version.facts["edit"].get("mark") == mark), None)


def _applied(live: Version, lines: list[Line], merged: Merged) -> tuple[pa.Table, list[int]]:
    """The table with the lines applied, and the positions in it of the rows that were changed or added."""
    table = table_of(live)
    changed = {
        line.at: merged.values[line.id] for line in lines if line.kind == "changed" and line.at is not None
    }
    gone = {line.at for line in lines if line.kind == "removed"}
    table = _with_cells(table, changed, {line.at: line for line in lines if line.kind == "changed"})
    left = [at for at in range(table.num_rows) if at not in gone] if gone else None
    position = {at: new for new, at in enumerate(left)} if left is not None else None
    edited = [position[at] if position else at for at in sorted(changed)]
    if left is not None:
        table = table.take(pa.array(left, pa.int64()))
    added = [merged.values[line.id] for line in lines if line.kind == "added"]
    if added:
        first = int(pc.max(table_of(live)["source_row"]).as_py() or 0) + 1
        rows = [{**values, "source_row": first + n} for n, values in enumerate(added)]
        edited += range(table.num_rows, table.num_rows + len(rows))
        table = pa.concat_tables([table, pa.Table.from_pylist(rows, table.schema)])
    return table.combine_chunks(), edited


def _with_cells(
    table: pa.Table, changed: Mapping[int, Mapping[str, Any]], lines: Mapping[int | None, Line]
) -> pa.Table:
    by_column: dict[str, dict[int, Any]] = {}
    for at, values in changed.items():
        for cell in lines[at].cells:
            by_column.setdefault(cell.column, {})[at] = values[cell.column]
    for name, cells in by_column.items():
        i = table.schema.get_field_index(name)
        mask = pa.array([at in cells for at in range(table.num_rows)], pa.bool_())
        new = pa.array([cells[at] for at in sorted(cells)], table.schema.field(i).type)
        column = pc.replace_with_mask(table[name].combine_chunks(), mask, new)
        table = table.set_column(i, table.schema.field(i), column)
    return table


def _screened(
    live: Version, table: pa.Table, lines: list[Line], standard: Standard | None
) -> list[DatasetColumn]:
    """The columns, personal where what was typed into them is. Raises Refused for resident registration numbers."""
    touched = {cell.column for line in lines for cell in line.cells}
    plan = Plan(tuple(Source(column, i, Reading(column.type)) for i, column in enumerate(live.columns)))
    hits = {
        i: scan(table[column.name].cast(pa.string()), label=column.label)
        for i, column in enumerate(live.columns)
        if column.name in touched and column.type in SCREENED
    }
    try:
        found = screening(plan, hits, standard, live.dataset.card.get("personal_data") or {})
    except Exception as refused:
        if getattr(refused, "code", "") != "rrn_refused":
            raise
        raise MadangError("edit_resident_number", column=refused.params["column"]) from refused  # type: ignore[attr-defined]
    return [
        replace(column, privacy="personal") if column.privacy == "none" and found.restricts(i) else column
        for i, column in enumerate(live.columns)
    ]


def _checked(
    live: Version,
    placed: Placed,
    out: Path,
    columns: list[DatasetColumn],
    lines: list[Line],
    standard: Standard | None,
    place: Path,
    at: datetime,
) -> tuple[Quality, ProblemSink]:
    """Quality of the new table, and its problems: those of the checks anew, those of reading that nobody mended."""
    con = connect(temp_dir=place)
    try:
        as_of = ((live.facts.get("quality") or {}).get("freshness") or {}).get("as_of")
        today, rhythm = at.date(), live.dataset.card.get("rhythm_days")
        before = ProblemSink(place / "before.parquet")
        check(live.files, live.columns, standard, con, before, today=today, rhythm_days=rhythm)
        before.close()
        kept, mended = _kept_problems(live, lines, {*before.by_rule, *placed.listed})
        columns[:] = _counted(columns, out, mended)
        sink = ProblemSink(place / "problems.parquet")
        sink.add_table(kept)
        placed.list_points(columns, sink, place)
        previous = datetime.fromisoformat(as_of).date() if as_of else None
        quality = check(
            [out], columns, standard, con, sink, today=today, rhythm_days=rhythm, previous_as_of=previous
        )
        sink.close()
        hide_lines(sink.path, columns)
        return quality, sink
    finally:
        con.close()


def _kept_problems(live: Version, lines: list[Line], checked: set[str]) -> tuple[pa.Table, Counter[str]]:
    """The problems that stay, and how many unreadable cells of each column were mended."""
    if not live.problems_path.exists():
        return PROBLEMS.empty_table(), Counter()
    table = pq.read_table(live.problems_path).cast(PROBLEMS)
    table = table.filter(pc.invert(pc.is_in(table["rule"], pa.array(sorted(checked), pa.string()))))
    gone = {line.source_row for line in lines if line.kind == "removed"}
    cells = {
        (line.source_row, cell.column) for line in lines if line.kind == "changed" for cell in line.cells
    }
    rows, names = table["row"].to_pylist(), table["column"].to_pylist()
    stays = [row not in gone and (row, name) not in cells for row, name in zip(rows, names, strict=True)]
    severities = table["severity"].to_pylist()
    mended = Counter(
        name
        for name, severity, stay in zip(names, severities, stays, strict=True)
        if not stay and name and severity == "error"
    )
    return table.filter(pa.array(stays, pa.bool_())), mended


def _counted(columns: list[DatasetColumn], out: Path, mended: Counter[str]) -> list[DatasetColumn]:
    """The columns with their cells counted anew."""
    table = pq.read_table(out, columns=[column.name for column in columns])
    counted = []
    for column in columns:
        facts = dict(column.facts)
        if facts:
            facts["unreadable"] = max(0, facts.get("unreadable", 0) - mended[column.name])
            facts["cells"] = table.num_rows
            other = facts["unreadable"] + facts.get("missing_tokens", 0)
            facts["empty"] = max(0, table[column.name].null_count - other)
        counted.append(replace(column, facts=facts))
    return counted


def _brought_back(bank: Bank, dataset: str, out: Path, place: Path) -> MadangError | None:
    con = connect(temp_dir=place)
    try:
        back = brought_back(con, bank, dataset, [out])
    finally:
        con.close()
    if back is None:
        return None
    stone, rows = back
    return MadangError("erased_again", rows=rows, at=stone.at[:10], ground=stone.ground)


def _told(live: Version, merged: Merged, lines: list[Line], by: str, why: str) -> dict[str, Any]:
    """What receipt and facts say of the edit: no values, which the comparison of the two versions shows."""
    kinds = Counter(line.kind for line in lines)
    return {
        "of": live.n,
        "base": merged.base,
        "by": by,
        "why": why,
        "changed": kinds["changed"],
        "added": kinds["added"],
        "removed": kinds["removed"],
        "cells": sum(len(line.cells) for line in lines if line.kind == "changed"),
    }


def _receipt(
    live: Version, placed: Placed, problems: ProblemSink, told: dict[str, Any], by: str, at: datetime
) -> dict[str, Any]:
    kept = {
        key: value
        for key, value in live.receipt.items()
        if key not in ("deposit", "dataset", "version", "mark")
    }
    reason = Reason("edited", {key: str(told[key]) for key in ("base", "changed", "added", "removed", "why")})
    return {
        **kept,
        "verdict": "accepted_with_problems" if problems.count else "accepted",
        "rows": placed.table.num_rows,
        "problems": problems.count,
        "reasons": [{"code": reason.code, "text": reason.text(), "params": reason.params}],
        "located_share": placed.share if live.receipt.get("located_share") is not None else None,
        "edit": told,
        "by": by,
        "at": at.isoformat(),
    }


def _facts(
    live: Version,
    placed: Placed,
    columns: list[DatasetColumn],
    quality: Quality,
    problems: ProblemSink,
    told: dict[str, Any],
) -> dict[str, Any]:
    return {
        **live.facts,
        "rows": placed.table.num_rows,
        "columns": [asdict(column) for column in columns],
        "problems_by_rule": dict(sorted(problems.by_rule.items())),
        "located": placed.located,
        "quality": quality.to_json(),
        # its bytes, deposited again, would say something else
        "reading": {**live.facts["reading"], "reader": f"{READER}+edit"},
        "edit": told,
    }
