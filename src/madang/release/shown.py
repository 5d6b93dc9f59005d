"""A table of counts as people read it: what is hidden has no value, and a word that says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from madang.bank import Version
from madang.declarations.standard import DatasetColumn, Standard
from madang.messages import text
from madang.release.cube import UNKNOWN, Cube
from madang.release.decision import Decision
from madang.release.publish import Made
from madang.release.tables import Table

WITHHELD = "비공개"
_NOTE = "_note"


def made_of(cube: Cube, tables: Mapping[str, Table], decision: Decision, version: Version) -> Made:
    """The rows and columns of a table with its hidden cells empty; beside each measure stands why one is empty."""
    rule = decision.table
    assert rule is not None
    told = {column.name: column for column in version.columns}
    count = cube.rows.num_rows
    arrays: dict[str, Any] = {"source_row": pa.array(np.arange(1, count + 1))}
    columns = []
    for name in cube.rows.column_names:
        arrays[name] = cube.rows.column(name).cast(pa.string())
        columns.append(_column(name, told.get(name), "text"))
    cells = hidden = 0
    for measure in rule.measures:
        table = tables[measure.called]
        assert table.hidden is not None
        missing = np.isnan(table.values)
        empty = missing | table.hidden
        whole = bool((table.values[~missing] == np.floor(table.values[~missing])).all())
        shown = np.where(empty, 0, table.values)
        arrays[measure.called] = pa.array(shown.astype(np.int64) if whole else shown, mask=empty)
        notes = np.where(missing, UNKNOWN, np.where(table.hidden, WITHHELD, ""))
        arrays[measure.called + _NOTE] = pa.array(notes.astype(object), pa.string(), mask=~empty)
        columns.append(_measure(measure.called, told.get(measure.column), whole))
        columns.append(_note(columns[-1]))
        cells, hidden = cells + int((~missing).sum()), hidden + int((table.hidden & ~missing).sum())
    return Made(pa.table(arrays), tuple(columns), cells, hidden)


def _column(name: str, told: DatasetColumn | None, type_: Any) -> DatasetColumn:
    if told is None:
        return DatasetColumn(name, name, type_)
    return DatasetColumn(
        name, told.label or name, type_, unit=told.unit, standard=told.standard, description=told.description,
        format=told.format, term=told.term,
    )  # fmt: skip


def _measure(name: str, told: DatasetColumn | None, whole: bool) -> DatasetColumn:
    if told is None:
        return DatasetColumn(name, text("release_rows_label"), "integer")
    return _column(name, told, "integer" if whole else "number")


def _note(measure: DatasetColumn) -> DatasetColumn:
    label = text("release_note_label", column=measure.label)
    return DatasetColumn(measure.name + _NOTE, label, "text", description=text("release_note_description"))


def labelled(columns: Sequence[DatasetColumn], standard: Standard | None) -> tuple[DatasetColumn, ...]:
    """Columns each with a label of its own: the source's, or where it has none or one of several, the standard's."""
    count = Counter(column.label for column in columns)
    named = {each.name: each for each in standard.columns} if standard else {}
    made: dict[str, str] = {}
    for column in columns:
        told = named.get(column.standard or "")  # a later edition of the standard may have dropped it
        bare = column.label in ("", column.name) or count[column.label] > 1
        made[column.name] = told.label if told and bare else column.label or column.name
        if column.name.endswith(_NOTE) and (measure := made.get(column.name.removesuffix(_NOTE))):
            made[column.name] = text("release_note_label", column=measure)
    return tuple(replace(column, label=made[column.name]) for column in columns)
