"""The rows of an edition: columns dropped, masked, made coarser; places moved to a grid; nobody alone in a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyproj

from madang.bank import Version
from madang.bank.rebuild import scan
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError, text
from madang.privacy import KINDS, Kind, mask, redact_all
from madang.release.cube import kept_rows
from madang.release.decision import Decision, Places, Treatment

_POINTS = ("latitude", "longitude", "easting", "northing", "address_road", "address_lot", "postcode")
_WORDS = ("위도", "경도", "좌표", "주소", "우편번호", "지번", "도로명")
_TYPED = {"month": "month", "year": "year", "band": "text"}


@dataclass(frozen=True)
class Rows:
    """The rows as they are to leave the bank, and what each column is."""

    table: pa.Table
    columns: tuple[DatasetColumn, ...]


def rows(
    con: duckdb.DuckDBPyConnection, version: Version, decision: Decision, told: Sequence[DatasetColumn]
) -> Rows:
    """What `decision` lets out of `version`, in an order that follows from what is let out alone.

    `told` are its columns, of which those say that they are personal that are so now (`columns_now`); that none of them
    is shown was looked at before (`check_exposed`). Raises MadangError: release_column_missing, release_treatment_type,
    release_place_leak, release_few_alike.
    """
    columns = {column.name: column for column in told}
    kept = {name: how for name, how in decision.columns.items() if how.how != "drop"}
    for name in (*decision.columns, *decision.quasi, *(each.column for each in decision.rows)):
        if name not in columns:
            raise MadangError("release_column_missing", edition=decision.edition, column=name)
    for name, how in kept.items():
        _allowed(columns[name], how, decision)
    shown = [f"{_sql(columns[name], how)} AS {_q(name)}" for name, how in kept.items()]
    shown += [f"{_q(name)}" for name in _placed(version.files, decision.places)]
    if not shown:
        raise MadangError("release_nothing", edition=decision.edition)
    query = f"SELECT {', '.join(shown)} FROM {scan(list(version.files))} WHERE {kept_rows(decision)}"
    table = con.execute(query).to_arrow_table()
    for name, how in kept.items():
        if how.how == "mask":
            table = _replaced(table, name, _masked(table.column(name), columns[name]))
    if decision.places in ("100", "500", "1000"):
        table = _gridded(table, int(decision.places))
    _alike(table, decision)
    return Rows(_ordered(con, table), tuple(_column(columns[name], how) for name, how in kept.items()))


def _allowed(column: DatasetColumn, how: Treatment, decision: Decision) -> None:
    label = column.label or column.name
    if how.how in ("month", "year") and column.type not in ("date", "datetime", "month"):
        raise MadangError("release_treatment_type", column=label, how=how.how)
    if how.how in ("band", "round") and column.type not in ("integer", "number", "percent", "year"):
        raise MadangError("release_treatment_type", column=label, how=how.how)
    if how.how == "mask" and column.type != "text":
        raise MadangError("release_treatment_type", column=label, how=how.how)
    if decision.places != "keep" and tells_place(column):
        raise MadangError("release_place_leak", column=label)


def tells_place(column: DatasetColumn) -> bool:
    """Whether a column says where exactly something is: coordinates, an address, a shape."""
    label = column.label or column.name
    return column.type == "geometry" or column.format in _POINTS or any(word in label for word in _WORDS)


def _sql(column: DatasetColumn, how: Treatment) -> str:
    name, step = _q(column.name), how.step
    if how.how == "month":
        return f"left({name}, 7)" if column.type == "month" else f"strftime({name}, '%Y-%m')"
    if how.how == "year":
        return f"left({name}, 4)::BIGINT" if column.type == "month" else f"year({name})::BIGINT"
    if how.how == "round":
        kind = "BIGINT" if column.type in ("integer", "year") and step == int(step) else "DOUBLE"
        return f"(round({name} / {step}) * {step})::{kind}"
    if how.how == "band":
        low = f"(floor({name} / {step}) * {step})"
        if column.type in ("integer", "year") and step == int(step):
            return f"{low}::BIGINT || '~' || ({low} + {step} - 1)::BIGINT"
        return f"{low} || '~' || ({low} + {step})"
    return name


def _column(column: DatasetColumn, how: Treatment) -> DatasetColumn:
    """What is told of a column outside: nothing of how it was recognised."""
    typed: Any = _TYPED.get(how.how, column.type)
    changed = "" if how.how == "keep" else text(f"release_how_{how.how}", step=f"{how.step:g}")
    described = " ".join(part for part in (column.description, changed) if part)
    return replace(
        column, type=typed, because="", confidence=1.0, privacy="none", description=described, facts={}
    )


def _placed(files: Sequence[Path], places: Places) -> list[str]:
    known = pq.read_schema(files[0]).names
    wanted = {"keep": ["lon", "lat", "dong_code", "geo_level"], "dong": ["dong_code"], "drop": []}
    return [name for name in wanted.get(places, ["lon", "lat"]) if name in known]


def _masked(cells: Any, column: DatasetColumn) -> Any:
    """Numbers and names starred; a column that is personal as a whole keeps only its punctuation."""
    if column.format == "person_name":
        names: tuple[Kind, ...] = ("name",)
        return mask(cells, names)
    if column.privacy != "none":
        return mask(cells, KINDS, whole=True)
    return redact_all(cells)


def _gridded(table: pa.Table, step_m: int) -> pa.Table:
    """Points moved to the middle of the square of EPSG:5179 that they lie in."""
    if "lon" not in table.column_names:
        return table
    lon, lat = (table.column(n).to_numpy(zero_copy_only=False).astype(float) for n in ("lon", "lat"))
    there = np.isfinite(lon) & np.isfinite(lat)
    to = pyproj.Transformer.from_crs(4326, 5179, always_xy=True)
    back = pyproj.Transformer.from_crs(5179, 4326, always_xy=True)
    east, north = to.transform(lon[there], lat[there])
    middle = [(np.floor(np.asarray(each) / step_m) + 0.5) * step_m for each in (east, north)]
    for name, values in zip(("lon", "lat"), back.transform(middle[0], middle[1]), strict=True):
        moved = np.full(len(lon), np.nan)
        moved[there] = np.round(values, 6)
        table = _replaced(table, name, pa.array(moved, mask=~there))
    return table


def _alike(table: pa.Table, decision: Decision) -> None:
    """Every combination of the columns by which somebody might be recognised stands for enough rows."""
    names = [name for name in decision.quasi if name in table.column_names]
    if not names or not table.num_rows:
        return
    count = table.select(names).append_column("__n", pa.array(np.ones(table.num_rows, np.int64)))
    groups = count.group_by(names).aggregate([("__n", "sum")]).column("__n_sum")
    few = pc.less(groups, decision.anonymity)
    if pc.any(few).as_py():
        alone = int(pc.sum(pc.filter(groups, few)).as_py())
        raise MadangError(
            "release_few_alike", columns=", ".join(names), least=decision.anonymity,
            groups=f"{int(pc.sum(few).as_py()):,}", rows=f"{alone:,}",
        )  # fmt: skip


def _ordered(con: duckdb.DuckDBPyConnection, table: pa.Table) -> pa.Table:
    """Numbered in the order of what is published: the order of the source could tell what was left out."""
    con.register("leaving", table)
    names = ", ".join(_q(name) for name in table.column_names)
    query = f"SELECT row_number() OVER (ORDER BY {names}) AS source_row, * FROM leaving ORDER BY source_row"
    found = con.execute(query).to_arrow_table()
    con.unregister("leaving")
    return found


def _replaced(table: pa.Table, name: str, cells: Any) -> pa.Table:
    return table.set_column(table.column_names.index(name), name, cells)


def _q(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
