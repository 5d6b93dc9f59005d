"""The pages about the rows of a version: table, chart, map, and what to take away. One question, four views of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseBase,
    HttpResponseForbidden,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse

from madang.engine.rows import address
from madang.messages import MadangError
from madang.web.audit.reason import with_reason
from madang.web.desk import chart as chart_query
from madang.web.desk import map_page
from madang.web.desk import take as taking
from madang.web.desk.asked import Asked, asked
from madang.web.desk.filters import answer_of
from madang.web.desk.recipes import recipes
from madang.web.desk.rows_page import rows_page
from madang.web.desk.views import number
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.places import has_places


@with_reason(lambda request: request.GET.get("personal") == "1")
@page
def table(request: HttpRequest, dataset: str) -> HttpResponse:
    """The table of a version, filtered, searched, sorted, a page at a time."""
    question = _asked(request, dataset, personal=bool(getattr(request, "reason", "")))
    try:
        found = rows_page(question, number(request, "page", 1))
    except MadangError as error:
        return _not_understood(request, question, error, "rows")
    return _shown(request, question, "rows", {"table": found}, name="desk/rows.html")


@page
def chart(request: HttpRequest, dataset: str) -> HttpResponse:
    """A quick chart of the rows that are asked for."""
    question = _asked(request, dataset)
    chosen = {name: request.GET.get(name, "") for name in ("by", "of", "how")}
    own = [(name, value) for name, value in chosen.items() if value]
    try:
        drawn, found = chart_query.chart(question, **chosen), answer_of(question, *own)
    except MadangError as error:
        return _not_understood(request, question, error, "chart")
    carried = [*address(question.bare), *question.pinned]
    return _shown(
        request,
        question,
        "chart",
        {"chart": drawn, "carried": carried, "answer": found},
        name="desk/chart.html",
    )


@page
def take(request: HttpRequest, dataset: str) -> HttpResponse:
    """In which forms the rows can be taken away, and how programs ask for them."""
    question = _asked(request, dataset)
    host = f"{request.scheme}://{request.get_host()}"
    try:
        found = answer_of(question, ordered=True)
    except MadangError as error:
        return _not_understood(request, question, error, "take")
    offers = taking.offers(question, placed(question))
    shown = {"offers": offers, "recipes": recipes(question, host), "answer": found}
    return _shown(request, question, "take", shown, name="desk/take.html")


@page
def download(request: HttpRequest, dataset: str, form: str) -> HttpResponseBase:
    """The rows that are asked for as a file."""
    chosen = taking.FORMS.get(form)
    if chosen is None:
        raise Http404
    question = _asked(request, dataset)
    if question.error:
        return _not_understood(request, question, None, "take")
    if chosen.shapes and question.view.masked:
        return _not_understood(request, question, MadangError("places_masked"), "take")
    if chosen.shapes and not has_places(question.version):
        raise Http404
    if request.method == "HEAD":
        return HttpResponse(content_type=chosen.type)
    blocks, name = taking.take(question, chosen)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}",
        "Content-Encoding": "identity",  # packing gigabytes again would take longer than sending them
    }
    return StreamingHttpResponse(blocks, content_type=chosen.type, headers=headers)


@page
def places(request: HttpRequest, dataset: str) -> HttpResponse:
    """The map of the rows that are asked for."""
    question = _asked(request, dataset)
    if hidden(question):
        code = "places_own_rows" if question.view.own_rows else "places_personal"
        told = {"reason": said(MadangError(code)), "no_map": True}
        return _shown(request, question, "map", told, name="desk/not_understood.html", status=403)
    if not placed(question):
        raise Http404
    tiles_at = (
        reverse("desk:tile", args=[dataset, question.version.n, 0, 0, 0]).removesuffix("0/0/0.mvt")
        + "{z}/{x}/{y}.mvt"
    )
    rows_at, areas_at = reverse("desk:rows", args=[dataset]), reverse("desk:borders")
    try:
        found = answer_of(question)
        shown = map_page.map_page(question, tiles_at, rows_at, areas_at)
    except MadangError as error:
        return _not_understood(request, question, error, "map")
    return _shown(request, question, "map", {"map": shown, "answer": found}, name="desk/places.html")


@page
def tile(request: HttpRequest, dataset: str, n: int, z: int, x: int, y: int) -> HttpResponse:
    """A vector tile of a version, filtered like the table."""
    given = [(name, values) for name, values in request.GET.lists() if name not in ("version", "as_of")]
    question = asked(dataset, [*given, ("version", [str(n)])], said)
    if question.error:
        return HttpResponseBadRequest(question.error, content_type="text/plain; charset=utf-8")
    if question.view.masked or question.view.own_rows:
        return HttpResponseForbidden(
            said(MadangError("places_masked")), content_type="text/plain; charset=utf-8"
        )
    if not placed(question):
        raise Http404
    made = map_page.tile_of(question, z, x, y)
    answer = HttpResponse(
        made, content_type="application/vnd.mapbox-vector-tile", status=200 if made else 204
    )
    answer.headers["Cache-Control"] = "private, max-age=600"
    return answer


@page
def borders(request: HttpRequest) -> HttpResponse:
    """The borders beneath the maps."""
    mark, body = map_page.borders()
    answer = HttpResponse(
        body, content_type="application/geo+json", headers={"Cache-Control": "private, max-age=600"}
    )
    if mark:
        answer.headers["ETag"] = f'"{mark}"'
    return answer


def _asked(request: HttpRequest, dataset: str, *, personal: bool = False) -> Asked:
    return asked(dataset, list(request.GET.lists()), said, personal=personal)


def placed(question: Asked) -> bool:
    """Whether the rows have places that may be shown one by one."""
    return has_places(question.version) and not hidden(question)


def hidden(question: Asked) -> bool:
    """Whether the rows have places that this person may not see one by one."""
    return bool(question.view.masked or question.view.own_rows) and has_places(question.version)


def _shown(
    request: HttpRequest, question: Asked, here: str, more: dict[str, Any], *, name: str, status: int = 200
) -> HttpResponse:
    shown = {
        "dataset": {"id": question.dataset.id, "title": str(question.dataset.card["title"])},
        "version": question.version,
        "asked": question,
        "error": question.error,
        "here_is": here,
        "same": question.link(question.bare),
        "placed": has_places(question.version),
        "whole": question.link(type(question.query)()),
        **more,
    }
    return render(request, name, shown, status=400 if question.error else status)


def _not_understood(
    request: HttpRequest, question: Asked, error: MadangError | None, here: str
) -> HttpResponse:
    """What was asked cannot be answered: why, and the way back to all rows."""
    if error is not None and not error.code.startswith(("rows_", "places_")):
        raise error
    shown = {"reason": question.error or (said(error) if error else "")}
    return _shown(request, question, here, shown, name="desk/not_understood.html", status=400)
