"""Indicators and tables as their pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madang.access import Person
from madang.declarations.indicator import Indicator
from madang.messages import Language
from madang.results import Cell, Result, Table, said
from madang.results.html import figure_html, sentence_html, table_html
from madang.runs import fitting
from madang.runs.indicator_words import AREAS, BEFORE, LATEST, SERIES
from madang.runs.refresh import Standing
from madang.runs.scoreboard import WORST, Line, Scoreboard, State, Theme, state_of
from madang.web.shell import words
from madang.web.shell.mark import Mark, Tone
from madang.web.shell.workspace import workspace

STATES: dict[State, tuple[object, Tone]] = {
    "missed": (gettext_lazy("못 미침"), "bad"),
    "unmeasured": (gettext_lazy("재지 못함"), "bad"),
    "near": (gettext_lazy("거의 이룸"), "warn"),
    "met": (gettext_lazy("이룸"), "good"),
    "none": (gettext_lazy("목표 없음"), ""),
    "closed": (gettext_lazy("볼 권한 없음"), ""),
}
_WIDTH, _HEIGHT = 96, 28  # pixels of the small picture


@dataclass(frozen=True)
class Change:
    """A change in words with an arrow; `tone` says whether it is good, not which way it goes."""

    words: str
    tone: Tone


@dataclass(frozen=True)
class Row:
    """An indicator in the list."""

    id: str
    label: str
    state: State
    mark: Mark
    value: str
    target: str
    period: str
    changes: list[Change]
    picture: SafeString
    days: str
    owner: str
    is_late: bool
    trouble: str


@dataclass(frozen=True)
class Group:
    """A theme with its rows; its mark is that of its worst part."""

    name: str
    mark: Mark
    met: int
    judged: int
    rows: list[Row]


@dataclass(frozen=True)
class Count:
    """How many indicators are in a state; the counts add up to all of them."""

    state: State
    mark: Mark
    count: int


def mark_of(state: State) -> Mark:
    said_, tone = STATES[state]
    return Mark(str(said_), tone)


def counts(board: Scoreboard) -> list[Count]:
    return [
        Count(state, mark_of(state), n) for state in WORST if (n := board.count(state)) or state != "closed"
    ]


def groups(board: Scoreboard, state: str, theme: str) -> list[Group]:
    """The themes with those rows that are asked for."""
    found = []
    for each in board.themes:
        lines = [line for line in each.lines if state in ("", line.state)]
        if lines and theme in ("", each.name):
            found.append(_group(each, lines))
    return found


def _group(theme: Theme, lines: Sequence[Line]) -> Group:
    judged = sum(theme.count(state) for state in ("met", "near", "missed"))
    ordered = sorted(lines, key=lambda line: WORST.index(line.state))
    return Group(
        theme.name, mark_of(theme.state), theme.count("met"), judged, [row_of(line) for line in ordered]
    )


def row_of(line: Line) -> Row:
    """One line of the list."""
    indicator, standing = line.indicator, line.standing
    latest = standing.run.result.table(LATEST) if standing.run else None
    return Row(
        indicator.id, indicator.label, line.state, mark_of(line.state), _said(latest, "value"), _said(latest, "target"),
        _said(latest, "period"), changes(indicator, latest), _picture(line),
        "" if indicator.time == "stock" else standing.days, indicator.owner,
        line.is_late, standing.trouble,
    )  # fmt: skip


def _said(latest: Table | None, column: str) -> str:
    if latest is None or latest.value(0, column) is None:
        return ""
    return said(latest.value(0, column), latest.column(column))


def changes(indicator: Indicator, latest: Table | None) -> list[Change]:
    """Against the period before and a year ago: ▲ more, ▼ less, and whether that is better."""
    if latest is None:
        return []
    told = []
    for name, words_ in (("change", BEFORE[indicator.time]), ("change_year", _("지난해 이맘때"))):
        moved = latest.value(0, name)
        if moved is None or (name == "change_year" and indicator.time == "year"):
            continue
        size = said(latest.value(0, f"{name}_size"), latest.column(f"{name}_size"))
        if abs(float(moved)) < 0.5 * 10**-indicator.digits:
            told.append(Change(_("{when} 대비 그대로").format(when=words_), ""))
            continue
        better = (float(moved) > 0) == (indicator.direction == "up")
        tone: Tone = "" if indicator.direction == "none" else "good" if better else "bad"
        sense = "" if not tone else f", {_('좋아짐') if better else _('나빠짐')}"
        arrow = "▲" if float(moved) > 0 else "▼"
        told.append(
            Change(
                _("{arrow} {size} {when} 대비{sense}").format(
                    arrow=arrow, size=size, when=words_, sense=sense
                ),
                tone,
            )
        )
    return told


def _picture(line: Line) -> SafeString:
    """The last values as a small line; said in words beside it, so hidden from readers of the page."""
    values = line.recent
    known = [value for value in values if value is not None]
    if len(known) < 3:
        return SafeString("")
    low, high = min(known), max(known)
    step = (_WIDTH - 6) / max(len(values) - 1, 1)
    points = [
        f"{3 + n * step:.1f},{_HEIGHT - 4 - (value - low) / ((high - low) or 1) * (_HEIGHT - 8):.1f}"
        for n, value in enumerate(values)
        if value is not None
    ]
    x, y = points[-1].split(",")
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" width="{}" height="{}" aria-hidden="true"><polyline points="{}"/><circle cx="{}" cy="{}" r="3"/></svg>',
        _WIDTH, _HEIGHT, _WIDTH, _HEIGHT, " ".join(points), x, y,
    )  # fmt: skip


# one indicator ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class IndicatorShown:
    """Everything on the page of an indicator."""

    indicator: Indicator
    standing: Standing
    mark: Mark
    answer: list[SafeString]
    figures: list[SafeString]
    tables: list[tuple[str, SafeString]]
    target: str
    reads: list[tuple[str, str, str]]
    passed_over: tuple[str, ...] = ()  # titles of data that would fit too, where only the newest are read

    @property
    def key(self) -> str:
        return self.standing.run.key if self.standing.run else ""


def indicator_shown(indicator: Indicator, standing: Standing, by: Person) -> IndicatorShown:
    """The page of one indicator, as a person may see it; without a value it says so, and why."""
    run = standing.run
    spoken: Language = "ko" if words.in_korean() else "en"
    mark = mark_of(state_of(standing))
    target = "" if indicator.target is None else f"{indicator.target:g}"
    if run is None:
        return IndicatorShown(indicator, standing, mark, [], [], [], target, [])
    result: Result = run.result

    def why(cell: Cell) -> str:
        asked = urlencode({"table": cell.table, "column": cell.column, "row": cell.row})
        return f"{reverse('runs:why', args=[run.key])}?{asked}"

    shown = [each for each in result.tables if each.id in (LATEST, SERIES, AREAS)]
    reads = {
        (each.title, f"/data/{each.dataset}/versions/{each.version}/", each.as_of) for each in run.inputs
    }
    return IndicatorShown(
        indicator, standing, mark,
        [SafeString(sentence_html(each, result, why, spoken)) for each in result.findings],
        [SafeString(drawn) for each in result.charts if (drawn := figure_html(each, result, spoken))],
        [(each.title, SafeString(table_html(each, why, spoken))) for each in shown if each.id != LATEST],
        target, sorted(reads), _passed_over(standing, by),
    )  # fmt: skip


def _passed_over(standing: Standing, by: Person) -> tuple[str, ...]:
    """Titles of what would fit too, where nobody said which to read."""
    declared, read = (
        standing.declared,
        {each.dataset for each in standing.run.inputs} if standing.run else set(),
    )
    open_roles = [role for role in declared.card.inputs if not role.many and role.name not in declared.fixed]
    fits = (each for role in open_roles for each in fitting(workspace().bank, role, by))
    return tuple(
        dict.fromkeys(str(each.dataset.card["title"]) for each in fits if each.dataset.id not in read)
    )


# tables -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TableRow:
    """A declared table in the list."""

    id: str
    title: str
    description: str
    why: str
    standing: Standing
    rows: str
    made: str


def table_rows(standings: Sequence[Standing]) -> list[TableRow]:
    found = []
    for each in standings:
        card = each.declared.card
        made = each.run.at[:16].replace("T", " ") if each.run else ""
        found.append(TableRow(card.id, card.title, card.question, card.why, each, each.answer, made))
    return found
