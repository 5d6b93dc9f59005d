"""HTML of a result, made in one place: the page of a run, the notebook and the report file show the same sentences,
pictures and tables, in the order of `report`.

Every number of a sentence, and every number of a table whose rows have an origin, leads to why it is so, where `why`
gives addresses. No scripts and no styles in it: classes only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from importlib.resources import files
from itertools import groupby

from madang.messages import Language, text
from madang.results.charts import NUMBERS
from madang.results.report import (
    About,
    Answer,
    Block,
    Fact,
    Facts,
    Figure,
    Grid,
    Line,
    Listed,
    Words,
    cell_text,
    figure,
    grid,
    limits,
    report,
    unit_of,
)
from madang.results.result import Cell, Chart, Column, Finding, Result, Table, Value
from madang.results.said import Part, parts, said

Why = Callable[[Cell], str]  # the address that says why a number is so
SHOWN_ROWS = 200
_REPORT_ROWS = 1_000
_NOTEBOOK_ROWS = 20
_WIDE, _NARROW = 880, 340  # pixels of a picture on a desk and on a phone


# sentences --------------------------------------------------------------------------------------------------


def sentence_html(finding: Finding, result: Result, why: Why | None = None, language: Language = "ko") -> str:
    """A finding with its numbers marked, and linked where there is `why`."""
    return _line_html(tuple(parts(finding, result)), result, why, language)


def marked_html(
    told: Sequence[tuple[Part, bool]], result: Result, why: Why | None = None, language: Language = "ko"
) -> str:
    """A sentence piece by piece, those marked of which it is so."""
    runs = [
        (differs, _line_html(tuple(part for part, _ in run), result, why, language))
        for differs, run in groupby(told, key=lambda each: each[1])
    ]
    return "".join(f"<mark>{shown}</mark>" if differs else shown for differs, shown in runs)


def _line_html(line: Line, result: Result, why: Why | None, language: Language) -> str:
    shown = []
    for part in line:
        if part.cell is None:
            shown.append(escape(part.text))
            continue
        table = result.table(part.cell.table)
        column = table.column(part.cell.column)
        exact = said(table.value(part.cell.row, column.name), column, exact=True)
        leads = column.kind in NUMBERS or table.origins_of(column.name)  # words of no row lead nowhere
        shown.append(
            _number(
                part.text, part.cell, why if leads else None, language, "" if exact == part.text else exact
            )
        )
    return "".join(shown)


def _number(shown: str, cell: Cell, why: Why | None, language: Language, exact: str = "") -> str:
    if why is None:
        return f"<strong>{escape(shown)}</strong>"
    title = " · ".join(filter(None, (exact, text("result_why", language))))
    return f'<a class="why" href="{escape(why(cell))}" title="{escape(title)}">{escape(shown)}</a>'


# pictures and tables ----------------------------------------------------------------------------------------


def figure_html(
    chart: Chart, result: Result, language: Language = "ko", hidden: frozenset[int] = frozenset()
) -> str:
    """A picture with its title, in two widths of which the page shows one; "" where it cannot be drawn."""
    found = figure(chart, result, language, hidden)
    return drawn_html(found, language) if found else ""


def drawn_html(found: Figure, language: Language, *, alone: bool = True, wide: int = _WIDE) -> str:
    """A picture that is drawn, `wide` pixels on a desk; `alone` on its page, it leads to its table."""
    cut = f'<p class="quiet">{escape(found.cut)}</p>' if found.cut else ""
    table = found.table
    words = escape(text("result_as_table", language, table=table.title))
    link = f'<p class="quiet"><a href="#table-{escape(table.id)}">{words}</a></p>' if alone else ""
    pictures = found.svg(wide, "wide") + found.svg(_NARROW, "narrow")
    return f'<figure class="result-chart"><figcaption>{escape(found.title)}</figcaption>{pictures}{cut}{link}</figure>'


def table_html(
    table: Table, why: Why | None = None, language: Language = "ko", shown: int = SHOWN_ROWS
) -> str:
    """The first rows of a table: units in the head, numbers to the right, each with its way back where it has one."""
    return _grid_html(grid(table, language, shown), why, language)


def _grid_html(told: Grid, why: Why | None, language: Language) -> str:
    heads = "".join(_head(column) for column in told.columns)
    lines = "".join(
        _line(told.table, told.columns, row, values, why, language) for row, values in enumerate(told.rows())
    )
    if not told.table.rows.num_rows:
        lines = f'<tr><td colspan="{len(told.columns)}" class="none">{escape(told.none)}</td></tr>'
    notes = "".join(f'<p class="quiet">{escape(each)}</p>' for each in told.notes)
    return (
        f'<div class="table-scroll" role="region" aria-label="{escape(told.table.title)}" tabindex="0"><table class="cells">'
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>{notes}"
    )


def _head(column: Column) -> str:
    unit = unit_of(column)
    number = ' class="number"' if column.kind in NUMBERS else ""
    shown = f' <span class="unit">({escape(unit)})</span>' if unit else ""
    return (
        f'<th scope="col"{number}>{escape(column.label)}{shown}</th>'
        if column.label
        else f"<td{number}>{shown}</td>"
    )


def _line(
    table: Table,
    read: Sequence[Column],
    row: int,
    values: Sequence[Value],
    why: Why | None,
    language: Language,
) -> str:
    cells = []
    for place, (column, value) in enumerate(zip(read, values, strict=True)):
        shown = cell_text(value, column, language)
        inner = escape(shown)
        if value is None:
            inner = f'<span class="none">{inner}</span>'
        elif why is not None and column.kind in NUMBERS and table.origins_of(column.name):
            inner = _number(shown, Cell(table.id, column.name, row), why, language)
        number = ' class="number"' if column.kind in NUMBERS else ""
        cells.append(
            f'<th scope="row">{inner}</th>' if place == 0 and not number else f"<td{number}>{inner}</td>"
        )
    return f"<tr>{''.join(cells)}</tr>"


# method and limits ------------------------------------------------------------------------------------------


def limits_html(result: Result, about: About, language: Language = "ko") -> str:
    """How it was made, what it must not be used for, and everything that the run was made of."""
    return "".join(_block(each, result, language) for each in limits(result, about, language))


def _facts_html(facts: Facts) -> str:
    pairs = "".join(f"<dt>{escape(name)}</dt><dd>{_values(values)}</dd>" for name, values in facts.pairs)
    return f'<dl class="facts">{pairs}</dl>'


def _values(values: Sequence[Fact]) -> str:
    """What has one name: one below the other where each has its own small print."""
    if not any(each.quiet for each in values):
        return ", ".join(escape(each.text) for each in values)
    lines = []
    for each in values:
        title = escape(each.text)
        if each.address:
            title = f'<a href="{escape(each.address)}">{title}</a>'
        lines.append(f'<li>{title} <span class="quiet">{escape(each.quiet)}</span></li>')
    return f"<ul>{''.join(lines)}</ul>"


# documents --------------------------------------------------------------------------------------------------


def report_html(result: Result, about: About, language: Language = "ko") -> str:
    """A whole document that needs nothing else: the answer, the evidence, method and limits."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(about.title)}</title><style>body {{ margin: 0; }} {_style()}</style></head>"
        f'<body><main class="madang-result">{_body(result, about, language, _REPORT_ROWS)}</main></body></html>'
    )


