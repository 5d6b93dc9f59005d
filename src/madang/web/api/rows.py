"""Rows for programs: a page of them as JSON, lines of JSON, CSV or Arrow; sketches; problems; whole files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, cast
from urllib.parse import quote

import pyarrow as pa
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from ninja import Router
from pydantic_core import to_json

from madang.bank.describe import as_of, data_day
from madang.engine.rows import Field, Page, address, count, parse, rows
from madang.engine.rows_sketch import sketches
from madang.formats import export
from madang.formats.lines import guarded, quoted_cell
from madang.formats.taken import taken
from madang.messages import MadangError
from madang.web.api import shapes
from madang.web.api.answers import JSON, answer, linked, marked, seen_as, tag_of, unchanged
from madang.web.api.door import Asked, Door, asked, given, iso
from madang.web.api.problem import language_of
from madang.web.api.problem_rows import problems_of
from madang.web.audit.taken import note_taken
from madang.web.shell.workspace import workspace

OF_PAGE = ("version", "as_of", "format", "total")  # parameters that are no question to the rows
TYPES = {
    "json": JSON,
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "arrow": "application/vnd.apache.arrow.stream",
}
FILES = {
    "csv": "text/csv; charset=utf-8", "csv-utf8": "text/csv; charset=utf-8", "json": JSON,
    "jsonl": "application/x-ndjson", "geojson": "application/geo+json", "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip


def routes(door: Door) -> Router:
    """The addresses of rows, over the bank behind `door`."""
    router = Router(tags=["rows"])

    @router.get("/datasets/{dataset}/rows", response=shapes.RowsOut, operation_id="get_rows")
    def get_rows(request: HttpRequest, dataset: str) -> HttpResponse:
        """Rows of a version: chosen, searched, filtered, sorted or grouped, a page at a time."""
        return _rows(asked(door, request, dataset), request)

    @router.get("/datasets/{dataset}/sketches", response=shapes.SketchList, operation_id="get_sketches")
    def get_sketches(request: HttpRequest, dataset: str) -> HttpResponse:
        """What the columns look like: ends, mean and histogram, or the most frequent values."""
        found = asked(door, request, dataset)
        tag = tag_of(request, "sketches", *_of(found))
        if there := unchanged(request, tag):
            return there
        said = [
            {**each.__dict__, "top": [{"value": value, "count": number} for value, number in each.top]}
            for each in sketches(found.source, found.view, found.columns)
        ]
        body = {"dataset": found.version.dataset.id, "version": found.version.n, "sketches": said}
        return marked(answer(body), tag)

    @router.get("/datasets/{dataset}/problems", response=shapes.ProblemList, operation_id="get_problems")
    def get_problems(request: HttpRequest, dataset: str) -> HttpResponse:
        """What was wrong in the file of a version, row by row."""
        found = asked(door, request, dataset)
        limit, offset = given(request, "limit", 100, 1, 1_000), given(request, "offset", 0, 0, 10**7)
        language = language_of(request)
        tag = tag_of(request, "problems", *_of(found), language)
        if there := unchanged(request, tag):
            return there
        total, listed = problems_of(found, limit, offset, language)
        more = offset + limit < total
        said = [("limit", str(limit)), ("offset", str(offset + limit)), *found.pinned]
        body = {
            "dataset": found.version.dataset.id, "version": found.version.n, "total": total, "problems": listed,
            "next": linked(request, said) if more else None,
        }  # fmt: skip
        return marked(answer(body), tag)

    @router.get("/datasets/{dataset}/download", operation_id="download", tags=["downloads"])
    def download(request: HttpRequest, dataset: str) -> HttpResponseBase:
        """A version, or what a question finds of it, as a file."""
        return _download(asked(door, request, dataset), request)

    return router


def _of(found: Asked) -> tuple[object, ...]:
    """What decides an answer, besides the address: the version as it stands and what of it is shown."""
    return [path.name for path in found.source.files], seen_as(found.view)


# a page --------------------------------------------------------------------------------------------------


def _rows(found: Asked, request: HttpRequest) -> HttpResponse:
    form = _form(request)
    tag = tag_of(request, form, *_of(found))
    if there := unchanged(request, tag):
        return there
    query = parse(request.GET.lists(), found.columns, found.view, ignore=OF_PAGE)
    page = rows(found.source, query, found.view, found.columns)
    total = None
    if request.GET.get("total") == "true":
        total = count(found.source, query, found.view, found.columns)
    following = None
    if page.next:
        kept = [(name, request.GET[name]) for name in ("format", "total") if request.GET.get(name)]
        said = [*address(replace(query, after=page.next, offset=0)), *found.pinned, *kept]
        following = linked(request, said)
    body = _body(found, page, total, following) if form == "json" else _FORMS[form](page)
    there = HttpResponse(body, content_type=TYPES[form])
    if following:
        there.headers["Link"] = f'<{following}>; rel="next"'
    if total is not None:
        there.headers["X-Total-Count"] = str(total)
    there.headers["Content-Version"] = f"{quote(found.version.dataset.id)}@{found.version.n}"
    return marked(there, tag)


def _form(request: HttpRequest) -> str:
    """By `format`, else by Accept, else JSON. Raises MadangError("api_format")."""
    said = request.GET.get("format", "")
    if said:
        if said not in TYPES:
            raise MadangError("api_format", format=said[:40], formats=", ".join(TYPES))
        return said
    accepted = request.headers.get("Accept", "")
    return next((form for form, kind in TYPES.items() if form != "json" and kind in accepted), "json")


def _body(found: Asked, page: Page, total: int | None, following: str | None) -> bytes:
    names = [field.name for field in page.columns]
    columns = [
        {"name": each.name, "label": each.label, "type": each.type, "unit": each.unit, "masked": each.masked}
        for each in page.columns
    ]
    version = found.version
    body = {
        "dataset": version.dataset.id, "version": version.n, "as_of": iso(as_of(version)), "columns": columns,
        "rows": [dict(zip(names, row, strict=True)) for row in page.rows], "total": total, "next": following,
    }  # fmt: skip
    return to_json(body, inf_nan_mode="null")


def _ndjson(page: Page) -> bytes:
    names = [field.name for field in page.columns]
    return b"".join(to_json(dict(zip(names, row, strict=True))) + b"\n" for row in page.rows)


def _csv(page: Page) -> bytes:
    """The labels at the head; a text that a spreadsheet would take for a formula gets ' before it."""
    lines = [",".join(quoted_cell(guarded(field.label)) for field in page.columns)]
    lines += [",".join(map(_cell, row)) for row in page.rows]
    return ("\n".join(lines) + "\n").encode()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return quoted_cell(guarded(value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def _arrow(page: Page) -> bytes:
    columns: Sequence[Sequence[Any]] = list(zip(*page.rows, strict=True)) or [() for _ in page.columns]
    arrays = [pa.array(cells, _arrow_type(field)) for field, cells in zip(page.columns, columns, strict=True)]
    table = pa.table(arrays, names=[field.name for field in page.columns])
    out = io.BytesIO()
    with pa.ipc.new_stream(out, table.schema) as writer:
        writer.write_table(table)
    return out.getvalue()


def _arrow_type(field: Field) -> pa.DataType:
    kinds = {
        "integer": pa.int64(), "year": pa.int64(), "number": pa.float64(), "percent": pa.float64(),
        "boolean": pa.bool_(), "date": pa.date32(), "datetime": pa.timestamp("us"),
    }  # fmt: skip
    return pa.string() if field.masked else kinds.get(field.type, pa.string())


_FORMS = {"ndjson": _ndjson, "csv": _csv, "arrow": _arrow}


# a file --------------------------------------------------------------------------------------------------


def _download(found: Asked, request: HttpRequest) -> HttpResponseBase:
    """Written whole before the first byte goes out: a failure is an error, never half a file."""
    form = request.GET.get("format", "csv-utf8")
    if form not in FILES:
        raise MadangError("api_format", format=form[:40], formats=", ".join(FILES))
    tag = tag_of(request, form, *_of(found))
    if there := unchanged(request, tag):
        return there
    query = parse(request.GET.lists(), found.columns, found.view, ignore=OF_PAGE)
    version = found.version
    title, source = workspace().export_names(version)
    held = TemporaryFile()  # noqa: SIM115 - closed by the answer
    try:
        with TemporaryDirectory(prefix="madang-api-") as folder:
            bare = replace(query, group=(), measures=(), after="", offset=0)
            files, columns, places = taken(
                version.files, bare, found.view, found.columns, Path(folder) / "taken.parquet"
            )
            export(
                files, columns, form, cast(Any, held), as_of=str(data_day(version)), title=title, source=source,
                places=places and not query.select,
            )  # fmt: skip
        note_taken(version.dataset, form, filters=query.filters, version=version.n)
        return _file(held, form, f"{version.dataset.id}-{version.n}", tag)
    except BaseException:
        held.close()
        raise


def _file(held: IO[bytes], form: str, stem: str, tag: str) -> HttpResponseBase:
    held.seek(0)
    ending = {"csv-utf8": "csv", "jsonl": "ndjson"}.get(form, form)
    there = FileResponse(held, as_attachment=True, filename=f"{stem}.{ending}", content_type=FILES[form])
    return marked(cast(HttpResponse, there), tag)
