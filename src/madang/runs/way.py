"""The way back from a cell as plain values: the cell, its sentences, and of each input the rows it was made of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import pyarrow.parquet as pq

from madang.access import Person
from madang.bank import Bank
from madang.bank.seen import SeenBank
from madang.engine.rows import Fields, Filter, Query, Source, address, count, rows
from madang.messages import Language, MadangError, text
from madang.results import Cell, said, sentence
from madang.runs.inputs import ADDED
from madang.runs.ledger import Run
from madang.runs.told import plain
from madang.runs.why import Behind, behind

COLUMNS = 6  # that are shown of the rows
_ROW = "source_row"
_NAME = re.compile(r"(?:명|명칭|이름)$")
_KIND = re.compile(r"(?:구분|상태|서비스|유형|종류|분류|업종|업태|기관|부서|동|시군구)(?:명|명칭|이름)$")


def way(
    run: Run, cell: Cell, bank: Bank, by: Person, *, shown: int = 10, language: Language = "ko"
) -> dict[str, Any]:
    """From a cell to the first rows of each input behind it, as `by` sees them.

    An input whose rows cannot be shown says why in `error`. Raises MadangError: result_table, result_column,
    result_cell, run_broken.
    """
    result = run.result
    table = result.table(cell.table)
    column = table.column(cell.column)
    found = behind(run, cell, bank)
    value = table.value(cell.row, cell.column)
    row = [
        {"label": each.label, "value": said(table.value(cell.row, each.name), each, exact=True)}
        for each in table.columns
        if each.kind in ("text", "date", "month") and each.name != column.name
        and table.value(cell.row, each.name) is not None
    ]  # fmt: skip
    seen = SeenBank(bank, by)
    return {
        "run": run.key, "title": run.title, "at": run.at, "table": table.id, "table_title": table.title,
        "column": column.name, "label": column.label, "unit": column.unit, "row": cell.row, "value": plain(value),
        "number": said(value, column, exact=True), "of": row,
        "sentences": [sentence(each, result) for each in result.findings if cell in each.cells.values()],
        "inputs": [_stop(each, seen, shown, language) for each in found],
    }  # fmt: skip


def _stop(each: Behind, bank: SeenBank, shown: int, language: Language) -> dict[str, Any]:
    read = each.read
    told: dict[str, Any] = {
        "role": read.role, "dataset": read.dataset, "version": read.version, "title": read.title, "as_of": read.as_of,
        "conditions": [], "query": "", "count": None, "columns": [], "rows": [], "file": "", "deposit": "",
        "error": None,
    }  # fmt: skip
    try:
        version = bank.may("read", read.dataset).version(read.version)
        view = bank.view(version.dataset, version.columns, version=version.n)
        source = Source(tuple(version.files))
        fields = Fields(version.columns, view, pq.read_schema(version.files[0]).names)
        page = rows(
            source, Query((*telling(each, fields), _ROW), each.filters, limit=shown), view, version.columns
        )
        total = each.total
        if total is None:
            total = count(source, Query(filters=each.filters), view, version.columns)
    except MadangError as error:
        return told | {"error": text(error.code, language, **error.params)}
    labels = {field.name: field.label for field in fields.every}
    names = [field.name for field in page.columns]
    return told | {
        "conditions": _conditions(each, labels, language),
        "query": urlencode(address(Query(filters=each.filters))), "count": total,
        "columns": [{"name": field.name, "label": field.label, "masked": field.masked} for field in page.columns],
        "rows": [dict(zip(names, row, strict=True)) for row in page.rows],
        "file": str(version.receipt.get("file") or ""), "deposit": version.deposit_id,
    }  # fmt: skip


def telling(each: Behind, fields: Fields) -> tuple[str, ...]:
    """What is shown of the rows: what they are chosen by, what they are called, what the analysis read, then the others."""
    there = [field.name for field in fields.every if field.name != _ROW]
    called = [
        field.name for field in fields.shown if _NAME.search(field.label) and not _KIND.search(field.label)
    ]
    read = [column for name, column in each.read.columns.items() if name not in ADDED]
    wanted = [*(one.column for one in each.filters), *called[:1], *read, *there]
    return tuple(dict.fromkeys(name for name in wanted if name in there))[:COLUMNS]


def _conditions(each: Behind, labels: Mapping[str, str], language: Language) -> list[str]:
    if each.total is not None:
        return [text("why_by_query", language)]
    return [condition(one, labels.get(one.column, one.column), language) for one in each.filters]


def condition(asked: Filter, label: str, language: Language = "ko") -> str:
    """What a filter lets through, in words."""
    code = asked.operator
    if code == "null":
        return text("why_is_empty" if asked.value else "why_is_filled", language, column=label)
    value = listed(asked.value) if isinstance(asked.value, tuple) else str(asked.value)
    return text(f"why_is_{code}", language, column=label, value=value)


def listed(values: Sequence[Any], most: int = 8) -> str:
    """Values in a row, the first of many with how many there are."""
    shown = ", ".join(map(str, values[:most]))
    return shown if len(values) <= most else f"{shown} … ({len(values):,})"
