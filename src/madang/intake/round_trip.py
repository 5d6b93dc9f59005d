"""What a person changed in a copy of a version, brought together with what is live now: row by row, cell by cell.

A copy (a workbook that was downloaded, a grid in the browser) names each row by its position in the version it was
taken from. Cells that nobody touched are not compared by their digits again: only changes are carried over, so what was
not edited stays as it is to the last bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from madang.bank import Version
from madang.declarations import DatasetColumn
from madang.intake.round_trip_types import Wrong, is_starred, read_texts
from madang.messages import MadangError

MOST_ROWS = 100_000  # of a table that is edited as a copy
MOST_CHANGES = 20_000  # rows
Row = dict[str, Any]


@dataclass(frozen=True)
class Edits:
    """What a copy of version `base` says now. Rows are positions in that version, cells texts (None: empty)."""

    base: int
    cells: Mapping[int, Mapping[str, str | None]] = field(default_factory=dict)
    added: Sequence[Mapping[str, str | None]] = ()
    removed: Sequence[int] = ()

    @property
    def empty(self) -> bool:
        return not (self.cells or self.added or self.removed)


@dataclass(frozen=True)
class Cell:
    """A cell that would change: what stands there now (`before`), what would (`after`), as texts; `base` is what the
    copy was taken with. `wrong` says why it cannot be read."""

    column: str
    label: str
    base: str | None
    before: str | None
    after: str | None
    wrong: Wrong | None = None

    @property
    def conflict(self) -> bool:
        """Whether somebody else changed the same cell to something else meanwhile."""
        return self.base != self.before


@dataclass(frozen=True)
class Line:
    """A row that would be changed, added or removed. `at` is its position in the live version, None for one that is
    added or is not there any more; `id` names it ("c12", "a0", "r5").

    `conflict`: "" | "cells" (somebody changed the same cells) | "gone" (somebody removed the row) | "changed" (it would
    be removed, and somebody changed it) | "key" (a row with that key is there already)."""

    id: str
    kind: Literal["changed", "added", "removed"]
    at: int | None
    source_row: int | None
    key: tuple[str | None, ...]
    cells: tuple[Cell, ...]
    conflict: str = ""

    @property
    def applies(self) -> bool:
        """Whether it can be done at all: every cell can be read, and its row is there."""
        return self.conflict != "gone" and not any(cell.wrong for cell in self.cells)


@dataclass(frozen=True)
class Merged:
    """The edits as they would fall on the live version `live`. `columns` may be edited; `values` are the typed values of
    the cells of each line. `moved`: another version is live than the copy was taken from."""

    base: int
    live: int
    key: tuple[str, ...]
    lines: tuple[Line, ...]
    values: Mapping[str, Mapping[str, Any]]

    @property
    def moved(self) -> bool:
        return self.base != self.live

    @property
    def clean(self) -> tuple[str, ...]:
        """Lines that may be done without a second look."""
        return tuple(line.id for line in self.lines if line.applies and not line.conflict)

    def count(self, kind: str) -> int:
        return sum(1 for line in self.lines if line.kind == kind)


def editable(version: Version) -> list[DatasetColumn]:
    """The columns a person may edit: all but shapes. Raises MadangError("edit_too_many_rows")."""
    if version.rows > MOST_ROWS:
        raise MadangError("edit_too_many_rows", rows=f"{version.rows:,}", most=f"{MOST_ROWS:,}")
    return [column for column in version.columns if column.type != "geometry"]


def table_of(version: Version) -> pa.Table:
    """All rows of a version in the order in which positions count."""
    return pa.concat_tables([pq.read_table(path) for path in version.files], promote_options="default")


def rows_of(version: Version) -> list[Row]:
    """The editable cells of each row, and its source_row."""
    names = [column.name for column in editable(version)]
    found: list[Row] = table_of(version).select(["source_row", *names]).to_pylist()
    return found


def as_text(value: Any) -> str | None:
    """A stored value as people write it, and as it is read back."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value).removesuffix(".0")
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value)


