"""Open data for programs: rows, lists and files over HTTP, for pages of any site (CORS)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from tempfile import TemporaryFile
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse

from madang.engine.rows import count, parse, rows
from madang.formats import export
from madang.messages import MadangError, text
from madang.web.portal.often import seldom_enough
from madang.web.portal.shelf import EVERYTHING, Open, page_language, shelf
from madang.web.shell.workspace import one_workspace, workspace

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}
_WRONG = 400
_STATUS = {
    "dataset_missing": 404,
    "no_version": 404,
    "edition_over": 410,
    "result_table": 404,
    "portal_too_often": 429,
}

View = Callable[..., HttpResponseBase]


def data(view: View) -> View:
    """A view that answers programs: GET and OPTIONS from any site, errors as problem+json (RFC 9457)."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: Any) -> HttpResponseBase:
        response: HttpResponseBase
        if request.method == "OPTIONS":
            response = HttpResponse(status=204)
        elif request.method not in ("GET", "HEAD"):
            response = HttpResponse(status=405)
        else:
            try:
                seldom_enough(request, takes_file="form" in address)
                with one_workspace():
                    response = view(request, **address)
            except MadangError as error:
                response = problem(error)
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        return response

    return wrapped


def problem(error: MadangError) -> JsonResponse:
    """An error as a program and a person can read it."""
    status = _STATUS.get(error.code, _WRONG)
    said = {"type": f"about:blank#{error.code}", "title": error.code, "status": status,
            "detail": text(error.code, page_language(), **error.params)}  # fmt: skip
    answer = JsonResponse(
        said,
        status=status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
    if error.code == "portal_too_often":
        answer["Retry-After"] = str(error.params["seconds"])
    return answer


def listed(request: HttpRequest) -> dict[str, Any]:
    """Every open edition, for programs."""
    return {"editions": [_told(each, request) for each in shelf()]}


def _told(each: Open, request: HttpRequest) -> dict[str, Any]:
    address = request.build_absolute_uri(reverse("portal:edition", args=[each.id]))
    return {
        "id": each.id, "title": each.title, "description": each.card.get("description", ""),
        "version": each.version.n, "as_of": _plain(each.as_of), "rows": each.version.rows,
        "licence": each.card.get("licence"), "licence_label": each.licence, "provider": each.card.get("provider", ""),
        "page": address, "rows_at": request.build_absolute_uri(reverse("portal:rows", args=[each.id])),
        "downloads": {
            form: request.build_absolute_uri(reverse("portal:take", args=[each.id, form])) for form in each.formats
        },
        "columns": [
            {"name": c.name, "label": c.label, "type": c.type, "unit": c.unit, "description": c.description}
            for c in each.version.columns
        ],
    }  # fmt: skip


def answered(each: Open, request: HttpRequest) -> dict[str, Any]:
    """The rows that a question finds, with what has to be said of them. Raises MadangError ``rows_…``."""
    columns = each.version.columns
    query = parse(request.GET.lists(), columns, EVERYTHING)
    got = rows(each.source, query, EVERYTHING, columns)
    names = [field.name for field in got.columns]
    after = ""
    if got.next:
        given = [(k, v) for k, values in request.GET.lists() for v in values if k not in ("after", "offset")]
        after = request.build_absolute_uri("?" + urlencode([*given, ("after", got.next)]))
    answer = {
        "edition": each.id, "version": each.version.n, "as_of": _plain(each.as_of), "licence": each.licence,
        "withheld": each.release["hidden"], "columns": [{"name": f.name, "label": f.label, "type": f.type} for f in got.columns],
        "rows": [dict(zip(names, map(_plain, row), strict=True)) for row in got.rows], "next": after or None,
    }  # fmt: skip
    if request.GET.get("total"):
        answer["total"] = count(each.source, query, EVERYTHING, columns)
    return answer


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def taken(each: Open, form: str) -> FileResponse:
    """An edition as a file, sent a block at a time. Raises MadangError("format_unknown")."""
    if form not in each.formats:
        raise MadangError("format_unknown", format=form, formats=", ".join(each.formats))
    title, source = each.title, ", ".join(filter(None, (str(each.card.get("provider", "")), each.licence)))
    if workspace().settings.is_synthetic:
        title, source = text("synthetic_title", title=title), text("synthetic_source", source=source)
    day = (each.as_of or each.version.at.date()).isoformat()
    held: Any = TemporaryFile()  # noqa: SIM115 - closed with the response
    try:
        export(each.version.files, each.version.columns, form, held, title=title, source=source, as_of=day)
        held.seek(0)
    except BaseException:
        held.close()
        raise
    return FileResponse(
        held, as_attachment=True, filename=f"{each.id}-{day}.{form}", content_type=FORMS[form]
    )
