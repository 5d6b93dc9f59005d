"""Copies of a version that people edit: given out as a workbook, taken back as a draft."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import transaction

from madang.access import Person
from madang.bank import Version
from madang.bank.describe import data_day
from madang.bank.seen import SeenBank
from madang.declarations import DatasetColumn
from madang.formats.export import export
from madang.intake.round_trip import Edits, Merged, editable, merge, table_of
from madang.intake.round_trip_book import Copy, labels_of, marks, read_copy, returned, seal
from madang.messages import MadangError, text
from madang.web.audit.record import record
from madang.web.deposits.actions import place_of
from madang.web.deposits.models import Draft, Upload
from madang.workspace import Workspace

_MARK = "madang_row_mark"


def live_of(ws: Workspace, dataset: str, by: Person) -> Version:
    """The live version of a dataset that a person may put versions into. Raises MadangError: dataset_missing,
    access_denied, no_version."""
    live = SeenBank(ws.bank, by).may("deposit", dataset).latest
    if live is None:
        raise MadangError("no_version", dataset=dataset)
    return live


def masked_for(ws: Workspace, version: Version, by: Person) -> frozenset[str]:
    """The columns whose values a person does not see here."""
    return SeenBank(ws.bank, by).view(version.dataset, version.columns).masked


def write(ws: Workspace, dataset: str, out: IO[bytes], *, by: Person) -> str:
    """Write the live version to `out` as a workbook to edit and upload again; personal columns starred. Returns the name
    to save it under. Raises MadangError as `live_of`, and edit_too_many_rows."""
    live = live_of(ws, dataset, by)
    masked = masked_for(ws, live, by)
    labels = labels_of(live)
    label_of = dict(labels)
    with TemporaryDirectory(dir=_bench(ws)) as place:
        table = table_of(live)
        for name in masked & set(label_of):
            starred = _starred(table[name])
            table = table.set_column(table.schema.get_field_index(name), name, starred)
        table = table.append_column(_MARK, pa.array(marks(live, range(table.num_rows))))
        rows = Path(place) / "rows.parquet"
        pq.write_table(table, rows)
        columns = [_column(column, label_of[column.name], masked) for column in editable(live)]
        columns.append(DatasetColumn(_MARK, text("edit_row_label"), "text"))
        plain = Path(place) / "plain.xlsx"
        title, source = ws.export_names(live)
        as_of = str(data_day(live))
        export([rows], columns, "xlsx", plain, places=False, title=title, source=source, as_of=as_of)
        with open(plain, "rb") as stream:
            given = Copy(dataset, live.n, tuple(labels), masked & set(label_of), tuple(range(table.num_rows)))
            seal(stream, out, given, live)
    record(by, "dataset.copy", f"dataset:{dataset}", detail={"version": live.n})
    return f"{dataset}-{live.n}판-고치기.xlsx"


def _bench(ws: Workspace) -> Path:
    uploads = ws.folder / "uploads"
    uploads.mkdir(mode=0o700, exist_ok=True)
    return uploads


def _column(column: DatasetColumn, label: str, masked: frozenset[str]) -> DatasetColumn:
    return replace(column, label=label, type="text" if column.name in masked else column.type)


def _starred(values: pa.ChunkedArray) -> pa.ChunkedArray:
    texts = values.cast(pa.string())
    rest = pc.replace_substring_regex(pc.utf8_slice_codeunits(texts, 1), r"\S", "*")
    return pc.binary_join_element_wise(pc.utf8_slice_codeunits(texts, 0, 1), rest, "")


def take(upload: Upload, ws: Workspace, *, by: Person) -> int:
    """An edited copy that was uploaded becomes a draft of its uploader; returns its number, 0 where nothing was changed.

    The workbook is removed: the draft holds what it says. Raises MadangError: copy_broken, version_missing and those of
    `live_of`."""
    place = place_of(ws, upload)
    copy, _, _ = read_copy(place.data)
    live_of(ws, copy.dataset, by)
    version = ws.bank[copy.dataset].version(copy.version)
    found = returned(place.data, version)
    notes = [{"code": code, "params": params} for code, params in found.notes]
    with transaction.atomic():
        draft = Draft(
            by=by.id, dataset=copy.dataset, base=version.n, edits=to_json(found.edits), notes=notes,
            upload_name=upload.name,
        )  # fmt: skip
        draft.save(force_insert=True)
        detail = {"version": version.n, "rows": draft.changes, "draft": draft.pk}
        record(by, "dataset.copy_back", f"dataset:{copy.dataset}", detail=detail)
        Upload.objects.filter(pk=upload.pk).update(
            state="done", receipts=[{"draft": draft.pk, "dataset": copy.dataset, "changes": draft.changes}]
        )
        transaction.on_commit(lambda: shutil.rmtree(place.folder, ignore_errors=True))
    return int(draft.pk)


def to_json(edits: Edits) -> dict[str, Any]:
    """Edits as a draft keeps them."""
    return {
        "cells": {str(at): dict(cells) for at, cells in edits.cells.items()},
        "added": [dict(row) for row in edits.added],
        "removed": list(edits.removed),
    }


def of_json(base: int, said: dict[str, Any]) -> Edits:
    """The edits of a draft. Raises MadangError("draft_unreadable")."""
    try:
        cells = {int(at): _texts(row) for at, row in (said.get("cells") or {}).items()}
        added = [_texts(row) for row in said.get("added") or ()]
        return Edits(base, cells, added, [int(at) for at in said.get("removed") or ()])
    except (TypeError, ValueError, AttributeError) as error:
        raise MadangError("draft_unreadable") from error


def _texts(row: dict[str, Any]) -> dict[str, str | None]:
    return {str(name): None if value is None else str(value) for name, value in row.items()}


def merged(ws: Workspace, draft: Draft, by: Person) -> Merged:
    """The edits of a draft as they fall on what is live."""
    live = live_of(ws, draft.dataset, by)
    base = ws.bank[draft.dataset].version(draft.base)
    edits = of_json(draft.base, draft.edits)
    masked = masked_for(ws, live, by)
    kept = {at: {n: v for n, v in row.items() if n not in masked} for at, row in edits.cells.items()}
    return merge(base, live, replace(edits, cells=kept), masked=masked)


def kept_back(draft: Draft, masked: frozenset[str]) -> int:
    """How many cells of rows that are there a draft would change in columns that are `masked`: they stay."""
    return sum(name in masked for row in (draft.edits.get("cells") or {}).values() for name in row)
