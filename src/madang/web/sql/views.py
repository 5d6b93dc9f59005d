"""The desk: a query, its answer, and what can be done with it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madang.access import Thing, check
from madang.engine import locked
from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.shell.area_names import names_for
from madang.web.shell.doors import form as form_page
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.whole import whole
from madang.web.shell.workspace import workspace
from madang.web.sql import actions
from madang.web.sql.derive import derive
from madang.web.sql.downloads import FORMS, written
from madang.web.sql.models import Asked
from madang.web.sql.shown import answer_shown, desk_shown
from madang.web.sql.tables import as_json, tables_of


@page
def desk(request: HttpRequest) -> HttpResponse:
    """An empty desk, or one with the text of ?sql=; it runs nothing."""
    person = person_of(request)
    check(person, "query", Thing("workspace"))
    locked.warm()
    return render(request, "sql/desk.html", desk_shown(person, request.GET.get("sql", "")))


@form_page
def run(request: HttpRequest) -> HttpResponseBase:
    """Run the text of the form; its answer has an address of its own. `part=1` gives the answer alone."""
    if request.method != "POST":
        return redirect("sql:desk")
    person = person_of(request)
    sql = request.POST.get("sql", "").replace("\r\n", "\n")
    values = {name[2:]: value for name, value in request.POST.items() if name.startswith("p-")}
    asked = actions.ask(workspace(), sql, values, by=person, number=_number(request.POST.get("number", "")))
    if request.POST.get("part"):
        return render(request, "sql/parts/answer.html", answer_shown(workspace(), person, asked))
    return HttpResponseRedirect(reverse("sql:answer", args=[asked.id]))


@page
def answer(request: HttpRequest, number: UUID) -> HttpResponse:
    """An answer with the query it answers. `part=1` gives the answer alone."""
    person, asked = person_of(request), _own(request, number)
    shown = answer_shown(workspace(), person, asked, _page(request))
    if request.GET.get("part"):
        return render(request, "sql/parts/answer.html", shown)
    return render(request, "sql/desk.html", {**desk_shown(person, asked.sql, asked.values), **shown})


@require_POST
def cancel(request: HttpRequest, number: UUID) -> HttpResponse:
    """Stop one's own query."""
    actions.cancel(number, by=person_of(request))
    return HttpResponse(status=204)


@page
def rows(request: HttpRequest, number: UUID) -> HttpResponse:
    """What a chart is drawn from: the first five thousand rows."""
    asked = _own(request, number)
    columns = [{"name": each["name"], "type": each["type"]} for each in asked.columns]
    try:
        found = actions.answers(workspace()).drawn(asked.id, len(columns))
    except FileNotFoundError as error:
        raise Http404 from error
    named = [names_for(row[place] for row in found) for place in range(len(columns))]
    said_of = [[" ".join(filter(None, (names.get(str(cell)), cell))) if names else cell
                for cell, names in zip(row, named, strict=True)] for row in found]  # fmt: skip
    return JsonResponse({"columns": columns, "rows": said_of, "truncated": len(found) < (asked.rows or 0)})


@page
def tables(request: HttpRequest) -> HttpResponse:
    """The tables and columns that may be asked, for completion."""
    person = person_of(request)
    check(person, "query", Thing("workspace"))
    return JsonResponse({"tables": [as_json(each) for each in tables_of(workspace().bank, person)]})


@page
def download(request: HttpRequest, number: UUID, form: str) -> HttpResponseBase:
    """The whole answer as a file."""
    asked = _own(request, number)
    kept = actions.answers(workspace()).path(asked.id)
    source = ", ".join(f"{each['dataset']}@{each['version']}" for each in asked.inputs)
    try:
        file = written(kept, asked, form, source)
    except MadangError as error:
        raise Http404 from error
    name = f"sql-{asked.at:%Y%m%d-%H%M}{'-part' if asked.truncated else ''}.{form.removesuffix('-utf8')}"
    return FileResponse(file, as_attachment=True, filename=name, content_type=FORMS[form])


@form_page
def derive_dataset(request: HttpRequest, number: UUID) -> HttpResponse:
    """Make a dataset of an answer."""
    asked = _own(request, number)
    if request.method == "POST":
        posted = request.POST
        dataset, title, description = (posted.get(name, "") for name in ("dataset", "title", "description"))
        try:
            receipt = derive(workspace(), asked, dataset, title, description, by=person_of(request))
        except MadangError as error:
            messages.error(request, said(error))
        else:
            if receipt.verdict != "refused":
                return HttpResponseRedirect(f"/data/{receipt.dataset}/")
            messages.error(request, _("데이터로 받지 못했습니다."))
    return HttpResponseRedirect(reverse("sql:answer", args=[asked.id]))


def _own(request: HttpRequest, number: UUID) -> Asked:
    try:
        return actions.own(workspace(), number, by=person_of(request))
    except MadangError as error:
        if error.code == "sql_answer_missing":
            raise Http404 from error
        raise


def _number(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _page(request: HttpRequest) -> int:
    said_page = request.GET.get("page", "1")
    return whole(said_page, digits=7, otherwise=1)
