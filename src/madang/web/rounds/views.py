"""Pages of the officer: rounds, the board of one, merging, closing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from madang.access import Person, can, check
from madang.access.thing import WORKSPACE
from madang.intake.merge import BOTH
from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.audit.record import record
from madang.web.rounds import actions, merging, papers, states
from madang.web.rounds.access import check_officer, is_member, is_officer, may_sign
from madang.web.rounds.board import board, rules_broken
from madang.web.rounds.doors import page, posted, round_of
from madang.web.rounds.models import Part, Round
from madang.web.rounds.names import name_of
from madang.web.rounds.views_draft import draft_page, moment
from madang.web.shell.language import said
from madang.web.shell.mark import Mark
from madang.web.shell.workspace import workspace

_DONE = {
    "extend": lazy("부서 %d곳의 기한을 늦췄습니다."),
    "return": lazy("부서 %d곳에 까닭과 함께 돌려보냈습니다."),
    "accept": lazy("부서 %d곳의 자료를 접수했습니다."),
    "link": lazy("부서 %d곳의 링크를 새로 만들었습니다. 앞의 링크는 열리지 않습니다. 새 링크는 ‘링크 보내기’에서 복사해 보내십시오."),
    "revoke": lazy("부서 %d곳의 링크를 없앴습니다. 이제 그 링크로는 열리지 않습니다."),
}  # fmt: skip
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def home(request: HttpRequest) -> HttpResponseBase:
    """What I owe, and the rounds that are mine."""
    person = person_of(request)
    check(person, "fill", WORKSPACE)
    parts = Part.objects.select_related("round", "department").exclude(round__state=states.DRAFT)
    owed = [_owed(part, person) for part in parts.order_by("round__due_at") if is_member(person, part)]
    rounds = [each for each in Round.objects.order_by("-made_at") if is_officer(person, each)]
    shown = {
        "todo": [each for each in owed if each["part"].round.is_open],
        "done": [each for each in owed if not each["part"].round.is_open][:20],
        "rounds": [
            {"round": each, "board": board(each), "state": states.ROUND[each.state]} for each in rounds
        ],
        "may_open": can(person, "open_round", WORKSPACE),
    }
    return render(request, "rounds/home.html", shown)


def _owed(part: Part, person: Person) -> dict[str, Any]:
    mark, to_sign = states.mark(part.state), False
    if part.round.needs_signature and part.state == states.SUBMITTED:
        given = part.handed_in
        mark = Mark(_("결재 대기"), "warn")
        to_sign = part.round.is_open and given is not None and may_sign(person, part, given)
    return {"part": part, "mark": mark, "overdue": part.is_overdue(timezone.now()), "to_sign": to_sign}


@page
def one(request: HttpRequest, key: str) -> HttpResponseBase:
    """A round: to its officer the draft or the board, to a department its own part."""
    person, round_ = person_of(request), round_of(key)
    if not is_officer(person, round_):
        part = next(
            (p for p in round_.parts.select_related("department", "round") if is_member(person, p)), None
        )
        if part is None or round_.state == states.DRAFT:
            raise MadangError("round_missing", round=key)
        return HttpResponseRedirect(f"/rounds/{key}/{part.pk}/")
    if round_.state == states.DRAFT:
        return render(request, "rounds/draft.html", draft_page(round_))
    shown = {
        "round": round_,
        "board": board(round_),
        "state": states.ROUND[round_.state],
        "merges": round_.merges.order_by("-at"),
        "behind": merging.is_behind(round_),
        "rules": rules_broken(workspace(), round_),
        "following": list(round_.following.all()),
        "due": f"{timezone.localtime(round_.due_at):%Y-%m-%dT%H:%M}",
        "remind": ", ".join(map(str, round_.remind_days)),
    }
    return render(request, "rounds/board.html", shown)


@page
def lines(request: HttpRequest, key: str) -> HttpResponseBase:
    """The lines of the board alone, for a page that keeps itself fresh."""
    round_ = round_of(key)
    check_officer(person_of(request), round_)
    return render(request, "rounds/parts/lines.html", {"round": round_, "board": board(round_)})


@posted
def act(request: HttpRequest, key: str) -> HttpResponseBase:
    """What the officer does with one department, or with all that are chosen; then says what was done."""
    round_, person, said = round_of(key), person_of(request), request.POST
    check_officer(person, round_)
    parts = list(round_.parts.select_related("round", "department"))
    chosen = [part for part in parts if str(part.pk) in said.getlist("part")]
    do = said.get("do", "")
    if do == "remind":
        told = actions.remind(round_, chosen or parts, by=person)
        if told:
            messages.success(request, _("부서 %d곳에 마당 알림을 남겼습니다.") % told)
        else:
            messages.info(request, _("알릴 곳이 없습니다. 모두 냈습니다."))
    elif do in _DONE:
        if not chosen:
            messages.warning(request, _("먼저 목록에서 부서를 고르십시오."))
            return HttpResponseRedirect(f"/rounds/{key}/")
        with transaction.atomic():
            for part in chosen:
                _act(do, part, person, said)
        messages.success(request, str(_DONE[do]) % len(chosen))
    return HttpResponseRedirect(f"/rounds/{key}/")


def _act(do: str, part: Part, person: Person, said: Mapping[str, str]) -> None:
    match do:
        case "extend":
            actions.extend(part, moment(said.get("until", "")), by=person, why=said.get("why", ""))
        case "return":
            actions.send_back(part, by=person, why=said.get("why", ""))
        case "accept":
            actions.accept(part, by=person)
        case "link" | "revoke":
            actions.renew_link(part, by=person, revoke=do == "revoke")


@page
def merge(request: HttpRequest, key: str) -> HttpResponseBase:
    """See what the merged table will be, decide contradictions, merge."""
    round_, person, ws = round_of(key), person_of(request), workspace()
    check_officer(person, round_)
    if request.method == "POST" and "key" in request.POST:
        keeps = request.POST.get("keeps", BOTH)
        merging.decide(round_, request.POST["key"], keeps, by=person)
        messages.success(
            request,
            (
                _("%s의 행만 모으기로 정했습니다.") % keeps
                if keeps
                else _("모든 부서의 행을 두기로 정했습니다.")
            )
            + " "
            + _("아래의 행 수와 미리 보기가 그에 따라 바뀌었습니다."),
        )
        return HttpResponseRedirect(f"/rounds/{key}/merge/")
    if request.method == "POST":
        version, new_one = merging.merge_round(ws, round_, by=person)
        told = (
            _("%(n)d판을 만들었습니다. %(rows)s행입니다.")
            if new_one
            else _("달라진 것이 없어 %(n)d판이 그대로입니다.")
        )
        messages.success(request, told % {"n": version.n, "rows": f"{version.rows:,}"})
        return HttpResponseRedirect(f"/rounds/{key}/")
    outlook = merging.outlook(ws, round_)
    shown = {
        "round": round_,
        "outlook": outlook,
        "refused": said(outlook.refusal) if outlook.refusal else "",
        "both": BOTH,
        "counting": len(merging.counting(round_)),
        "departments": round_.parts.count(),
    }
    return render(request, "rounds/merge.html", shown)


@posted
def close(request: HttpRequest, key: str) -> HttpResponseBase:
    """End the round."""
    actions.close(round_of(key), by=person_of(request))
    messages.success(request, _("취합을 닫았습니다. 링크는 더 열리지 않습니다."))
    return HttpResponseRedirect(f"/rounds/{key}/")


@posted
def begin_next(request: HttpRequest, key: str) -> HttpResponseBase:
    """The same again, next year."""
    said = request.POST
    made = actions.begin_next(
        round_of(key),
        by=person_of(request),
        title=said.get("title", ""),
        due_at=moment(said.get("due_at", "")),
    )
    return HttpResponseRedirect(f"/rounds/{made.key}/")


@page
def links(request: HttpRequest, key: str) -> HttpResponseBase:
    """The links, to copy and send. They are keys: who saw them is recorded."""
    round_, person = round_of(key), person_of(request)
    check_officer(person, round_)
    record(person, "round.addresses", f"round:{key}")
    shown = {"round": round_, "lines": papers.links(round_, _host(request))}
    return _not_kept(render(request, "rounds/links.html", shown))


def _host(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


@page
def addresses(request: HttpRequest, key: str) -> HttpResponseBase:
    """The list of links, for a mail merge. It holds keys: who took it is recorded."""
    round_, person = round_of(key), person_of(request)
    check_officer(person, round_)
    record(person, "round.addresses", f"round:{key}")
    body = papers.addresses(round_, _host(request))
    return _not_kept(_file(body.encode(), "text/csv; charset=utf-8", f"{round_.title} 링크.csv"))


def _not_kept(response: HttpResponse) -> HttpResponse:
    """Working keys stay in no cache of a browser or a proxy."""
    response["Cache-Control"] = "no-store"
    return response


@page
def record_xlsx(request: HttpRequest, key: str) -> HttpResponseBase:
    """How the round went, as a workbook."""
    round_ = round_of(key)
    check_officer(person_of(request), round_)
    return _file(papers.for_the_record(round_), _XLSX, f"{round_.title} 취합 기록.xlsx")


@page
def record_page(request: HttpRequest, key: str) -> HttpResponseBase:
    """How the round went, to print."""
    round_ = round_of(key)
    check_officer(person_of(request), round_)
    shown = {
        "round": round_,
        "board": board(round_),
        "state": states.ROUND[round_.state],
        "merges": round_.merges.all(),
        "made_by": name_of(round_.made_by),
        "closed_by": name_of(round_.closed_by),
    }
    return render(request, "rounds/record.html", shown)


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    from urllib.parse import quote

    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name.replace('/', '-'))}"}
    return HttpResponse(body, content_type=kind, headers=headers)
