"""Changes between versions: counted for the list, shown cell by cell on their own page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from madang.bank import Version
from madang.declarations.standard import STORAGE
from madang.web.accounts.people import name_of
from madang.web.desk.comparison import ChangedRow, Compared, LoneRow
from madang.web.desk.pages import Changes, VersionLine
from madang.web.desk.whole import whole
from madang.web.shell import words
from madang.web.shell.masking import masked, personal_of
from madang.web.shell.workspace import workspace
from madang.workspace import Workspace

if TYPE_CHECKING:
    from madang.bank.diff import CellChange, Diff

_WHILE_YOU_WAIT_ROWS = 20_000
_KEPT = 2_000
_counted: dict[
    tuple[frozenset[Path], frozenset[Path]], Changes
] = {}  # by their files: an erasure writes new ones


def changes_since(ws: Workspace, before: Version, version: Version) -> Changes | None:
    """Rows added, removed and changed from `before` to `version`; None where counting would take seconds."""
    key = (frozenset(before.files), frozenset(version.files))
    if key not in _counted:
        if max(before.rows, version.rows) > _WHILE_YOU_WAIT_ROWS:
            return None
        found = ws.diff(version.dataset.id, before.n, version.n, limit=0)
        if len(_counted) >= _KEPT:
            _counted.clear()
        _counted[key] = Changes(found.added, found.removed, found.changed)
    return _counted[key]


def compared(dataset_id: str, a: int, b: int, limit: int) -> Compared:
    """The difference of version b from version a; without numbers, of the live version from the one before.

    Raises MadangError: dataset_missing, version_missing.
    """
    ws = workspace()
    dataset = whole(dataset_id)
    numbers = [version.n for version in dataset.versions]
    b = b or (numbers[-1] if numbers else 0)
    a = a or max((n for n in numbers if n < b), default=b)
    before, after = dataset.version(a), dataset.version(b)
    found = ws.diff(dataset_id, a, b, limit=limit)
    hidden = _personal_of_either(before, after)
    labels = {c.name: c.label or c.name for version in (before, after) for c in version.columns}
    return Compared(
        a=version_line(before, live=a == numbers[-1]),
        b=version_line(after, live=b == numbers[-1]),
        numbers=numbers,
        key=", ".join(labels.get(name, name) for name in found.key),
        key_because=found.key_because,
        added=found.added,
        removed=found.removed,
        changed=found.changed,
        same=found.same,
        columns=sorted(((labels.get(c, c), n) for c, n in found.changed_cells.items()), key=lambda x: -x[1]),
        columns_added=[labels.get(c, c) for c in found.columns_added],
        columns_removed=[labels.get(c, c) for c in found.columns_removed],
        types_changed=[
            (labels.get(c, c), _type(old), _type(new)) for c, (old, new) in found.types_changed.items()
        ],
        rows_changed=_changed_rows(found, before, after, labels, hidden),
        rows_added=[LoneRow(_key(found.key, row.key, hidden), row.row) for row in found.rows_added],
        rows_removed=[LoneRow(_key(found.key, row.key, hidden), row.row) for row in found.rows_removed],
        hidden=bool(hidden),
    )


def _personal_of_either(before: Version, after: Version) -> set[str]:
    """Names and headers of what is personal in one of the two versions, under whatever name or header in the other."""
    columns = [*before.columns, *after.columns]
    hidden = personal_of(before.dataset, columns)
    same = {n for c in columns if not hidden.isdisjoint((c.name, c.label)) for n in (c.name, c.label) if n}
    return hidden | same


def _type(storage: str) -> str:
    kind = next((kind for kind, stored in STORAGE.items() if stored == storage), None)
    return words.said(f"type_{kind}") if kind else storage


def _changed_rows(
    found: Diff, before: Version, after: Version, labels: dict[str, str], hidden: set[str]
) -> list[ChangedRow]:
    rows: dict[tuple[int, int], list[CellChange]] = {}
    was = _unreadable(before, {cell.row_before for cell in found.cells if cell.before is None})
    now = _unreadable(after, {cell.row_after for cell in found.cells if cell.after is None})
    for cell in found.cells:
        rows.setdefault((cell.row_before, cell.row_after), []).append(cell)
    return [
        ChangedRow(
            _key(found.key, cells[0].key, hidden),
            row_before,
            row_after,
            tuple(_changed_cell(cell, was, now, labels, hidden) for cell in cells),
        )
        for (row_before, row_after), cells in rows.items()
    ]


Originals = dict[tuple[int, str], str]  # row of the source and column -> what stands there


def _unreadable(version: Version, rows: set[int]) -> Originals:
    """What stands in the original in cells of these rows that could not be read."""
    if not rows or not version.problems_path.exists():
        return {}
    found = pq.read_table(version.problems_path, filters=[("row", "in", sorted(rows))]).to_pylist()
    return {
        (each["row"], each["column"]): each["value"] for each in found if each["value"] and each["column"]
    }


def _changed_cell(
    cell: CellChange, was: Originals, now: Originals, labels: dict[str, str], hidden: set[str]
) -> tuple[str, str | None, str | None]:
    before = _cell(cell.before, was.get((cell.row_before, cell.column)), cell.column, hidden)
    after = _cell(cell.after, now.get((cell.row_after, cell.column)), cell.column, hidden)
    return labels.get(cell.column, cell.column), before, after


def _cell(value: str | None, original: str | None, column: str, hidden: set[str]) -> str | None:
    """A value; where it could not be read what stands in the original; None where nothing does."""
    if value is None and original is not None:
        return _("원본 값 %(value)s") % {"value": _shown(original, column, hidden)}
    return _shown(value, column, hidden)


def _shown(value: str | None, column: str, hidden: set[str]) -> str | None:
    return masked(value) if value is not None and column in hidden else value


def _key(key: tuple[str, ...], values: tuple[str | None, ...], hidden: set[str]) -> str:
    """What names a row: its key, or all its values where there is no key and none of them is personal."""
    if not key and hidden:
        return ""
    names = key or ("",) * len(values)
    return " · ".join(
        shown for name, value in zip(names, values, strict=False) if (shown := _shown(value, name, hidden))
    )


def version_line(version: Version, *, live: bool, changes: Changes | None = None) -> VersionLine:
    """A version as lists and heads of pages show it."""
    receipt = version.receipt
    return VersionLine(
        n=version.n,
        at=version.at,
        by=name_of(version.by),
        kind="" if version.kind == "deposit" else str(words.KINDS.get(version.kind, version.kind)),
        deposit=version.deposit_id,
        file=str(receipt.get("file") or ""),
        rows=version.rows,
        problems=int(receipt.get("problems") or 0),
        verdict=words.VERDICTS.get(str(receipt.get("verdict")), words.NO_VERDICT),
        live=live,
        erased=version.erased,
        changes=changes,
    )
