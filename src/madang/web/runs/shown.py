"""A run as its page and its report show it: the answer first, then evidence, then method and limits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString

from madang.access import Person
from madang.messages import Language, MadangError
from madang.results import Cell
from madang.results.html import figure_html, limits_html, sentence_html, table_html
from madang.results.report import About
from madang.runs import Ledger, Run
from madang.runs.about import about as about_of
from madang.runs.living import newest_answer
from madang.web.accounts.people import name_of
from madang.web.runs.form import INPUT, VALUE, given_of
from madang.web.runs.layers import LayerShown, layers_shown
from madang.web.runs.listing import RunLine, analysis_of, behind_titles, run_lines
from madang.web.shell import words
from madang.web.shell.workspace import bank

_OTHERS = 10  # runs that are offered to compare with


@dataclass(frozen=True)
class TableShown:
    """A table of a result as HTML."""

    id: str
    title: str
    html: SafeString


@dataclass(frozen=True)
class Newer:
    """The newest answer to the same question. `day` is what its newer data speak of, "" where that is no later; `titles` of
    these data; `behind`: some have a newer version still."""

    key: str
    day: str
    titles: tuple[str, ...]
    behind: bool


@dataclass(frozen=True)
class RunShown:
    """A run as its page shows it. `again` are the fields that ask the same of the newest versions."""

    key: str
    analysis: str
    known: bool
    about: About
    at: datetime
    answer: list[SafeString]
    more: list[SafeString]
    first: SafeString
    figures: list[SafeString]
    tables: list[TableShown]
    limits: SafeString
    newer: Newer | None
    behind: tuple[str, ...]
    again: list[tuple[str, str]]
    others: list[RunLine]
    layers: list[LayerShown]


def language() -> Language:
    """The language of the page, as the core names it."""
    return "ko" if words.in_korean() else "en"


def run_shown(ledger: Ledger, run: Run, by: Person) -> RunShown:
    """Everything on the page of a run. Raises MadangError: run_broken, result_…"""
    result, told = run.result, about(ledger, run)
    spoken = language()

    def why(cell: Cell) -> str:
        return why_address(run.key, cell)

    sentences = [SafeString(sentence_html(each, result, why, spoken)) for each in result.findings]
    figures = [SafeString(drawn) for each in result.charts if (drawn := figure_html(each, result, spoken))]
    others = [each for each in ledger.runs(by=by, of=run.analysis) if each.key != run.key]
    newest = newest_answer(run, others)
    return RunShown(
        run.key, run.analysis, analysis_of(ledger, run) is not None, told, datetime.fromisoformat(run.at),
        sentences[:2], sentences[2:], figures[0] if figures else SafeString(""), figures[1:],
        [TableShown(each.id, each.title, SafeString(table_html(each, why, spoken))) for each in result.tables],
        SafeString(limits_html(result, told, spoken)),
        _newer(ledger, run, newest) if newest else None, behind_titles(ledger, run), again(run),
        run_lines(ledger, others[:_OTHERS]), layers_shown(run),
    )  # fmt: skip


def _newer(ledger: Ledger, run: Run, newest: Run) -> Newer:
    before = {(each.role, each.dataset, each.version) for each in run.inputs}
    read = [each for each in newest.inputs if (each.role, each.dataset, each.version) not in before]
    day = max(each.as_of for each in read)
    known = max(each.as_of for each in run.inputs if each.dataset in {one.dataset for one in read})
    titles = tuple(dict.fromkeys(each.title for each in read))
    return Newer(newest.key, day if day > known else "", titles, bool(ledger.behind(newest)))


def why_address(key: str, cell: Cell) -> str:
    """The address that follows a number back."""
    asked = urlencode({"table": cell.table, "column": cell.column, "row": cell.row})
    return f"{reverse('runs:why', args=[key])}?{asked}"


def again(run: Run) -> list[tuple[str, str]]:
    """The fields of a form that asks the same once more, of the newest versions."""
    given = given_of(run)
    values = [(f"{VALUE}{name}", value) for name, value in given.values.items()]
    return values + [(f"{INPUT}{role}", dataset) for role, names in given.inputs.items() for dataset in names]


def about(ledger: Ledger, run: Run) -> About:
    """What stands around a result, in words, with the name of who made it and where its inputs are seen."""
    told = about_of(run, ledger.analyses, language())
    inputs = tuple(
        replace(each, address=reverse("desk:version", args=[read.dataset, read.version]))
        for each, read in zip(told.inputs, run.inputs, strict=True)
    )
    return replace(told, inputs=inputs, by=name_of(run.by))


def touch(run: Run) -> None:
    """Have the record know which restricted datasets are looked at through a run."""
    seen = bank()
    for each in {each.dataset for each in run.inputs}:
        try:
            seen.may("read", each)
        except MadangError:  # gone, or for administrators only: `Ledger.seen` has decided
            continue
