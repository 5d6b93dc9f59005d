"""Texts that a person typed, read as the type of their column: the value, or why there is none."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

from madang.declarations import DatasetColumn
from madang.intake.values import Reading, kind_sql, value_sql
from madang.intake.values_kinds import KINDS, REMARKS, detail_case, rule_of
from madang.intake.values_text import TOKENS
from madang.messages import Language, text
from madang.privacy import outright

_MOST = 32_000  # characters of a cell, as a worksheet keeps
_STARRED = re.compile(r"\S?[\s*]*\*[\s*]*")


@dataclass(frozen=True)
class Wrong:
    """Why a text is no value of a column: a code of the vocabulary and its parameters."""

    code: str
    params: dict[str, Any]

    def text(self, language: Language = "ko") -> str:
        """The sentence; `row` may be unknown to it."""
        return text(self.code, language, **self.params)


def is_starred(said: str) -> bool:
    """Whether a text is what a personal value is shown as: its first character, then stars."""
    return _STARRED.fullmatch(said.strip()) is not None


def read_texts(column: DatasetColumn, texts: Sequence[str]) -> list[tuple[Any, Wrong | None]]:
    """Each text as a value of `column`, in order. A resident registration number is no value of anything."""
    reading = Reading(column.type, declared=True)
    trimmed = [each.strip() for each in texts]
    label = column.label or column.name
    found: list[tuple[Any, Wrong | None]]
    if reading.passes:
        found = [(each or None, None) for each in trimmed]
    else:
        con = duckdb.connect(config={"threads": "1"})
        try:
            asked = pa.table(
                {"i": range(len(trimmed)), "x": pa.array([t or None for t in trimmed], pa.string())}
            )
            con.register("asked", asked)
            rows = con.execute(
                f"SELECT {value_sql('x', reading)}, k, {detail_case('x', 'k', column.type)} FROM"
                f" (SELECT *, {kind_sql('x', reading)} AS k FROM asked) ORDER BY i"
            ).fetchall()
        finally:
            con.close()
        found = [
            (value, None if x == "" or value is not None else _why(column, label, x, kind, detail))
            for x, (value, kind, detail) in zip(trimmed, rows, strict=True)
        ]
    return [_guarded(label, x, value, wrong) for x, (value, wrong) in zip(trimmed, found, strict=True)]


def _why(column: DatasetColumn, label: str, x: str, kind: str, detail: str) -> Wrong | None:
    if KINDS[kind].missing and kind in TOKENS:
        return None  # "-" and its like: no value, as in a file
    code = "cell_not_" + ("number" if column.type in ("number", "percent") else column.type)
    code = rule_of(kind, column.type) if kind not in REMARKS else code
    return Wrong(code, {**json.loads(detail or "{}"), "column": label, "value": x})


def _guarded(label: str, x: str, value: Any, wrong: Wrong | None) -> tuple[Any, Wrong | None]:
    if outright([x]):
        return None, Wrong("edit_resident_number", {"column": label})
    if len(x) > _MOST:
        return None, Wrong("edit_too_long", {"column": label, "most": f"{_MOST:,}"})
    return value, wrong
