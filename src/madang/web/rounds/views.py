"""Pages of the officer: rounds, a new one, its board, merging, closing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from madang.access import Person, can
from madang.access.thing import WORKSPACE
from madang.intake.merge import BOTH
from madang.messages import MadangError
from madang.web.accounts.models import Department, Post
from madang.web.accounts.people import person_of
from madang.web.audit.record import record
from madang.web.rounds import actions, merging, papers, states
from madang.web.rounds.access import check_officer, is_member, is_officer
from madang.web.rounds.board import board, rules_broken
from madang.web.rounds.doors import page, posted, round_of
from madang.web.rounds.form import TYPES, FormColumn, columns_of, named, of_file, of_standard
from madang.web.rounds.models import Part, Round
from madang.web.shell import words
from madang.web.shell.workspace import workspace

_FORM_BYTES = 10 * 1024**2
_BLANK = 4  # empty lines for more columns
_EMPTY = {"label": "", "name": "", "type": "text", "unit": "", "values": (), "example": "", "help": "", "aliases": (), "required": False, "key": False}  # fmt: skip
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page
def home(request: HttpRequest) -> HttpResponseBase:
    """What I owe, and the rounds that are mine."""
    person = person_of(request)
    parts = Part.objects.select_related("round", "department").exclude(round__state=states.DRAFT)
    owed = [_owed(part) for part in parts.order_by("round__due_at") if is_member(person, part)]
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


def _owed(part: Part) -> dict[str, Any]:
    return {"part": part, "mark": states.mark(part.state), "overdue": part.is_overdue(timezone.now())}


@page
def new(request: HttpRequest) -> HttpResponseBase:
    """Begin a round: what it is called, until when, and where its form comes from."""
    person, ws = person_of(request), workspace()
    if not can(person, "open_round", WORKSPACE):
        raise MadangError("access_denied", verb="open_round", thing="round")
    if request.method != "POST":
        standards = sorted(ws.standards.values(), key=lambda each: each.label)
        return render(request, "rounds/new.html", {"standards": standards, "posts": sorted(person.posts)})
    standard = request.POST.get("standard", "")
    columns: list[FormColumn] = []
    if standard:
        if standard not in ws.standards:
            raise MadangError("standard_missing", standard=standard)
        columns = of_standard(ws.standards[standard])
    elif given := request.FILES.get("form"):
        columns = _form_of(given)
    made = actions.make(
        by=person, title=request.POST.get("title", ""), due_at=_moment(request.POST.get("due_at", "")),
        columns=columns, standard=standard, post=_own_post(person, request.POST.get("post", "")),
    )  # fmt: skip
    return HttpResponseRedirect(f"/rounds/{made.key}/")


def _form_of(given: UploadedFile[bytes]) -> list[FormColumn]:
    name = Path(given.name or "form").name
    if (given.size or 0) > _FORM_BYTES:
        raise MadangError("round_file_large", file=name, limit=_FORM_BYTES // 1024**2)
    with TemporaryDirectory(prefix="madang-") as place:
        path = Path(place) / f"form{Path(name).suffix.lower()[:8]}"
        path.write_bytes(given.read())
        return of_file(path, name)


def _own_post(person: Person, post: str) -> str:
    """The post named, where the person holds it, else the first they hold."""
    return post if post in person.posts else min(person.posts, default="")


def _moment(written: str) -> datetime:
    try:
        found = parse_datetime(written)
    except ValueError:
        found = None
    if found is None:
        raise MadangError("round_due_unreadable", value=written)
    return timezone.make_aware(found) if timezone.is_naive(found) else found


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
        return render(request, "rounds/draft.html", _draft(round_))
    shown = {
        "round": round_,
        "board": board(round_),
        "state": states.ROUND[round_.state],
        "merges": round_.merges.order_by("-at"),
        "behind": merging.is_behind(round_),
        "rules": rules_broken(workspace(), round_),
        "following": list(round_.following.all()),
    }
    return render(request, "rounds/board.html", shown)


@page
def lines(request: HttpRequest, key: str) -> HttpResponseBase:
    """The lines of the board alone, for a page that keeps itself fresh."""
    round_ = round_of(key)
    check_officer(person_of(request), round_)
    return render(request, "rounds/parts/lines.html", {"round": round_, "board": board(round_)})


def _draft(round_: Round) -> dict[str, Any]:
    today = timezone.localdate()
    known = [
        each
        for each in Department.objects.prefetch_related("posts").order_by("name")
        if each.valid_until is None or each.valid_until >= today
    ]
    asked = {part.department_id: part.post for part in round_.parts.all()}
    columns = columns_of(round_.columns)
    blank = range(len(columns), len(columns) + _BLANK)
    return {
        "round": round_,
        "columns": [*enumerate(columns), *((number, _EMPTY) for number in blank)],
        "own_form": round_.standard.startswith("form-"),
        "column_count": len(columns),
        "departments": [(each, each.pk in asked, asked.get(each.pk, "")) for each in known],
        "asked": len(asked),
        "types": [(each, words.TYPES[each]) for each in TYPES],
        "ready": bool(columns and asked),
    }


@posted
def settings(request: HttpRequest, key: str) -> HttpResponseBase:
    """Keep what a round says of itself."""
    round_, said = round_of(key), request.POST
    days = {int(each) for each in said.get("remind_days", "").replace(",", " ").split() if each.isdigit()}
    told: dict[str, object] = {
        "title": " ".join(said.get("title", round_.title).split())[:120] or round_.title,
        "why": said.get("why", ""),
        "document_number": said.get("document_number", "")[:80],
        "contact": said.get("contact", "")[:120],
        "due_at": _moment(said.get("due_at", "")),
        "remind_days": sorted(day for day in days if day <= 60)[::-1],
        "nothing_allowed": "nothing_allowed" in said,
        "needs_signature": "needs_signature" in said,
    }
    if round_.state == states.DRAFT:
        told |= {
            "target": said.get("target", round_.target).strip(),
            "own_rows_only": "own_rows_only" in said,
        }
    actions.change(round_, by=person_of(request), **told)
    messages.success(request, _("저장했습니다."))
    return HttpResponseRedirect(f"/rounds/{key}/")


@posted
def columns(request: HttpRequest, key: str) -> HttpResponseBase:
    """Keep the columns of the form as the page says them."""
    round_ = round_of(key)
    check_officer(person_of(request), round_)
    given = request.FILES.get("form")
    asked = _form_of(given) if given else _columns_said(request)
    actions.ask_for(round_, asked, by=person_of(request))
    messages.success(request, _("항목 %d개를 저장했습니다.") % len(asked))
    return HttpResponseRedirect(f"/rounds/{key}/")


def _columns_said(request: HttpRequest) -> list[FormColumn]:
    said = request.POST
    numbers = [n for n in range(70) if said.get(f"label-{n}", "").strip()]
    labels = [" ".join(said[f"label-{n}"].split()) for n in numbers]
    names = named(labels)
    return [
        FormColumn(
            name=said.get(f"name-{n}", "").strip() or names[place],
            label=labels[place],
            type=said.get(f"type-{n}", "text"),
            required=f"required-{n}" in said,
            key=f"key-{n}" in said,
            unit=said.get(f"unit-{n}", "").strip()[:12],
            values=_listed(said.get(f"values-{n}", "")),
            example=said.get(f"example-{n}", "").strip()[:300],
            help=said.get(f"help-{n}", "").strip()[:300],
            aliases=_listed(said.get(f"aliases-{n}", "")),
        )
        for place, n in enumerate(numbers)
    ]


def _listed(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in written.split(",") if each.strip()))


@posted
def departments(request: HttpRequest, key: str) -> HttpResponseBase:
    """Keep who is asked."""
    round_ = round_of(key)
    chosen = [int(each) for each in request.POST.getlist("department") if each.isdigit()]
    posts = Post.objects.filter(
        name__in=[request.POST.get(f"post-{each}", "") for each in chosen], department_id__in=chosen
    )
    found = Department.objects.filter(pk__in=chosen)
    actions.ask_whom(round_, found, by=person_of(request), posts=posts)
    messages.success(request, _("부서 %d곳에 묻습니다.") % round_.parts.count())
    return HttpResponseRedirect(f"/rounds/{key}/")


@posted
def open_(request: HttpRequest, key: str) -> HttpResponseBase:
    """Open the round."""
    actions.open_round(workspace(), round_of(key), by=person_of(request))
    messages.success(request, _("취합을 열었습니다. 부서마다 알림과 링크가 나갔습니다."))
    return HttpResponseRedirect(f"/rounds/{key}/")


@posted
def act(request: HttpRequest, key: str) -> HttpResponseBase:
    """What the officer does with one department, or with all that are chosen."""
    round_, person, said = round_of(key), person_of(request), request.POST
    check_officer(person, round_)
    parts = list(round_.parts.select_related("round", "department"))
    chosen = [part for part in parts if str(part.pk) in said.getlist("part")]
    match said.get("do", ""):
        case "remind":
            told = actions.remind(round_, chosen or parts, by=person)
            messages.success(request, _("%d곳에 알렸습니다.") % told)
        case "extend":
            until = _moment(said.get("until", ""))
            for part in chosen:
                actions.extend(part, until, by=person, why=said.get("why", ""))
        case "return":
            for part in chosen:
                actions.send_back(part, by=person, why=said.get("why", ""))
        case "accept":
            for part in chosen:
                actions.accept(part, by=person)
        case "link" | "revoke":
            for part in chosen:
                actions.renew_link(part, by=person, revoke=said["do"] == "revoke")
    return HttpResponseRedirect(f"/rounds/{key}/")


@page
def merge(request: HttpRequest, key: str) -> HttpResponseBase:
    """See what the merged table will be, decide contradictions, merge."""
    round_, person, ws = round_of(key), person_of(request), workspace()
    check_officer(person, round_)
    if request.method == "POST" and "key" in request.POST:
        merging.decide(round_, request.POST["key"], request.POST.get("keeps", BOTH), by=person)
        return HttpResponseRedirect(f"/rounds/{key}/merge/")
    if request.method == "POST":
        version, new_one = merging.merge_round(ws, round_, by=person)
        said = (
            _("%(n)d판을 만들었습니다. %(rows)s행입니다.")
            if new_one
            else _("달라진 것이 없어 %(n)d판이 그대로입니다.")
        )
        messages.success(request, said % {"n": version.n, "rows": f"{version.rows:,}"})
        return HttpResponseRedirect(f"/rounds/{key}/")
    shown = {
        "round": round_,
        "outlook": merging.outlook(ws, round_),
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
        due_at=_moment(said.get("due_at", "")),
    )
    return HttpResponseRedirect(f"/rounds/{made.key}/")


@page
def addresses(request: HttpRequest, key: str) -> HttpResponseBase:
    """The list of links, for a mail merge. It holds keys: who took it is recorded."""
    round_, person = round_of(key), person_of(request)
    check_officer(person, round_)
    record(person, "round.addresses", f"round:{key}")
    body = papers.addresses(round_, request.build_absolute_uri("/").rstrip("/"))
    return _file(body.encode(), "text/csv; charset=utf-8", f"{round_.title} 링크.csv")


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
    }
    return render(request, "rounds/record.html", shown)


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    from urllib.parse import quote

    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name.replace('/', '-'))}"}
    return HttpResponse(body, content_type=kind, headers=headers)
