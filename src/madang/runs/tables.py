"""A declared table computed: its query over the inputs, its columns as declared, and what has to hold of it."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from madang.declarations.standard import STORAGE, StandardColumn
from madang.declarations.table import DeclaredTable
from madang.messages import MadangError
from madang.results import Cell, Column, Finding, Origin, Result, Table, table_of
from madang.results.result import Kind
from madang.runs.inputs import ADDED, DATASET, Inputs

ROWS = "rows"  # the id of the table in its result
_KINDS: dict[str, Kind] = {
    "integer": "integer", "number": "number", "percent": "percent", "date": "date", "month": "month", "year": "code",
}  # fmt: skip
_DIGITS = 2


def made(table: DeclaredTable, inputs: Inputs) -> Result:
    """The rows of a declared table with the checks they passed; a check that fails leaves no table.

    Raises MadangError: declared_failed (the query cannot be answered), declared_columns, table_empty, table_check.
    """
    rows = _answered(table, inputs)
    passed = [_checked(table, number, rows, inputs) for number in range(len(table.checks))]
    origins = [
        Origin(each.role, dict(each.columns), each.where, each.only, each.query)
        for each in table.origins
        if each.role in inputs
    ]
    kept = table_of(
        ROWS, table.standard.label, rows, [_column(each) for each in table.standard.columns], origins
    )
    counted = table_of(
        "counted", "만든 것과 검사",
        [{"rows": rows.num_rows, "checks": len(passed), "datasets": sum(len(each.parts) for each in inputs.by_role.values())}],
        [Column("rows", "행", "integer", "행"), Column("checks", "통과한 검사", "integer", "가지"),
         Column("datasets", "쓴 데이터", "integer", "개")],
    )  # fmt: skip
    return Result(
        _findings(table), (kept, counted, *_list(passed)), caveats=table.not_for, method=table.query.strip()
    )


def _answered(table: DeclaredTable, inputs: Inputs) -> pa.Table:
    names = [each.name for each in table.standard.columns]
    try:
        found = inputs.sql(table.query, _left_out(table, inputs))
    except duckdb.Error as error:
        reason = str(error).split("\n\n")[0]
        raise MadangError(
            "declared_failed", analysis=table.standard.label, id=f"tables/{table.id}", reason=reason
        ) from error
    if sorted(found.schema.names) != sorted(names):
        raise MadangError(
            "declared_columns", table=table.id, declared=", ".join(names), made=", ".join(found.schema.names)
        )
    if not found.num_rows:
        raise MadangError("table_empty", table=table.standard.label)
    types = {each.name: STORAGE[each.type] for each in table.standard.columns}
    with duckdb.connect() as con:
        con.register("made", found)
        shown = ", ".join(f'CAST("{name}" AS {types[name]}) AS "{name}"' for name in names)
        return con.execute(f"SELECT {shown} FROM made").to_arrow_table()


def _left_out(table: DeclaredTable, inputs: Inputs) -> dict[str, pa.Table]:
    """Inputs that are not needed and not there, as tables without rows."""
    types = {"source_row": pa.int64(), "lon": pa.float64(), "lat": pa.float64()}
    return {
        role.name: pa.schema([(name, types.get(name, pa.string())) for name in {*role.columns, *ADDED, DATASET}]).empty_table()
        for role in table.inputs
        if role.name not in inputs
    }  # fmt: skip


def _checked(table: DeclaredTable, number: int, rows: pa.Table, inputs: Inputs) -> dict[str, str]:
    check = table.checks[number]
    try:
        broken = inputs.sql(check.violated, {"made": rows, **_left_out(table, inputs)})
    except duckdb.Error as error:
        reason = f"{check.label}: {str(error).splitlines()[0]}"
        raise MadangError(
            "declared_failed", analysis=table.standard.label, id=f"tables/{table.id}", reason=reason
        ) from error
    if broken.num_rows:
        first = ", ".join(f"{name} {value}" for name, value in broken.slice(0, 1).to_pylist()[0].items())
        raise MadangError(
            "table_check", table=table.standard.label, check=check.label, rows=broken.num_rows, first=first
        )
    return {"check": check.label, "passed": "맞음"}


def _column(told: StandardColumn) -> Column:
    kind = _KINDS.get(told.type, "text")
    unit = "" if kind == "percent" else told.unit or ""
    return Column(told.name, told.label, kind, unit, _DIGITS if kind in ("number", "percent") else 0)


def _findings(table: DeclaredTable) -> tuple[Finding, ...]:
    cells = {"rows": Cell("counted", "rows"), "datasets": Cell("counted", "datasets")}
    made = Finding(f"{table.standard.label}: 데이터 {{datasets}}에서 {{rows}}{{을}} 만들었습니다.", cells)
    if not table.checks:
        return (made,)
    return made, Finding("지켜야 할 것 {checks}{을} 모두 지켰습니다.", {"checks": Cell("counted", "checks")})


def _list(passed: list[dict[str, str]]) -> tuple[Table, ...]:
    if not passed:
        return ()
    return (table_of("checks", "검사", passed, [Column("check", "지켜야 할 것"), Column("passed", "결과")]),)
