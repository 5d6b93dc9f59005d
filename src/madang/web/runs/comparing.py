"""Two runs of one analysis side by side: their answers first, then what was asked otherwise, then their tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from madang.results.charts import NUMBERS
from madang.results.compare import AFTER, BEFORE, Difference, compared
from madang.results.report import cell_text
from madang.runs import Ledger, Run
from madang.web.runs.listing import values_of_run
from madang.web.runs.shown import about, language
from madang.web.runs.sides import Side, sides

_SHOWN = 200


@dataclass(frozen=True)
class TableCompared:
    """A table of both: how many rows differ, and the first of them. `lines`: keys, then before and after of each column."""

    id: str
    title: str
    keys: tuple[str, ...]
    columns: tuple[tuple[str, str, bool], ...]  # label, unit, whether a number
    lines: tuple[tuple[tuple[str, ...], tuple[tuple[str, str, bool, bool], ...]], ...]
    difference: Difference | None  # None where their rows cannot be told apart

    @property
    def shown(self) -> int:
        return len(self.lines)


@dataclass(frozen=True)
class Compared:
    """Two runs with what differs between them: name, of the first, of the second."""

    question: str
    sides: tuple[Side, Side]
    inputs: list[tuple[str, str, str]]
    values: list[tuple[str, str, str]]
    code: bool
    tables: list[TableCompared]
    only: list[str]  # titles of tables that one of them has


def comparison(ledger: Ledger, first: Run, second: Run) -> Compared:
    """Two runs of one analysis. Raises MadangError("run_broken")."""
    before, after = (
        {each.dataset: (each.title, f"{_('{n}판').format(n=each.version)} ({each.as_of or _('기준일 모름')})") for each in run.inputs}
        for run in (first, second)
    )  # fmt: skip
    none = _("쓰지 않음")
    inputs = [
        (
            (before.get(name) or after[name])[0],
            before.get(name, ("", none))[1],
            after.get(name, ("", none))[1],
        )
        for name in dict.fromkeys([*before, *after])
    ]
    chosen = [dict(values_of_run(ledger, run)) for run in (first, second)]
    values = [
        (name, chosen[0].get(name, none), chosen[1].get(name, none))
        for name in dict.fromkeys([*chosen[0], *chosen[1]])
    ]
    values = [line for line in values if line[1] != line[2]]
    tables = {each.id: each for each in first.result.tables}
    both = [(tables[each.id], each) for each in second.result.tables if each.id in tables]
    ids = {each.id for _one, each in both}
    only = [each.title for run in (first, second) for each in run.result.tables if each.id not in ids]
    return Compared(
        about(ledger, second).question, sides(first, second, values), [line for line in inputs if line[1] != line[2]], values,
        first.code != second.code, [_table(each.id, each.title, compared(one, each)) for one, each in both], only,
    )  # fmt: skip


def _table(table: str, title: str, difference: Difference | None) -> TableCompared:
    if difference is None:
        return TableCompared(table, title, (), (), (), None)
    columns = tuple(
        (each.label, each.unit or ("%" if each.kind == "percent" else ""), each.kind in NUMBERS)
        for each in difference.columns
    )
    lines = tuple(_lines(difference))
    return TableCompared(
        table, title, tuple(each.label for each in difference.keys), columns, lines, difference
    )


def _lines(found: Difference) -> Iterator[tuple[tuple[str, ...], tuple[tuple[str, str, bool, bool], ...]]]:
    for row in found.rows.slice(0, _SHOWN).to_pylist():
        keys = tuple(str(row[each.name]) for each in found.keys)
        yield keys, tuple(_cell(row, found, place) for place in range(len(found.columns)))


def _cell(row: dict[str, Any], found: Difference, place: int) -> tuple[str, str, bool, bool]:
    column = found.columns[place]
    values = [row[f"{column.name}:{side}"] for side in (BEFORE, AFTER)]
    before, after = (cell_text(value, column, language()) for value in values)
    return before, after, values[0] != values[1], column.kind in NUMBERS
