"""Pages of administrators: everybody, one person, adding, a list from a file."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.messages import success
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache

from madang.access import ROLES, Person, Thing, check
from madang.messages import MadangError
from madang.web.accounts import actions, handover, lockout, people_file
from madang.web.accounts.models import Department, Post, User
from madang.web.accounts.people import lasting, person_of
from madang.web.accounts.words import ROLE_CARDS
from madang.web.shell.doors import form, page
from madang.web.shell.language import said
from madang.web.shell.whole import whole

_PER_PAGE = 50
_LARGEST_LIST = 2 * 1024 * 1024
_STATES = {
    "new": lazy("새 사람"),
    "changed": lazy("바뀜"),
    "same": lazy("그대로"),
    "wrong": lazy("고쳐야 함"),
}


@page
def listed(request: HttpRequest) -> HttpResponse:
    """Everybody, by name; `q` looks in name, login name, department and post."""
    _administrator(request)
    words, role = request.GET.get("q", "").strip(), request.GET.get("role", "")
    today = timezone.localdate()
    found = User.objects.select_related("department").order_by("-is_active", "name", "username")
    if words:
        of = Q(name__icontains=words) | Q(username__icontains=words) | Q(department__name__icontains=words)
        held = User.objects.filter(lasting(today, "holdings__"), holdings__post__name__icontains=words)
        found = found.filter(of | Q(pk__in=held.values("pk")))
    if role in ROLES:
        found = found.filter(roles__contains=role)
    shown = {
        "page": Paginator(found, _PER_PAGE).get_page(request.GET.get("page")),
        "q": words,
        "role": role,
        "roles": ROLE_CARDS.values(),
        "vacant": handover.vacant(today),
    }
    return render(request, "accounts/people.html", shown)


@form
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """A new person; the one-time password is shown this once."""
    by = _administrator(request)
    wrong = ""
    if request.method == "POST":
        try:
            user, password = actions.add_person(
                by=by, username=request.POST.get("username", ""), **_told(request)
            )
        except MadangError as error:
            wrong = said(error)
        else:
            return _one(request, user, password=password)
    shown = {
        **_choices(),
        "wrong": wrong,
        "wanted": wanted(request, "username", "name", "department"),
        "wanted_roles": request.POST.getlist("roles"),
    }
    return render(request, "accounts/person_add.html", shown, status=400 if wrong else 200)


@form
@never_cache
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One person, to look at and to change."""
    by = _administrator(request)
    user = get_object_or_404(User, pk=pk)
    if request.method != "POST":
        return _one(request, user)
    try:
        changed = actions.change_person(user=user, by=by, **_told(request))
    except MadangError as error:
        user.refresh_from_db()
        return _one(request, user, wrong=said(error))
    success(request, _("고쳤습니다.") if changed else _("바뀐 것이 없습니다."))
    return HttpResponseRedirect(reverse("person", args=[pk]))


@form
@never_cache
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """One of the acts below, by its button."""
    by = _administrator(request)
    user = get_object_or_404(User, pk=pk)
    if act not in _ACTS:
        raise Http404
    if request.method != "POST":
        return HttpResponseRedirect(reverse("person", args=[pk]))
    try:
        password = _ACTS[act](request, user, by)
    except MadangError as error:
        user.refresh_from_db()
        return _one(request, user, wrong=said(error))
    if password:
        return _one(request, user, password=password)
    success(request, _("했습니다."))
    return HttpResponseRedirect(reverse("person", args=[pk]))


def _give(request: HttpRequest, user: User, by: Person) -> None:
    post = get_object_or_404(Post, pk=whole(request.POST.get("post")))
    begins = day_of(request.POST.get("valid_from", "")) or timezone.localdate()
    ends = day_of(request.POST.get("valid_until", ""))
    actions.give_post(user=user, post=post, valid_from=begins, valid_until=ends, by=by)


