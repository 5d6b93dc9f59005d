"""Analyses and runs as lines of lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from madang.access import Person
from madang.runs import Analysis, Ledger, Parameter, Read, Run
from madang.runs.about import parameters_of, values_said
from madang.runs.matching import lacking
from madang.web.accounts.people import name_of
from madang.web.shell import words
from madang.web.work.computing import text_of

_NAMED = 2  # datasets of one input that a line names


@dataclass(frozen=True)
class RunLine:
    """A run as a line. `inputs` are what it read, in short; `values` what was chosen otherwise than usual, "" for nothing;
    `as_of` is the earliest day its inputs speak of, `behind` the titles of those with a newer version; `other_way`: the
    analysis or its methods are computed otherwise now."""

    key: str
    analysis: str
    title: str
    at: datetime
    by: str
    as_of: str
    inputs: str
    values: str
    behind: tuple[str, ...]
    other_way: bool


@dataclass(frozen=True)
class AnalysisLine:
    """An analysis as a line, with its newest run that the person may read. `lacks`: inputs that it needs and that nothing fits
    which the person may read; one that is not `approved` cannot be run."""

    id: str
    title: str
    question: str
    why: str
    theme: str
    runs: int
    last: RunLine | None
    lacks: list[str]
    approved: bool


def analysis_lines(ledger: Ledger, runs: Sequence[Run], by: Person) -> list[AnalysisLine]:
    """Every analysis, those that were run last first and those that the person cannot run last."""
    lines, lacks = [], lacking(ledger.bank, [each.card for each in ledger.analyses], by)
    for each in ledger.analyses:
        own = [run for run in runs if run.analysis == each.id]
        last = run_lines(ledger, own[:1])[0] if own else None
        card = each.card
        lines.append(
            AnalysisLine(
                each.id,
                card.title,
                card.question,
                card.why,
                card.theme,
                len(own),
                last,
                lacks[each.id],
                each.is_ours or each.approved,
            )
        )
    return sorted(
        lines,
        key=lambda line: (
            not line.approved,
            bool(line.lacks),
            -line.last.at.timestamp() if line.last else 0.0,
        ),
    )


def run_line(ledger: Ledger, run: Run) -> RunLine:
    """A run as a line."""
    return run_lines(ledger, [run])[0]


def run_lines(ledger: Ledger, runs: Sequence[Run]) -> list[RunLine]:
    """Runs as lines; each dataset and each person is looked up once, however many of them there are."""
    newest = _newest(ledger, {each.dataset for run in runs for each in run.inputs})
    names = {by: name_of(by) for by in {run.by for run in runs}}
    return [
        RunLine(
            run.key, run.analysis, run.title, datetime.fromisoformat(run.at), names[run.by],
            min((each.as_of for each in run.inputs if each.as_of), default=""), inputs_said(run.inputs),
            ", ".join(f"{name} {value}" for name, value in _unusual(ledger, run)),
            tuple(dict.fromkeys(each.title for each in run.inputs if newest[each.dataset] != each.version)),
            (now := analysis_of(ledger, run)) is not None and now.code != run.code,
        )
        for run in runs
    ]  # fmt: skip


def _newest(ledger: Ledger, datasets: Iterable[str]) -> dict[str, int | None]:
    """The number of the newest version of each dataset; None where there is none any more."""
    bank = ledger.bank
    live = {each: bank[each].latest if each in bank else None for each in datasets}
    return {name: found.n if found else None for name, found in live.items()}


@dataclass(frozen=True)
class Choice:
    """One field of the filter of runs: its options are value, words, whether chosen."""

    name: str
    label: str
    options: tuple[tuple[str, str, bool], ...]


def filters(runs: Sequence[Run], chosen: Mapping[str, str]) -> list[Choice]:
    """By what a list of runs can be narrowed: the analyses and the people that there are in it."""
    titles = {each.analysis: each.title for each in reversed(runs)}  # as it is called now
    people = {by: name_of(by) for by in {each.by for each in runs}}
    fields = (("analysis", _("분석"), _("모든 분석"), titles), ("by", _("누가"), _("누구나"), people))
    return [
        Choice(name, label, tuple((value, words, value == chosen[name]) for value, words in
                                  [("", every), *sorted(there.items(), key=lambda each: each[1])]))
        for name, label, every, there in fields
    ]  # fmt: skip


def behind_titles(ledger: Ledger, run: Run) -> tuple[str, ...]:
    """Titles of the inputs that have a newer version, or are gone."""
    return run_line(ledger, run).behind


def inputs_said(inputs: Sequence[Read]) -> str:
    """What was read, in short: each dataset with its version, of many in one role the first."""
    roles: dict[str, list[Read]] = {}
    for each in inputs:
        roles.setdefault(each.role, []).append(each)
    return " · ".join(_role_said(reads) for reads in roles.values())


def _role_said(reads: Sequence[Read]) -> str:
    named = ", ".join(_("{title} {n}판").format(title=each.title, n=each.version) for each in reads[:_NAMED])
    if len(reads) <= _NAMED:
        return named
    return _("{named} 외 {n}개").format(named=named, n=len(reads) - _NAMED)


def _unusual(ledger: Ledger, run: Run) -> list[tuple[str, str]]:
    """Label and value of the parameters that are not as they are unless somebody chooses; of a gone analysis all."""
    known = parameters_of(analysis_of(ledger, run))
    changed = {
        name: value
        for name, value in run.parameters.items()
        if name not in known or text_of(value) != text_of(known[name].default)
    }
    return _said(known, changed)


def values_of_run(ledger: Ledger, run: Run) -> list[tuple[str, str]]:
    """What was chosen, in words: label and value of each parameter, by its name where the analysis has it no more."""
    return _said(parameters_of(analysis_of(ledger, run)), run.parameters)


def _said(known: Mapping[str, Parameter], values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return values_said(known, values, "ko" if words.in_korean() else "en")


def analysis_of(ledger: Ledger, run: Run) -> Analysis | None:
    """The analysis of a run, where it still exists."""
    found = ledger.analyses
    return found[run.analysis] if run.analysis in found else None  # noqa: SIM401 - no mapping
