"""HTML of a result, made in one place: the page of a run and the report file show the same sentences, pictures and tables.

Every number of a sentence, and every number of a table whose rows have an origin, leads to why it is so, where `why`
gives addresses. No scripts and no styles in it: classes only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from html import escape
from importlib.resources import files

from madang.messages import Language, text
from madang.results.chart_svg import svg
from madang.results.charts import NUMBERS, picture
from madang.results.result import Cell, Chart, Column, Finding, Result, Table, Value
from madang.results.said import parts, said

Why = Callable[[Cell], str]  # the address that says why a number is so
SHOWN_ROWS = 200
_REPORT_ROWS = 1_000
_WIDE, _NARROW = 880, 340  # pixels of a picture on a desk and on a phone


@dataclass(frozen=True)
class Used:
    """What a run read: in which role, a version ("shops@3") with its title and day; `address` where it can be seen."""

    role: str
    title: str
    name: str
    as_of: str
    address: str = ""


@dataclass(frozen=True)
class About:
    """What stands around a result: its question, what it read, what was chosen, who made it and when."""

    title: str
    question: str
    inputs: tuple[Used, ...]
    parameters: tuple[tuple[str, str], ...]
    not_for: tuple[str, ...]
    by: str
    at: str
    seconds: float
    key: str


def sentence_html(finding: Finding, result: Result, why: Why | None = None, language: Language = "ko") -> str:
    """A finding with its numbers marked, and linked where there is `why`."""
    said_ = []
    for part in parts(finding, result):
        if part.cell is None:
            said_.append(escape(part.text))
            continue
        table = result.table(part.cell.table)
        column = table.column(part.cell.column)
        exact = said(table.value(part.cell.row, column.name), column, exact=True)
        said_.append(_number(part.text, part.cell, why, language, "" if exact == part.text else exact))
    return "".join(said_)


def _number(shown: str, cell: Cell, why: Why | None, language: Language, exact: str = "") -> str:
    if why is None:
        return f"<strong>{escape(shown)}</strong>"
    title = " · ".join(filter(None, (exact, text("result_why", language))))
    return f'<a class="why" href="{escape(why(cell))}" title="{escape(title)}">{escape(shown)}</a>'


def figure_html(chart: Chart, result: Result, language: Language = "ko") -> str:
    """A picture with its title, in two widths of which the page shows one; "" where it cannot be drawn."""
    drawn = picture(chart, result)
    if drawn is None:
        return ""
    alt = chart.alt or chart.title
    cut = f'<p class="quiet">{escape(text("result_chart_cut", language))}</p>' if drawn.cut else ""
    table = result.table(chart.table)
    link = f'<p class="quiet"><a href="#table-{escape(table.id)}">{escape(text("result_as_table", language, table=table.title))}</a></p>'
    pictures = svg(drawn, _WIDE, alt, "wide") + svg(drawn, _NARROW, alt, "narrow")
    return f'<figure class="result-chart"><figcaption>{escape(chart.title)}</figcaption>{pictures}{cut}{link}</figure>'


def table_html(
    table: Table, why: Why | None = None, language: Language = "ko", shown: int = SHOWN_ROWS
) -> str:
    """The first rows of a table: units in the head, numbers to the right, each with its way back where it has one.

    Columns of codes, by which rows are followed, are left to the workbook where there are others to read.
    """
    read = [each for each in table.columns if each.kind != "code"] or list(table.columns)
    heads = "".join(_head(column) for column in read)
    columns = [table.rows.column(each.name).slice(0, shown).to_pylist() for each in read]
    lines = "".join(
        _line(table, read, row, values, why, language)
        for row, values in enumerate(zip(*columns, strict=True))
    )
    rows = table.rows.num_rows
    if not rows:
        lines = f'<tr><td colspan="{len(columns)}" class="none">{escape(text("result_no_rows", language))}</td></tr>'
    cut = text("result_rows_cut", language, rows=f"{rows:,}", shown=f"{shown:,}") if rows > shown else ""
    notes = "".join(f'<p class="quiet">{escape(each)}</p>' for each in (table.note, cut) if each)
    return (
        f'<div class="table-scroll" role="region" aria-label="{escape(table.title)}" tabindex="0"><table class="cells">'
        f"<thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table></div>{notes}"
    )


def _head(column: Column) -> str:
    unit = column.unit or ("%" if column.kind == "percent" else "")
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
        shown = cell_text(value, column)
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


def cell_text(value: Value, column: Column) -> str:
    """A cell to the last digit, without the unit that stands in the head."""
    bare = replace(column, unit="", kind="number") if column.kind in NUMBERS else column
    return said(value, bare, exact=True)


def limits_html(result: Result, about: About, language: Language = "ko") -> str:
    """How it was made, what it must not be used for, and everything that the run was made of."""

    def word(code: str) -> str:
        return escape(text(f"result_{code}", language))

    def listed(code: str, sentences: Sequence[str]) -> str:
        lines = "".join(f"<li>{escape(each)}</li>" for each in sentences)
        return f'<h3>{word(code)}</h3><ul class="plain-list">{lines}</ul>' if sentences else ""

    method = f"<h3>{word('method')}</h3><p>{escape(result.method)}</p>" if result.method else ""
    roles = dict.fromkeys(each.role for each in about.inputs)
    inputs = "".join(
        f"<dt>{escape(role)}</dt><dd>{_used([each for each in about.inputs if each.role == role], language)}</dd>"
        for role in roles
    )
    values = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in about.parameters)
    made = [("by", about.by), ("at", about.at), ("seconds", f"{about.seconds:,.1f}"), ("key", about.key)]
    told = "".join(f"<dt>{word(code)}</dt><dd>{escape(value)}</dd>" for code, value in made)
    return (
        listed("not_for", about.not_for) + listed("caveats", result.caveats) + method
        + f'<h3>{word("inputs")}</h3><dl class="facts">{inputs}</dl>'
        + (f'<h3>{word("parameters")}</h3><dl class="facts">{values}</dl>' if values else "")
        + f'<h3>{word("made")}</h3><dl class="facts">{told}</dl>'
    )  # fmt: skip


def _used(used: Sequence[Used], language: Language) -> str:
    """What was read in one role, a line each."""
    lines = []
    for each in used:
        title = (
            f'<a href="{escape(each.address)}">{escape(each.title)}</a>'
            if each.address
            else escape(each.title)
        )
        day = (
            text("result_as_of", language, day=each.as_of) if each.as_of else text("result_no_day", language)
        )
        lines.append(f'<li>{title} <span class="quiet">{escape(each.name)} · {escape(day)}</span></li>')
    return f"<ul>{''.join(lines)}</ul>"


def report_html(result: Result, about: About, language: Language = "ko") -> str:
    """A whole document that needs nothing else: the answer, the evidence, method and limits."""

    def word(code: str) -> str:
        return escape(text(f"result_{code}", language))

    about = replace(about, inputs=tuple(replace(each, address="") for each in about.inputs))
    style = (files("madang.results") / "report.css").read_text("utf-8")
    answer = "".join(f"<p>{sentence_html(each, result)}</p>" for each in result.findings[:2])
    more = "".join(f"<li>{sentence_html(each, result)}</li>" for each in result.findings[2:])
    figures = [figure_html(each, result, language) for each in result.charts]
    tables = "".join(
        f'<section id="table-{escape(each.id)}"><h3>{escape(each.title)}</h3>{table_html(each, None, language, _REPORT_ROWS)}</section>'
        for each in result.tables
    )
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(about.title)}</title><style>{style}</style></head><body><main>"
        f'<p class="quiet">{escape(about.title)}</p><h1>{escape(about.question)}</h1><div class="answer">{answer}</div>'
        f"{figures[0] if figures else ''}<h2>{word('evidence')}</h2>"
        f"{f'<ul class=plain-list>{more}</ul>' if more else ''}{''.join(figures[1:])}{tables}"
        f"<h2>{word('limits')}</h2>{limits_html(result, about, language)}</main></body></html>"
    )
