"""Pictures of a result as SVG: bars, lines, areas, points and rules of a Vega-Lite specification, drawn here.

Nothing of the SVG needs a script or a style: colours and line styles are classes (`s0` … `s7`), so it stands on pages
with a strict policy and in files alike. What a specification asks for beyond that is left out; a mark that is not
known makes no picture, and the table stands for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from madang.messages import Language
from madang.results.result import Chart, Column, Result, Table

MOST_BARS = 30
MOST_SERIES = 8
_MOST_ROWS = 4000
_MARKS = {"bar": "bar", "line": "line", "area": "area", "point": "point", "circle": "point", "square": "point", "rule": "rule",
          "errorbar": "rule", "trail": "line", "tick": "point"}  # fmt: skip
NUMBERS = ("integer", "number", "percent", "money")
Side = Literal["number", "time", "names"]


@dataclass(frozen=True)
class Axis:
    """A side of a picture: numbers and times from `low` to `high`, or `names` one beside the other."""

    side: Side
    column: Column
    low: float = 0
    high: float = 1
    names: tuple[str, ...] = ()

    def at(self, value: Any) -> float | None:
        """Where a value lies, 0 to 1 along the axis; None where it is empty or elsewhere."""
        if self.side == "names":
            return (
                (self.names.index(str(value)) + 0.5) / len(self.names) if str(value) in self.names else None
            )
        number = _number(value)
        return None if number is None else (number - self.low) / ((self.high - self.low) or 1)


@dataclass(frozen=True)
class Mark:
    """One layer: what is drawn, and for each row its places and the series it is of."""

    kind: str
    x: tuple[Any, ...]
    y: tuple[Any, ...]
    x2: tuple[Any, ...]
    y2: tuple[Any, ...]
    series: tuple[str, ...]
    step: bool = False


@dataclass(frozen=True)
class Picture:
    """What a chart draws: its layers, its two axes, the names of its series, and whether rows were left out.

    `withheld`: names down the side with a value that is known and not shown. `language`: in which that is said.
    """

    marks: tuple[Mark, ...]
    x: Axis
    y: Axis
    series: tuple[str, ...]
    cut: bool = False
    withheld: frozenset[str] = frozenset()
    language: Language = "ko"

    @property
    def lies(self) -> bool:
        """Whether its bars lie: names down the side, numbers to the right."""
        return self.y.side == "names"


def picture(
    chart: Chart, result: Result, hidden: frozenset[int] = frozenset(), language: Language = "ko"
) -> Picture | None:
    """What `chart` draws of its table, of which the rows `hidden` show no numbers; None where its marks are not known
    here or there is nothing to draw.

    Raises MadangError("result_table", "result_column") where the table has no such column.
    """
    table = result.table(chart.table)
    layers = [
        {**_common(chart.spec), **_merged(chart.spec, each)}
        for each in chart.spec.get("layer") or [chart.spec]
    ]
    if not table.rows.num_rows or any(_kind(each) not in _MARKS for each in layers):
        return None
    rows = _in_order(table, layers)
    cut = len(rows) > _MOST_ROWS
    marks = tuple(_mark(each, rows[:_MOST_ROWS]) for each in layers)
    x, y = (_axis(layers, marks, table, side) for side in ("x", "y"))
    if x is None or y is None:
        return None
    if x.side == "names" and y.side == "number" and any(each.kind == "bar" for each in marks):
        marks, x, y = tuple(_turned(each) for each in marks), y, x
    series = tuple(dict.fromkeys(name for each in marks for name in each.series if name))
    names = y.names if y.side == "names" else ()
    if len(names) > MOST_BARS:
        cut, y = True, Axis("names", y.column, names=names[:MOST_BARS])
    withheld = frozenset(str(table.value(row, y.column.name)) for row in hidden) if names else frozenset()
    return Picture(marks, x, y, series, cut, withheld, language)


def _common(spec: Mapping[str, Any]) -> dict[str, Any]:
    return {"mark": spec.get("mark", ""), "encoding": dict(spec.get("encoding") or {})}


def _merged(spec: Mapping[str, Any], layer: Mapping[str, Any]) -> dict[str, Any]:
    encoding = {**(spec.get("encoding") or {}), **(layer.get("encoding") or {})}
    return {"mark": layer.get("mark", spec.get("mark", "")), "encoding": encoding}


def _kind(layer: Mapping[str, Any]) -> str:
    mark = layer["mark"]
    return str(mark.get("type", "") if isinstance(mark, Mapping) else mark)


def _field(layer: Mapping[str, Any], channel: str) -> str:
    told = layer["encoding"].get(channel) or {}
    return str(told.get("field") or "") if isinstance(told, Mapping) else ""


def _in_order(table: Table, layers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows as the specification sorts its names: "-x" the largest first, "x" the smallest; else as they stand."""
    rows: list[dict[str, Any]] = table.rows.slice(0, _MOST_ROWS + 1).to_pylist()
    for layer in layers:
        for channel in ("y", "x"):
            sort = (layer["encoding"].get(channel) or {}).get("sort")
            by = (
                _field(layer, str(sort).lstrip("-"))
                if isinstance(sort, str) and sort.lstrip("-") in ("x", "y")
                else ""
            )
            if by:
                down = str(sort).startswith("-")
                return sorted(
                    rows,
                    key=lambda row: (_number(row[by]) is None, (-1 if down else 1) * (_number(row[by]) or 0)),
                )
    return rows