def merge(base: Version, live: Version, edits: Edits, *, masked: Collection[str] = ()) -> Merged:
    """The `edits` of a copy of `base`, as they fall on `live` (which may be the same). Nothing is written.

    `masked`: columns whose values were starred for whoever edited. What is typed into a new row there is taken, stars
    that stand for the value of another row are not.
    Raises MadangError: edit_too_many_rows, edit_too_many_changes, edit_columns_changed (a column that was edited is not
    in the live version, or of another type), edit_row_unknown.
    """
    changes = len(edits.cells) + len(edits.added) + len(edits.removed)
    if changes > MOST_CHANGES:
        raise MadangError("edit_too_many_changes", changes=f"{changes:,}", most=f"{MOST_CHANGES:,}")
    columns = {column.name: column for column in editable(live)}
    _check_columns(base, columns, edits)
    before = rows_of(base)
    now = before if base.n == live.n else rows_of(live)
    for at in (*edits.cells, *edits.removed):
        if not 0 <= at < len(before):
            raise MadangError("edit_row_unknown", row=at)
    pairs = _Pairs(before, now, _key_of(before, now, live, columns), base.n == live.n)
    lines = [
        *(_changed(at, cells, pairs, columns) for at, cells in sorted(edits.cells.items())),
        *(_removed(at, pairs) for at in sorted(set(edits.removed) - set(edits.cells))),
        *(_added(number, cells, columns, pairs.key, masked) for number, cells in enumerate(edits.added)),
    ]
    kept, values = _typed([line for line in lines if line is not None], columns)
    return Merged(base.n, live.n, pairs.key, tuple(_without_twins(kept, values, now, pairs.key)), values)


def _check_columns(base: Version, columns: Mapping[str, DatasetColumn], edits: Edits) -> None:
    types = {column.name: column.type for column in base.columns}
    touched = {name for cells in (*edits.cells.values(), *edits.added) for name in cells}
    gone = sorted(name for name in touched if name not in columns or columns[name].type != types.get(name))
    if gone:
        raise MadangError("edit_columns_changed", columns=", ".join(gone))


class _Pairs:
    """Which row of the live version a row of the base is now."""

    def __init__(self, before: list[Row], now: list[Row], key: tuple[str, ...], same: bool) -> None:
        self.before, self.now, self.key, self.same = before, now, key, same
        self.by_key = {} if same or not key else {self.key_values(row): at for at, row in enumerate(now)}
        self.by_all: dict[tuple[Any, ...], list[int]] = {}
        if not same:
            for at in range(len(now) - 1, -1, -1):
                self.by_all.setdefault(_whole(now[at]), []).append(at)

    def key_values(self, row: Row) -> tuple[Any, ...]:
        return tuple(row.get(name) for name in self.key)

    def now_at(self, at: int) -> int | None:
        """Where the base's row stands now: the one of the same key, else one that says the same."""
        if self.same:
            return at
        if self.key:
            return self.by_key.get(self.key_values(self.before[at]))
        alike = self.by_all.get(_whole(self.before[at]))
        return alike.pop() if alike else None

    def shown(self, row: Row) -> tuple[str | None, ...]:
        return tuple(as_text(value) for value in self.key_values(row))


def _whole(row: Row) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "source_row")


def _key_of(
    before: list[Row], now: list[Row], live: Version, columns: Mapping[str, DatasetColumn]
) -> tuple[str, ...]:
    """The standard's key where it tells rows apart in both, else the first column that does; () where none."""
    declared = tuple(live.facts.get("key") or ())
    candidates = [declared] if declared and set(declared) <= set(columns) else []
    candidates += [(name,) for name, column in columns.items() if column.type in ("text", "integer")]
    for key in candidates:
        if all(_tells_apart(rows, key) for rows in ((before,) if before is now else (before, now))):
            return key
    return ()


