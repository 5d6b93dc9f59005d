"""Pages of departments and posts: what exists, who holds it, passing it on."""

from __future__ import annotations

from datetime import date

from django.contrib.messages import success
from django.db import transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from madang.access import Person, Thing, can, check
from madang.messages import MadangError
from madang.web.accounts import actions, handover
from madang.web.accounts.models import Department, Holding, Post
from madang.web.accounts.people import lasting, person_of
from madang.web.accounts.views.people import day_of, wanted
from madang.web.shell.doors import form, page
from madang.web.shell.language import said
from madang.web.shell.whole import whole

WORKSPACE = Thing("workspace")


@form
def listed(request: HttpRequest) -> HttpResponse:
    """Departments and their posts with who holds them; administrators add some."""
    by = _may(request)
    wrong = ""
    if request.method == "POST":
        try:
            _add(request, by)
        except MadangError as error:
            wrong = said(error)
        else:
            return HttpResponseRedirect(reverse("departments"))
    today = timezone.localdate()
    holders = Holding.objects.filter(lasting(today), user__is_active=True).select_related("user")
    posts = Post.objects.order_by("name").prefetch_related(Prefetch("holdings", holders, to_attr="now_held"))
    all_of = Department.objects.order_by("name").prefetch_related(Prefetch("posts", posts))
    shown = {
        "departments": all_of.filter(lasting(today)),
        "former": all_of.exclude(lasting(today)).select_related("successor"),
        "today": today,
        "wrong": wrong,
        "wanted": wanted(request, "department", "post"),
    }
    return render(request, "accounts/departments.html", shown, status=400 if wrong else 200)


@page
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One department, and what becomes of it."""
    _may(request)
    return _one(request, get_object_or_404(Department, pk=pk))


@form
def pass_on(request: HttpRequest, pk: int) -> HttpResponse:
    """The department becomes another: merged, split or renamed; each of its posts is taken over by one."""
    by = _may(request)
    old = get_object_or_404(Department, pk=pk)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("department", args=[pk]))
    try:
        on = day_of(request.POST.get("on", "")) or timezone.localdate()
        into = actions.department_named(request.POST.get("into", ""), by=by, valid_from=on)
        if into is None:
            raise MadangError("post_missing", post="-")
        posts = {}
        for post in old.posts.filter(lasting(on)):
            name = request.POST.get(f"post-{post.pk}", "").strip()
            if name and name != post.name:
                home = _home(name, into)
                posts[post] = actions.post_named(name, department=home, by=by, valid_from=on)
        with transaction.atomic():
            for each, successor in posts.items():
                handover.tell_successor(each, successor, on=on)
            actions.pass_on(department=old, into=into, on=on, posts=posts, by=by)
        for each in (*posts, old):
            handover.carry_over(each, by=by)
    except MadangError as error:
        return _one(request, old, wrong=said(error))
    told = {"old": old.name, "into": into.name, "day": on}
    if on > timezone.localdate():
        success(request, _("%(day)s에 %(old)s의 일을 %(into)s(으)로 넘깁니다.") % told)
    else:
        success(request, _("%(old)s의 일을 %(into)s(으)로 넘겼습니다.") % told)
    return HttpResponseRedirect(reverse("departments"))


@page
def post(request: HttpRequest, pk: int) -> HttpResponse:
    """What a post owns, owes and is late with: for administrators and whoever holds it."""
    found = Post.objects.select_related("department", "successor").filter(pk=pk).first()
    by = person_of(request)
    if found is None or found.name not in by.posts:
        check(by, "administer", WORKSPACE)
    if found is None:
        raise Http404
    return _post(request, found)


@form
def hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass a post on to its successor: first what goes over is shown, then it is done."""
    by = _may(request)
    old = get_object_or_404(Post, pk=pk)
    if request.method != "POST":
        return HttpResponseRedirect(reverse("post", args=[pk]))
    why = request.POST.get("why", "")[:500]
    try:
        new = Post.objects.filter(pk=whole(request.POST.get("successor"))).first()
        if new is None:
            raise MadangError("post_has_no_successor", post=old.name)
        on = day_of(request.POST.get("on", "")) or timezone.localdate()
        actions.check_successor(old, new)
        if request.POST.get("sure") != "1":
            found = handover.inventory(old.name, timezone.localdate())
            shown = {
                "post": old,
                "successor": new,
                "on": on,
                "why": why,
                "found": found,
                "today": timezone.localdate(),
            }
            return render(request, "accounts/hand_over.html", shown)
        changed = handover.hand_over(post=old, successor=new, on=on, by=by, why=why)
    except MadangError as error:
        return _post(request, old, wrong=said(error))
    _told(request, old, new, on, len(changed))
    return HttpResponseRedirect(reverse("post", args=[new.pk]))


def _told(request: HttpRequest, old: Post, new: Post, on: date, count: int) -> None:
    told = {
        "post": old.name,
        "successor": new.name,
        "old": old.name,
        "into": new.name,
        "day": on,
        "count": count,
    }
    if on > timezone.localdate():
        success(request, _("%(day)s에 %(old)s의 일을 %(into)s(으)로 넘깁니다.") % told)
    else:
        success(
            request,
            _("%(post)s의 일을 %(successor)s(으)로 넘겼습니다. 담당이 바뀐 데이터 %(count)s개.") % told,
        )


def _post(request: HttpRequest, found: Post, wrong: str = "") -> HttpResponse:
    today = timezone.localdate()
    others = Post.objects.filter(lasting(today)).exclude(pk=found.pk).order_by("name")
    shown = {
        "post": found,
        "found": handover.inventory(found.name, today),
        "others": others,
        "today": today,
        "administers": can(person_of(request), "administer", WORKSPACE),
        "wrong": wrong,
    }
    return render(request, "accounts/post.html", shown, status=400 if wrong else 200)


def _one(request: HttpRequest, found: Department, wrong: str = "") -> HttpResponse:
    today = timezone.localdate()
    holders = Holding.objects.filter(lasting(today), user__is_active=True).select_related("user")
    posts = found.posts.filter(lasting(today)).order_by("name")
    shown = {
        "department": found,
        "posts": posts.prefetch_related(Prefetch("holdings", holders, to_attr="now_held")),
        "people": found.user_set.filter(is_active=True).order_by("name", "username"),
        "others": Department.objects.filter(lasting(today)).exclude(pk=found.pk).order_by("name"),
        "today": today,
        "wrong": wrong,
        "wanted": wanted(request, "into", "on"),
    }
    return render(request, "accounts/department.html", shown, status=400 if wrong else 200)


def _add(request: HttpRequest, by: Person) -> None:
    department = actions.department_named(
        request.POST.get("department", ""), by=by, valid_from=timezone.localdate()
    )
    name = request.POST.get("post", "").strip()
    if department is None:
        raise MadangError("post_missing", post="-")
    if name:
        full = name if name.startswith(department.name) else f"{department.name} {name}"
        actions.post_named(full, department=department, by=by, valid_from=timezone.localdate())


def _home(name: str, into: Department) -> Department:
    """The department that a post belongs to by its first word; of a split, another one than the main successor."""
    return Department.objects.filter(name=name.split()[0]).first() or into


def _may(request: HttpRequest) -> Person:
    by = person_of(request)
    check(by, "administer", WORKSPACE)
    return by
