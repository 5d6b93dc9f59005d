"""What is said of a result, and in which order: the page and the reports in HTML, XLSX, DOCX and HWPX say this, each in its form.

The answer in two sentences and a picture first, then the evidence, then method, limits and what it was made of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone
from typing import Literal

from madang.messages import Language, text
from madang.results.charts import NUMBERS, Picture, picture
from madang.results.map_picture import Borders, MapPicture, maps_of
from madang.results.result import Chart, Column, Result, Table, Value
from madang.results.said import Part, parts, said, titled

Line = tuple[Part, ...]
MOST_ROWS, MOST_COLUMNS = 40, 10  # of a table on pages of paper
SEOUL = timezone(timedelta(hours=9))  # of `About.at`
_WHOLE = (*NUMBERS, "date", "month")
_BESIDE = 2  # letters that the margins of a cell take
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


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
    """What stands around a result: its question, what it read, what was chosen, who made it and when.

    `borders`: of the 행정동 that its rows were placed by, looked up where there is a map to draw.
    """

    title: str
    question: str
    inputs: tuple[Used, ...]
    parameters: tuple[tuple[str, str], ...]
    not_for: tuple[str, ...]
    by: str
    at: str
    seconds: float
    key: str
    borders: Callable[[], Borders] = field(default=dict, repr=False, compare=False)

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last day that the inputs speak of; "" where none is known."""
        known = [each.as_of for each in self.inputs if each.as_of]
        return min(known, default=""), max(known, default="")


# the pieces -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Words:
    """A line of its own. `head` is its depth: 1 the question, 2 a part, 3 a section of a part, 0 a paragraph; `quiet` small."""

    text: str
    head: Literal[0, 1, 2, 3] = 0
    quiet: bool = False


@dataclass(frozen=True)
class Answer:
    """The sentences that answer the question."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Listed:
    """Sentences, one below the other."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Figure:
    """A picture: what is to be seen, the same in words for those who do not see it, and the table that it draws."""

    title: str
    alt: str
    picture: Picture | MapPicture
    table: Table
    cut: str

    def svg(self, width: int, kind: str) -> str:
        """It in so many pixels; `kind` is a class of its own."""
        from madang.results import chart_svg, map_svg

        if isinstance(self.picture, MapPicture):
            return map_svg.svg(self.picture, width, self.alt, kind)
        return chart_svg.svg(self.picture, width, self.alt, kind)

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        from madang.results.html import figure_alone

        return figure_alone(self)


@dataclass(frozen=True)
class Grid:
    """The first rows of a table with the columns that are for reading; `notes` say what it is and what is left out."""

    table: Table
    columns: tuple[Column, ...]
    shown: int
    notes: tuple[str, ...]
    none: str

    def rows(self) -> Iterator[tuple[Value, ...]]:
        """The rows that are shown."""
        held = [self.table.rows.column(each.name).slice(0, self.shown).to_pylist() for each in self.columns]
        return zip(*held, strict=True)

    def texts(self) -> Iterator[list[str]]:
        """The rows as they are read; one that says so where there are none."""
        for row in self.rows():
            yield [cell_text(value, column) for value, column in zip(row, self.columns, strict=True)]
        if not self.table.rows.num_rows:
            yield [self.none, *[""] * (len(self.columns) - 1)]


@dataclass(frozen=True)
class Fact:
    """A value with what stands beside it in small; `address` where it can be seen."""

    text: str
    quiet: str = ""
    address: str = ""


@dataclass(frozen=True)
class Facts:
    """Names with their values."""

    pairs: tuple[tuple[str, tuple[Fact, ...]], ...]


Block = Words | Answer | Listed | Figure | Grid | Facts


# the order --------------------------------------------------------------------------------------------------


def report(
    result: Result, about: About, language: Language = "ko", *, rows: int, columns: int | None = None
) -> Iterator[Block]:
    """A whole report. Of a table it holds the first `rows`, and `columns` where a page takes no more."""
    lines = sentences(result)
    borders = about.borders() if result.layers else {}
    figures = figures_of(result, language, borders, _days(about, language))
    yield Words(about.title, quiet=True)
    yield Words(about.question, head=1)
    yield Words(_head(about, language), quiet=True)
    yield Answer(lines[:2])
    yield from figures[:1]
    yield Words(text("result_evidence", language), head=2)
    if lines[2:]:
        yield Listed(lines[2:])
    yield from figures[1:]
    for table in result.tables:
        yield Words(table.title, head=3)
        yield grid(table, language, rows, columns)
    yield Words(text("result_limits", language), head=2)
    yield from limits(result, about, language)


def sentences(result: Result) -> tuple[Line, ...]:
    """Every finding, its numbers apart: the first two are the answer."""
    return tuple(tuple(parts(each, result)) for each in result.findings)


def figures_of(
    result: Result, language: Language = "ko", borders: Borders | None = None, day: str = ""
) -> tuple[Figure, ...]:
    """The pictures of a result that can be drawn: a chart, the maps, the other charts."""
    charts = tuple(made for each in result.charts if (made := figure(each, result, language)))
    maps = tuple(map(map_figure, maps_of(result, borders or {}, language, day=day)))
    return (*charts[:1], *maps, *charts[1:])


def map_figure(drawn: MapPicture) -> Figure:
    """A map with its words."""
    return Figure(drawn.layer.title, drawn.alt, drawn, drawn.table, drawn.notes)


