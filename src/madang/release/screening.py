"""The last look before something leaves: personal data in texts that were let out, and in what is said about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError, text
from madang.privacy import Column, judge_table, outright, scan

_SURE = 0.5


def screen(table: pa.Table, columns: Sequence[DatasetColumn], said: Mapping[str, str]) -> None:
    """Raises MadangError("release_personal_found") where a text column holds personal data, naming column, kind and
    number, never a value; "release_personal_said" where a title, a description or a column's name does."""
    for what, words in said.items():
        if outright([words]):
            raise MadangError("release_personal_said", what=what)
    judged, asked = [], []
    for column in columns:
        if column.name in table.column_names and pa.types.is_string(table.schema.field(column.name).type):
            label = column.label or column.name
            hits = scan(table.column(column.name), label=label)
            judged.append(Column(label, hits, "text", tuple(filter(None, (column.term,))), "none"))
            asked.append(label)
    found: list[dict[str, Any]] = [
        {"column": label, "kind": text(f"privacy_kind_{each.kind}"), "count": f"{each.count:,}"}
        for label, findings in zip(asked, judge_table(judged), strict=True)
        for each in findings
        if each.personal and each.sure >= _SURE
    ]
    if found:
        raise MadangError("release_personal_found", **found[0])
