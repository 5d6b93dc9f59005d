"""Rows of an original whose form has no lines of its own (JSON, layers, documents, archives): read again, bounded."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from madang.intake.forms import read_tables
from madang.intake.kinds import kind_of
from madang.intake.raw import Override, RawTable, no_progress
from madang.messages import MadangError

_SIZE = 32 * 1024**2  # bytes of a snapshot that is unfolded again for a page
_SHOWN = 300  # characters of a cell


def staged_rows(
    snapshot: Path, *, name: str, member: str | None, override: Override, first: int, count: int
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and rows (source row, cells) `first` … `first + count - 1` of one table of a snapshot, as it is read now.

    Cells stand where they do in the file; shapes are shown as a word, long cells cut. Rows that are no data are absent.
    Raises MadangError: original_too_large, original_not_shown (it cannot be read, or has no such table).
    """
    size = snapshot.stat().st_size
    if size > _SIZE:
        raise MadangError("original_too_large", megabytes=f"{size / 1024**2:,.0f}")
    with TemporaryDirectory(prefix="madang-") as place:
        try:
            table = _table(snapshot, name, member, override, Path(place))
            rows = [] if table is None else _rows(table, first, first + count - 1)
        except Exception as error:  # the page has something to say whatever stands in the file
            raise MadangError("original_not_shown") from error
    if table is None:
        raise MadangError("original_not_shown")
    before = [""] * table.first_column
    return before + [column.label for column in table.columns], [(row, before + cells) for row, cells in rows]


def told_override(stored: dict[str, Any]) -> Override:
    """The override that facts.json keeps."""
    known = {field.name for field in fields(Override)}
    given = {key: value for key, value in stored.items() if key in known}
    rows = given.get("header_rows")
    return Override(**{**given, "header_rows": None if rows is None else tuple(rows)})


def _table(snapshot: Path, name: str, member: str | None, override: Override, place: Path) -> RawTable | None:
    within = member if kind_of(snapshot, name) == "archive" else None
    tables = read_tables(snapshot, name, place, override, no_progress, within)
    whole = [table for table in tables if table.refused is None]
    same = [table for table in whole if table.member == member]
    if not same and (member is None or len(whole) == 1):
        same = whole
    return same[0] if same else None


def _rows(table: RawTable, first: int, last: int) -> list[tuple[int, list[str]]]:
    found: list[tuple[int, list[str]]] = []
    for batch in table.batches():
        near = pc.and_(pc.greater_equal(batch["source_row"], first), pc.less_equal(batch["source_row"], last))
        for row in pa.Table.from_batches([batch.filter(near)]).to_pylist():
            number, *cells = row.values()
            found.append((number, [_shown(table, index, cell or "") for index, cell in enumerate(cells)]))
    return sorted(found)


def _shown(table: RawTable, index: int, cell: str) -> str:
    if table.layer is not None and table.layer.column == index:
        return f"(도형 {len(cell) // 2:,} B)" if cell else ""
    return cell if len(cell) <= _SHOWN else cell[: _SHOWN - 1] + "…"
