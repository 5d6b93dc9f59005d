"""A quick chart of the rows that are asked for: how many, or the mean or sum of a column, by category or by time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from madang.engine.rows import Field, Measure, Sort, rows
from madang.engine.rows_query import NUMBERS
from madang.web.desk.asked import Asked
from madang.web.shell.area_names import names_for
from madang.web.shell.cells import label_of, shown

_TIMES = ("date", "month", "year", "time")
_BY = ("text", "boolean", *_TIMES)
_KIND_WORDS = ("구분", "구분명", "유형", "종류", "분류", "분류명", "상태명", "업태구분명")
_HOW = ("count", "sum", "mean")
_BARS, _COLUMNS = 20, 400
_WIDTH, _HEIGHT = 100.0, 100.0  # stretched to the room there is


@dataclass(frozen=True)
class Bar:
    """A group: its name, its value in words, and where it is drawn, in hundredths of the width and the height."""

    label: str
    value: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Option:
    """A choice of a select."""

    id: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Chart:
    """The chart and the form that chooses it. Without `bars` there is nothing to draw."""

    bys: list[Option]
    ofs: list[Option]
    hows: list[Option]
    title: str = ""
    bars: tuple[Bar, ...] = ()
    over_time: bool = False
    base: float = 0  # where zero stands, in hundredths
    ends: tuple[str, str] = ("", "")  # first and last group, under columns over time
    cut: bool = False
    unit: str = ""


def chart(asked: Asked, by: str = "", of: str = "", how: str = "") -> Chart:
    """The chart of the rows that are asked for. Raises MadangError: rows_…"""
    groups = [
        field
        for field in asked.fields.every
        if field.type in _BY and not field.masked and field.name != "source_row"
    ]
    numbers = [
        field
        for field in asked.fields.shown
        if field.type in NUMBERS and field.type != "year" and not field.masked
    ]
    group = next((field for field in groups if field.name == by), _usual(groups))
    number = next((field for field in numbers if field.name == of), None)
    how = how if how in _HOW[1:] and number else "count"
    said = {"count": _("행 수"), "sum": _("합계"), "mean": _("평균")}
    bys = [Option(field.name, label_of(field), field is group) for field in groups]
    ofs = [Option(field.name, field.label, field is number) for field in numbers]
    hows = [Option(name, said[name], name == how) for name in _HOW]
    if group is None:
        return Chart(bys, ofs, hows)
    return _drawn(asked, group, number, how, Chart(bys, ofs, hows))


def _usual(groups: Sequence[Field]) -> Field | None:
    """The column to begin with: one that says a kind, else the 행정동, else the first."""
    kinds = [field for field in groups if field.label.endswith(_KIND_WORDS)]
    return next(
        (field for field in (*kinds, *(each for each in groups if each.name == "dong_code"), *groups)), None
    )


def _drawn(asked: Asked, group: Field, number: Field | None, how: str, empty: Chart) -> Chart:
    timed = group.type in _TIMES
    measure = (
        Measure("count")
        if how == "count" or number is None
        else Measure("sum" if how == "sum" else "mean", number.name)
    )
    limit = _COLUMNS if timed else _BARS
    query = replace(
        asked.bare, select=(), group=(group.name,), measures=(measure,), limit=limit,
        sort=(Sort(group.name),) if timed else (Sort(measure.name, down=True),),
    )  # fmt: skip
    found = rows(asked.source, query, asked.view, asked.columns)
    named = names_for(label for label, _value in found.rows)
    pairs = [(_name(label, named), float(str(value))) for label, value in found.rows if value is not None]
    if not pairs or all(value == 0 for _label, value in pairs):
        return empty
    unit = (number.unit or "") if number and how != "count" else _("건")
    make = _over_time if timed and len(pairs) > 1 else _by_category
    bars, base = make(pairs, unit)
    return replace(
        empty, title=_title(group, number, how, pairs, unit), bars=tuple(bars), over_time=make is _over_time, base=base,
        ends=(pairs[0][0], pairs[-1][0]), cut=bool(found.next), unit=unit,
    )  # fmt: skip


def _name(label: Any, named: Mapping[str, str]) -> str:
    return " ".join(filter(None, (named.get(str(label)), shown(label)))) or _("(빈 칸)")


def _title(
    group: Field, number: Field | None, how: str, pairs: Sequence[tuple[str, float]], unit: str
) -> str:
    """What the chart shows first."""
    label, value = max(pairs, key=lambda pair: pair[1])
    if how == "count" or number is None:
        return _("‘{group}’ 가운데 {label}의 행이 가장 많습니다({value})").format(
            group=label_of(group), label=label, value=_said(value, unit)
        )
    what = _("합계") if how == "sum" else _("평균")
    return _("{number} {what}: {label}에서 가장 큽니다({value})").format(
        number=number.label, what=what, label=label, value=_said(value, unit)
    )


def _said(value: float, unit: str) -> str:
    number = f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.2f}"
    return f"{number}{unit}" if unit in ("건", "원", "명", "면", "개") else f"{number} {unit}".strip()


def _by_category(pairs: Sequence[tuple[str, float]], unit: str) -> tuple[list[Bar], float]:
    """Bars to the right, from zero; what is below zero goes to the left of it."""
    zero, scale = _room(pairs, _WIDTH)
    bars = []
    for label, value in pairs:
        x, width = (zero, value * scale) if value >= 0 else (zero + value * scale, -value * scale)
        bars.append(Bar(label, _said(value, unit), round(x, 2), 0, round(max(width, 0.3), 2), _HEIGHT))
    return bars, round(zero, 2)


def _over_time(pairs: Sequence[tuple[str, float]], unit: str) -> tuple[list[Bar], float]:
    """Columns upwards, from zero."""
    below, scale = _room(pairs, _HEIGHT)
    zero, step = _HEIGHT - below, _WIDTH / len(pairs)
    bars = []
    for place, (label, value) in enumerate(pairs):
        y, height = (zero - value * scale, value * scale) if value >= 0 else (zero, -value * scale)
        bars.append(Bar(label, _said(value, unit), round(place * step, 3), round(y, 2), round(step * 0.82, 3),
                        round(max(height, 0.3), 2)))  # fmt: skip
    return bars, round(zero, 2)


def _room(pairs: Sequence[tuple[str, float]], room: float) -> tuple[float, float]:
    """Where zero stands in so much room, from the low end, and how much of it a unit takes."""
    least, most = min(0.0, *(v for _l, v in pairs)), max(0.0, *(v for _l, v in pairs))
    scale = room / ((most - least) or 1)
    return -least * scale, scale
