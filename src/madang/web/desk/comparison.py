"""What the page that compares two versions shows, as plain values."""

from __future__ import annotations

from dataclasses import dataclass

from madang.web.desk.pages import VersionLine


@dataclass(frozen=True)
class ChangedRow:
    """A row in both versions, with the cells that differ: (label, before, after)."""

    key: str
    row_before: int
    row_after: int
    cells: tuple[tuple[str, str | None, str | None], ...]


@dataclass(frozen=True)
class LoneRow:
    """A row that only one of two versions has."""

    key: str
    row: int


@dataclass(frozen=True)
class Compared:
    """What changed from version `a` to version `b`; counts are exact, lists hold the first rows."""

    a: VersionLine
    b: VersionLine
    numbers: list[int]  # all versions, to choose from
    key: str
    key_because: str
    added: int
    removed: int
    changed: int
    same: bool
    columns: list[tuple[str, int]]  # label, rows in which it differs
    columns_added: list[str]
    columns_removed: list[str]
    types_changed: list[tuple[str, str, str]]
    rows_changed: list[ChangedRow]
    rows_added: list[LoneRow]
    rows_removed: list[LoneRow]
    hidden: bool = False  # whether personal values are starred or left out
