"""What of a version was not read from its file: rows that people added to it, and which version was read from the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow.parquet as pq

from madang.bank import Version
from madang.messages import MadangError
from madang.web.accounts.people import name_of


@dataclass(frozen=True)
class Edit:
    """An edit by which version `n` was made of version `of`: `file` is the workbook it came in, "" for the browser."""

    n: int
    of: int
    by: str
    login: str
    at: datetime
    why: str
    file: str
    deposit: str


def edit_of(version: Version) -> Edit | None:
    """The edit that made a version; None where it was read from a file."""
    said: dict[str, Any] | None = version.facts.get("edit")
    if not said:
        return None
    made = next((each for each in version.dataset.versions if each.deposit_id == version.deposit_id), version)
    login = str(said["by"])
    return Edit(
        made.n, int(said["of"]), name_of(login), login, made.at, str(said["why"]), str(said.get("file") or ""),
        made.deposit_id,
    )  # fmt: skip


def read_at(version: Version) -> Version:
    """The version that was read from the file: this one, or the one that it was made of by edits."""
    while (edit := edit_of(version)) is not None:
        try:
            version = version.dataset.version(edit.of)
        except MadangError:
            break  # not kept any more
    return version


def added_by(version: Version, row: int) -> Edit | None:
    """The edit that added the row numbered `row` to a version; None where it came with the file, or is not there."""
    if not _has(version, row):
        return None
    while (edit := edit_of(version)) is not None:
        try:
            before = version.dataset.version(edit.of)
        except MadangError:
            return None
        if not _has(before, row):
            return edit
        version = before
    return None


def _has(version: Version, row: int) -> bool:
    found = (
        pq.read_table(path, columns=["source_row"], filters=[("source_row", "=", row)])
        for path in version.files
    )
    return any(table.num_rows for table in found)
