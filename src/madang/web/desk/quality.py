"""The quality report of a version, and how fresh it is, out of facts and card."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madang.bank import Version
from madang.bank.describe import as_of, data_day, of_file_name
from madang.declarations.points import points
from madang.declarations.points import rate as exact_rate
from madang.declarations.rhythm import freshness_status
from madang.web.desk.pages import Filled, Quality, Rate
from madang.web.shell import words
from madang.web.shell.mark import Mark

_COLUMNS_NAMED = 3
KINDS: dict[str, str] = {  # of checks, as standards declare them
    "여부": gettext_lazy("여부"), "날짜": gettext_lazy("날짜"), "번호": gettext_lazy("번호"), "금액": gettext_lazy("금액"),
    "수량": gettext_lazy("수량"), "율": gettext_lazy("율"), "코드": gettext_lazy("코드"), "시간순서": gettext_lazy("시간순서"),
    "선후관계": gettext_lazy("선후관계"), "논리관계": gettext_lazy("논리관계"), "계산식": gettext_lazy("계산식"),
    "참조무결성": gettext_lazy("참조무결성"), "중복": gettext_lazy("중복"), "필수값": gettext_lazy("필수값"), "공간": gettext_lazy("공간"),
}  # fmt: skip


def quality_of(version: Version) -> Quality:
    """The report kept in facts.json, as `madang.intake.quality_report` writes it; empty where there is none."""
    report: Mapping[str, Any] = version.facts.get("quality") or {}
    labels = {column.name: column.label or column.name for column in version.columns}
    rates = [_rate(each, labels) for each in report.get("checks", ())]
    return Quality(
        score=report.get("score"),
        formula=_formula(report),
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
        label=_label(check),
        kind=str(KINDS.get(str(check["kind"]), check["kind"])),
        columns=_named(columns, labels),
        errors=int(check["wrong"]),
        checked=int(check["checked"]),
        rule=f"row_rule:{check['id']}" if check["rule"] == "row_rule" else str(check["rule"]),
        column=columns[0] if len(columns) == 1 else "",
        warning=check["severity"] != "error",
    )


def _label(check: Mapping[str, Any]) -> str:
    """The rule as it was written when it was checked; on pages in another language its short name."""
    rule, written = str(check["rule"]), str(check["label"])
    return written if words.in_korean() or rule == "row_rule" else str(words.RULES.get(rule, written))


def _formula(report: Mapping[str, Any]) -> str:
    """How the score came to be: as it was written then, or said anew from the same numbers."""
    written, checked, wrong = (
        str(report.get("formula") or ""),
        report.get("checked"),
        report.get("wrong") or 0,
    )
    if not written or words.in_korean():
        return written
    if not checked or report.get("score") is None:
        return words.said("score_none")
    needed = [each for each in report.get("columns", ()) if each["required"]]
    cells = sum(each["rows"] for each in needed)
    return words.said(
        "score_with_required" if cells else "score_error_rate",
        score=points(report["score"]),
        rate=exact_rate(100 * wrong / checked),
        complete=exact_rate(100 * sum(each["filled"] for each in needed) / cells) if cells else "",
        wrong=f"{wrong:,}",
        checked=f"{checked:,}",
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
