"""Pages of a round that is being made: what it asks, whom, until when; one form, saved as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from madang.access import Person, can
from madang.access.thing import WORKSPACE
from madang.messages import MadangError
from madang.web.accounts.models import Department, Post
from madang.web.accounts.people import person_of
from madang.web.rounds import actions, states
from madang.web.rounds.access import check_officer
from madang.web.rounds.doors import page, posted, round_of
from madang.web.rounds.form import MOST_COLUMNS, TYPES, FormColumn, columns_of, named, of_file, of_standard
from madang.web.rounds.models import Round
from madang.web.shell import words
from madang.web.shell.language import said as sentence
from madang.web.shell.whole import is_whole
from madang.web.shell.workspace import workspace

_FORM_BYTES = 10 * 1024**2
_BLANK = 4  # empty lines for more columns
_EMPTY = {"label": "", "name": "", "type": "text", "unit": "", "values": "", "example": "", "help": "", "aliases": "", "required": False, "key": False}  # fmt: skip
_TEXTS = ("why", "document_number", "contact")
_TICKS = ("nothing_allowed", "needs_signature")


@page
def new(request: HttpRequest) -> HttpResponseBase:
    """Begin a round: what it is called, until when, and where its form comes from."""
    person, ws = person_of(request), workspace()
    if not can(person, "open_round", WORKSPACE):
        raise MadangError("access_denied", verb="open_round", thing="round")
    told = ""
    if request.method == "POST":
        try:
            return HttpResponseRedirect(f"/rounds/{_made(request, person).key}/")
        except MadangError as error:
            if error.about_the_machine or error.code == "access_denied":
                raise
            told = sentence(error)
    shown = {
        "standards": sorted(
            (each for each in ws.standards.values() if not each.made_here), key=lambda each: each.label
        ),
        "posts": sorted(person.posts),
        "error": told,
        "written": {name: request.POST.get(name, "") for name in ("title", "due_at", "standard", "post")},
    }
    return render(request, "rounds/new.html", shown, status=400 if told else 200)


def _made(request: HttpRequest, person: Person) -> Round:
    """The round that the form of a new one says."""
    ws, standard = workspace(), request.POST.get("standard", "")
    columns: list[FormColumn] = []
    if standard:
        if standard not in ws.standards:
            raise MadangError("standard_missing", standard=standard)
        columns = of_standard(ws.standards[standard])
    elif given := request.FILES.get("form"):
        columns = _form_of(given)
    return actions.make(
        by=person, title=request.POST.get("title", ""), due_at=moment(request.POST.get("due_at", "")),
        columns=columns, standard=standard, post=_own_post(person, request.POST.get("post", "")),
    )  # fmt: skip


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


def moment(written: str) -> datetime:
    """A moment as a form writes it, in the time of the city. Raises MadangError("round_due_unreadable")."""
    try:
        found = parse_datetime(written)
    except ValueError:
        found = None
    if found is None:
        raise MadangError("round_due_unreadable", value=written)
    return timezone.make_aware(found) if timezone.is_naive(found) else found


@posted
def settings(request: HttpRequest, key: str) -> HttpResponseBase:
    """Keep what a round says of itself; of a draft also its columns and whom it asks, and open it where that is wanted.

    What cannot be kept is shown again as it was written, with the reason: nothing is lost.
    """
    round_, person = round_of(key), person_of(request)
    check_officer(person, round_)
    draft = round_.state == states.DRAFT
    try:
        columns = (
            _columns_asked(request, round_) if draft else []
        )  # a file is read before others have to wait
        with transaction.atomic():
            actions.change(round_, by=person, **_told(request.POST, round_))
            if draft:
                _asked(request, round_, columns, person)
    except MadangError as error:
        if not draft or error.about_the_machine:
            raise
        messages.error(request, sentence(error))
        return render(request, "rounds/draft.html", draft_page(round_of(key), request.POST), status=400)
    if draft and request.POST.get("do") == "open":
        actions.open_round(workspace(), round_, by=person)
        messages.success(
            request,
            _("취합을 열고 부서 %d곳에 마당 알림을 남겼습니다. 계정이 없는 부서에는 ‘링크 보내기’에서 링크를 복사해 보내십시오.")
            % round_.parts.count(),
        )  # fmt: skip
    else:
        messages.success(request, _("저장했습니다."))
    return HttpResponseRedirect(f"/rounds/{key}/")


def _told(said: Mapping[str, str], round_: Round) -> dict[str, object]:
    days = {
        int(each)
        for each in said.get("remind_days", "").replace(",", " ").split()
        if is_whole(each, digits=3)
    }
    told: dict[str, object] = {
        "title": " ".join(said.get("title", round_.title).split())[:120] or round_.title,
        "why": said.get("why", ""),
        "document_number": said.get("document_number", "")[:80],
        "contact": said.get("contact", "")[:120],
        "due_at": moment(said.get("due_at", "")),
        "remind_days": sorted(day for day in days if day <= 60)[::-1],
        **{tick: tick in said for tick in _TICKS},
    }
    if round_.state == states.DRAFT:
        told["target"] = said.get("target", round_.target).strip()
        told["own_rows_only"] = "own_rows_only" in said
    return told


def _columns_asked(request: HttpRequest, round_: Round) -> list[FormColumn]:
    """The columns that the page says, or the form in the file that came with it."""
    if not round_.standard.startswith("form-"):
        return []
    given = request.FILES.get("form")
    return _form_of(given) if given else _columns_said(request.POST)


def _asked(request: HttpRequest, round_: Round, columns: list[FormColumn], person: Person) -> None:
    """Keep the columns and the departments that the page says."""
    if round_.standard.startswith("form-") and (columns or round_.columns):
        actions.ask_for(round_, columns, by=person)
    chosen = _chosen(request.POST)
    posts = Post.objects.filter(
        name__in=[request.POST.get(f"post-{each}", "") for each in chosen], department_id__in=chosen
    )
    actions.ask_whom(round_, Department.objects.filter(pk__in=chosen), by=person, posts=posts)


def _chosen(said: QueryDict) -> list[int]:
    return [int(each) for each in said.getlist("department") if is_whole(each)]


def _columns_said(said: Mapping[str, str]) -> list[FormColumn]:
    lines = [line for _, line in _lines_said(said) if line["label"]]
    names = named([line["label"] for line in lines])
    return [
        FormColumn(
            **{
                **line,
                "name": line["name"] or name,
                "values": _listed(line["values"]),
                "aliases": _listed(line["aliases"]),
            }
        )
        for line, name in zip(lines, names, strict=True)
    ]


def _lines_said(said: Mapping[str, str]) -> list[tuple[int, dict[str, Any]]]:
    """The lines of the table of columns, as they were written."""
    numbers = [n for n in range(MOST_COLUMNS + 10) if f"label-{n}" in said]
    return [
        (
            n,
            {
                "label": " ".join(said[f"label-{n}"].split()),
                "name": said.get(f"name-{n}", "").strip(),
                "type": said.get(f"type-{n}", "text"),
                "required": f"required-{n}" in said,
                "key": f"key-{n}" in said,
                "unit": said.get(f"unit-{n}", "").strip()[:12],
                "values": said.get(f"values-{n}", ""),
                "example": said.get(f"example-{n}", "").strip()[:300],
                "help": said.get(f"help-{n}", "").strip()[:300],
                "aliases": said.get(f"aliases-{n}", ""),
            },
        )
        for n in numbers
    ]


def _listed(written: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.strip() for each in written.split(",") if each.strip()))


def draft_page(round_: Round, said: Any = None) -> dict[str, Any]:
    """What the page of a draft shows: what is kept, or what was `said` (a form) and could not be."""
    today = timezone.localdate()
    known = [
        each
        for each in Department.objects.prefetch_related("posts").order_by("name")
        if each.valid_until is None or each.valid_until >= today
    ]
    if said is None:
        asked = {part.department_id: part.post for part in round_.parts.all()}
        lines = [(n, _written(column)) for n, column in enumerate(columns_of(round_.columns))]
        due = f"{timezone.localtime(round_.due_at):%Y-%m-%dT%H:%M}"
        remind = ", ".join(map(str, round_.remind_days))
    else:
        chosen = _chosen(said)
        asked = {each: said.get(f"post-{each}", "") for each in chosen}
        lines = [(n, line) for n, line in _lines_said(said) if line["label"]]
        due, remind = said.get("due_at", ""), said.get("remind_days", "")
        for name in ("title", "target", *_TEXTS):
            setattr(round_, name, said.get(name, ""))
        for name in ("own_rows_only", *_TICKS):
            setattr(round_, name, name in said)
    first = max((n for n, _ in lines), default=-1) + 1
    blank = range(first, min(first + _BLANK, MOST_COLUMNS + 10))
    return {
        "round": round_,
        "due": due,
        "remind": remind,
        "columns": [*lines, *((number, _EMPTY) for number in blank)],
        "shown": [column.shown for column in columns_of(round_.columns)],
        "own_form": round_.standard.startswith("form-"),
        "column_count": len(lines),
        "departments": [(each, each.pk in asked, asked.get(each.pk, "")) for each in known],
        "asked": len(asked),
        "types": [(each, words.TYPES[each]) for each in TYPES],
    }


def _written(column: FormColumn) -> dict[str, Any]:
    """A column as its line of the form is written."""
    return {**asdict(column), "values": ", ".join(column.values), "aliases": ", ".join(column.aliases)}
