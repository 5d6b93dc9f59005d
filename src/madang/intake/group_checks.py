"""Checks over several rows: the same key twice, the same row twice, sums that do not add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from madang.declarations.sql import quote
from madang.declarations.standard import RESERVED, STORAGE, DatasetColumn, Standard, SumRule
from madang.engine.row_hash import row_hash
from madang.messages import text

# names of our own beside the columns of a table, which may be called anything that people call columns
ROWS, TOTAL, PARTS, FIRST, NTH, HASH = (
    f"__madang_{name}" for name in ("rows", "total", "parts", "first", "nth", "hash")
)


@dataclass(frozen=True)
class GroupCheck:
    """A check whose rows are judged together. `rule` is key_duplicate, row_duplicate or sum_mismatch.

    Duplicates: `columns` are the columns compared; every row after the first of its kind is wrong. Sums: `sum_rule`.
    """

    id: str
    kind: str
    rule: str
    label: str
    columns: tuple[str, ...]
    severity: Literal["error", "warning"] = "error"
    sum_rule: SumRule | None = None
    texts: tuple[str, ...] = ()  # those of `columns` that hold text

    def counts(self, source: str) -> list[str]:
        """Two SQL scalars for a select over `source`: what is checked, what is wrong."""
        if self.sum_rule is None:
            some = self.filled()
            return [
                f"count(*) FILTER (WHERE {some})",
                f"count(*) FILTER (WHERE {some}) - (SELECT count(*) FROM (SELECT {self.hash()} "
                f"FROM {source} AS {ROWS} WHERE {some} GROUP BY 1))",  # grouped, as that spills to disk when it must
            ]
        groups = sum_groups(source, self.sum_rule)
        return [
            f"(SELECT count(*) FROM {groups})",
            f"(SELECT count(*) FROM {groups} WHERE {sum_wrong(self.sum_rule)})",
        ]

    def hash(self) -> str:
        """SQL of 64 bits of the compared columns, by which rows are the same; see `row_hash` for what was measured."""
        types = ["VARCHAR" if name in self.texts else "" for name in self.columns]
        return row_hash([quote(name) for name in self.columns], types)

    def filled(self) -> str:
        """Rows that have anything to compare."""
        return "(" + " OR ".join(f"{quote(name)} IS NOT NULL" for name in self.columns) + ")"


def duplicates(columns: Sequence[DatasetColumn], standard: Standard | None) -> list[GroupCheck]:
    """The same key twice (where the standard knows a key that this table has), and the same row twice."""
    found = []
    data = tuple(column.name for column in columns if column.name not in RESERVED)
    named_by = {column.standard: column for column in columns if column.standard}
    key = standard.key_for(named_by) if standard else ()
    if key:
        named = [named_by[name] for name in key]
        of_text = tuple(column.name for column in named if STORAGE[column.type] == "VARCHAR")
        label = text("check_key", column=" · ".join(column.label or column.name for column in named))
        found.append(
            GroupCheck(
                "중복:key",
                "중복",
                "key_duplicate",
                label,
                tuple(column.name for column in named),
                texts=of_text,
            )
        )
    if data:
        severity: Literal["error", "warning"] = "error" if standard else "warning"
        label = text("check_row")
        of_text = tuple(
            column.name for column in columns if column.name in data and STORAGE[column.type] == "VARCHAR"
        )
        found.append(GroupCheck("중복:row", "중복", "row_duplicate", label, data, severity, texts=of_text))
    return found


def sums(rule: SumRule, present: Mapping[str, DatasetColumn]) -> GroupCheck:
    """The check of a declared sum on a table that has its columns."""
    return GroupCheck(
        rule.id, "계산식", "sum_mismatch", rule.label, (present[rule.value].name,), rule.severity, rule
    )


def sum_groups(source: str, rule: SumRule) -> str:
    """SQL: one row per group that can be checked, with TOTAL, PARTS and the FIRST source row of the total."""
    by, value = ", ".join(quote(name) for name in rule.by), quote(rule.value)
    return (
        f"(SELECT {by}, sum({value}) FILTER (WHERE {rule.total}) AS {TOTAL}, "
        f"sum({value}) FILTER (WHERE {rule.parts}) AS {PARTS}, "
        f"min(source_row) FILTER (WHERE {rule.total}) AS {FIRST} FROM {source} GROUP BY {by} "
        f"HAVING count({value}) FILTER (WHERE {rule.total}) > 0 "
        f"AND count(*) FILTER (WHERE {rule.parts}) >= {rule.fewest_parts} "
        f"AND count(*) FILTER (WHERE ({rule.parts}) AND {value} IS NULL) = 0)"
    )


def sum_wrong(rule: SumRule) -> str:
    """SQL boolean over `sum_groups`: the parts miss the total by more than is tolerated."""
    return f"abs({TOTAL} - {PARTS}) > {rule.tolerance}"
