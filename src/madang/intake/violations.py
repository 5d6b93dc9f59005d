"""The rows that fail a check, listed as problems by one query; only asked for where there are any."""

from __future__ import annotations

import json
from collections.abc import Sequence

import duckdb

from madang.declarations.sql import literal, quote
from madang.declarations.standard import DatasetColumn
from madang.intake.checks import Check, masked
from madang.intake.group_checks import FIRST, HASH, NTH, PARTS, ROWS, TOTAL, GroupCheck, sum_groups, sum_wrong
from madang.intake.problems import VALUE_LIMIT, ProblemSink


def list_violations(
    con: duckdb.DuckDBPyConnection,
    source: str,
    check: Check | GroupCheck,
    columns: Sequence[DatasetColumn],
    sink: ProblemSink,
    count: int,
    limit: int,
) -> None:
    """Add the first `limit` of the `count` rows of `source` that fail `check` to `sink`, with a note of the rest."""
    by_name = {column.name: column for column in columns}
    if isinstance(check, Check):
        query = _rows(source, check, by_name)
    elif check.sum_rule is not None:
        query = _sums(source, check, by_name)
    else:
        query = _duplicates(source, check, by_name)
    found = con.execute(f"{query} ORDER BY 1 LIMIT {limit}").to_arrow_table()
    sink.add_table(found)
    if count > limit:
        column, _ = _place(check, by_name)
        note = {"total": f"{count:,}", "listed": f"{limit:,}", "rule": check.rule}
        sink.add("rule_list_cut", column=column, label=check.label, severity="info",
                 detail=json.dumps(note, ensure_ascii=False))  # fmt: skip


def _select(check: Check | GroupCheck, place: tuple[str, str], value: str, rule: str, detail: str) -> str:
    """The columns of a problem (`problems.SCHEMA`) as SQL."""
    column, label = place
    return (
        f"nullif({literal(column)}, '') AS \"column\", nullif({literal(label)}, '') AS label, "
        f"left({value}, {VALUE_LIMIT}) AS value, {rule} AS rule, {literal(check.severity)} AS severity, "
        f"CAST({detail} AS VARCHAR) AS detail"
    )


def _rows(source: str, check: Check, columns: dict[str, DatasetColumn]) -> str:
    value = check.value
    if len(check.columns) == 1 and check.rule != "row_rule":
        value = masked(columns[check.columns[0]], value)
    rule = check.rule_sql or literal(check.rule)
    chosen = _select(check, _place(check, columns), value, rule, check.detail)
    return f"SELECT source_row AS row, {chosen} FROM {source} AS {ROWS} WHERE ({check.applies}) AND ({check.wrong})"


def _duplicates(source: str, check: GroupCheck, columns: dict[str, DatasetColumn]) -> str:
    """Rows after the first of their kind, told apart by the same hash that counted them.

    Beside it only the row number is held while they are sorted: whole rows of a table repeated as a whole would not be.
    """
    shown = ["CAST(NULL AS VARCHAR)"]
    if check.rule == "key_duplicate":
        shown = [masked(columns[name], f"CAST({quote(name)} AS VARCHAR)") for name in check.columns]
    value = f"concat_ws(' · ', {', '.join(shown)})" if len(shown) > 1 else shown[0]
    chosen = _select(
        check, _place(check, columns), value, literal(check.rule), f"json_object('first', {FIRST})"
    )
    kept = ", ".join(["source_row", *map(quote, check.columns if check.rule == "key_duplicate" else ())])
    hashed = f"SELECT {kept}, {check.hash()} AS {HASH} FROM {source} AS {ROWS} WHERE {check.filled()}"
    return (
        f"SELECT source_row AS row, {chosen} FROM (SELECT *, "
        f"row_number() OVER (PARTITION BY {HASH} ORDER BY source_row) AS {NTH}, "
        f"min(source_row) OVER (PARTITION BY {HASH}) AS {FIRST} "
        f"FROM ({hashed}) WHERE {HASH} IN (SELECT {HASH} FROM ({hashed}) GROUP BY 1 HAVING count(*) > 1)) "
        f"WHERE {NTH} > 1"
    )


def _sums(source: str, check: GroupCheck, columns: dict[str, DatasetColumn]) -> str:
    rule = check.sum_rule
    assert rule is not None
    value = f"concat_ws(' · ', {', '.join(f'CAST({quote(name)} AS VARCHAR)' for name in rule.by)})"
    detail = (
        f"json_object('rule', {literal(rule.id)}, 'label', {literal(rule.label)}, 'total', {TOTAL}, "
        f"'parts', {PARTS}, 'difference', {TOTAL} - {PARTS})"
    )
    chosen = _select(check, _place(check, columns), value, literal(check.rule), detail)
    return f"SELECT {FIRST} AS row, {chosen} FROM {sum_groups(source, rule)} WHERE {sum_wrong(rule)}"


def _place(check: Check | GroupCheck, columns: dict[str, DatasetColumn]) -> tuple[str, str]:
    """Column and label of a violation: the first column; of several all labels; of a whole row none."""
    if check.rule == "row_duplicate":
        return "", ""
    labels = [columns[name].label or name for name in check.columns]
    return check.columns[0], " · ".join(labels)
