"""The quality report of a version, and how fresh it is, out of facts and card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from madang.bank import Version
from madang.declarations.standard import Standard
from madang.web.desk.pages import Filled, Mark, Quality, Rate


def quality_of(version: Version, standard: Standard | None) -> Quality:
    """The report kept in facts.json; labels come from the columns and the standard's rules."""
    report: Mapping[str, Any] = version.facts.get("quality") or {}
    labels = {column.name: column.label or column.name for column in version.columns}
    required = {column.name for column in standard.columns if column.required} if standard else set()
    return Quality(
        score=report.get("score"),
        formula=str(report.get("formula") or ""),
        errors=int(report.get("errors") or 0),
        checked=int(report.get("checked") or 0),
        rates=tuple(_rate(each, labels) for each in report.get("rules", ())),
        completeness=tuple(_filled(version, labels, required)),
    )


def _rate(rule: Mapping[str, Any], labels: Mapping[str, str]) -> Rate:
    columns = rule.get("columns") or ([rule["column"]] if rule.get("column") else [])
    return Rate(
        id=str(rule["id"]),
        label=str(rule.get("label") or rule["id"]),
        kind=str(rule.get("kind") or ""),
        columns=", ".join(labels.get(name, name) for name in columns),
        errors=int(rule["errors"]),
        checked=int(rule["checked"]),
        severity=str(rule.get("severity") or "error"),
    )


def _filled(version: Version, labels: Mapping[str, str], required: set[str]) -> list[Filled]:
    found = []
    for column in version.columns:
        cells = column.facts.get("cells")
        if cells:
            empty = column.facts.get("empty", 0) + column.facts.get("missing_tokens", 0)
            found.append(Filled(labels[column.name], cells - empty, cells, column.standard in required))
    return found


def as_of_of(version: Version) -> date | None:
    """The day the data speak of: said in the facts, else unknown."""
    said = version.facts.get("as_of")
    try:
        return date.fromisoformat(str(said)) if said else None
    except ValueError:
        return None


def freshness(version: Version | None, rhythm_days: int | None, today: date) -> Mark:
    """Whether the data are as new as their rhythm asks, counted from the as-of day, else from the deposit."""
    if version is None:
        return Mark("자료 없음", "", "아직 받은 판이 없습니다.")
    as_of = as_of_of(version)
    day, what = (as_of, "기준일") if as_of else (version.at.date(), "입고일")
    age = (today - day).days
    if rhythm_days is None:
        return Mark(
            "갱신 주기 없음",
            "",
            f"{what}부터 {age:,}일이 지났습니다. 갱신 주기를 정하면 늦은 때를 알려 드립니다.",
        )
    due = day + timedelta(days=rhythm_days)
    late = (today - due).days
    if late > 0:
        return Mark(
            f"{late:,}일 늦음",
            "warn",
            f"갱신 주기는 {rhythm_days:,}일이고 {what}부터 {age:,}일이 지났습니다.",
        )
    return Mark("최신", "good", f"{what}부터 {max(age, 0):,}일이 지났고, {due:%Y-%m-%d}까지 갱신하면 됩니다.")
