"""Pages of open results: the form of a decision about what a run found, and one result with its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from madang.access import Person, Thing, check
from madang.messages import MadangError
from madang.release.result_decision import ResultDecision
from madang.release.result_narrowed import restricted_since
from madang.release.result_written import Prepared
from madang.release.results import OpenResult
from madang.runs import Run
from madang.web.accounts.people import person_of
from madang.web.releases import form, result_actions, result_form
from madang.web.releases.states import STATES
from madang.web.shell.doors import form as form_page
from madang.web.shell.language import said
from madang.web.shell.workspace import bank, workspace


def lines() -> list[dict[str, Any]]:
    """Every open result of data that the person may see."""
    seen = bank()
    found = result_actions.results().results()
    return [shown(each) for each in found if all(one.dataset in seen for one in each.decision.sources)]


def shown(each: OpenResult) -> dict[str, Any]:
    """A result as a line."""
    tone, words = STATES[each.state]
    decision = each.decision
    return {
        "id": decision.edition, "title": decision.title or decision.edition, "tone": tone, "words": _(words),
        "state": each.state, "version": each.version, "document": decision.document, "post": decision.post,
        "day": decision.at[:10], "run": decision.run, "stale": each.stale,
        "restricted": [str(bank()[name].card["title"]) for name in restricted_since(workspace().bank, decision) if name in bank()],
        "unknown": each.unknown,
    }  # fmt: skip


@form_page
def new(request: HttpRequest, key: str) -> HttpResponse:
    """Decide about a run: fill in, look, decide."""
    person = person_of(request)
    run = _run(person, key)
    given = request.POST.dict()
    if request.method != "POST":
        return _form(request, run, result_form.first(run, person))
    try:
        decision = result_form.decision_of(run, given, person)
        if given.get("do") == "decide":
            result_actions.decide(by=person, decision=decision)
            messages.success(request, _("결과를 개방했습니다."))
            return redirect("releases:result", edition_id=decision.edition)
        made = result_actions.preview(by=person, decision=decision)
        return _form(request, run, given, made)
    except MadangError as error:
        return _form(request, run, given, error=said(error), apart=error.code == "release_disagree")


@form_page
def result(request: HttpRequest, edition_id: str) -> HttpResponse:
    """One open result: its state, all decisions, taking it back."""
    person, found = person_of(request), result_actions.results()
    check(person, "read", Thing("workspace"))
    try:
        one = found.result(edition_id)
    except MadangError as error:
        raise Http404 from error
    if not all(each.dataset in bank() for each in one.decision.sources) and not person.has("administrator"):
        raise Http404
    error_ = ""
    if request.method == "POST":
        try:
            given = {name: request.POST.get(name, "") for name in ("post", "document", "ground")}
            result_actions.withdraw(by=person, edition=edition_id, **given)
            messages.success(request, _("개방을 거두었습니다."))
            return redirect("releases:result", edition_id=edition_id)
        except MadangError as error:
            error_ = said(error)
    may = one.state != "withdrawn" and _may(person, one)
    history = [(each, _rows_of(each)) for each in reversed(found.decisions.history(edition_id))]
    told = {"result": shown(one), "history": history, "may": may, "error": error_,
            "given": {name: request.POST.get(name, "") for name in ("document", "ground")}}  # fmt: skip
    return render(request, "releases/result.html", told, status=400 if error_ else 200)


def _rows_of(decision: ResultDecision) -> list[str]:
    """The tables, by title, of which it was known that they are rows of data; of a decision about data that may be seen."""
    if not all(each.dataset in bank() for each in decision.sources):
        return []
    titles = {each.table: each.title for each in decision.carried}
    return [titles.get(each, each) for each in decision.with_rows]


def _may(person: Person, one: OpenResult) -> bool:
    ledger = workspace().ledger
    try:
        return result_actions.may_open(person, ledger[one.decision.run])
    except MadangError:
        return person.has("administrator")


def _run(person: Person, key: str) -> Run:
    check(person, "read", Thing("workspace"))
    try:
        run = workspace().ledger.seen(key, by=person)
    except MadangError as error:
        raise Http404 from error
    if not result_actions.may_open(person, run):
        raise MadangError("access_denied", verb="release", thing=run.title)
    return run


def _form(
    request: HttpRequest,
    run: Run,
    given: Mapping[str, str],
    made: Prepared | None = None,
    error: str = "",
    apart: bool = False,
) -> HttpResponse:
    carried = made.carried if made else result_form.carried(run)
    filled = result_form.filled(run, given, person_of(request))
    told = {
        "run": run, "filled": filled, "replaced": result_form.replaced(run, filled["edition"]),
        "tables": result_form.tables(run, given, carried), "questions": result_form.questions(run, given, apart=apart),
        "populations": result_form.populations(), "licences": form.licences(), "preview": result_form.looked_at(made) if made else None, "error": error,
        "apart": apart,
    }  # fmt: skip
    return render(request, "releases/new_result.html", told, status=400 if error else 200)
