"""An indicator measured: its value by period and by 행정동, beside its target, earlier values and what comes next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.declarations.indicator import Indicator
from madang.messages import MadangError
from madang.methods.series_outlook import SeriesOutlook, series_outlook
from madang.methods.small_cells import hidden_cells
from madang.results import Origin, Result, Table
from madang.runs import indicator_words as words
from madang.runs.inputs import Inputs

NEAR = 0.9  # of the target: below it is missed by far
SEASONS = {"week": 52, "month": 12, "quarter": 4, "year": 1, "stock": 1}
AHEAD = {"week": 4, "month": 3, "quarter": 2, "year": 1}
_FILTERED = re.compile(r"count\(\*\)\s+FILTER\s+\((.+)\)", re.DOTALL | re.IGNORECASE)
_DAY = timedelta(1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True)
class Measured:
    """One period of the whole: its first day, its value and what it is of. `whole`: the data tell of all of it."""

    start: date
    numerator: float | None
    denominator: float | None
    value: float | None
    rows: int
    whole: bool = True


def measured(indicator: Indicator, inputs: Inputs, earlier: pa.Table | None = None) -> Result:
    """The result of an indicator over its inputs; `earlier` is the series so far of a stock, whose inputs tell of one day.

    Raises MadangError: declared_failed (its SQL), indicator_empty.
    """
    found = _answered(indicator, inputs)
    days = _days(indicator, inputs)
    day = days[0] if days else None
    found, later = _told_by(found, days)
    series = _series(indicator, found, days)
    if indicator.time == "stock":
        series = _with_earlier(series, earlier)
    complete = [each for each in series if each.whole and each.value is not None]
    if not complete:
        raise MadangError("indicator_empty", indicator=indicator.label)
    latest = (
        next((each for each in complete if each.start == day), complete[-1])
        if indicator.time == "stock"
        else complete[-1]
    )
    outlook = _outlook(indicator, complete)
    origins = tuple(_origins(indicator, day))
    areas = _areas(indicator, inputs, found, day)
    tables = [
        _latest(indicator, series, latest, areas, _unplaced(indicator, found, latest), origins),
        _whole(indicator, series, outlook, origins),
        *words.area_tables(indicator, areas, latest.start, origins),
    ]
    return words.result(indicator, tables, outlook, later)


# what is asked of the data ----------------------------------------------------------------------------------


def dated(indicator: Indicator, day: date | None = None) -> str:
    """The rows of an indicator with their ``period``, its first day; of a stock the `day` that it is of."""
    if indicator.time == "stock":
        of = f"DATE '{day}'" if day else "NULL::DATE"
        return f"SELECT *, {of} AS period FROM ({indicator.rows})"
    return f"SELECT *, date_trunc('{indicator.time}', \"day\")::DATE AS period FROM ({indicator.rows})"


def _answered(indicator: Indicator, inputs: Inputs) -> pa.Table:
    """By period (area None, city) and by period and area: numerator, denominator, rows, first and last day."""
    area = "area" if indicator.by_area else "NULL::VARCHAR"
    day = "NULL::DATE" if indicator.time == "stock" else '"day"'
    query = f"""
        WITH of AS (SELECT *, {area} AS "_area", {day} AS "_day" FROM ({dated(indicator)}))
        SELECT period, "_area" AS area, grouping("_area") = 1 AS city,
          CAST({indicator.numerator} AS DOUBLE) AS numerator,
          CAST({indicator.denominator or "NULL"} AS DOUBLE) AS denominator,
          count(*) AS "rows", min("_day") AS first, max("_day") AS last
        FROM of GROUP BY GROUPING SETS ((period), (period, "_area")) ORDER BY period, area"""
    try:
        return inputs.sql(query)
    except duckdb.Error as error:
        reason = str(error).split("\n\n")[0]
        file = f"indicators/{indicator.id}"
        raise MadangError("declared_failed", analysis=indicator.label, id=file, reason=reason) from error


def _days(indicator: Indicator, inputs: Inputs) -> list[date]:
    """The days that the datasets of the first input speak of, the earliest first."""
    return sorted(
        date.fromisoformat(part.as_of) for part in inputs[indicator.inputs[0].name].parts if part.as_of
    )


def _told_by(found: pa.Table, days: Sequence[date]) -> tuple[pa.Table, int]:
    """What was answered without periods that begin after all that the data speak of, and how many rows those have."""
    if not days:
        return found, 0
    after_ = pc.fill_null(pc.greater(found.column("period"), pa.scalar(days[-1], pa.date32())), False)
    rows = pc.sum(pc.if_else(pc.and_(after_, found.column("city")), found.column("rows"), 0)).as_py()
    return found.filter(pc.invert(after_)), int(rows or 0)


def _value(indicator: Indicator, numerator: Any, denominator: Any) -> float | None:
    if numerator is None or (indicator.denominator and not denominator):
        return None
    return float(indicator.scale * numerator / (denominator if indicator.denominator else 1))


# by period --------------------------------------------------------------------------------------------------


def _series(indicator: Indicator, found: pa.Table, days: Sequence[date]) -> list[Measured]:
    """The whole by period without a gap, up to the last that the data tell all of: of a count, a period without rows is 0,
    of a share it has no value."""
    lines = found.filter(found.column("city")).to_pylist()
    empty = {"numerator": None if indicator.denominator else 0.0, "denominator": None, "rows": 0}
    if indicator.time == "stock":
        told = [
            line if line["numerator"] is not None else {**empty, "rows": line["rows"]} for line in lines
        ] or [empty]
        return [_of_line(indicator, told[0], days[0], True)] if days else []
    lines = [line for line in lines if line["period"] is not None]
    if not lines:
        return []
    known = {line["period"]: line for line in lines}
    first, last = min(line["first"] for line in lines), max(line["last"] for line in lines)
    by_period = len(lines) > 1 and all(line["first"] == line["last"] == line["period"] for line in lines)
    until = _until(indicator, days, last)
    starts = [min(known)]
    while starts[-1] < max(known) or (
        not by_period and after(indicator.time, after(indicator.time, starts[-1])) <= until + _DAY
    ):
        starts.append(after(indicator.time, starts[-1]))
    return [
        _of_line(
            indicator, known.get(start, empty), start,
            by_period or (first <= start and after(indicator.time, start) <= until + _DAY),
        )
        for start in starts
    ]  # fmt: skip


def _until(indicator: Indicator, days: Sequence[date], last: date) -> date:
    """The last day of which the data tell everything."""
    told = (days[0] if indicator.until == "earliest" else days[-1]) if days else last
    return told - timedelta(indicator.lag_days)


def _of_line(indicator: Indicator, line: Mapping[str, Any], start: date | None, whole: bool) -> Measured:
    assert start is not None
    numerator, denominator = line["numerator"], line["denominator"]
    return Measured(
        start, numerator, denominator, _value(indicator, numerator, denominator), line["rows"], whole
    )


def after(time: str, start: date) -> date:
    """The first day of the period behind the one that begins at `start`."""
    if time == "week":
        return start + timedelta(7)
    months = start.year * 12 + start.month - 1 + _MONTHS[time]
    return date(months // 12, months % 12 + 1, 1)


def _with_earlier(series: list[Measured], earlier: pa.Table | None) -> list[Measured]:
    """The series of a stock with what was measured on other days before."""
    days = {each.start for each in series}
    before = []
    for line in earlier.to_pylist() if earlier is not None else ():
        if line["hjd_code"] is None and line["period_start"] not in days:
            before.append(
                Measured(
                    line["period_start"],
                    line["numerator"],
                    line["denominator"],
                    line["value"],
                    line["rows_count"] or 0,
                )
            )
    return sorted([*before, *series], key=lambda each: each.start)


def _outlook(indicator: Indicator, complete: Sequence[Measured]) -> SeriesOutlook | None:
    """What comes next, where there is enough without a gap to say how sure it is."""
    if indicator.time == "stock" or len(complete) < 2:
        return None
    without_gap = [complete[-1]]
    for each in reversed(complete[:-1]):
        if after(indicator.time, each.start) != without_gap[-1].start:
            break
        without_gap.append(each)
    values = np.array([each.value for each in reversed(without_gap)], float)
    season = min(SEASONS[indicator.time], 52)
    low = 0.0 if values.min() >= 0 else None
    high = 100.0 if indicator.unit == "%" and values.max() <= 100 else None
    return series_outlook(values, AHEAD[indicator.time], season, bounds=(low, high))


def _latest(
    indicator: Indicator,
    series: Sequence[Measured],
    latest: Measured,
    areas: pa.Table | None,
    unplaced: int,
    origins: tuple[Origin, ...],
) -> Table:
    known: dict[date | None, float | None] = {each.start: each.value for each in series if each.whole}
    before, year = _earlier_starts(indicator, series, latest)
    value, was, then = latest.value, known.get(before), known.get(year)
    achieved, state = judged(indicator, value)
    missed, hidden = None, 0
    if areas is not None:
        now = areas.filter(pc.equal(areas.column("period"), pa.scalar(latest.start, pa.date32())))
        hidden = int(pc.sum(now.column("hidden")).as_py() or 0)
        values = [each for each in now.column("value").to_pylist() if each is not None]
        wished = indicator.target is not None and indicator.direction != "none"
        if indicator.denominator and wished:  # a count of a 행정동 is not to reach what the whole is
            missed = sum(judged(indicator, each)[1] not in ("met", "none") for each in values)
    row = {
        "period": words.period(indicator, latest.start), "value": value, "numerator": latest.numerator,
        "denominator": latest.denominator, "rows": latest.rows, "target": indicator.target,
        "achieved": achieved, "state": words.STATES[state],
        "before": was, "change": None if was is None or value is None else value - was,
        "last_year": then, "change_year": None if then is None or value is None else value - then,
        "missed_areas": missed, "hidden_areas": hidden, "unplaced_rows": unplaced, "start": latest.start,
    }  # fmt: skip
    return words.latest_table(indicator, row, origins)


def _earlier_starts(
    indicator: Indicator, series: Sequence[Measured], latest: Measured
) -> tuple[date | None, date | None]:
    """The period before, and the same one a year ago; of a stock the day measured before, and the last one a year ago or
    earlier by up to three months."""
    if indicator.time == "stock":
        days = [each.start for each in series if each.start < latest.start]
        year = latest.start - timedelta(365)
        old = [day for day in days if year - timedelta(92) <= day <= year + timedelta(7)]
        return (days[-1] if days else None), (old[-1] if old else None)
    before = next((each.start for each in series if after(indicator.time, each.start) == latest.start), None)
    if indicator.time == "week":
        return before, latest.start - timedelta(364)
    return before, date(latest.start.year - 1, latest.start.month, 1)


def judged(indicator: Indicator, value: float | None) -> tuple[float | None, str]:
    """How much of the target is achieved (1 is all of it; None of what is not above 0), and the state: met, near (90 % and
    more), missed; none."""
    target = indicator.target
    if value is None or target is None or indicator.direction == "none":
        return None, "none"
    met = value >= target if indicator.direction == "up" else value <= target
    share = None
    if value > 0 and target > 0:
        share = value / target if indicator.direction == "up" else target / value
    if met:
        return share, "met"
    return share, "near" if share is not None and share >= NEAR else "missed"


def _whole(
    indicator: Indicator,
    series: Sequence[Measured],
    outlook: SeriesOutlook | None,
    origins: tuple[Origin, ...],
) -> Table:
    lines = [
        {"period": words.period(indicator, each.start), "value": each.value, "numerator": each.numerator,
         "denominator": each.denominator, "rows": each.rows, "target": indicator.target, "low": None, "high": None,
         "kind": words.KINDS["measured" if each.whole else "partial"], "start": each.start}
        for each in series
    ]  # fmt: skip
    if outlook is not None:
        start = next(each for each in reversed(series) if each.whole and each.value is not None).start
        for n in range(len(outlook.mean)):
            start = after(indicator.time, start)
            lines.append(
                {"period": words.period(indicator, start), "value": float(outlook.mean[n]), "numerator": None,
                 "denominator": None, "rows": None, "target": indicator.target, "low": float(outlook.low[n]),
                 "high": float(outlook.high[n]), "kind": words.KINDS["outlook"], "start": start}
            )  # fmt: skip
    return words.series_table(indicator, lines, origins)


# by area ----------------------------------------------------------------------------------------------------


def _areas(indicator: Indicator, inputs: Inputs, found: pa.Table, day: date | None) -> pa.Table | None:
    """By period and 행정동, those without any row too where the areas are known; small cells are hidden, with as many
    more as it takes that none can be worked out from the whole of its period."""
    if not indicator.by_area:
        return None
    lines = found.filter(pc.and_(pc.invert(found.column("city")), pc.is_valid(found.column("area"))))
    names = pa.table({"code": pa.array([], pa.string()), "name": pa.array([], pa.string())})
    if "areas" in inputs:
        read = inputs["areas"].arrow("hjd_code", "area_name")
        names = pa.table({"code": read.column("hjd_code"), "name": read.column("area_name")})
    rows = _filled(lines, names, "NULL" if indicator.denominator else "0.0", day)
    values = indicator.scale * rows.column("numerator").to_numpy(zero_copy_only=False).astype(float)
    if indicator.denominator:
        below = rows.column("denominator").to_numpy(zero_copy_only=False).astype(float)
        values = np.divide(values, below, out=np.full(len(values), np.nan), where=np.nan_to_num(below) > 0)
    hidden = _hidden(indicator, rows)
    shown = pa.array(values, mask=hidden | ~np.isfinite(values))
    rows = rows.append_column("value", shown).append_column("hidden", pa.array(hidden))
    for name in ("numerator", "denominator", "rows"):
        cells = pc.if_else(rows.column("hidden"), None, rows.column(name))
        rows = rows.set_column(rows.schema.get_field_index(name), name, cells)
    return rows


def _filled(lines: pa.Table, names: pa.Table, empty: str, day: date | None) -> pa.Table:
    """Every area in every period."""
    with duckdb.connect() as con:
        con.register("lines", lines)
        con.register("names", names)
        stock = f"DATE '{day}'" if day else "NULL::DATE"
        return con.execute(
            f"""WITH known AS (SELECT coalesce(period, {stock}) AS period, area, numerator, denominator, "rows" FROM lines),
              every AS (SELECT code AS area, any_value(regexp_extract(name, '\\S+$')) AS name FROM names WHERE code IS NOT NULL GROUP BY 1
                        UNION SELECT DISTINCT area, NULL FROM lines WHERE area NOT IN (SELECT code FROM names WHERE code IS NOT NULL)),
              times AS (SELECT DISTINCT period FROM known WHERE period IS NOT NULL)
            SELECT period, area, coalesce(name, area) AS name, coalesce(numerator, {empty}) AS numerator, denominator,
              coalesce("rows", 0) AS "rows"
            FROM times CROSS JOIN every LEFT JOIN known USING (period, area) ORDER BY period, area"""
        ).to_arrow_table()


def _hidden(indicator: Indicator, rows: pa.Table) -> Any:
    lines = rows.column("period").to_numpy(zero_copy_only=False).astype("datetime64[D]").astype(np.int64)
    hidden = np.zeros(rows.num_rows, bool)
    for name in ("numerator", "denominator") if indicator.denominator else ("numerator",):
        counts = rows.column(name).to_numpy(zero_copy_only=False).astype(float)
        hidden |= hidden_cells(counts, lines, indicator.least)
    return hidden


def _unplaced(indicator: Indicator, found: pa.Table, latest: Measured) -> int:
    """Rows of the newest period that stand in no 행정동."""
    if not indicator.by_area:
        return 0
    nowhere = found.filter(pc.and_(pc.invert(found.column("city")), pc.is_null(found.column("area"))))
    of = nowhere.to_pylist()
    return sum(line["rows"] for line in of if indicator.time == "stock" or line["period"] == latest.start)


def _origins(indicator: Indicator, day: date | None) -> list[Origin]:
    """Every role but the names of areas: its rows are those of the answer of `rows` in the period (and the area); of a
    numerator that counts some of them, those."""
    columns = {"start": "period"}  # of a stock no row of today stands behind what was measured on another day
    query, counted = dated(indicator, day), _FILTERED.fullmatch(indicator.numerator.strip())
    found = []
    for role in indicator.inputs:
        if role.name == "areas":
            continue
        if counted:
            some = f"SELECT * FROM ({query}) WHERE {counted[1]}"
            found.append(Origin(role.name, columns, only=("numerator",), query=some))
            found.append(Origin(role.name, columns, only=words.ALL_ROWS, query=query))
        else:
            found.append(Origin(role.name, columns, only=("numerator", *words.ALL_ROWS), query=query))
    return found