def _mark(layer: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Mark:
    def values(channel: str) -> tuple[Any, ...]:
        name = _field(layer, channel)
        return tuple(row[name] for row in rows) if name else ()

    told = layer["mark"]
    bend = str(told.get("interpolate", "")) if isinstance(told, Mapping) else ""
    told_of = layer.get("encoding", {}).get("color")
    datum = told_of.get("datum") if isinstance(told_of, Mapping) else None
    series = values("color") or values("detail") or values("strokeDash") or (datum,) * len(rows)
    return Mark(
        _MARKS[_kind(layer)], values("x"), values("y"), values("x2"), values("y2"),
        tuple("" if each is None else str(each) for each in series), bend.startswith("step"),
    )  # fmt: skip


def _turned(mark: Mark) -> Mark:
    return Mark(mark.kind, mark.y, mark.x, mark.y2, mark.x2, mark.series, mark.step)


def _axis(
    layers: Sequence[Mapping[str, Any]], marks: Sequence[Mark], table: Table, channel: Literal["x", "y"]
) -> Axis | None:
    name = next((found for each in layers if (found := _field(each, channel))), "")
    if not name:
        return None
    column = table.column(name)
    told = next(each["encoding"][channel] for each in layers if _field(each, channel))
    values = [value for each in marks for value in (*getattr(each, channel), *getattr(each, f"{channel}2"))]
    side = _side(told, column, values)
    if side == "names":
        return Axis(
            "names", column, names=tuple(dict.fromkeys(str(each) for each in values if each is not None))
        )
    numbers = [number for each in values if (number := _number(each)) is not None]
    if not numbers:
        return None
    low, high = min(numbers), max(numbers)
    scale = told.get("scale") or {}
    from_zero = scale.get("zero", channel == "y" or any(each.kind == "bar" for each in marks))
    if side == "number" and from_zero:
        low, high = min(low, 0), max(high, 0)
    if domain := scale.get("domain"):
        low, high = (_number(domain[0]) or 0.0), (_number(domain[-1]) or 1.0)
    return Axis(side, column, low, high if high > low else low + 1)


def _side(told: Mapping[str, Any], column: Column, values: Sequence[Any]) -> Side:
    kind = told.get("type") or ""
    if kind in ("nominal", "ordinal"):
        return "names"
    if kind == "temporal" or (not kind and column.kind in ("date", "month")):
        return "time" if all(_number(each) is not None for each in values if each is not None) else "names"
    return "number" if kind == "quantitative" or column.kind in NUMBERS else "names"


def _number(value: Any) -> float | None:
    """A number, or a day as one; None where it is neither."""
    if isinstance(value, date):
        return float(value.toordinal())
    if isinstance(value, str):
        try:
            return float(date.fromisoformat(f"{value}-01" if len(value) == 7 else value[:10]).toordinal())
        except ValueError:
            return None
    return None if value is None or not math.isfinite(value) else float(value)
