"""How good a version is: every check in one pass over its Parquet files, then the rows that fail (handbook B4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from madang.declarations.sql import literal, quote
from madang.declarations.standard import RESERVED, STORAGE, DatasetColumn, Standard
from madang.intake.checks import Check, Plan, Skipped, by_standard, plan, why_not
from madang.intake.freshness import freshness
from madang.intake.group_checks import ROWS, GroupCheck, duplicates, sums
from madang.intake.problems import ProblemSink
from madang.intake.quality_report import CheckResult, Completeness, Quality
from madang.intake.violations import list_violations

_AT_ONCE = 1_000  # expressions of one statement: planning costs more than a second pass over very wide tables
LISTED = 100_000  # rows listed for one check at most; the true count stands in the quality


def check(
    files: Sequence[Path],
    columns: Sequence[DatasetColumn],
    standard: Standard | None,
    con: duckdb.DuckDBPyConnection,
    sink: ProblemSink,
    *,
    today: date,
    previous_as_of: date | None = None,
    unreadable: Mapping[str, int] | None = None,
    rhythm_days: int | None = None,
    listed: int = LISTED,
) -> Quality:
    """Check the typed Parquet `files` of one version against B4 and the rules of `standard`; list violations in `sink`.

    `unreadable` is the number of cells per column name that conform could not read (default: the columns' facts);
    those are already problems and are only counted here. `previous_as_of` is the data's date of the version before;
    `rhythm_days` of the card goes before that of the standard. At most `listed` rows per check are listed.
    """
    broken = unreadable if unreadable is not None else {c.name: c.facts.get("unreadable", 0) for c in columns}
    columns = _labelled(columns, standard)
    made = plan(columns, standard, con, today, dict(broken))
    groups = _group_checks(made, columns, standard)
    source = _source(files, columns, standard, made.absent)
    counted = _aggregate(con, source, made.checks, groups, columns, _as_of_sql(columns, standard, today))
    results = [
        *(_result(each, *pair) for each, pair in zip(made.checks, counted.rows, strict=True)),
        *(CheckResult(each, *pair) for each, pair in zip(groups, counted.groups, strict=True)),
    ]
    _missing_columns(columns, standard, sink)
    for result in results:
        violations = result.wrong - (result.check.unreadable if isinstance(result.check, Check) else 0)
        if violations > 0:
            list_violations(con, source, result.check, columns, sink, violations, listed)
    rhythm = rhythm_days or (standard.rhythm_days if standard else None)
    age = freshness(counted.as_of, standard, columns, rhythm, today, previous_as_of)
    if age.went_back and age.column:
        sink.add("as_of_went_back", column=age.column, label=age.label, value=str(age.as_of), severity="warning",
                 detail=f'{{"previous": "{previous_as_of}"}}')  # fmt: skip
    complete = _completeness(columns, standard, counted)
    return Quality(counted.total, results, complete, age, today, made.skipped)


@dataclass(frozen=True)
class _Counted:
    total: int
    filled: list[int]
    rows: list[tuple[int, int]]
    groups: list[tuple[int, int]]
    as_of: date | None


def _labelled(columns: Sequence[DatasetColumn], standard: Standard | None) -> list[DatasetColumn]:
    """A column without a header of its own (an unpivoted one) is called as in the standard."""
    told = {each.name: each.label for each in standard.columns} if standard else {}
    return [replace(c, label=c.label or told.get(c.standard or "", c.name)) for c in columns]


def _result(check: Check, checked: int, wrong: int) -> CheckResult:
    return CheckResult(check, checked + check.unreadable, wrong + check.unreadable)


def _group_checks(
    made: Plan, columns: Sequence[DatasetColumn], standard: Standard | None
) -> list[GroupCheck]:
    present = by_standard(columns)
    groups = duplicates(columns, standard)
    for rule in standard.sums if standard else ():
        because = why_not(standard, present, {*rule.by, rule.value}) if standard else ""
        if because:
            made.skipped.append(Skipped(rule.id, because))
        else:
            groups.append(sums(rule, present))
    return groups


def _source(
    files: Sequence[Path], columns: Iterable[DatasetColumn], standard: Standard | None, absent: Iterable[str]
) -> str:
    """The rows as SQL: a renamed column also answers to its name in the standard, one of `absent` is null."""
    paths = ", ".join(literal(str(file)) for file in files)
    taken = {name.casefold() for name in (*(column.name for column in columns), *RESERVED)}
    aliases = [
        f", {quote(column.name)} AS {quote(column.standard)}"
        for column in columns
        if column.standard and column.standard.casefold() not in taken
    ]
    if standard:
        types = {told.name: STORAGE[told.type] for told in standard.columns}
        aliases += [f", CAST(NULL AS {types[name]}) AS {quote(name)}" for name in sorted(absent)]
    return f"(SELECT *{''.join(aliases)} FROM read_parquet([{paths}]))"


def _aggregate(
    con: duckdb.DuckDBPyConnection,
    source: str,
    checks: Sequence[Check],
    groups: Sequence[GroupCheck],
    columns: Sequence[DatasetColumn],
    as_of: str,
) -> _Counted:
    """Everything in one statement (of very wide tables in several): rows, filled cells, denominators and numerators of all checks, the data's date."""
    wanted = ["count(*)", as_of, *(f"count({quote(column.name)})" for column in columns)]
    for each in checks:
        wanted.append(f"count(*) FILTER (WHERE {each.applies})")
        wanted.append(f"count(*) FILTER (WHERE ({each.applies}) AND ({each.wrong}))")
    for group in groups:
        wanted += group.counts(source)
    row: list[Any] = []
    for first in range(0, len(wanted), _AT_ONCE):
        some = con.execute(
            f"SELECT {', '.join(wanted[first : first + _AT_ONCE])} FROM {source} AS {ROWS}"
        ).fetchone()
        assert some is not None
        row += some
    filled, rest = list(row[2 : 2 + len(columns)]), list(row[2 + len(columns) :])
    pairs = [(int(rest[i] or 0), int(rest[i + 1] or 0)) for i in range(0, len(rest), 2)]
    day = row[1].date() if isinstance(row[1], datetime) else row[1]
    return _Counted(int(row[0]), filled, pairs[: len(checks)], pairs[len(checks) :], day)


def _as_of_sql(columns: Sequence[DatasetColumn], standard: Standard | None, today: date) -> str:
    """The latest date of the data that is not in the future; of a month its last day (today at most)."""
    for column in columns:
        if standard and standard.as_of_column and column.standard == standard.as_of_column:
            name = quote(column.name)
            if column.type in ("date", "datetime"):
                return f"max(CAST({name} AS DATE)) FILTER (WHERE CAST({name} AS DATE) <= DATE '{today}')"
            if column.type == "month":
                month = f"max({name}) FILTER (WHERE {name} <= '{today:%Y-%m}')"
                return f"CASE WHEN {month} IS NOT NULL THEN least(last_day(TRY_CAST({month} || '-01' AS DATE)), DATE '{today}') END"
    return "CAST(NULL AS DATE)"


def _missing_columns(columns: Sequence[DatasetColumn], standard: Standard | None, sink: ProblemSink) -> None:
    present = {column.standard for column in columns}
    for told in standard.columns if standard else ():
        if told.required and told.name not in present:
            sink.add("required_column_missing", column=told.name, label=told.label)


def _completeness(
    columns: Sequence[DatasetColumn], standard: Standard | None, counted: _Counted
) -> list[Completeness]:
    needed = {told.name: told for told in standard.columns if told.required} if standard else {}
    found = [
        Completeness(column.name, column.label, filled, counted.total, (column.standard or "") in needed)
        for column, filled in zip(columns, counted.filled, strict=True)
    ]
    absent = set(needed) - {column.standard for column in columns}
    return found + [
        Completeness(told.name, told.label, 0, counted.total, True)
        for told in needed.values()
        if told.name in absent
    ]
