"""What the columns of a table look like, in a few numbers each: for the page of a dataset and for programs.

Two passes over the columns however many rows there are. Of a masked column only how complete it is; of a text column
its most frequent values, and only those that at least `FEWEST` rows share: a value of fewer could be somebody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from madang.access import View
from madang.engine.row_store import Relation, Source, opened
from madang.engine.rows_fields import Fields
from madang.engine.rows_query import NUMBERS, Column, Field, Query
from madang.engine.rows_sql import Condition, condition, quoted

FEWEST = 5
_BINS = 16
_TOP = 6
_DAYS = ("date", "datetime")
_LISTED = ("text", "month", "time", "boolean")


@dataclass(frozen=True)
class Sketch:
    """One column. `distinct` is an estimate, at times off by a tenth, None where it is not told. `smallest` and `largest` are
    numbers, or ISO texts of days; `bins` are counts of equal steps between them. `top` are values with their counts."""

    name: str
    label: str
    type: str
    unit: str | None
    masked: bool
    rows: int
    empty: int
    distinct: int | None = None
    smallest: float | int | str | None = None
    largest: float | int | str | None = None
    mean: float | None = None
    bins: tuple[int, ...] = ()
    top: tuple[tuple[str, int], ...] = ()


def sketches(source: Source, view: View, columns: Sequence[Column]) -> list[Sketch]:
    """A sketch of each column of a version as the view shows it, in their order."""
    with opened(source) as table:
        fields = Fields(columns, view, table.names)
        found = condition(Query(), fields, view, table.names)
        first = _first(table, found, fields.shown)
        rows = int(first["rows"])
        bins = _bins(table, found, [f for f in fields.shown if _is_spread(f, first)], first)
        tops = _tops(table, found, [f for f in fields.shown if not f.masked and f.type in _LISTED])
        return [_sketch(field, rows, first, bins, tops) for field in fields.shown]


def _number(field: Field) -> str:
    """SQL of a cell as a number; days as seconds."""
    name = quoted(field.name)
    if field.type in _DAYS:
        return f"epoch({name})"
    return f"CASE WHEN isfinite({name}::DOUBLE) THEN {name}::DOUBLE END"


def _is_ranged(field: Field) -> bool:
    return not field.masked and (field.type in NUMBERS or field.type in _DAYS)


def _is_spread(field: Field, first: dict[str, Any]) -> bool:
    return _is_ranged(field) and (first[f"{field.name} most"] or 0) > (first[f"{field.name} least"] or 0)


def _first(table: Relation, found: Condition, fields: Sequence[Field]) -> dict[str, Any]:
    """Counts, ends and means of all columns, by "<column> <what>"."""
    wanted = {"rows": "count(*)"}
    for field in fields:
        name = quoted(field.name)
        wanted[f"{field.name} filled"] = f"count({name})"
        if not field.masked:
            wanted[f"{field.name} distinct"] = f"approx_count_distinct({name})"
        if _is_ranged(field):
            number = _number(field)
            wanted[f"{field.name} least"], wanted[f"{field.name} most"] = f"min({number})", f"max({number})"
            if field.type not in _DAYS:
                wanted[f"{field.name} mean"] = f"avg({number})"
            else:
                wanted[f"{field.name} begin"] = f"min({name})"
                wanted[f"{field.name} end"] = f"max({name})"
    row = table.con.execute(
        f"SELECT {', '.join(wanted.values())} FROM {table.sql}{found.where}", found.values
    )
    return dict(zip(wanted, row.fetchall()[0], strict=True))


def _bins(
    table: Relation, found: Condition, fields: Sequence[Field], first: dict[str, Any]
) -> dict[str, tuple[int, ...]]:
    """Equal steps between the ends, counted in one pass."""
    if not fields:
        return {}
    sums, ends = [], []
    for field in fields:
        low, high = float(first[f"{field.name} least"]), float(first[f"{field.name} most"])
        step = f"floor(({_number(field)} - ?) * ?)::INTEGER"  # the largest value begins a step of its own
        sums.append(f"histogram({step})")
        ends += [low, _BINS / (high - low)]
    sql = f"SELECT {', '.join(sums)} FROM {table.sql}{found.where}"
    got = table.con.execute(sql, [*ends, *found.values]).fetchall()[0]
    return {
        field.name: _steps({int(step): int(count) for step, count in (counts or {}).items()})
        for field, counts in zip(fields, got, strict=True)
    }


def _steps(counts: dict[int, int]) -> tuple[int, ...]:
    """The largest value belongs to the last step."""
    return (
        *(counts.get(place, 0) for place in range(_BINS - 1)),
        counts.get(_BINS - 1, 0) + counts.get(_BINS, 0),
    )


def _tops(
    table: Relation, found: Condition, fields: Sequence[Field]
) -> dict[str, tuple[tuple[str, int], ...]]:
    """The most frequent values of each column; exact, as few columns have many."""
    tops = {}
    for field in fields:
        name = quoted(field.name)
        filled = f"{found.where} AND" if found.where else " WHERE"
        sql = (
            f"SELECT {name}::VARCHAR, count(*) FROM {table.sql}{filled} {name} IS NOT NULL GROUP BY 1"
            f" HAVING count(*) >= {FEWEST} ORDER BY 2 DESC, 1 LIMIT {_TOP}"
        )
        got = table.con.execute(sql, found.values).fetchall()
        tops[field.name] = tuple((str(value), int(count)) for value, count in got)
    return tops


def _sketch(
    field: Field,
    rows: int,
    first: dict[str, Any],
    bins: dict[str, tuple[int, ...]],
    tops: dict[str, tuple[tuple[str, int], ...]],
) -> Sketch:
    said = {
        what: first.get(f"{field.name} {what}")
        for what in ("distinct", "least", "most", "mean", "begin", "end")
    }
    days = field.type in _DAYS
    least, most = (said["begin"], said["end"]) if days else (said["least"], said["most"])
    whole = field.type in ("integer", "year")
    return Sketch(
        field.name, field.label, field.type, field.unit, field.masked, rows, rows - int(first[f"{field.name} filled"]),
        distinct=None if said["distinct"] is None else min(int(said["distinct"]), rows),
        smallest=_end(least, whole), largest=_end(most, whole), mean=said["mean"],
        bins=bins.get(field.name, ()), top=tops.get(field.name, ()),
    )  # fmt: skip


def _end(value: Any, whole: bool) -> float | int | str | None:
    if value is None:
        return None
    if isinstance(value, float):
        return int(value) if whole else value
    return str(value.isoformat())
