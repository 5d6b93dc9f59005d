"""The quality report of a version, and how fresh it is, out of facts and card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from madang.bank import Version
from madang.bank.describe import as_of, data_day, of_file_name
from madang.declarations.rhythm import freshness_status
from madang.web.desk.pages import Filled, Quality, Rate
from madang.web.shell.mark import Mark

_COLUMNS_NAMED = 3


def quality_of(version: Version) -> Quality:
    """The report kept in facts.json, as `madang.intake.quality_report` writes it; empty where there is none."""
    report: Mapping[str, Any] = version.facts.get("quality") or {}
    labels = {column.name: column.label or column.name for column in version.columns}
    rates = [_rate(each, labels) for each in report.get("checks", ())]
    return Quality(
        score=report.get("score"),
        formula=str(report.get("formula") or ""),
        errors=int(report.get("wrong") or 0),
        checked=int(report.get("checked") or 0),
        warnings=int(report.get("warnings") or 0),
        rates=tuple(sorted(rates, key=lambda rate: (rate.warning, -rate.errors))),
        completeness=tuple(
            Filled(str(each["label"] or each["column"]), each["filled"], each["rows"], each["required"])
            for each in report.get("columns", ())
        ),
        not_checked=tuple(str(each["because"]) for each in report.get("not_checked", ())),
    )


def _rate(check: Mapping[str, Any], labels: Mapping[str, str]) -> Rate:
    columns = [str(name) for name in check["columns"]]
    return Rate(
        id=str(check["id"]),
        label=str(check["label"]),
        kind=str(check["kind"]),
        columns=_named(columns, labels),
        errors=int(check["wrong"]),
        checked=int(check["checked"]),
        rule=f"row_rule:{check['id']}" if check["rule"] == "row_rule" else str(check["rule"]),
        column=columns[0] if len(columns) == 1 else "",
        warning=check["severity"] != "error",
    )


def _named(columns: list[str], labels: Mapping[str, str]) -> str:
    shown = ", ".join(labels.get(name, name) for name in columns[:_COLUMNS_NAMED])
    rest = len(columns) - _COLUMNS_NAMED
    if rest <= 0:
        return shown
    return _("%(names)s 외 %(count)s개") % {"names": shown, "count": rest}


def freshness(version: Version | None, rhythm_days: int | None, today: date) -> Mark:
    """Whether the data are as new as their rhythm asks, counted from the as-of day, else from the deposit."""
    if version is None:
        return freshness_on(None, "", rhythm_days, today)
    day = data_day(version) or today
    what = "file" if of_file_name(version) else "as_of" if as_of(version) else "deposit"
    return freshness_on(day, what, rhythm_days, today)


def freshness_on(day: date | None, what: str, rhythm_days: int | None, today: date) -> Mark:
    """As `freshness`, from the `day` on which the age counts; `what` day it is: "file", "as_of", "deposit"."""
    if day is None:
        return Mark(_("자료 없음"), "", _("아직 받은 판이 없습니다."))
    said = {"file": _("파일 이름의 날짜"), "as_of": _("기준일")}.get(what, _("입고일"))
    age = (today - day).days
    status = freshness_status(day, rhythm_days, today)
    if status == "unknown" or rhythm_days is None:
        told = _("{what}부터 {age}일이 지났습니다. 갱신 주기를 정하면 늦은 때를 알려 드립니다.")
        return Mark(_("갱신 주기 없음"), "", told.format(what=said, age=f"{age:,}"))
    due = day + timedelta(days=rhythm_days)
    if status == "late":
        told = _("갱신 주기는 {rhythm}일이고 {what}부터 {age}일이 지났습니다.")
        late = _("{days}일 늦음").format(days=f"{(today - due).days:,}")
        return Mark(late, "warn", told.format(rhythm=f"{rhythm_days:,}", what=said, age=f"{age:,}"))
    told = _("{what}부터 {age}일이 지났고, {due}까지 갱신하면 됩니다.")
    return Mark(_("최신"), "good", told.format(what=said, age=f"{max(age, 0):,}", due=f"{due:%Y-%m-%d}"))
