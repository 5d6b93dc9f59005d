"""Counts and amounts by dimensions, with their totals: computed from the rows, not taken from the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from madang.bank.rebuild import scan
from madang.messages import MadangError
from madang.release.decision import Decision, Dim, Measure
from madang.release.space import Bools, Floats

TOTAL = "계"
_SIGUNGU = 5  # digits of the code of an area that holds neighbourhoods, at most
UNKNOWN = "자료 없음"
_TOTALS = ("계", "합계", "총계", "소계", "전체", "연령구간계", "총합계", "누계", "total")


@dataclass(frozen=True)
class Cube:
    """A table as it may be published: `rows` with the dimensions as text, `levels` says of each dimension and row
    whether it is one value (0), a level of areas (its digits) or everything (-1); per measure its values and which
    of them are small by themselves."""

    rows: pa.Table
    levels: dict[str, Any]
    values: dict[str, Floats]
    small: dict[str, Bools]


def cube(con: duckdb.DuckDBPyConnection, files: Sequence[Path], decision: Decision) -> Cube:
    """The table that `decision` describes. Rows that the file itself gives as totals are left out and summed anew.

    Raises MadangError: release_column_missing, release_negative.
    """
    rule = decision.table
    assert rule is not None
    con.execute(f"CREATE OR REPLACE TEMP VIEW leaves AS {_leaves(con, list(files), decision)}")
    parts = [_part(rule.dims, rule.measures, chosen) for chosen in product(*map(_choices, rule.dims))]
    order = ", ".join(map(_order, rule.dims))
    whole = con.execute(f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY {order}").to_arrow_table()
    values, small = {}, {}
    for measure in rule.measures:
        name = measure.called
        worth = whole.column(name).to_numpy(zero_copy_only=False).astype(float)
        if (worth < 0).any():
            raise MadangError("release_negative", column=name)
        values[name] = worth
        if measure.kind == "count":
            small[name] = (worth > 0) & (worth < rule.least)
        else:
            people = whole.column(f"{name}/n").to_numpy(zero_copy_only=False).astype(float)
            largest = whole.column(f"{name}/max").to_numpy(zero_copy_only=False).astype(float)
            small[name] = (worth > 0) & (
                (people < rule.fewest) | (~np.isnan(largest) & (largest > rule.dominance * worth))
            )
    shown = [name for dim in rule.dims for name in (dim.column, dim.label) if name]
    levels = {
        dim.column: whole.column(f"{dim.column}/level").to_numpy(zero_copy_only=False) for dim in rule.dims
    }
    return Cube(whole.select(shown), levels, values, small)


def _order(dim: Dim) -> str:
    """Totals first; ages by the first number in them."""
    number = f"TRY_CAST(regexp_extract({_q(dim.column)}, '\\d+') AS INTEGER), " if dim.kind == "age" else ""
    return f"{_q(dim.column + '/rank')}, {number}{_q(dim.column)}"


def _choices(dim: Dim) -> list[int]:
    return [0, *dim.levels, *([-1] if dim.total else [])]


def _part(dims: Sequence[Dim], measures: Sequence[Measure], chosen: tuple[int, ...]) -> str:
    """SQL of the sums at one combination of levels."""
    shown, groups = [], []
    for dim, level in zip(dims, chosen, strict=True):
        column, label = _q(dim.column), _q(dim.label) if dim.label else ""
        if level == 0:
            shown += [column, f"any_value({label}) AS {label}"] if label else [column]
            groups.append(column)
        elif level > 0:
            code = f"rpad(left({column}, {level}), length({column}), '0')"
            shown += [f"{code} AS {column}", *([f"'{TOTAL}' AS {label}"] if label else [])]
            groups.append(code)
        else:
            shown += [f"'{TOTAL}' AS {column}", *([f"'{TOTAL}' AS {label}"] if label else [])]
        rank = {0: 2, -1: 0}.get(level, 1)
        shown += [f"{level} AS {_q(dim.column + '/level')}", f"{rank} AS {_q(dim.column + '/rank')}"]
    for measure in measures:
        name = measure.called
        shown.append(f"sum({_q(name)}) AS {_q(name)}")
        if measure.kind == "amount":
            shown.append(f"sum({_q(name + '/n')}) AS {_q(name + '/n')}")
            shown.append(f"max({_q(name + '/max')}) AS {_q(name + '/max')}")
    grouped = f" GROUP BY {', '.join(groups)}" if groups else ""
    return f"SELECT {', '.join(shown)} FROM leaves{grouped}"


def _leaves(con: duckdb.DuckDBPyConnection, files: list[Path], decision: Decision) -> str:
    rule = decision.table
    assert rule is not None
    types = {row[0]: row[1] for row in con.execute(f"DESCRIBE SELECT * FROM {scan(files)}").fetchall()}
    named = [
        *(d.column for d in rule.dims),
        *(d.label for d in rule.dims),
        *(f.column for f in decision.rows),
    ]
    named += [name for m in rule.measures for name in (m.column, m.contributors)]
    for name in named:
        if name and name not in types:
            raise MadangError("release_column_missing", edition=decision.edition, column=name)
    shown, where = [], [kept_rows(decision)]
    for dim in rule.dims:
        column = _q(dim.column)
        shown.append(f"coalesce({column}::VARCHAR, '{UNKNOWN}') AS {column}")
        if dim.label:
            shown.append(f"{_q(dim.label)}::VARCHAR AS {_q(dim.label)}")
        where.append(_no_totals(con, files, dim, kept_rows(decision)))
    told = {name for dim in rule.dims for name in (dim.column, dim.label)} | {
        each.column for each in decision.rows
    }
    for name, kind in types.items():
        if (
            kind == "VARCHAR" and name not in told
        ):  # a total over a column that is summed over would count twice
            where.append(_no_totals(con, files, Dim(name), kept_rows(decision)))
    for measure in rule.measures:
        name, column = _q(measure.called), _q(measure.column) if measure.column else "1"
        shown.append(f"{column}::DOUBLE AS {name}")
        if measure.kind == "amount":
            people = f"{_q(measure.contributors)}::DOUBLE" if measure.contributors else "1"
            largest = "NULL::DOUBLE" if measure.contributors else f"{column}::DOUBLE"
            shown.append(f"{people} AS {_q(measure.called + '/n')}")
            shown.append(f"{largest} AS {_q(measure.called + '/max')}")
    return f"SELECT {', '.join(shown)} FROM {scan(files)} WHERE {' AND '.join(where)}"


def _no_totals(con: duckdb.DuckDBPyConnection, files: list[Path], dim: Dim, where: str) -> str:
    """SQL that leaves out the values of a dimension that sum others: 계, 합계 …, codes of areas that hold others."""
    column = f"coalesce({_q(dim.column)}::VARCHAR, '{UNKNOWN}')"
    query = f"SELECT DISTINCT {column} FROM {scan(files)} WHERE {where}"
    found = {str(row[0]) for row in con.execute(query).fetchall()}
    totals = {value for value in found if value.strip().lower() in _TOTALS}
    if dim.kind == "area":
        stems = {value: value.rstrip("0") for value in found if value.isdigit()}
        totals |= {
            value
            for value, stem in stems.items()
            if len(stem) <= _SIGUNGU and any(o != value and o.startswith(stem) for o in stems)
        }
    if totals == found or not totals:
        return "true"
    return f"{column} NOT IN ({', '.join(text_sql(value) for value in sorted(totals))})"


def kept_rows(decision: Decision) -> str:
    """SQL of the rows that the decision lets out."""
    each = [
        f"{_q(f.column)}::VARCHAR IN ({', '.join(text_sql(value) for value in f.values)})"
        for f in decision.rows
    ]
    return " AND ".join(f"coalesce({one}, false)" for one in each) or "true"


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def text_sql(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
