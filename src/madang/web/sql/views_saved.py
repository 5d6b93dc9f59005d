"""What is kept: saved queries, one's own history, and the datasets made of answers."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from madang.access import Thing, can, check
from madang.bank.seen import SeenBank, thing_of
from madang.messages import MadangError
from madang.web.accounts.people import name_of, person_of
from madang.web.shell.doors import form as form_page
from madang.web.shell.doors import page
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace
from madang.web.sql import actions, derive
from madang.web.sql.models import Asked, Derived, Saved, SavedText
from madang.web.sql.shown import desk_shown, saved_queries

_HISTORY = 100


@page
def history(request: HttpRequest) -> HttpResponse:
    """The newest queries of who asks, and nobody else's."""
    person = person_of(request)
    check(person, "query", Thing("workspace"))
    found = Asked.objects.filter(by=person.id).order_by("-at")[:_HISTORY]
    return render(request, "sql/history.html", {"queries": found})


@page
def saved(request: HttpRequest) -> HttpResponse:
    """Saved queries and the datasets made of queries."""
    person = person_of(request)
    check(person, "query", Thing("workspace"))
    ws = workspace()
    bank = SeenBank(ws.bank, person)
    made = [
        {"made": each, "behind": derive.behind(ws, each), "title": bank[each.dataset].card["title"]}
        for each in Derived.objects.order_by("-at")[:_HISTORY]
        if each.dataset in bank
    ]
    return render(
        request, "sql/saved.html", {"queries": saved_queries(person), "made": made, "me": person.id}
    )


@page
def open_saved(request: HttpRequest, number: int) -> HttpResponse:
    """A saved query on the desk, by its newest text or by that of ?text=."""
    person = person_of(request)
    kept = _visible(request, number)
    texts = list(kept.texts.order_by("-number"))
    chosen: SavedText = next(
        (each for each in texts if str(each.number) == request.GET.get("text")), texts[0]
    )
    shown = desk_shown(person, chosen.sql, saved=kept)
    return render(request, "sql/desk.html", {**shown, "texts": texts, "chosen": chosen})


@form_page
def save(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Keep the text of the form."""
    if request.method != "POST":
        return redirect("sql:saved")
    posted = request.POST
    sql = posted.get("sql", "").replace("\r\n", "\n")
    shared = posted.get("shared") == "1"
    try:
        kept = actions.save(
            sql, posted.get("title", ""), posted.get("description", ""), shared,
            by=person_of(request), number=number,
        )  # fmt: skip
    except MadangError as error:
        messages.error(request, said(error))
        return render(request, "sql/desk.html", desk_shown(person_of(request), sql))
    messages.success(request, _("질의를 저장했습니다."))
    return HttpResponseRedirect(reverse("sql:open", args=[kept.pk]))


@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a saved query out of the lists."""
    try:
        actions.remove(number, by=person_of(request))
    except MadangError as error:
        messages.error(request, said(error))
    return redirect("sql:saved")


@page
def made(request: HttpRequest, dataset: str) -> HttpResponse:
    """The question that a dataset was made of, for whoever may read it and its inputs."""
    person, ws = person_of(request), workspace()
    check(person, "read", Thing("workspace"))
    shown = derive.shown(ws, dataset, by=person)
    told = {
        "made": shown,
        "maker": name_of(shown.by),
        "may_query": can(person, "query", Thing("workspace")),
        "may_make": Derived.objects.filter(dataset=dataset).exists()
        and can(person, "deposit", thing_of(ws.bank[dataset])),
    }
    return render(request, "sql/made.html", told)


@form_page
def make_again(request: HttpRequest, dataset: str) -> HttpResponse:
    """Make a dataset again of the newest versions of its inputs."""
    person = person_of(request)
    check(person, "read", Thing("workspace"))
    derive.shown(workspace(), dataset, by=person)
    found = Derived.objects.filter(dataset=dataset).first()
    if request.method != "POST" or found is None:
        raise Http404
    try:
        outcome = derive.again(workspace(), found, by=person)
    except MadangError as error:
        messages.error(request, said(error))
        return redirect("sql:made", dataset=dataset)
    if isinstance(outcome, Asked):
        messages.error(request, said(MadangError(outcome.error_code, **outcome.error_params)))
        return redirect("sql:made", dataset=dataset)
    messages.success(
        request,
        _("새 판을 만들었습니다.")
        if outcome.verdict.startswith("accepted")
        else _("다시 물은 결과가 지금 판과 같습니다."),
    )
    return HttpResponseRedirect(f"/data/{dataset}/")


def _visible(request: HttpRequest, number: int) -> Saved:
    try:
        return actions.visible(number, by=person_of(request))
    except MadangError as error:
        if error.code == "sql_saved_missing":
            raise Http404 from error
        raise