def _tells_apart(rows: list[Row], key: tuple[str, ...]) -> bool:
    seen = set()
    for row in rows:
        values = tuple(row.get(name) for name in key)
        if None in values or values in seen:
            return False
        seen.add(values)
    return True


def _changed(
    at: int, cells: Mapping[str, str | None], pairs: _Pairs, columns: Mapping[str, DatasetColumn]
) -> Line | None:
    base = pairs.before[at]
    there = pairs.now_at(at)
    now = base if there is None else pairs.now[there]
    found = []
    for name, after in cells.items():
        was, stands = as_text(base.get(name)), as_text(now.get(name))
        if (after or None) in (was, stands) and there is not None:
            continue  # not changed after all, or somebody else has written the same
        found.append(Cell(name, columns[name].label or name, was, stands, after or None))
    if not found:
        return None
    conflict = "gone" if there is None else "cells" if any(cell.conflict for cell in found) else ""
    row = pairs.before[at]["source_row"]
    return Line(f"c{at}", "changed", there, row, pairs.shown(base), tuple(found), conflict)


def _removed(at: int, pairs: _Pairs) -> Line | None:
    there = pairs.now_at(at)
    if there is None:
        return None  # gone already
    same = _whole(pairs.before[at]) == _whole(pairs.now[there])
    row = pairs.before[at]["source_row"]
    return Line(f"r{at}", "removed", there, row, pairs.shown(pairs.before[at]), (), "" if same else "changed")


def _added(
    number: int,
    cells: Mapping[str, str | None],
    columns: Mapping[str, DatasetColumn],
    key: tuple[str, ...],
    masked: Collection[str],
) -> Line | None:
    labels = {name: columns[name].label or name for name in cells}
    found = tuple(
        Cell(
            name,
            labels[name],
            None,
            None,
            text,
            Wrong("edit_starred", {"column": labels[name]}) if stars else None,
        )
        for name, text in cells.items()
        if text
        for stars in [name in masked and is_starred(text)]
    )
    shown = tuple(cells.get(name) for name in key)
    return Line(f"a{number}", "added", None, None, shown, found) if found else None


def _typed(
    lines: list[Line], columns: Mapping[str, DatasetColumn]
) -> tuple[list[Line], dict[str, dict[str, Any]]]:
    """Every new text read as the type of its column; what cannot be read says why."""
    asked: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        for cell in line.cells:
            if cell.after is not None:
                asked.setdefault(cell.column, []).append((line.id, cell.after))
    read = {
        name: dict(
            zip((id_ for id_, _ in texts), read_texts(columns[name], [t for _, t in texts]), strict=True)
        )
        for name, texts in asked.items()
    }
    values: dict[str, dict[str, Any]] = {}
    kept = []
    for line in lines:
        cells = []
        for cell in line.cells:
            value, wrong = read[cell.column][line.id] if cell.after is not None else (None, None)
            wrong = cell.wrong or wrong
            values.setdefault(line.id, {})[cell.column] = value
            shown = cell.after if wrong else as_text(value)
            if wrong or line.kind == "added" or shown != cell.before:  # 1,234 for 1234 is no change
                cells.append(replace(cell, after=shown, wrong=wrong))
        if cells or line.kind == "removed":
            kept.append(replace(line, cells=tuple(cells)))
    return kept, values


def _without_twins(
    lines: list[Line], values: Mapping[str, Mapping[str, Any]], now: list[Row], key: tuple[str, ...]
) -> list[Line]:
    """Added rows whose key is taken are told."""
    if not key:
        return lines
    gone = {line.at for line in lines if line.kind == "removed"}
    taken = Counter(tuple(row.get(name) for name in key) for at, row in enumerate(now) if at not in gone)
    kept = []
    for line in lines:
        if line.kind == "added":
            mine = tuple(values.get(line.id, {}).get(name) for name in key)
            line = replace(line, conflict="key") if taken[mine] else line
            taken[mine] += None not in mine
        kept.append(line)
    return kept
