"""Open results: what an analysis found, as a story that everybody may read. Of the open bank alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from madang.engine.rows import Fields, Query, address, count
from madang.formats.lines import guarded, quoted_cell
from madang.messages import MadangError, text
from madang.release.result_small import NUMBERS
from madang.release.result_story import Story, filters_of
from madang.release.shown import WITHHELD
from madang.results import Cell, Column, Table, said
from madang.results.html import drawn_html, figure_html, sentence_html
from madang.results.map_picture import MapPicture, maps_of
from madang.results.report import cell_text, map_figure
from madang.web.portal.shelf import EVERYTHING, Open, edition, page_language
from madang.web.shell.cells import filter_said

_ROWS = 200


@dataclass(frozen=True)
class Shown:
    """A cell: its text, whether it is a number or withheld, and where it leads."""

    text: str
    numeric: bool
    withheld: bool
    why: str


def is_result(found: Open) -> bool:
    """Whether an edition is what an analysis found."""
    return "result" in found.version.facts


def result(edition_id: str) -> tuple[Open, Story]:
    """An open result. Raises MadangError: dataset_missing, edition_over, release_result_unreadable."""
    found = edition(edition_id)
    if not is_result(found):
        raise MadangError("dataset_missing", dataset=edition_id)
    return found, Story.from_json(found.version.facts["result"])


def page(found: Open, story: Story) -> dict[str, Any]:
    """Everything on the page of a result."""
    spoken = page_language()
    day = text("result_as_of", spoken, day=found.as_of) if found.as_of else ""
    maps = maps_of(story.result, story.borders, spoken, story.hidden, day)

    def why(cell: Cell) -> str:
        return _why(found.id, cell)

    sentences = [SafeString(sentence_html(each, story.result, why, spoken)) for each in story.result.findings]
    figures = [
        SafeString(drawn)
        for each in story.result.charts
        if (drawn := figure_html(each, story.result, spoken, story.hidden.get(each.table, frozenset())))
    ]
    return {
        "id": found.id, "title": story.title, "question": story.question, "as_of": found.as_of, "days": story.days, "day": story.at[:10],
        "licence": found.licence, "answer": sentences[:2], "more": sentences[2:], "first": figures[:1],
        "figures": figures[1:], "tables": [_table(found.id, story, each, maps) for each in story.result.tables],
        "method": story.result.method, "caveats": story.result.caveats, "not_for": story.not_for, "inputs": story.inputs,
        "parameters": story.parameters, "main": story.main.id, "release": found.release, "findings_withheld": story.findings_withheld,
        "tables_withheld": story.tables_withheld, "hidden": story.cells_hidden, "run": story.run[:8],
    }  # fmt: skip


def _why(edition_id: str, cell: Cell) -> str:
    asked = urlencode({"table": cell.table, "column": cell.column, "row": cell.row})
    return f"{reverse('portal:result_why', args=[edition_id])}?{asked}"


def _table(edition_id: str, story: Story, table: Table, maps: Sequence[MapPicture]) -> dict[str, Any]:
    drawn = [
        SafeString(drawn_html(map_figure(each), page_language(), alone=False))
        for each in maps
        if each.table is table
    ]
    read = [each for each in table.columns if each.kind != "code"] or list(table.columns)
    cells = [table.rows.column(each.name).slice(0, _ROWS).to_pylist() for each in read]
    lines = [
        [_cell(edition_id, story, table, row, column, value) for column, value in zip(read, values, strict=True)]
        for row, values in enumerate(zip(*cells, strict=True))
    ]  # fmt: skip
    heads = [
        (each.label, each.unit or ("%" if each.kind == "percent" else ""), each.kind in NUMBERS)
        for each in read
    ]
    more = table.rows.num_rows if table.rows.num_rows > _ROWS else 0
    return {"id": table.id, "title": table.title, "note": table.note, "heads": heads, "lines": lines, "more": more,
            "shown": _ROWS, "maps": drawn}  # fmt: skip


def _cell(edition_id: str, story: Story, table: Table, row: int, column: Column, value: Any) -> Shown:
    numeric, cell = column.kind in NUMBERS, Cell(table.id, column.name, row)
    if story.withholds(cell):
        return Shown("", numeric, True, "")
    leads = numeric and value is not None and bool(table.origins_of(column.name))
    return Shown(
        cell_text(value, column, page_language()), numeric, False, _why(edition_id, cell) if leads else ""
    )


def why(found: Open, story: Story, cell: Cell) -> dict[str, Any]:
    """From a number to the rows that are open, and to the titles of what is not.

    Raises MadangError: result_table, result_column, result_cell.
    """
    table = story.result.table(cell.table)
    column = table.column(cell.column)
    if not 0 <= cell.row < table.rows.num_rows or story.withholds(cell):
        raise MadangError("result_cell", table=cell.table, column=cell.column, row=cell.row)
    spoken = page_language()
    of = [
        (each.label, said(value, each, language=spoken))
        for each in table.columns
        if each.kind in ("text", "date", "month") and each.name != column.name
        and (value := table.value(cell.row, each.name)) is not None
    ]  # fmt: skip
    ways = [
        way for origin in table.origins_of(column.name)
        if (filters := filters_of(story, origin, table, cell.row)) is not None and (way := _way(origin.role, filters))
    ]  # fmt: skip
    sentences = [
        SafeString(sentence_html(each, story.result, None, spoken))
        for each in story.result.findings if cell in each.cells.values()
    ]  # fmt: skip
    return {
        "id": found.id, "title": story.title,
        "number": said(table.value(cell.row, column.name), column, exact=True, language=spoken),
        "column": column.label, "of": of, "sentences": sentences, "table": table.id, "table_title": table.title,
        "ways": ways, "closed": [each for each in story.inputs if not each.edition], "method": story.result.method,
        "day": story.at[:10],
    }  # fmt: skip


def _way(edition_id: str, filters: Sequence[Any]) -> dict[str, Any] | None:
    """Rows of an open edition; None where it is not open any more, or has not the columns they are chosen by."""
    try:
        other = edition(edition_id)
        fields = {each.name: each for each in Fields(other.version.columns, EVERYTHING).shown}
        if any(each.column not in fields for each in filters):
            return None
        query = Query(filters=tuple(filters))
        total = count(other.source, query, EVERYTHING, other.version.columns)
    except MadangError:
        return None
    words = [f"{fields[each.column].label} {filter_said(each)}" for each in filters]
    return {"id": other.id, "title": other.title, "as_of": other.as_of, "words": words, "total": total,
            "rows": f"{reverse('portal:edition', args=[other.id])}?{urlencode(address(query))}#rows"}  # fmt: skip


def csv(found: Open, story: Story, table_id: str) -> HttpResponse:
    """A table as CSV for Excel; a row of which numbers are withheld says in its last cell that they all are, or which.
    Raises MadangError."""
    table = story.result.table(table_id)
    hidden, emptied = (of.get(table.id, frozenset()) for of in (story.hidden, story.emptied))
    heads = [f"{each.label} ({each.unit})" if each.unit else each.label for each in table.columns]
    notes = [_("비고")] if hidden or emptied else []
    some = ", ".join(each.label for each in table.columns if each.name in emptied)
    other = quoted_cell(guarded(f"{WITHHELD}: {some}")) if some else ""
    lines = [",".join(quoted_cell(guarded(head)) for head in (*heads, *notes))]
    cells = [column.to_pylist() for column in table.rows.columns]
    for row, values in enumerate(zip(*cells, strict=True)):
        note = [WITHHELD if row in hidden else other] if notes else []
        lines.append(",".join([*map(_plain, values), *note]))
    body = ("\ufeff" + "\n".join(lines) + "\n").encode()
    name = f'attachment; filename="{found.version.n}-{table.id}.csv"'
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


def _plain(value: Any) -> str:
    if value is None or value != value:
        return ""
    return quoted_cell(guarded(value)) if isinstance(value, str) else str(value)