def _end(request: HttpRequest, user: User, by: Person) -> None:
    holding = get_object_or_404(user.holdings, pk=whole(request.POST.get("holding")))
    on = day_of(request.POST.get("on", "")) or timezone.localdate()
    actions.end_post(holding=holding, on=on, by=by)


_ACTS: dict[str, Any] = {
    "give-post": _give,
    "end-post": _end,
    "close": lambda _, user, by: actions.set_active(user=user, active=False, by=by),
    "open": lambda _, user, by: actions.set_active(user=user, active=True, by=by),
    "unlock": lambda _, user, by: actions.unlock(user=user, by=by),
    "reset": lambda _, user, by: actions.reset_password(user=user, by=by),
    "forget-factor": lambda _, user, by: actions.remove_second_factor(user=user, by=by),
    "end-sessions": lambda _, user, by: actions.end_sessions(user=user, by=by) and None,
}


@form
@never_cache
def take_in(request: HttpRequest) -> HttpResponse:
    """People and posts from a list: first what would change, then, on the same rows, the change."""
    by = _administrator(request)
    shown: dict[str, Any] = {"states": _STATES}
    if request.method == "POST":
        try:
            content, name = _list(request)
            today = timezone.localdate()
            rows = people_file.read_people(content, name, today=today)
            wrong = [row for row in rows if row.state == "wrong"]
            if request.POST.get("apply") and not wrong:
                passwords = people_file.apply_people(rows, today=today, by=by)
                shown |= {"rows": rows, "passwords": passwords, "done": True}
            else:
                again = base64.b64encode(content).decode()
                changes = sum(row.state in ("new", "changed") for row in rows)
                shown |= {"rows": rows, "again": again, "name": name, "ready": changes and not wrong}
        except MadangError as error:
            shown["wrong"] = said(error)
    return render(request, "accounts/people_import.html", shown, status=400 if "wrong" in shown else 200)


def _list(request: HttpRequest) -> tuple[bytes, str]:
    """What was handed in: a file, or what was shown a moment ago and is now to be done."""
    file = request.FILES.get("list")
    if file is None and request.POST.get("again"):
        try:
            return base64.b64decode(request.POST["again"], validate=True), request.POST.get("name", "")
        except ValueError:
            raise MadangError("people_file_unreadable") from None
    if file is None or not file.size or file.size > _LARGEST_LIST:
        raise MadangError("people_file_unreadable")
    return file.read(), file.name or ""


def _one(request: HttpRequest, user: User, *, password: str = "", wrong: str = "") -> HttpResponse:
    today = timezone.localdate()
    shown = {
        **_choices(),
        "one": user,
        "holdings": user.holdings.select_related("post").order_by("-valid_from"),
        "today": today,
        "locked_until": lockout.locked_until(user.username),
        "factor": Authenticator.objects.filter(user=user).exists(),
        "posts": Post.objects.filter(lasting(today)).order_by("name"),
        "password": password,
        "wrong": wrong,
    }
    return render(request, "accounts/person.html", shown, status=400 if wrong else 200)


def _choices() -> dict[str, Any]:
    return {
        "roles": ROLE_CARDS.values(),
        "departments": Department.objects.filter(lasting(timezone.localdate())).order_by("name"),
    }


def _told(request: HttpRequest) -> dict[str, Any]:
    return {
        "name": request.POST.get("name", ""),
        "roles": request.POST.getlist("roles"),
        "department": request.POST.get("department", ""),
    }


def _administrator(request: HttpRequest) -> Person:
    by = person_of(request)
    check(by, "administer", Thing("workspace"))
    return by


def day_of(value: str) -> date | None:
    """The day in a form, None for an empty field. Raises MadangError("day_wrong")."""
    try:
        found = parse_date(value) if value else None
    except ValueError:
        found = None
    if value and found is None:
        raise MadangError("day_wrong", value=value[:20])
    return found


def wanted(request: HttpRequest, *names: str) -> dict[str, str]:
    """What was written into a form, to show it again."""
    return {name: request.POST.get(name, "") for name in names}
