"""The original of a deposit with its problems marked: the workbook itself where it is one and may be seen whole, else its
table laid out in a workbook, row for row."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from madang.intake.forms import read_tables
from madang.intake.kinds import kind_of
from madang.intake.marked import Mark, mark
from madang.intake.marked_parts import plain_book
from madang.intake.original_staged import told_override
from madang.intake.raw import RawTable, Refused, no_progress
from madang.messages import MadangError, text

_ROWS = 200_000
_BYTES = 256 * 1024**2


def marked_original(
    snapshot: Path,
    receipt: dict[str, Any],
    facts: dict[str, Any],
    problems: Iterable[tuple[dict[str, Any], str]],
    out: IO[bytes],
    *,
    hidden: Collection[str] = (),
    title: str = "",
) -> bool:
    """Write the original in `snapshot` of a deposit to `out` as XLSX, its `problems` (rows of `problems.SCHEMA`, each
    with its sentence) marked; returns whether it is the workbook itself.

    `hidden` names columns (by name) that are starred: then, and where the original is no XLSX, its table is laid out as
    texts with the same row numbers. Raises MadangError: marked_unreadable, marked_too_large.
    """
    found = list(problems)
    name = str(receipt.get("file") or "")
    places: dict[str, int] = facts.get("places") or {}
    with TemporaryDirectory(prefix="madang-") as place:
        if not hidden and _is_workbook(snapshot):
            mark(
                snapshot,
                out,
                _marks(found, places, facts.get("sheet") or _first_sheet(snapshot)),
                title=title,
            )
            return True
        table = _table(snapshot, name, receipt, facts, Path(place))
        sheet = text("marked_rows")
        starred = {places[column] - table.first_column for column in hidden if column in places}
        plain = Path(place) / "plain.xlsx"
        with open(plain, "wb") as stream:
            plain_book(stream, sheet, _rows(table, starred))
        mark(
            plain,
            out,
            _marks(found, {k: v - table.first_column for k, v in places.items()}, sheet),
            title=title,
        )
        return False


def _marks(problems: Sequence[tuple[dict[str, Any], str]], places: dict[str, int], sheet: str) -> list[Mark]:
    found = []
    for problem, sentence in problems:
        column = places.get(problem["column"] or "")
        if column is None:
            column = places.get(problem["label"] or "")
        value = str(problem["value"] or "")
        label = str(problem["label"] or problem["column"] or "")
        found.append(
            Mark(sheet, int(problem["row"] or 1), column, sentence, problem["severity"], label, value)
        )
    return found


def _is_workbook(snapshot: Path) -> bool:
    try:
        with zipfile.ZipFile(snapshot) as archive:
            return "xl/workbook.xml" in archive.NameToInfo
    except (zipfile.BadZipFile, OSError):
        return False


def _first_sheet(snapshot: Path) -> str:
    from python_calamine import CalamineWorkbook

    with open(snapshot, "rb") as stream:
        return str(CalamineWorkbook.from_filelike(stream).sheet_names[0])


def _table(
    snapshot: Path, name: str, receipt: dict[str, Any], facts: dict[str, Any], place: Path
) -> RawTable:
    if snapshot.stat().st_size > _BYTES:
        raise MadangError("marked_too_large")
    member = facts.get("member", receipt.get("member"))
    override = told_override((facts.get("reading") or {}).get("override") or {})
    try:
        within = member if kind_of(snapshot, name) == "archive" else None
        tables = [
            t for t in read_tables(snapshot, name, place, override, no_progress, within) if t.refused is None
        ]
    except Refused as refused:
        raise MadangError("marked_unreadable") from refused
    same = [table for table in tables if table.member == member] or (tables if len(tables) == 1 else [])
    if not same:
        raise MadangError("marked_unreadable")
    if same[0].rows > _ROWS:
        raise MadangError("marked_too_large")
    return same[0]


def _rows(table: RawTable, starred: Collection[int]) -> Iterator[tuple[int, list[str]]]:
    """Header, rows and what was left out, each at the row where it stands in the original."""
    others = {
        int(each["row"]): [str(each["text"])] for each in table.left_out if each.get("row") and not starred
    }
    if table.header_rows:
        others[table.header_rows[-1]] = [column.label for column in table.columns]
    waiting = sorted(others)
    last = 0
    for batch in table.batches():
        numbers = batch["source_row"].to_pylist()
        columns = [batch[f"c{i}"].to_pylist() for i in range(len(table.columns))]
        for at, number in enumerate(numbers):
            while waiting and waiting[0] < number:
                first = waiting.pop(0)
                if first > last:
                    last = first
                    yield first, others[first]
            if number > last:
                last = number
                yield number, [_shown(column[at] or "", i in starred) for i, column in enumerate(columns)]
    for number in waiting:
        if number > last:
            yield number, others[number]


def _shown(cell: str, starred: bool) -> str:
    return cell if not starred else cell[:1] + "".join("*" if not c.isspace() else c for c in cell[1:])
