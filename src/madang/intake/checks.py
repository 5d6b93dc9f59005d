"""Which checks a table gets (handbook B4): by type and declaration of each column, then the rules of its standard.

A check is two SQL booleans over one row: `applies` says which rows are checked, `wrong` which of them are wrong.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import duckdb

from madang.declarations.headers import without_unit
from madang.declarations.sql import columns_in, literal, quote
from madang.declarations.standard import STORAGE, DatasetColumn, Rule, Standard, StandardColumn
from madang.intake.numbers import business_number_wrong, number_forms
from madang.messages import text

LATITUDES = frozenset(("위도", "wgs84위도", "latitude", "lat", "y좌표wgs84", "위도epsg4326"))
LONGITUDES = frozenset(("경도", "wgs84경도", "longitude", "lon", "lng", "x좌표wgs84", "경도epsg4326"))
KOREA: dict[str, tuple[float, float]] = {"latitude": (33.0, 38.7), "longitude": (124.5, 132.0)}
_MAY_EXCEED = ("증감", "증가", "감소", "변화", "성장", "상승", "하락", "등락", "대비")  # rates beyond 0–100 %
_YEARS_AHEAD = 10


@dataclass(frozen=True)
class Check:
    """One check. `rule` is the message code of its violations; `unreadable` cells count as checked and wrong.

    `value` is the SQL text shown for a violation, `detail` the further parameters of its sentence as SQL JSON.
    """

    id: str
    kind: str
    rule: str
    label: str
    columns: tuple[str, ...]
    applies: str
    wrong: str
    severity: Literal["error", "warning"] = "error"
    unreadable: int = 0
    value: str = ""
    detail: str = "'{}'"
    rule_sql: str = ""  # SQL text that chooses the message row by row, where there is more than one


@dataclass(frozen=True)
class Skipped:
    """A declared check that could not run on this table, and why (a Korean clause)."""

    id: str
    because: str


@dataclass
class Plan:
    """The checks of one table and those that could not be made.

    `absent`: columns of the standard that a condition asks for and the table lacks; they read as null.
    """

    checks: list[Check] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)


def plan(
    columns: Sequence[DatasetColumn],
    standard: Standard | None,
    con: duckdb.DuckDBPyConnection,
    today: date,
    unreadable: dict[str, int],
) -> Plan:
    """All row checks of a table with these columns; `unreadable` counts the cells per column conform could not read."""
    made = Plan()
    declared = {c.name: c for c in standard.columns} if standard else {}
    places = _coordinates(columns, declared)
    for column in columns:
        told = declared.get(column.standard or "")
        broken = unreadable.get(column.name, 0)
        made.checks += _domain(column, told, today, broken, column.name in places)
        if column.name in places:
            made.checks.append(_coordinate(column, places))
        if told and told.required:
            made.checks.append(_required(column))
        if standard and told and told.name == standard.as_of_column:
            made.checks += _as_of(column, today)
    if standard:
        _declared_rules(made, columns, standard, con)
    return made


def _domain(
    column: DatasetColumn, told: StandardColumn | None, today: date, broken: int, is_place: bool
) -> list[Check]:
    """The check of the values of one column: what its type or declaration allows."""
    name = quote(column.name)
    if column.type == "text":
        return _text_domain(column, told)
    if column.type in ("date", "datetime", "month", "year", "time", "boolean"):
        kind, rule = ("여부" if column.type == "boolean" else "날짜"), "date_out_of_range"
        wrong, label = _date_range(column, today), text("check_date", column=column.label)
    elif column.type == "percent":
        kind, rule, label = "율", "percent_out_of_range", text("check_percent", column=column.label)
        bounded = told is not None and not told.signed
        wrong = _outside_percent(name) if bounded else ""
    else:
        money = (column.unit or "").endswith("원")
        kind, rule = ("금액", "amount_negative") if money else ("수량", "quantity_negative")
        bounded = told is not None and not told.signed and not is_place
        wrong, label = (
            (f"{name} < 0" if bounded else ""),
            text("check_not_negative", column=column.label),
        )
    if not wrong:
        label = text("check_readable", column=column.label)
    value = f"CAST({name} AS VARCHAR)"
    found = [
        Check(f"{kind}:{column.name}", kind, rule, label, (column.name,), f"{name} IS NOT NULL", wrong or "false",
              unreadable=broken, value=value)
    ]  # fmt: skip
    if column.type == "percent" and told is None and not any(word in column.label for word in _MAY_EXCEED):
        found.append(
            Check(f"율범위:{column.name}", kind, rule, text("check_percent", column=column.label), (column.name,), f"{name} IS NOT NULL",
                  _outside_percent(name), "warning", value=value)
        )  # fmt: skip
    return found


def _outside_percent(name: str) -> str:
    return f"{name} < 0 OR {name} > 100"


def _date_range(column: DatasetColumn, today: date) -> str:
    name, last = quote(column.name), today.year + _YEARS_AHEAD
    end = date(last, today.month, min(today.day, 28) if today.month == 2 else today.day)
    bounds = {
        "date": ("DATE '1900-01-01'", f"DATE '{end}'"),
        "datetime": ("TIMESTAMP '1900-01-01'", f"TIMESTAMP '{end} 23:59:59'"),
        "month": ("'1900-01'", f"'{end:%Y-%m}'"),
        "year": ("1900", str(last)),
    }
    if column.type not in bounds:
        return ""
    low, high = bounds[column.type]
    return f"{name} < {low} OR {name} > {high}"


def _text_domain(column: DatasetColumn, told: StandardColumn | None) -> list[Check]:
    name = quote(column.name)
    filled = f"{name} IS NOT NULL"
    if told is None:
        return []
    if told.values:
        listed = ", ".join(literal(value) for value in told.values)
        detail = {"values": ", ".join(told.values)}
        return [
            Check(f"코드:{column.name}", "코드", "code_not_listed", text("check_values", column=column.label, values=len(told.values)),
                  (column.name,), filled, f"{name} NOT IN ({listed})", value=name, detail=_json(detail))
        ]  # fmt: skip
    if told.format in number_forms:
        form = number_forms[told.format]
        wrong = f"NOT regexp_full_match({name}, {literal(form.pattern)})"
        if form.junk:
            wrong += f" OR regexp_matches({name}, {literal(form.junk)})"
        if told.format == "business_number":
            wrong += f" OR {business_number_wrong(name)}"
        kind = "코드" if told.format == "area_code" else "번호"
        return [
            Check(f"{kind}:{column.name}", kind, "number_pattern", text("check_number", column=column.label, form=text(form.label)), (column.name,),
                  filled, wrong, value=name, detail=_json({"expected": text(form.label)}))
        ]  # fmt: skip
    return []


def _required(column: DatasetColumn) -> Check:
    return Check(f"필수값:{column.name}", "필수값", "required_missing", text("check_required", column=column.label), (column.name,),
                 "true", f"{quote(column.name)} IS NULL", value="CAST(NULL AS VARCHAR)")  # fmt: skip


def _as_of(column: DatasetColumn, today: date) -> list[Check]:
    name = quote(column.name)
    last = {
        "date": f"DATE '{today}'",
        "datetime": f"TIMESTAMP '{today} 23:59:59'",
        "month": f"'{today:%Y-%m}'",
    }
    if column.type not in last:
        return []
    return [
        Check(f"기준일:{column.name}", "날짜", "as_of_in_future", text("check_as_of", column=column.label), (column.name,),
              f"{name} IS NOT NULL", f"{name} > {last[column.type]}", value=f"CAST({name} AS VARCHAR)")
    ]  # fmt: skip


def _coordinates(columns: Sequence[DatasetColumn], declared: dict[str, StandardColumn]) -> dict[str, str]:
    """Columns that hold degrees: name -> latitude or longitude, told by the standard or, failing that, by the label."""
    found: dict[str, str] = {}
    for column in columns:
        if column.type not in ("number", "integer"):
            continue
        told, label = declared.get(column.standard or ""), without_unit(column.label)
        if told is not None:
            if told.format in KOREA:
                found[column.name] = told.format
        elif label in LATITUDES:
            found[column.name] = "latitude"
        elif label in LONGITUDES:
            found[column.name] = "longitude"
    return found


def _coordinate(column: DatasetColumn, places: dict[str, str]) -> Check:
    """Outside Korea's box; where the other coordinate of the row is outside too and both fit crosswise: exchanged."""
    name, kind = quote(column.name), places[column.name]
    low, high = KOREA[kind]
    other_kind = "longitude" if kind == "latitude" else "latitude"
    others = [quote(other) for other, of in places.items() if of == other_kind]
    crossed = "false"
    if len(others) == 1:
        other_low, other_high = KOREA[other_kind]
        crossed = f"{name} BETWEEN {other_low} AND {other_high} AND {others[0]} BETWEEN {low} AND {high}"
    return Check(
        f"공간:{column.name}", "공간", "coordinate_outside", text("check_coordinate", column=column.label, low=low, high=high), (column.name,),
        f"{name} IS NOT NULL", f"NOT {name} BETWEEN {low} AND {high}", "warning",
        value=f"CAST({name} AS VARCHAR)", detail=_json({"low": low, "high": high}),
        rule_sql=f"CASE WHEN {crossed} THEN 'coordinate_swapped' ELSE 'coordinate_outside' END",
    )  # fmt: skip