def notebook_html(result: Result, about: About, language: Language = "ko") -> str:
    """The same for a cell of a notebook, with the first rows of each table: nothing to jump to, as it is one of many."""
    return _cell(_body(result, about, language, _NOTEBOOK_ROWS, alone=False))


def table_alone(table: Table) -> str:
    """One table for a cell of a notebook."""
    return _cell(_grid_html(grid(table, rows=_NOTEBOOK_ROWS), None, "ko"), "bare")


def figure_alone(found: Figure) -> str:
    """One picture for a cell of a notebook."""
    return _cell(drawn_html(found, "ko", alone=False), "bare")


def _cell(inner: str, kind: str = "") -> str:
    return f'<div class="madang-result {kind}" lang="ko"><style>{_style()}</style>{inner}</div>'


def _style() -> str:
    here = files("madang.results")
    return (here / "report.css").read_text("utf-8") + (here / "picture.css").read_text("utf-8")


def _body(result: Result, about: About, language: Language, rows: int, *, alone: bool = True) -> str:
    about = replace(about, inputs=tuple(replace(each, address="") for each in about.inputs))
    told = report(result, about, language, rows=rows)
    return "".join(_block(each, result, language, alone=alone) for each in told)


def _block(block: Block, result: Result, language: Language, *, alone: bool = True) -> str:
    """A piece of a report; `alone` on its page, it has places to jump to."""
    match block:
        case Words(words, 0, quiet):
            return f'<p class="quiet">{escape(words)}</p>' if quiet else f"<p>{escape(words)}</p>"
        case Words(words, head):
            return f"<h{head}>{escape(words)}</h{head}>"
        case Answer(lines):
            inner = "".join(f"<p>{_line_html(each, result, None, language)}</p>" for each in lines)
            return f'<div class="answer">{inner}</div>'
        case Listed(lines):
            inner = "".join(f"<li>{_line_html(each, result, None, language)}</li>" for each in lines)
            return f'<ul class="plain-list">{inner}</ul>'
        case Figure():
            return drawn_html(block, language, alone=alone)
        case Grid(table):
            place = f' id="table-{escape(table.id)}"' if alone else ""
            return f"<section{place}>{_grid_html(block, None, language)}</section>"
        case Facts():
            return _facts_html(block)
