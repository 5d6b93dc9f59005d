"""Tables of a result that are rows of what the run read: with them a dataset leaves, not only what was found in it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
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
from madang.results import Table
from madang.runs import Run
from madang.runs.inputs import DATASET, NAMES, Part
from madang.runs.ledger import Read

_ROW = "source_row"
_POINT = ("lon", "lat")
_AREAS = ("dong_name", "area_name")  # texts that call an area, not a row
_PLACES = {"keep": (*_POINT, "dong_code", "geo_level"), "dong": ("dong_code",)}
_CLOSE = 4  # digits of degrees that two points share which are one: some ten metres

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

    A table is, where at least half of its rows each lead to one row of an input and to no other: by the columns of an origin.
    Where a query names the rows behind it, it is where it has half as many rows as the input. A table without any way back
    is looked at as a stranger would: it is, where half of its rows lie where rows of the input lie, or have a text (a name,
    an address) that is of one row alone. Roles that only call areas by name are left aside. Raises MadangError where an
    input is gone.
    """
    found = []
    with connect(temp_dir=bank.workshop) as con:
        for read in run.inputs:
            open_now = shown.get((read.dataset, read.version), frozenset())
            if read.role in NAMES or set(read.columns.values()) <= open_now:
                continue
            version = bank[read.dataset].version(read.version)
            role = sum(bank[each.dataset].version(each.version).rows for each in run.reads(read.role))
            con.execute(f"CREATE OR REPLACE TEMP VIEW rows AS {_select(read, version.files)}")
            for table in tables:
                if columns := _columns(con, table, read, version, role, open_now):
                    found.append(Carried(table.id, table.title, read.title, columns))
    return tuple(found)


def check_known(carried: Sequence[Carried], known: Collection[str]) -> None:
    """Raises MadangError("release_result_rows") where a table is rows of data that are not open and is not among those `known`."""
    left = [each for each in carried if each.table not in known]
    if left:
        tables = ", ".join(dict.fromkeys(f"{each.title} ({each.table})" for each in left))
        datasets = ", ".join(dict.fromkeys(each.dataset for each in left))
        raise MadangError("release_result_rows", tables=tables, datasets=datasets)


def _select(read: Read, files: Sequence[Path]) -> str:
    return Part(read.dataset, read.version, read.title, read.as_of, read.columns, tuple(files)).select()


def _columns(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    read: Read,
    version: Version,
    role: int,
    shown: frozenset[str],
) -> tuple[str, ...]:
    """The labels of what a table has of the rows of an input; () where it is not its rows. `role`: rows of all its inputs."""
    ways = [each for each in table.origins if each.columns or each.query]
    for way in ways:
        if way.role == read.role and way.query and table.rows.num_rows and 2 * table.rows.num_rows >= role:
            return tuple(each.label for each in table.columns if not way.only or each.name in way.only)
    keyed = [each.columns for each in ways if each.role == read.role and not each.query]
    pairs = [_by_columns(con, table, read, each) for each in keyed]
    if not ways:
        pairs = [_by_point(con, table, read), _by_text(con, table, read, version)]
    most = max(pairs, key=len, default={})
    if not most or 2 * len(most) < table.rows.num_rows:
        return ()
    return tuple(_same(con, table, read, most, shown))


# which row of the input each row of a table is: by the place of the one, the source row of the other --------------


def _by_columns(
    con: duckdb.DuckDBPyConnection, table: Table, read: Read, columns: Mapping[str, str]
) -> dict[int, int]:
    if not set(columns.values()) <= {*read.columns, DATASET}:
        return {}
    con.register("given", _given({f"k{n}": table.rows.column(name) for n, name in enumerate(columns)}))
    same = " AND ".join(
        f"given.k{n}::VARCHAR IS NOT DISTINCT FROM rows.{quoted(theirs)}::VARCHAR"
        for n, theirs in enumerate(columns.values())
    )
    return _asked(con, f"given JOIN rows ON {same} GROUP BY 1 HAVING count(*) = 1")


def _by_point(con: duckdb.DuckDBPyConnection, table: Table, read: Read) -> dict[int, int]:
    if not set(_POINT) <= {*table.rows.column_names} or not set(_POINT) <= {*read.columns}:
        return {}
    con.register("given", _given({name: table.rows.column(name) for name in _POINT}))
    same = " AND ".join(f"round(given.{name}, {_CLOSE}) = round(rows.{name}, {_CLOSE})" for name in _POINT)
    return _asked(con, f"given JOIN rows ON {same} GROUP BY 1")


def _by_text(con: duckdb.DuckDBPyConnection, table: Table, read: Read, version: Version) -> dict[int, int]:
    told = {each.name for each in version.columns if each.type == "text" and each.standard not in _AREAS}
    theirs = [name for name, column in read.columns.items() if column in told]
    ours = [each.name for each in table.columns if each.kind == "text" and not tells(each)]
    if not theirs or not ours:
        return {}
    con.register("given", pa.concat_tables([_given({"said": table.rows.column(name).cast(pa.string())}) for name in ours]))  # fmt: skip
    listed = ", ".join(f"{quoted(name)}::VARCHAR" for name in theirs)
    every = f"SELECT source_row, unnest([{listed}]) AS said FROM rows"
    one = f"SELECT said, any_value(source_row) AS source_row FROM ({every}) SEMI JOIN given USING (said) GROUP BY 1 HAVING count(*) = 1"
    return _asked(con, f"given JOIN ({one}) AS rows USING (said) GROUP BY 1")


def _given(columns: Mapping[str, Any]) -> pa.Table:
    count = len(next(iter(columns.values())))
    return pa.table({"place": np.arange(count), **columns})


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
    known = [(a, b) for a, b in pairs if a is not None]
    return bool(known) and all(
        str(a) == str(b) or (_is_number(a) and _is_number(b) and math.isclose(a, b, rel_tol=1e-6))
        for a, b in known
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
