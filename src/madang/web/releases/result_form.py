"""The form of a decision about a result: what it asks, each thing once, what it was filled in with, the decision it makes."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from madang.access import Person
from madang.messages import MadangError
from madang.release import ledger
from madang.release.result_decision import HOME, Carried, ResultDecision
from madang.release.result_small import counts_of
from madang.release.result_written import RUN, Prepared
from madang.results.html import sentence_html
from madang.runs import Run
from madang.runs.declared import INDICATORS, TABLES
from madang.web.releases.result_actions import may_open, results
from madang.web.shell.whole import whole
from madang.web.shell.workspace import bank, workspace

_PEOPLE, _WITHOUT, _ROWS = "people:", "without:", "rows:"  # before what a field is about
_AND = ","  # between the columns that one answer is for: each by its number among all of the run
_KINDS = {TABLES: "table-", INDICATORS: "indicator-"}  # in the address of what is no analysis


@dataclass(frozen=True)
class Question:
    """Of whom columns that are called the same are a count: `name` of the field names them, `tables` say where they stand."""

    name: str
    label: str
    tables: str
    value: str


def first(run: Run, person: Person) -> dict[str, str]:
    """The form as it opens: what was said the last time that the same was opened, where the person may open that too."""
    decisions, ledger_ = results().decisions, workspace().ledger
    if (edition := _edition(run)) not in decisions.editions():
        return {}
    last = decisions.latest(edition)
    try:
        before = ledger_[last.run]
    except MadangError:  # it is gone: nobody knows whether it was the same
        return {}
    if before.analysis != run.analysis or not may_open(person, before):
        return {}
    numbers = {column: n for n, column in enumerate(_columns(run))}
    people = {f"{_PEOPLE}{numbers[of]}": said for of, said in last.people.items() if of in numbers}
    return people | {f"{_WITHOUT}{table}": "1" for table in last.without}


def filled(run: Run, given: Mapping[str, str], person: Person) -> dict[str, str]:
    """What stands in the fields."""
    post = next(iter(sorted(person.posts | person.departments)), "")
    return {
        "edition": _edition(run), "title": run.title, "post": post, "licence": "kogl-1", "least": "5",
        "once": secrets.token_hex(8), "document": "", "ground": "", "until": "", "restricted_ground": "", **given,
    }  # fmt: skip


def _edition(run: Run) -> str:
    kind = next((word for before, word in _KINDS.items() if run.analysis.startswith(before)), "")
    return f"result-{kind}{run.analysis.rpartition('/')[2]}"


def replaced(run: Run, edition: str) -> str:
    """The title of the open result of this name that a decision about this run would replace; "" where there is none."""
    decisions = results().decisions
    last = decisions.latest(edition) if edition in decisions.editions() else None
    if last is None or last.verdict != "open" or last.run == run.key:
        return ""
    return last.title or edition


def _columns(run: Run) -> list[str]:
    """Every column of a run, by table."""
    return [f"{table.id}.{column.name}" for table in run.result.tables for column in table.columns]


def decision_of(run: Run, given: Mapping[str, str], by: Person) -> ResultDecision:
    """The decision that a filled form makes. Raises MadangError ``release_*``."""

    def text(name: str) -> str:
        return given.get(name, "").strip()

    return ResultDecision(
        edition=text("edition"), run=run.key, by=by.id, post=text("post"), at=workspace().clock().isoformat(),
        document=text("document"), ground=text("ground"), licence=text("licence"), title=text("title"),
        people={column: name for column, name in _people(run, given).items() if name}, without=_fields(given, _WITHOUT),
        with_rows=_fields(given, _ROWS), least=whole(text("least"), digits=6) or 5, until=text("until"),
        restricted_ground=text("restricted_ground"), mark=given.get("once", "")[:40],
    )  # fmt: skip


def _fields(given: Mapping[str, str], before: str) -> tuple[str, ...]:
    return tuple(name.removeprefix(before) for name in given if name.startswith(before))


def _people(run: Run, given: Mapping[str, str]) -> dict[str, str]:
    """By column what was said of whom it counts: one answer may be for several."""
    numbers = {str(n): column for n, column in enumerate(_columns(run))}
    found = {}
    for name in _fields(given, _PEOPLE):
        for number in name.split(_AND):
            if number in numbers:
                found[numbers[number]] = given[f"{_PEOPLE}{name}"].strip()
    return found


def carried(run: Run) -> tuple[Carried, ...]:
    """The tables that are rows of data which are not open."""
    with suppress(MadangError):  # what is gone is told by the preview and by the decision
        return results().carried(run)
    return ()


def tables(run: Run, given: Mapping[str, str], carried: Sequence[Carried]) -> list[dict[str, Any]]:
    """Every table: whether it stays inside, and whose rows it is though they are not open."""
    rows: dict[str, list[Carried]] = {}
    for each in carried:
        rows.setdefault(each.table, []).append(each)
    return [
        {"id": each.id, "title": each.title, "rows": each.rows.num_rows, "without": f"{_WITHOUT}{each.id}" in given,
         "carried": rows.get(each.id, ()), "known": f"{_ROWS}{each.id}" in given}
        for each in run.result.tables
    ]  # fmt: skip


def questions(run: Run, given: Mapping[str, str], *, apart: bool = False) -> list[Question]:
    """Of whom the columns that count people do: asked once of those that are called the same, in whatever table, but one by one
    where they were answered differently, or where they are to be told `apart`."""
    like, said = ResultDecision("x", run.key, "-", "-", "-", "-", "-", licence="kogl-1"), _people(run, given)
    numbers = {column: str(n) for n, column in enumerate(_columns(run))}
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for table in run.result.tables:
        for name in counts_of(table, like, run.analysis, workspace().declarations.indicators):
            column = table.column(name)
            groups.setdefault((column.label, column.unit), []).append((f"{table.id}.{name}", table.title))
    found = []
    for (label, _unit), columns in groups.items():
        one = not apart and len({said.get(each, "") for each, _ in columns}) == 1
        for some in [columns] if one else [[each] for each in columns]:
            names, titles = zip(*some, strict=True)
            value = said.get(names[0], "")
            name = _PEOPLE + _AND.join(numbers[each] for each in names)
            found.append(Question(name, label, ", ".join(dict.fromkeys(titles)), value))
    return found


def populations() -> list[str]:
    """Whom tables that were opened before count, as people called them; of data that the person may see."""
    seen, decisions, found = bank(), results().decisions, set()
    for home, dataset, population in ledger.populations(workspace().releases.folder):
        with suppress(MadangError):  # one that cannot be read tells nothing
            read = {dataset}
            if dataset.startswith(RUN):
                past = decisions.history(home.removeprefix(HOME))
                read = {source.dataset for each in past for source in each.sources}
            if all(each in seen for each in read):
                found.add(population)
    return sorted(each for each in found if "/" not in each and " - " not in each)


def looked_at(made: Prepared) -> dict[str, Any]:
    """What would become public, as the page shows it."""
    story = made.story
    rows = {each.dataset for each in made.leaving}
    return {
        "findings": [SafeString(sentence_html(each, story.result)) for each in story.result.findings],
        "gone": story.findings_withheld, "hidden": story.cells_hidden,
        "tables": [
            {"title": each.title, "rows": each.rows.num_rows, "hidden": len(story.hidden.get(each.id, ())),
             "emptied": [each.column(name).label for name in sorted(story.emptied.get(each.id, ()))]}
            for each in story.result.tables
        ],
        "closed": [each.title for each in story.inputs if not each.edition and each.title not in rows],
        "carried": made.leaving,
    }  # fmt: skip