def _declared_rules(
    made: Plan, columns: Sequence[DatasetColumn], standard: Standard, con: duckdb.DuckDBPyConnection
) -> None:
    present = by_standard(columns)
    for rule in standard.rules:
        asked = columns_in(con, rule.applies) if rule.applies else set()
        needed = columns_in(con, rule.violated) | set(rule.columns) | (asked & present.keys())
        because = why_not(standard, present, needed)
        if because:
            made.skipped.append(Skipped(rule.id, because))
        else:
            made.checks.append(_row_rule(rule, present))
            made.absent |= asked - present.keys()


def by_standard(columns: Sequence[DatasetColumn]) -> dict[str, DatasetColumn]:
    """The columns of a table by the column of the standard they were mapped to."""
    return {column.standard: column for column in columns if column.standard}


def why_not(standard: Standard, present: Mapping[str, DatasetColumn], spoken: set[str]) -> str:
    """Why a rule over the columns `spoken` cannot run on this table: one is absent or was kept in another type; or ""."""
    for name in sorted(spoken):
        told = standard.column(name)
        if name not in present:
            return text("skipped_absent", column=told.label)
        if STORAGE[present[name].type] != STORAGE[told.type]:
            return text("skipped_type", column=told.label, type=text("type_" + told.type))
    return ""


def _row_rule(rule: Rule, present: Mapping[str, DatasetColumn]) -> Check:
    filled = " AND ".join(f"{quote(name)} IS NOT NULL" for name in rule.columns) or "true"
    shown = [
        f"{literal(present[name].label + ' ')} || coalesce({masked(present[name], f'CAST({quote(name)} AS VARCHAR)')}, {literal(text('value_absent'))})"
        for name in rule.columns
    ]
    return Check(
        rule.id, rule.kind, "row_rule", rule.label, tuple(present[name].name for name in rule.columns),
        rule.applies or filled, rule.violated, rule.severity, value=f"concat_ws(', ', {', '.join(shown)})",
        detail=_json({"rule": rule.id, "label": rule.label}),
    )  # fmt: skip


def masked(column: DatasetColumn, value: str) -> str:
    """SQL text of `value`; of a personal column only its first character."""
    if column.privacy == "none":
        return value
    return rf"left({value}, 1) || regexp_replace(substr({value}, 2), '\S', '*', 'g')"


def _json(values: Mapping[str, object]) -> str:
    return literal(json.dumps(values, ensure_ascii=False))
