"""Rows of a table of a run: a page as JSON or lines, all of them as CSV, Parquet or Arrow."""

from __future__ import annotations

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from pydantic_core import to_json

from madang.bank.seen import thing_of
from madang.formats.lines import guarded, quoted_cell
from madang.messages import MadangError
from madang.results import Table
from madang.runs import Run
from madang.runs.told import rows_told, table_told
from madang.web.api.answers import JSON, answer, linked, marked, tag_of, unchanged
from madang.web.api.door import given
from madang.web.audit.record import record
from madang.web.shell.workspace import asker, workspace

FORMS = {
    "json": JSON,
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
_PAGE, _MOST = 100, 10_000


def rows_of(request: HttpRequest, run: Run, table_id: str) -> HttpResponse:
    """A table in the form that is asked for. Raises MadangError: result_table, api_format, rows_number."""
    table, form = run.result.table(table_id), _form(request)
    tag = tag_of(request, run.key, table.id, form)
    if there := unchanged(request, tag):
        return there
    if form in ("csv", "parquet", "arrow"):
        _taken(run, table.id, form)
        there = HttpResponse(_WRITERS[form](table), content_type=FORMS[form])
        name = f"{run.analysis}-{run.key[:8]}-{table.id}.{form}"
        there.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return marked(there, tag)
    limit, offset = given(request, "limit", _PAGE, 1, _MOST), given(request, "offset", 0, 0, 10**7)
    rows = rows_told(table, offset, limit)
    following = None
    if offset + limit < table.rows.num_rows:
        following = linked(
            request, [("limit", str(limit)), ("offset", str(offset + limit)), ("format", form)]
        )
    if form == "ndjson":
        lines = b"".join(to_json(row, inf_nan_mode="null") + b"\n" for row in rows)
        there = HttpResponse(lines, content_type=FORMS[form])
    else:
        there = answer({"run": run.key, **table_told(table), "rows": rows, "next": following})
    if following:
        there.headers["Link"] = f'<{following}>; rel="next"'
    return marked(there, tag)


def _form(request: HttpRequest) -> str:
    said = request.GET.get("format", "")
    if said and said not in FORMS:
        raise MadangError("api_format", format=said[:40], formats=", ".join(FORMS))
    accepted = request.headers.get("Accept", "")
    return said or next((form for form, kind in FORMS.items() if form != "json" and kind in accepted), "json")


def _taken(run: Run, table: str, form: str) -> None:
    """What leaves of restricted datasets is entered."""
    bank = workspace().bank
    with transaction.atomic():
        for each in sorted({each.dataset for each in run.inputs}):
            if each in bank and thing_of(bank[each]).access == "restricted":
                record(
                    asker(), "dataset.download", each, detail={"form": form, "run": run.key, "table": table}
                )


def _csv(table: Table) -> bytes:
    """The labels with their units at the head; a text that a spreadsheet would take for a formula gets ' before it."""
    heads = [f"{each.label} ({each.unit})" if each.unit else each.label for each in table.columns]
    lines = [",".join(quoted_cell(guarded(head)) for head in heads)]
    cells = [column.to_pylist() for column in table.rows.columns]
    lines += [",".join(map(_cell, row)) for row in zip(*cells, strict=True)]
    return ("\ufeff" + "\n".join(lines) + "\n").encode()


def _cell(value: Any) -> str:
    if value is None or value != value:
        return ""
    return quoted_cell(guarded(value)) if isinstance(value, str) else str(value)


def _parquet(table: Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table.rows, out, compression="zstd")
    return out.getvalue()


def _arrow(table: Table) -> bytes:
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.rows.schema) as writer:
        writer.write_table(table.rows)
    return out.getvalue()


_WRITERS = {"csv": _csv, "parquet": _parquet, "arrow": _arrow}
