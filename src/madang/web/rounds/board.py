"""The officer's board: every department at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from madang.web.rounds import states
from madang.web.rounds.door import bank_of
from madang.web.rounds.links import token_of
from madang.web.rounds.models import Contribution, Part, Round
from madang.web.rounds.names import names_of
from madang.web.rounds.problems import problems_of
from madang.web.shell import words
from madang.web.shell.mark import Mark
from madang.workspace import Workspace

_FELL, _ROSE = 0.5, 2.0  # of last year's rows


@dataclass(frozen=True)
class Line:
    """A department on the board."""

    part: Part
    mark: Mark
    given: Contribution | None
    marks: tuple[Mark, ...]
    change: str
    overdue: bool
    may_accept: bool
    may_return: bool
    link: str
    by: str  # the name of who handed it in, "" where nobody has
    signed_by: str


@dataclass
class Board:
    """A round at a glance."""

    lines: list[Line]
    counts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    overdue: int = 0

    @property
    def answered(self) -> int:
        return sum(1 for line in self.lines if line.given is not None)

    @property
    def signed(self) -> int:
        return sum(1 for line in self.lines if line.given is not None and line.given.signed_at is not None)

    @property
    def share(self) -> int:
        return round(100 * self.answered / len(self.lines)) if self.lines else 0


def board(round_: Round, now: datetime | None = None) -> Board:
    """How far every department is."""
    now = now or timezone.now()
    made = Board([])
    latest: dict[int, Contribution] = {
        each.part_id: each for each in round_.contributions.filter(returned_at=None).order_by("number")
    }
    names = names_of(login for each in latest.values() for login in (each.by, each.signed_by) if login)
    for part in round_.parts.select_related("department", "round"):
        given = latest.get(part.pk)
        line = _line(part, given, round_, now, names)
        made.lines.append(line)
        made.counts[part.state] += 1
        made.rows += given.rows if given else 0
        made.overdue += line.overdue
    return made


def _line(
    part: Part, given: Contribution | None, round_: Round, now: datetime, names: Mapping[str, str]
) -> Line:
    overdue = round_.is_open and given is None and now > part.until
    marks = []
    if overdue:
        marks.append(Mark(_("늦음"), "bad"))
    if round_.needs_signature and part.state == states.SUBMITTED:
        marks.append(Mark(_("결재 대기"), "warn"))
    if given and given.is_late:
        marks.append(Mark(_("늦게 냄"), "warn"))
    if given and given.is_partial:
        marks.append(Mark(_("일부 제출"), "warn"))
    if given and given.errors:
        marks.append(Mark(_("오류 %d건을 두고 냄") % given.errors, "warn", given.note))
    if given and part.state not in states.IN:
        marks.append(Mark(_("다시 고치는 중"), "", _("앞서 낸 것이 그대로 쓰입니다.")))
    signed = not round_.needs_signature or part.state != states.SUBMITTED
    return Line(
        part=part,
        mark=states.mark(part.state),
        given=given,
        marks=tuple(marks),
        change=_change(given, part.rows_before),
        overdue=overdue,
        may_accept=round_.is_open and states.may(part.state, "accept") and signed,
        may_return=round_.is_open and states.may(part.state, "send_back"),
        link=f"/rounds/t/{token_of(part)}/" if part.link_secret and round_.is_open else "",
        by=names.get(given.by, "") if given else "",
        signed_by=names.get(given.signed_by, "") if given else "",
    )


def _change(given: Contribution | None, before: int | None) -> str:
    """What is striking against last year, in words; "" where nothing is."""
    if given is None or before is None:
        return ""
    if before and given.rows < _FELL * before:
        return _("급감")
    if given.rows > _ROSE * before:
        return _("급증") if before else _("새로 생김")
    return ""


def rules_broken(ws: Workspace, round_: Round) -> list[tuple[str, int, int]]:
    """Rules that the files brought so far break: name, how often, by how many departments; a form that is hard to fill in
    shows here."""
    count: Counter[str] = Counter()
    departments: dict[str, set[int]] = {}
    bank = bank_of(ws, round_)
    for part in round_.parts.all():
        for upload in part.uploads.filter(current=True):
            for table in upload.used:
                if not table["errors"] and not table["warnings"]:
                    continue
                version = bank[table["dataset"]].version(table["version"])
                for problem in problems_of(version, table["skip"]).to_pylist():
                    name = _rule_name(problem)
                    count[name] += 1
                    departments.setdefault(name, set()).add(part.pk)
    return [(name, times, len(departments[name])) for name, times in count.most_common(12)]


def _rule_name(problem: dict[str, Any]) -> str:
    rule = str(words.RULES.get(str(problem["rule"]), str(problem["rule"])))
    label = problem["label"] or problem["column"]
    return f"{label}: {rule}" if label else rule
