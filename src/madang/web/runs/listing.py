"""Analyses and runs as lines of lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from madang.messages import MadangError
from madang.runs import Analysis, Ledger, Parameter, Run
from madang.web.accounts.people import name_of
from madang.web.runs.form import value_said


@dataclass(frozen=True)
class RunLine:
    """A run as a line: `as_of` is the earliest day its inputs speak of, `behind` the titles of those with a newer version."""

    key: str
    analysis: str
    title: str
    at: datetime
    by: str
    as_of: str
    values: str
    behind: tuple[str, ...]


@dataclass(frozen=True)
class AnalysisLine:
    """An analysis as a line, with its newest run that the person may read."""

    id: str
    title: str
    question: str
    why: str
    theme: str
    runs: int
    last: RunLine | None


def analysis_lines(ledger: Ledger, runs: Sequence[Run]) -> list[AnalysisLine]:
    """Every analysis, those that were run last first."""
    lines = []
    for each in ledger.analyses:
        own = [run for run in runs if run.analysis == each.id]
        last = run_line(ledger, own[0]) if own else None
        card = each.card
        lines.append(AnalysisLine(each.id, card.title, card.question, card.why, card.theme, len(own), last))
    return sorted(lines, key=lambda line: line.last.at.timestamp() if line.last else 0.0, reverse=True)


def run_line(ledger: Ledger, run: Run) -> RunLine:
    """A run as a line."""
    days = [each.as_of for each in run.inputs if each.as_of]
    chosen = {name: value for name, value in run.parameters.items() if value not in (None, "")}
    values = ", ".join(
        f"{name} {value}" for name, value in values_of_run(ledger, replace(run, parameters=chosen))
    )
    return RunLine(
        run.key, run.analysis, run.title, datetime.fromisoformat(run.at), name_of(run.by),
        min(days, default=""), values, behind_titles(ledger, run),
    )  # fmt: skip


def behind_titles(ledger: Ledger, run: Run) -> tuple[str, ...]:
    """Titles of the inputs that have a newer version, or are gone."""
    behind = set(ledger.behind(run))
    return tuple(dict.fromkeys(each.title for each in run.inputs if each.dataset in behind))


def values_of_run(ledger: Ledger, run: Run) -> list[tuple[str, str]]:
    """What was chosen, in words: label and value of each parameter, by its name where the analysis has it no more."""
    known = _parameters(analysis_of(ledger, run))
    named = [
        *(name for name in known if name in run.parameters),
        *(name for name in run.parameters if name not in known),
    ]
    return [
        (known[name].label if name in known else name, value_said(known.get(name), run.parameters[name]))
        for name in named
    ]


def analysis_of(ledger: Ledger, run: Run) -> Analysis | None:
    """The analysis of a run, where it still exists."""
    found = ledger.analyses
    return found[run.analysis] if run.analysis in found else None  # noqa: SIM401 - no mapping


def _parameters(analysis: Analysis | None) -> dict[str, Parameter]:
    try:
        return {each.name: each for each in analysis.parameters} if analysis else {}
    except MadangError:
        return {}
