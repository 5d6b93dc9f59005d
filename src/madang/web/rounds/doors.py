"""The doors into the pages of rounds: signed in, or by the link of a department."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from madang.access import Person
from madang.messages import MadangError
from madang.web.accounts.people import person_of
from madang.web.rounds import links
from madang.web.rounds.access import check_member, is_member, is_officer
from madang.web.rounds.models import Part, Round
from madang.web.shell import errors
from madang.web.shell.language import said
from madang.web.shell.often import address_of
from madang.web.shell.workspace import one_workspace

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Visit:
    """Who stands before a part: `base` is the address its pages lie below; an officer of the round only looks."""

    part: Part
    person: Person
    base: str

    @property
    def by_link(self) -> bool:
        return self.person.via == "link"

    @property
    def may_fill(self) -> bool:
        return self.part.round.is_open and is_member(self.person, self.part)


def round_of(key: str) -> Round:
    """The round with this key. Raises MadangError("round_missing")."""
    found = Round.objects.select_related("previous").filter(key=key).first()
    if found is None:
        raise MadangError("round_missing", round=key)
    return found


def page(view: View) -> View:
    """A page of rounds. What a person has no part in is not there; a POST that cannot be done says so where it was made."""

    @wraps(view)
    def wrapped(request: HttpRequest, **address: str | int) -> HttpResponseBase:
        try:
            with one_workspace():
                return view(request, **address)
        except MadangError as error:
            return _answer(request, error)

    return require_http_methods(["GET", "HEAD", "POST"])(wrapped)


def posted(view: View) -> View:
    """As `page`, for what is done and not looked at."""
    return require_POST(page(view))


def part_page(view: Callable[..., HttpResponseBase], *, done: bool = False) -> tuple[View, View]:
    """A page of a part, for those who are signed in and for those who came by its link. `done`: it takes POST only."""
    kind = posted if done else page

    @kind
    @wraps(view)
    def signed_in(request: HttpRequest, *, key: str, part: int, **more: int) -> HttpResponseBase:
        return view(request, _visit(request, key, part), **more)

    @login_not_required
    @kind
    @wraps(view)
    def linked(request: HttpRequest, *, token: str, **more: int) -> HttpResponseBase:
        part = links.part_of(token, address_of(request))
        if request.method == "POST":
            links.check_pace(part)
        response = view(request, Visit(part, links.holder(part), f"/rounds/t/{token}/"), **more)
        response["Referrer-Policy"] = "same-origin"  # the address is the key; forms do not work without any
        response["Cache-Control"] = "no-store"
        return response

    return signed_in, linked


def _visit(request: HttpRequest, key: str, number: int) -> Visit:
    part = (
        Part.objects.select_related("round__previous", "department").filter(pk=number, round__key=key).first()
    )
    if part is None:
        raise MadangError("round_missing", round=key)
    person = person_of(request)
    if not is_officer(person, part.round):
        check_member(person, part)
    return Visit(part, person, f"/rounds/{key}/{number}/")


def _answer(request: HttpRequest, error: MadangError) -> HttpResponseBase:
    if error.code == "round_missing":
        return render(request, "rounds/not_found.html", {"reason": said(error)}, status=404)
    if error.code == "dataset_missing":
        raise Http404 from error
    if error.code in ("round_link_dead", "round_link_busy"):
        status = 429 if error.code == "round_link_busy" else 404
        return render(request, "rounds/no_link.html", {"reason": said(error)}, status=status)
    if error.code == "access_denied":
        return errors.forbidden(request, error)
    if request.method == "POST" and not error.about_the_machine:
        messages.error(request, said(error))
        return HttpResponseRedirect(back(request))
    return errors.unavailable(request, error)


def back(request: HttpRequest) -> str:
    """The page that a form of this address stands on: its own address without the last step."""
    parts = request.path.rstrip("/").split("/")
    return "/".join(parts[:-1]) + "/" if len(parts) > 3 else request.path
