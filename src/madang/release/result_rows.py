"""Tables of a result that are rows of what the run read: with them a dataset leaves, not only what was found in it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from madang.bank import Bank, Version
from madang.engine.duck import connect
from madang.engine.rows_sql import quoted
from madang.messages import MadangError
from madang.release.decision import Decision
from madang.release.result_small import tells
from madang.results import Origin, Table
from madang.runs import Run
from madang.runs.inputs import DATASET, NAMES, Input, Inputs, Part
from madang.runs.ledger import Read

_ROW = "source_row"
_POINT = ("lon", "lat")
_AREAS = ("dong_name", "area_name")  # texts that call an area, not a row
_PLACES = {"keep": (*_POINT, "dong_code", "geo_level"), "dong": ("dong_code",)}
_CLOSE = 4  # digits of degrees that two points share which are one: some ten metres

_Way = tuple[str, str, str]  # from a table to a role and a dataset
Shown = Mapping[tuple[str, int], frozenset[str]]  # by dataset and version


@dataclass(frozen=True)
class Carried:
    """A table of which nearly each row is a row of a dataset, named by its title. `columns`: what they have of it, by label."""

    table: str
    title: str
    dataset: str
    columns: tuple[str, ...]


def shown_by(decision: Decision) -> frozenset[str]:
    """The columns that an edition shows of every row as they are."""
    if decision.rows:
        return frozenset()
    kept = (name for name, how in decision.columns.items() if how.how == "keep")
    return frozenset((*kept, *_PLACES.get(decision.places, ()), _ROW))


def carried_by(tables: Sequence[Table], run: Run, bank: Bank, shown: Shown) -> tuple[Carried, ...]:
    """The tables that are rows of data which are not open. `shown`: the columns that are.

    A table is, where at least half of its rows each lead to one row of an input and to no other: by the columns or the query of
    an origin. A table without any way back is looked at as a stranger would: it is, where half of its rows lie where rows of
    the input lie, or have a text (a name, an address) that is of one row alone. Roles that only call areas by name are left
    aside. Raises MadangError where an input is gone.
    """
    inside = [(read, set(read.columns.values()) - _open(read, shown)) for read in run.inputs]
    closed = [read for read, columns in inside if columns and read.role not in NAMES]
    chosen = _by_queries(tables, _inputs(run, bank), {read.role for read in closed})
    found = []
    with connect(temp_dir=bank.workshop) as con:
        for read in closed:
            con.execute(f"CREATE OR REPLACE TEMP VIEW rows AS {_part(read, bank).select()}")
            for table in tables:
                by_query = chosen.get((table.id, read.role, read.dataset), {})
                pairs = max((by_query, *_ways(con, table, read, bank)), key=len)
                if pairs and 2 * len(pairs) >= table.rows.num_rows:
                    columns = tuple(_same(con, table, read, pairs, _open(read, shown)))
                    found += [Carried(table.id, table.title, read.title, columns)] if columns else []
    return tuple(found)


def check_known(carried: Sequence[Carried], known: Collection[str]) -> None:
    """Raises MadangError("release_result_rows") where a table is rows of data that are not open and is not among those `known`."""
    left = [each for each in carried if each.table not in known]
    if left:
        tables = ", ".join(dict.fromkeys(f"{each.title} ({each.table})" for each in left))
        datasets = ", ".join(dict.fromkeys(each.dataset for each in left))
        raise MadangError("release_result_rows", tables=tables, datasets=datasets)


def _open(read: Read, shown: Shown) -> frozenset[str]:
    return shown.get((read.dataset, read.version), frozenset())


def _part(read: Read, bank: Bank) -> Part:
    files = tuple(bank[read.dataset].version(read.version).files)
    return Part(read.dataset, read.version, read.title, read.as_of, read.columns, files)


def _inputs(run: Run, bank: Bank) -> Inputs:
    roles = {read.role: tuple(_part(each, bank) for each in run.reads(read.role)) for read in run.inputs}
    return Inputs({role: Input(role, parts) for role, parts in roles.items()})


# which row of the input each row of a table is: by the place of the one, the source row of the other --------------


def _ways(con: duckdb.DuckDBPyConnection, table: Table, read: Read, bank: Bank) -> Iterator[dict[int, int]]:
    """By each way but a query that leads from a table to an input."""
    told = [each for each in table.origins if each.columns or each.query]
    for origin in told:
        if origin.role == read.role and not origin.query:
            yield _by_columns(con, table, read, origin.columns)
    if not told:
        yield _by_point(con, table, read)
        yield _by_text(con, table, read, bank[read.dataset].version(read.version))


def _by_queries(
    tables: Sequence[Table], inputs: Inputs, roles: Collection[str]
) -> dict[_Way, dict[int, int]]:
    """By each query that leads from tables to one of the `roles`, asked once for all of them."""
    uses: dict[str, list[tuple[Table, Origin]]] = {}
    for table in tables:
        for origin in table.origins:
            if origin.query and origin.role in roles:
                uses.setdefault(origin.query, []).append((table, origin))
    found: dict[_Way, dict[int, int]] = {}
    of_role = len(set(inputs.by_role) - set(NAMES)) > 1
    for query, several in uses.items():
        given = {f"given{n}": _keys(table, origin.columns) for n, (table, origin) in enumerate(several)}
        asked = []
        for n, (_, origin) in enumerate(several):
            of = [
                *_alike_by(origin.columns, "found", f"given{n}"),
                *([f"found.role = $role{n}"] if of_role else []),
            ]
            asked.append(f"""SELECT {n} AS n, place, any_value(found.dataset) AS dataset, any_value(source_row) AS source_row
                FROM given{n} JOIN found ON {" AND ".join(of) or "true"} GROUP BY 2
                HAVING min(found.dataset) = max(found.dataset) AND min(source_row) = max(source_row)""")
        values = {f"role{n}": origin.role for n, (_, origin) in enumerate(several)} if of_role else {}
        one = inputs.sql(f"WITH found AS MATERIALIZED ({query}) {' UNION ALL '.join(asked)}", given, values)
        for line in one.to_pylist():
            table, origin = several[line["n"]]
            way = found.setdefault((table.id, origin.role, line["dataset"]), {})
            way[line["place"]] = line["source_row"]
    return found


def _by_columns(
    con: duckdb.DuckDBPyConnection, table: Table, read: Read, columns: Mapping[str, str]
) -> dict[int, int]:
    if not set(columns.values()) <= {*read.columns, DATASET}:
        return {}
    con.register("given", _keys(table, columns))
    same = " AND ".join(_alike_by(columns, "rows"))
    return _asked(con, f"given JOIN rows ON {same} GROUP BY 1 HAVING count(*) = 1")


def _by_point(con: duckdb.DuckDBPyConnection, table: Table, read: Read) -> dict[int, int]:
    if not set(_POINT) <= {*table.rows.column_names} or not set(_POINT) <= {*read.columns}:
        return {}
    con.register("given", _given(table, {name: table.rows.column(name) for name in _POINT}))
    same = " AND ".join(f"round(given.{name}, {_CLOSE}) = round(rows.{name}, {_CLOSE})" for name in _POINT)
    return _asked(con, f"given JOIN rows ON {same} GROUP BY 1")


def _by_text(con: duckdb.DuckDBPyConnection, table: Table, read: Read, version: Version) -> dict[int, int]:
    told = {each.name for each in version.columns if each.type == "text" and each.standard not in _AREAS}
    theirs = [name for name, column in read.columns.items() if column in told]
    ours = [each.name for each in table.columns if each.kind == "text" and not tells(each)]
    if not theirs or not ours:
        return {}
    said = [_given(table, {"said": table.rows.column(name).cast(pa.string())}) for name in ours]
    con.register("given", pa.concat_tables(said))
    listed = ", ".join(f"{quoted(name)}::VARCHAR" for name in theirs)
    every = f"SELECT source_row, unnest([{listed}]) AS said FROM rows"
    one = f"SELECT said, any_value(source_row) AS source_row FROM ({every}) SEMI JOIN given USING (said) GROUP BY 1 HAVING count(*) = 1"
    return _asked(con, f"given JOIN ({one}) AS rows USING (said) GROUP BY 1")


def _keys(table: Table, columns: Mapping[str, str]) -> pa.Table:
    """What a table has in the columns that lead to an input, numbered."""
    return _given(table, {f"k{n}": table.rows.column(ours) for n, ours in enumerate(columns)})


def _alike_by(columns: Mapping[str, str], other: str, given: str = "given") -> list[str]:
    """That the keys of a table are those of the rows of `other`."""
    theirs = enumerate(map(quoted, columns.values()))
    return [f"{given}.k{n}::VARCHAR IS NOT DISTINCT FROM {other}.{name}::VARCHAR" for n, name in theirs]


def _given(table: Table, columns: Mapping[str, Any]) -> pa.Table:
    return pa.table({"place": np.arange(table.rows.num_rows), **columns})


def _asked(con: duckdb.DuckDBPyConnection, rest: str) -> dict[int, int]:
    found = con.execute(f"SELECT given.place, any_value(rows.source_row) FROM {rest}").fetchall()
    return {place: row for place, row in found if row is not None}


# what they have in common -----------------------------------------------------------------------------------


def _same(
    con: duckdb.DuckDBPyConnection, table: Table, read: Read, pairs: Mapping[int, int], shown: frozenset[str]
) -> list[str]:
    """The labels of columns that are the same in the rows of the input, but those that are open there."""
    con.register("given", pa.table({"source_row": sorted(set(pairs.values()))}))
    held = con.execute("SELECT rows.* FROM rows SEMI JOIN given USING (source_row)").to_arrow_table()
    at = {row: place for place, row in enumerate(held.column(_ROW).to_pylist())}
    theirs = {name: held.column(name).to_pylist() for name in read.columns}
    found = []
    for column in table.columns:
        ours = table.rows.column(column.name).to_pylist()
        alike = {
            read.columns[name]
            for name, values in theirs.items()
            if _alike([(ours[place], values[at[row]]) for place, row in pairs.items()])
        }
        if alike and not alike & shown:
            found.append(column.label)
    return found


def _alike(pairs: Sequence[tuple[Any, Any]]) -> bool:
    known = [(a, b) for a, b in pairs if a is not None and a == a]
    return bool(known) and all(
        str(a) == str(b) or (_is_number(a) and _is_number(b) and math.isclose(a, b, rel_tol=1e-6))
        for a, b in known
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