def figure(
    chart: Chart, result: Result, language: Language = "ko", hidden: frozenset[int] = frozenset()
) -> Figure | None:
    """A picture with its words; None where it cannot be drawn. `hidden`: rows of its table that show no numbers."""
    drawn = picture(chart, result, hidden, language)
    if drawn is None:
        return None
    title, alt = titled(chart, result)
    cut = text("result_chart_cut", language) if drawn.cut else ""
    return Figure(title, alt, drawn, result.table(chart.table), cut)


def grid(table: Table, language: Language = "ko", rows: int = 200, columns: int | None = None) -> Grid:
    """A table for reading. Columns of codes, by which rows are followed, are left out where there are others.

    Where `columns` says how many a page takes, what is left out is said to stand in the workbook.
    """
    read = tuple(each for each in table.columns if each.kind != "code") or table.columns
    notes = [table.note]
    told = {"rows": f"{table.rows.num_rows:,}", "shown": f"{rows:,}"}
    if table.rows.num_rows > rows:
        notes.append(text("result_rows_cut" if columns is None else "result_rows_in_xlsx", language, **told))
    if columns is not None and len(read) > columns:
        notes.append(text("result_columns_in_xlsx", language, columns=len(read), shown=columns))
    return Grid(table, read[:columns], rows, tuple(filter(None, notes)), text("result_no_rows", language))


def limits(result: Result, about: About, language: Language = "ko") -> Iterator[Words | Listed | Facts]:
    """How it was made, what it must not be used for, and everything that the run was made of."""

    def head(code: str) -> Words:
        return Words(text(f"result_{code}", language), head=3)

    for code, told in (("not_for", about.not_for), ("caveats", result.caveats)):
        if told:
            yield head(code)
            yield Listed(tuple((Part(each),) for each in told))
    if result.method:
        yield head("method")
        yield Words(result.method)
    yield head("inputs")
    yield Facts(_inputs(about, language))
    if about.parameters:
        yield head("parameters")
        yield Facts(tuple((name, (Fact(value),)) for name, value in about.parameters))
    yield head("made")
    yield Facts(made(about, language))


def made(about: About, language: Language = "ko") -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    """Who made it, when, in how long, and the key under which it is found again."""
    told = (("by", about.by), ("at", about.at), ("seconds", f"{about.seconds:,.1f}"), ("key", about.key))
    return tuple((text(f"result_{code}", language), (Fact(value),)) for code, value in told)


def _inputs(about: About, language: Language) -> tuple[tuple[str, tuple[Fact, ...]], ...]:
    """What was read, by role."""
    found: dict[str, list[Fact]] = {}
    for each in about.inputs:
        day = (
            text("result_as_of", language, day=each.as_of) if each.as_of else text("result_no_day", language)
        )
        found.setdefault(each.role, []).append(Fact(each.title, f"{each.name} · {day}", each.address))
    return tuple((role, tuple(facts)) for role, facts in found.items())


def _head(about: About, language: Language) -> str:
    """Under the question: when it was made, by whom, and of which days."""
    made = text("result_by_at", language, at=about.at, by=about.by)
    return " · ".join(filter(None, (made, _days(about, language))))


def _days(about: About, language: Language) -> str:
    first, last = about.days
    return (
        text("result_as_of", language, day=first if first == last else f"{first} – {last}") if first else ""
    )


# words of cells ---------------------------------------------------------------------------------------------


def cell_text(value: Value, column: Column, language: Language = "ko") -> str:
    """A cell to the last digit, without the unit that stands in the head."""
    bare = replace(column, unit="", kind="number") if column.kind in NUMBERS else column
    return said(value, bare, exact=True, language=language)


def unit_of(column: Column) -> str:
    """The unit of a column as its head says it; "" of none."""
    return column.unit or ("%" if column.kind == "percent" else "")


def label_of(column: Column) -> str:
    """The head of a column: its label with the unit."""
    unit = unit_of(column)
    return f"{column.label} ({unit})".strip() if unit else column.label


def line_text(line: Line) -> str:
    """A sentence in one piece."""
    return "".join(part.text for part in line)


def clean(words: str) -> str:
    """Words without what XML cannot hold."""
    return _NOT_XML.sub("", words).replace("\r", "").replace("\n", " ").replace("\t", " ")


def widths(told: Grid, lines: Sequence[Sequence[str]], room: int, letters: float) -> list[int]:
    """How wide each column of a table is to be, `room` in all, on which about so many `letters` stand side by side.

    Numbers and days stay on their line; heads take two, and words break where there is no room for more.
    """
    needed, wanted = [], []
    for place, column in enumerate(told.columns):
        head, texts = label_of(column), [line[place] for line in lines]
        body = max(map(_long, texts), default=0)
        word = min(12, max((_long(each) for text in texts for each in text.split(" ")), default=0))
        least = _BESIDE + max(3, body if column.kind in _WHOLE else word)
        needed.append(least)
        longest = max(map(_long, head.split(" ")))
        wanted.append(max(least, _BESIDE + max(longest, -(-_long(head) // 2), min(body, 30))))
    spare, more = letters - sum(needed), sum(wanted) - sum(needed)
    part = min(1.0, max(0.0, spare) / more) if more else 0.0
    units = [least + part * (want - least) for least, want in zip(needed, wanted, strict=True)]
    shares = [int(room * each / sum(units)) for each in units]
    shares[0] += room - sum(shares)
    return shares


def _long(words: str) -> int:
    return sum(2 if ord(each) > 0x1100 and each != "\u202f" else 1 for each in words)
