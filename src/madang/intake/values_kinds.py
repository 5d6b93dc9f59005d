"""Why a cell has no value: kinds, the rule and severity each is listed under, and the SQL that tells them apart."""

from __future__ import annotations

from dataclasses import dataclass

from madang.declarations.standard import Type
from madang.intake import values_dates, values_numbers
from madang.intake.problems import Severity
from madang.intake.values_text import TOKENS, literals, matches, plain, rewrite


@dataclass(frozen=True)
class Kind:
    """`rule` and `severity` of the problem row; `missing`: the cell says "no value" and is not a defect of typing."""

    rule: str
    severity: Severity
    missing: bool = False


KINDS: dict[str, Kind] = {
    "dash": Kind("cell_dash", "info", missing=True),
    "suppressed": Kind("cell_suppressed", "info", missing=True),
    "masked": Kind("cell_masked", "info", missing=True),
    "not_available": Kind("cell_not_available", "info", missing=True),
    "not_applicable": Kind("cell_not_applicable", "info", missing=True),
    "missing_token": Kind("cell_missing_token", "info", missing=True),
    "time_unknown": Kind("cell_time_unknown", "info", missing=True),
    "sentinel": Kind("cell_sentinel_date", "warning", missing=True),
    "no_such_month": Kind("cell_no_such_month", "error"),
    "no_such_day": Kind("cell_no_such_day", "error"),
    "day_month_unclear": Kind("cell_day_month_unclear", "error"),
    "serial": Kind("cell_excel_serial", "info"),  # read, with a remark
    "suffix": Kind("cell_provisional", "info"),  # read, with a remark
    "leading_zero": Kind("cell_leading_zero", "error"),
    "too_long": Kind("cell_too_long", "error"),
    "not_extracted": Kind("cell_not_extracted", "warning"),
    "unreadable": Kind("cell_not_{type}", "error"),
}
REMARKS = frozenset({"serial", "suffix"})
IMPOSSIBLE_DAYS = frozenset({"no_such_month", "no_such_day"})  # still plainly meant as a day
CODE_KINDS = frozenset({"leading_zero", "too_long"})
_NUMBERS = ("integer", "number", "percent")
_DATES = ("date", "datetime")


def rule_of(kind: str, type_: Type) -> str:
    """The problem rule of a kind in a column of `type_`: cell_not_date, cell_suppressed …"""
    family = "number" if type_ in ("number", "percent") else type_
    return KINDS[kind].rule.format(type=family)


def kind_case(x: str, type_: Type, missing: tuple[str, ...], day_unclear: bool) -> str:
    """SQL: the kind of the cell `x`, which has no value in a column of `type_`."""
    p = plain(x)
    cases = [f"WHEN {x} IN ({literals(missing)}) THEN 'missing_token'"] if missing else []
    for kind, tokens in TOKENS.items():
        if kind == "suppressed" and type_ == "boolean":
            continue
        cases.append(f"WHEN {p} IN ({literals(tokens)}) THEN '{kind}'")
    if type_ in _NUMBERS:
        cases += [
            f"WHEN {matches(p, values_numbers.LEADING_ZERO)} THEN 'leading_zero'",
            f"WHEN {matches(p, values_numbers.LONG)} THEN 'too_long'",
            f"WHEN {matches(p, values_numbers.SUFFIXED)} THEN 'suffix'",
        ]
    if type_ in _DATES:
        cases += _date_kinds(p, day_unclear)
    if type_ == "time":
        cases.append(f"WHEN {matches(p, '0?0:00 *~ *0?0:00')} THEN 'time_unknown'")
    return f"CASE {' '.join(cases)} ELSE 'unreadable' END"


def _date_kinds(p: str, day_unclear: bool) -> list[str]:
    month = date_part(p, 2)
    known = f"{values_dates.is_day(p)} OR {matches(p, values_dates.COMPACT)}"
    cases = [
        f"WHEN {matches(p, values_dates.SENTINEL)} THEN 'sentinel'",
        f"WHEN {known} THEN CASE WHEN {month} NOT BETWEEN 1 AND 12 THEN 'no_such_month' ELSE 'no_such_day' END",
        f"WHEN {matches(p, values_dates.SERIAL)} THEN 'serial'",
    ]
    if day_unclear:
        cases.append(f"WHEN {matches(p, values_dates.DMY)} THEN 'day_month_unclear'")
    return cases


def date_part(p: str, group: int) -> str:
    """SQL: year (1), month (2) or day (3) as a number of a text shaped like a date, null for another text."""
    forms = (values_dates.COMPACT, values_dates.YMD)
    cases = [
        f"WHEN {matches(p, f)} THEN try_cast({rewrite(p, f, chr(92) + str(group))} AS INTEGER)" for f in forms
    ]
    return f"CASE {' '.join(cases)} END"


def detail_case(x: str, kind: str, type_: Type) -> str:
    """SQL: the detail of a problem as JSON text: what was expected and, for a date, the part that cannot be."""
    expected = f'\'{{"expected":"{type_}"}}\''
    if type_ not in _DATES:
        return expected
    p = plain(x)
    year, month, day = (date_part(p, group) for group in (1, 2, 3))
    head = f'\'{{"expected":"{type_}","month":\' || {month}'
    return (
        f"CASE {kind} WHEN 'no_such_month' THEN {head} || '}}'"
        f" WHEN 'no_such_day' THEN {head} || ',\"year\":' || {year} || ',\"day\":' || {day} || '}}'"
        f" ELSE {expected} END"
    )
