"""Tables of a result that are rows of what the run read: with them a dataset leaves, not only what was found in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.access import View
from madang.bank import Bank, Version
from madang.engine.duck import connect
from madang.engine.rows import Fields, Query
from madang.engine.rows_sql import condition, quoted
from madang.messages import MadangError
from madang.release.result_decision import Carried
from madang.release.result_known import closed_of
from madang.release.result_small import tells
from madang.release.result_story import MOST_CELLS
from madang.results import Origin, Table
from madang.runs import Read, Run
from madang.runs.inputs import DATASET, NAMES
from madang.runs.why import filters_of, inputs_of, part_of, tells_roles

_ROW = "source_row"
_POINT = ("lon", "lat")
_AREAS = ("dong_name", "area_name")  # texts that call an area, not a row
_CLOSE = 4  # digits of degrees that two points share which are one: some ten metres
_ALIKE = 0.9  # of the rows in which a column says the same: it is the same column
_NO_PAIRS = pa.table({"place": pa.array([], pa.int64()), _ROW: pa.array([], pa.int64())})
_NEAR = 1e-6  # of a number, by which it may differ from one that it was computed from


@dataclass(frozen=True)
class _Told:
    """By table and role what the queries of its origins answered (`place`, `dataset`, `source_row`), and which ways cannot be
    walked."""

    answers: Sequence[tuple[str, str, pa.Table]]
    unsure: frozenset[tuple[str, str]]


def carried_by(tables: Sequence[Table], run: Run, bank: Bank) -> tuple[Carried, ...]:
    """The tables that are rows of data, open or not; without those that are too large to leave.

    A table is, where at least half of its rows each lead to one row of an input, whichever, and have a column in common: by the
    columns or the query of an origin, or as a stranger would find them, by a point where a row of the input lies or a text
    (a name, an address) that is of one row alone. One with a way that cannot be walked may be. Roles that only call areas
    by name are left aside. Raises MadangError where an input is gone.
    """
    tables = [each for each in tables if 0 < each.rows.num_rows * each.rows.num_columns <= MOST_CELLS]
    reads = [each for each in run.inputs if each.role not in NAMES]
    parts = [part_of(each, bank).select() for each in reads]
    told = _by_queries(tables, run, bank)
    found = []
    with connect(temp_dir=bank.workshop) as con:
        for read, part in zip(reads, parts, strict=True):
            con.execute(f"CREATE OR REPLACE TEMP VIEW rows AS {part}")
            version = bank[read.dataset].version(read.version)
            for table in tables:
                try:
                    one = _carried(con, table, read, version, told)
                except (duckdb.Error, MadangError):
                    one = _unsure(table, read)
                found += [one] if one else []
    return closed_of(found, {})


def _carried(
    con: duckdb.DuckDBPyConnection, table: Table, read: Read, version: Version, told: _Told
) -> Carried | None:
    if (table.id, read.role) in told.unsure:
        return _unsure(table, read)
    same: dict[str, set[str]] = {}
    places: set[int] = set()
    for pairs, keys in _ways(con, table, read, version, told):
        alike = _same(con, table, read, pairs)
        if set(alike) - keys:
            places.update(pairs.column("place").to_pylist())
            for name, theirs in alike.items():
                same.setdefault(name, set()).update(theirs)
    names = [each for each in table.columns if each.name in same]
    if not names:
        return None
    return Carried(
        table.id, table.title, read.title, tuple(each.label for each in names), (read.dataset, read.version),
        tuple(tuple(sorted(same[each.name])) for each in names), len(places), table.rows.num_rows,
    )  # fmt: skip


def _unsure(table: Table, read: Read) -> Carried:
    every = tuple((each,) for each in sorted(set(read.columns.values())))
    count = table.rows.num_rows
    return Carried(table.id, table.title, read.title, (), (read.dataset, read.version), every, count, count)


# which row of the input each row of a table is: by the place of the one, the source row of the other --------------


def _ways(
    con: duckdb.DuckDBPyConnection, table: Table, read: Read, version: Version, told: _Told
) -> Iterator[tuple[pa.Table, Set[str]]]:
    """By each way that leads from a table to an input; and which columns are not enough to have in common.

    Where a way has conditions those are its own: it leads to what was counted, which may have been one row alone.
    """
    for of, role, answer in told.answers:
        if (of, role) == (table.id, read.role):
            yield (
                answer.filter(pc.equal(answer.column("dataset"), read.dataset)).select(["place", _ROW]),
                set(),
            )
    for origin in table.origins:
        ours = set(origin.columns.values()) <= {*read.columns, DATASET}
        if origin.role == read.role and origin.columns and not origin.query and ours:
            yield (
                _by_columns(con, table, read, origin, version),
                origin.columns.keys() if origin.where else set(),
            )
    if set(_POINT) <= {*table.rows.column_names} and set(_POINT) <= {*read.columns}:
        yield _by_point(con, table), set()
    yield _by_text(con, table, read, version), set()


def _by_queries(tables: Sequence[Table], run: Run, bank: Bank) -> _Told:
    """By each query that leads from tables to rows, asked once for all of them."""
    uses: dict[str, list[tuple[Table, Origin]]] = {}
    for table in tables:
        for origin in table.origins:
            if origin.query:
                uses.setdefault(origin.query, []).append((table, origin))
    inputs, of_role = inputs_of(run, bank), tells_roles(run)
    answers: list[tuple[str, str, pa.Table]] = []
    unsure: set[tuple[str, str]] = set()
    for query, several in uses.items():
        asked = []
        for n, (_, origin) in enumerate(several):
            one = _lines(origin.columns, "found", f" WHERE role = $role{n}" if of_role else "", n)
            asked.append(f"SELECT {n} AS n, place, dataset, source_row FROM {one}")
        given = {f"given{n}": _keys(table, origin) for n, (table, origin) in enumerate(several)}
        roles = {f"role{n}": origin.role for n, (_, origin) in enumerate(several)} if of_role else {}
        try:
            found = inputs.sql(
                f"WITH found AS MATERIALIZED ({query}) {' UNION ALL '.join(asked)}", given, roles
            )
        except duckdb.Error:
            unsure.update((table.id, origin.role) for table, origin in several)
            continue
        answers += [
            (table.id, origin.role, found.filter(pc.equal(found.column("n"), n)))
            for n, (table, origin) in enumerate(several)
        ]
    return _Told(answers, frozenset(unsure))


def _by_columns(
    con: duckdb.DuckDBPyConnection, table: Table, read: Read, origin: Origin, version: Version
) -> pa.Table:
    con.register("given0", _keys(table, origin))
    fields = Fields(version.columns, View())
    those = condition(Query(filters=filters_of(read, origin)), fields, View(), ())
    where, values = "", []
    if those.parts:
        where = f" SEMI JOIN (SELECT source_row FROM read_parquet(?){those.where}) USING (source_row)"
        values = [list(map(str, version.files)), *those.values]
    return _asked(con, f"SELECT place, source_row FROM {_lines(origin.columns, 'rows', where, 0)}", values)


def _lines(columns: Mapping[str, str], rows: str, where: str, n: int) -> str:
    """SQL: the rows of ``given<n>`` with the one row of `rows` that reads as they do, where there is one."""
    keys = "".join(f"{_key(quoted(name))} AS k{k}, " for k, name in enumerate(columns.values()))
    alike = [f"{_key(f'given{n}.k{k}')} IS NOT DISTINCT FROM one.k{k}" for k in range(len(columns))]
    by = f"GROUP BY {', '.join(str(k + 1) for k in range(len(columns)))}" if columns else ""
    one = f"""SELECT {keys}any_value(dataset) AS dataset, any_value(source_row) AS source_row FROM {rows}{where} {by}
        HAVING min(dataset) = max(dataset) AND min(source_row) = max(source_row)"""
    return f"given{n} JOIN ({one}) AS one ON {' AND '.join(alike) or 'true'}"


def _by_point(con: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    con.register("given", _given(table, {name: table.rows.column(name) for name in _POINT}))
    near = ", ".join(f"round(TRY_CAST({name} AS DOUBLE), {_CLOSE}) AS {name}" for name in _POINT)
    one = f"SELECT {near}, any_value(source_row) AS source_row FROM rows GROUP BY 1, 2"
    return _asked(
        con, f"SELECT place, source_row FROM (SELECT place, {near} FROM given) JOIN ({one}) USING (lon, lat)"
    )


def _by_text(con: duckdb.DuckDBPyConnection, table: Table, read: Read, version: Version) -> pa.Table:
    told = {each.name for each in version.columns if each.type == "text" and each.standard not in _AREAS}
    theirs = [name for name, column in read.columns.items() if column in told]
    ours = [each.name for each in table.columns if each.kind == "text" and not tells(each)]
    if not theirs or not ours:
        return _NO_PAIRS
    con.register("given", _given(table, {f"k{n}": table.rows.column(name) for n, name in enumerate(ours)}))
    said = "SELECT place, unnest([{}]) AS said FROM given".format(", ".join(f"k{n}::VARCHAR" for n in range(len(ours))))  # fmt: skip
    every = "SELECT source_row, unnest([{}]) AS said FROM rows".format(", ".join(f"{quoted(name)}::VARCHAR" for name in theirs))  # fmt: skip
    one = f"""SELECT said, any_value(source_row) AS source_row FROM ({every}) SEMI JOIN said USING (said) GROUP BY 1
        HAVING min(source_row) = max(source_row)"""
    return _asked(
        con,
        f"WITH said AS MATERIALIZED ({said}) SELECT place, any_value(source_row) AS source_row FROM said JOIN ({one}) USING (said) GROUP BY 1",
    )


def _key(name: str) -> str:
    """SQL of a value as what is compared: a number is the same with and without a point."""
    return f"regexp_replace({name}::VARCHAR, '\\.0+$', '')"


def _keys(table: Table, origin: Origin) -> pa.Table:
    """What a table has in the columns that lead to an input, numbered."""
    return _given(table, {f"k{n}": table.rows.column(ours) for n, ours in enumerate(origin.columns)})


def _given(table: Table, columns: Mapping[str, pa.ChunkedArray]) -> pa.Table:
    return pa.table({"place": np.arange(table.rows.num_rows), **columns})


def _asked(con: duckdb.DuckDBPyConnection, query: str, values: Sequence[object] = ()) -> pa.Table:
    found: pa.Table = con.execute(
        f"SELECT place, source_row FROM ({query}) WHERE source_row IS NOT NULL", list(values)
    ).to_arrow_table()
    return found


# what they have in common -----------------------------------------------------------------------------------


def _same(con: duckdb.DuckDBPyConnection, table: Table, read: Read, pairs: pa.Table) -> dict[str, set[str]]:
    """By column of a table the columns of the input's version that say the same in nearly all of the pairs."""
    if not pairs.num_rows:
        return {}
    ours, theirs = [each.name for each in table.columns], list(read.columns)
    con.register("pairs", pairs)
    con.register("ours", _given(table, {f"o{n}": table.rows.column(name) for n, name in enumerate(ours)}))
    listed = ", ".join(
        (*(f"o{n}" for n in range(len(ours))), *(f"rows.{quoted(t)} AS t{n}" for n, t in enumerate(theirs)))
    )
    held = con.execute(
        f"SELECT {listed} FROM pairs JOIN ours USING (place) JOIN rows ON rows.source_row = pairs.source_row"
    ).to_arrow_table()
    con.register("held", held)
    found: dict[str, set[str]] = {}
    for n, name in enumerate(ours):  # DuckDB plans many short questions sooner than a long one
        equal = [f"count(*) FILTER ({_equal(held, f'o{n}', f't{k}')})" for k in range(len(theirs))]
        asked = f"SELECT count({_known(held, f'o{n}')}), {', '.join(equal)} FROM held"
        known, *counts = con.execute(asked).fetchone() or (0,)
        alike = {
            read.columns[of] for of, count in zip(theirs, counts, strict=True) if count >= _ALIKE * known
        }
        if known and alike:
            found[name] = alike
    return found


def _known(held: pa.Table, name: str) -> str:
    return f"nullif({name}, 'NaN')" if pa.types.is_floating(held.schema.field(name).type) else name


def _equal(held: pa.Table, ours: str, theirs: str) -> str:
    kinds = [held.schema.field(each).type for each in (ours, theirs)]
    if all(map(_is_number, kinds)) and not all(map(pa.types.is_integer, kinds)):
        a, b = f"{_known(held, ours)}::DOUBLE", f"{theirs}::DOUBLE"
        return f"abs({a} - {b}) <= {_NEAR} * greatest(abs({a}), abs({b}))"
    return f"{_key(ours)} = {_key(theirs)}"


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))
