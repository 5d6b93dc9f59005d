"""Pages of the audit trail: search, check, take along."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render

from madang.access import Person, Thing, check
from madang.messages import MadangError
from madang.web.audit.models import Entry
from madang.web.audit.record import record
from madang.web.audit.search import PER_PAGE, Asked, found, kinds, lines
from madang.web.audit.take_in import take_in
from madang.web.audit.verify import verify
from madang.web.shell.doors import form, page
from madang.web.shell.language import said
from madang.web.shell.workspace import asker, workspace

_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


@form
def listed(request: HttpRequest) -> HttpResponse:
    """What was done, newest first; POST checks the whole chain."""
    by = _reader()
    wrong = _taken_in()
    asked, misread = Asked.of(request.GET), ""
    try:
        entries = found(asked)
    except MadangError as error:
        entries, misread = Entry.objects.none(), said(error)
    shown = {
        "asked": asked,
        "misread": misread,
        "page": Paginator(entries, PER_PAGE).get_page(request.GET.get("page")),
        "kinds": kinds(),
        "wrong": wrong,
    }
    if request.method == "POST":
        finding = verify(workspace().journal)
        record(by, "audit.verify", detail={"whole": finding.error is None})
        shown |= {"finding": finding, "broken": said(finding.error) if finding.error else ""}
    return render(request, "audit/entries.html", shown, status=400 if misread else 200)


@page
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The entries asked for as a file; that they were taken along is entered too."""
    by = _reader()
    if form not in _TYPES:
        raise Http404
    asked = Asked.of(request.GET)
    try:
        entries = found(asked)
    except MadangError as error:
        return HttpResponse(said(error), status=400, content_type="text/plain; charset=utf-8")
    record(by, "audit.export", detail={"format": form, **vars(asked)})
    answer = StreamingHttpResponse(lines(entries, form), content_type=_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="audit.{form}"'
    return answer


def _reader() -> Person:
    by = asker()
    check(by, "audit", Thing("workspace"))
    return by


def _taken_in() -> str:
    """Enter what was done at the command line meanwhile; what is wrong with its journal, in words."""
    try:
        take_in(workspace().journal)
    except MadangError as error:
        return said(error)
    return ""
