"""The pages of the desk: parse the address, ask the queries, render."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from madang.access import can
from madang.bank.seen import thing_of
from madang.messages import MadangError
from madang.web.desk import catalogue as catalogue_query
from madang.web.desk import changes, city_map, queries
from madang.web.desk import problems as problem_queries
from madang.web.desk import source as source_query
from madang.web.desk.asked import version_of
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.whole import is_whole
from madang.web.shell.workspace import asker, bank

_COMPARED_ROWS = 200
_YEAR_S = 31_536_000
_WORD_LIMIT = 100
_CHOICE_LIMIT = 50


@page
def catalogue(request: HttpRequest) -> HttpResponse:
    """The list of datasets, searched and filtered."""
    given = {name: value.strip()[:_WORD_LIMIT] for name, value in request.GET.items()}
    return render(request, "desk/catalogue.html", {"catalogue": catalogue_query.catalogue(given)})


@page
def city(request: HttpRequest) -> HttpResponse:
    """The map of the city, or of one of its areas, with up to three datasets on it."""
    area = request.GET.get("area", "")
    if area and not is_whole(area):
        raise Http404
    found = city_map.city_map(area, request.GET.getlist("show")[:_CHOICE_LIMIT])
    return render(request, "desk/city_map.html", {"map": found})


@page
def relief(request: HttpRequest, key: str) -> HttpResponse:
    """The picture of the relief beneath the map; its name changes with what it is drawn from."""
    answer = HttpResponse(city_map.relief_file(key), content_type="image/png")
    answer.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable"
    return answer


@page
def dataset(request: HttpRequest, dataset: str, n: int | None = None) -> HttpResponse:
    """A dataset at its live version, at version n, or as of a day."""
    if n is None and (day := request.GET.get("as_of", "").strip()):
        return _as_of(request, dataset, day)
    if n is None and (asked := request.GET.get("version", "").strip()):
        found = version_of(bank().may("read", dataset), asked)
        return HttpResponseRedirect(reverse("desk:version", args=[dataset, found.n]))
    shown = queries.dataset_page(dataset, n)
    words = {"at_version": n, "at_version_words": _("%(n)s판") % {"n": n}, "at": f"?version={n}" if n else ""}
    return render(request, "desk/dataset.html", {"dataset": shown, **words})


def _as_of(request: HttpRequest, dataset: str, day: str) -> HttpResponse:
    """To the version that was live on that day, or back with what is wrong with it."""
    found = bank().may("read", dataset)
    try:
        n = found.as_of(day).n
    except MadangError as error:
        messages.warning(request, said(error))
        return HttpResponseRedirect(reverse("desk:dataset", args=[dataset]))
    return HttpResponseRedirect(reverse("desk:version", args=[dataset, n]))


@page
def problems(request: HttpRequest, dataset: str) -> HttpResponse:
    """The problems of a deposit, fifty at a time."""
    asked = {name: request.GET.get(name, "") for name in ("deposit", "rule", "column")}
    found = problem_queries.problem_page(dataset, **asked, page=number(request, "page", 1))
    head = queries.title_of(dataset)
    return render(request, "desk/problems.html", {"dataset": head, "problems": found})


@page
def source(request: HttpRequest, dataset: str, deposit: str) -> HttpResponse:
    """A row of the original file with its neighbours, the cell in question marked."""
    row = number(request, "row", 1)
    found = source_query.source_page(dataset, deposit, row, request.GET.get("column", ""))
    return render(request, "desk/source.html", {"dataset": queries.title_of(dataset), "source": found})


@page
def compare(request: HttpRequest, dataset: str) -> HttpResponse:
    """What changed from one version to another, cell by cell."""
    a, b = number(request, "from", 0), number(request, "to", 0)
    found = changes.compared(dataset, a, b, _COMPARED_ROWS)
    may_edit = can(asker(), "edit", thing_of(bank()[dataset]))
    shown = {"dataset": queries.title_of(dataset), "compared": found, "may_edit": may_edit}
    return render(request, "desk/compare.html", shown)


def number(request: HttpRequest, name: str, default: int) -> int:
    """A whole number from the address. Raises Http404 for anything else."""
    said = request.GET.get(name, "")
    if not said:
        return default
    if not is_whole(said, digits=12):
        raise Http404
    return int(said)
