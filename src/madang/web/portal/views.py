"""Public pages and data: no sign-in, nothing of the bank."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import render

from madang.messages import MadangError
from madang.results import Cell
from madang.web.portal import api, results, shown
from madang.web.portal.often import seldom_enough
from madang.web.portal.shelf import edition as open_edition
from madang.web.portal.shelf import gone
from madang.web.portal.tiles import drawn, outlines
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.whole import is_whole

_GONE, _TOO_OFTEN = 410, 429
_KEPT_S = 300


def counted(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that one address may ask for so often and no more."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: str) -> HttpResponse:
        try:
            seldom_enough(request)
        except MadangError as error:
            answer = render(request, "portal/too_often.html", {"said": said(error)}, status=_TOO_OFTEN)
            answer["Retry-After"] = str(error.params["seconds"])
            return answer
        return view(request, **address)

    return wrapped


@login_not_required
@page
@counted
def front(request: HttpRequest) -> HttpResponse:
    """What is open."""
    return render(request, "portal/front.html", shown.front(request))


@login_not_required
@page
@counted
def edition(request: HttpRequest, edition_id: str) -> HttpResponse:
    """One edition; one that is open no more says since when and why."""
    try:
        found = open_edition(edition_id)
    except MadangError as error:
        told = gone(edition_id)
        if error.code == "edition_over" and told:
            return render(request, "portal/gone.html", {"told": told}, status=_GONE)
        raise
    try:
        return render(request, "portal/edition.html", {"edition": shown.page(found, request), "error": ""})
    except MadangError as error:
        if not error.code.startswith("rows_"):
            raise
        request.GET = request.GET.copy()
        request.GET.clear()
        asked = {"edition": shown.page(found, request), "error": said(error)}
        return render(request, "portal/edition.html", asked, status=400)


@login_not_required
@page
@counted
def result(request: HttpRequest, edition_id: str) -> HttpResponse:
    """What an analysis found; one that is open no more says since when and why."""
    try:
        found, story = results.result(edition_id)
    except MadangError as error:
        told = gone(edition_id)
        if error.code == "edition_over" and told:
            return render(request, "portal/gone.html", {"told": told}, status=_GONE)
        raise
    return render(request, "portal/result.html", {"result": results.page(found, story)})


@login_not_required
@page
@counted
def result_why(request: HttpRequest, edition_id: str) -> HttpResponse:
    """From a number of an open result to what is open of its rows."""
    found, story = results.result(edition_id)
    row = request.GET.get("row", "0")
    if not is_whole(row, digits=9):
        raise Http404
    try:
        told = results.why(
            found, story, Cell(request.GET.get("table", ""), request.GET.get("column", ""), int(row))
        )
    except MadangError as error:
        raise Http404 from error
    return render(request, "portal/result_why.html", {"why": told})


@login_not_required
@api.data
def result_table(request: HttpRequest, edition_id: str, table: str, form: str) -> HttpResponse:
    """A table of an open result as a file."""
    found, story = results.result(edition_id)
    if form != "csv":
        raise MadangError("format_unknown", format=form, formats="csv")
    return results.csv(found, story, table)


@login_not_required
@api.data
def index(request: HttpRequest) -> HttpResponse:
    """Every edition, for programs."""
    return JsonResponse(api.listed(request), json_dumps_params={"ensure_ascii": False})


@login_not_required
@api.data
def rows(request: HttpRequest, edition_id: str) -> HttpResponse:
    """Rows as JSON: select, filter, sort, group, page by page."""
    answer = api.answered(open_edition(edition_id), request)
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


@login_not_required
@api.data
def take(request: HttpRequest, edition_id: str, form: str) -> HttpResponseBase:
    """The whole edition as a file, streamed."""
    return api.taken(open_edition(edition_id), form)


@login_not_required
@api.data
def tile(request: HttpRequest, edition_id: str, z: int, x: int, y: int) -> HttpResponse:
    """A vector tile of an edition's rows."""
    if z > 22 or x >= 2**z or y >= 2**z:
        raise Http404
    found = open_edition(edition_id)
    if not found.has_places:
        raise Http404
    made = drawn(found, z, x, y, request.GET.lists())
    response = HttpResponse(
        made, content_type="application/vnd.mapbox-vector-tile", status=200 if made else 204
    )
    response["Cache-Control"] = f"public, max-age={_KEPT_S}"
    return response


@login_not_required
@api.data
def borders(request: HttpRequest) -> HttpResponse:
    """Borders of neighbourhoods for the small maps, where an open edition has them."""
    found = outlines()
    return JsonResponse({"type": "FeatureCollection", "features": found}, content_type="application/geo+json")
