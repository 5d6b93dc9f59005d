"""My own page: what I may do, my posts, second factor, keys and sessions."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.messages import info, success
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from madang.messages import MadangError
from madang.web.accounts import actions, tokens
from madang.web.accounts.models import Session
from madang.web.accounts.people import lasting, person_of
from madang.web.accounts.words import ROLE_CARDS, SCOPES, abilities
from madang.web.shell.language import said

_DAYS = (30, 90, 365)


@require_safe
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """What this account is and may do."""
    return _shown(request)


@require_POST
@never_cache
def make(request: HttpRequest) -> HttpResponse:
    """Make a key and show it, this once."""
    days = request.POST.get("days", "")
    try:
        key = tokens.make_token(
            user=_user(request),
            name=request.POST.get("name", ""),
            scopes=request.POST.getlist("scopes"),
            days=int(days) if days in map(str, _DAYS) else _DAYS[0],
            by=person_of(request),
        )
    except MadangError as wrong:
        return _shown(request, wrong=said(wrong), status=400)
    return _shown(request, key=key)


@require_POST
def revoke(request: HttpRequest, token: int) -> HttpResponse:
    """End one of my keys."""
    tokens.revoke_token(user=_user(request), token_id=token, by=person_of(request))
    success(request, _("열쇠를 끊었습니다. 이제 이 열쇠로는 들어올 수 없습니다."))
    return HttpResponseRedirect(reverse("me") + "#keys")


@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign me out everywhere else."""
    ended = actions.end_sessions(
        user=_user(request), by=person_of(request), but=request.session.session_key or ""
    )
    if ended:
        success(request, _("다른 기기 %(count)s곳의 로그인을 끝냈습니다.") % {"count": ended})
    else:
        info(request, _("다른 곳에 남은 로그인이 없습니다."))
    return HttpResponseRedirect(reverse("me") + "#sessions")


def _shown(request: HttpRequest, *, key: str = "", wrong: str = "", status: int = 200) -> HttpResponse:
    user, now = _user(request), timezone.now()
    sessions = Session.objects.filter(user_id=user.pk, expire_date__gt=now).order_by("-seen_at")
    may, may_not = abilities(person_of(request))
    shown = {
        "user": user,
        "may": may,
        "may_not": may_not,
        "roles": [ROLE_CARDS[role] for role in ROLE_CARDS if role in user.role_set],
        "holdings": user.holdings.filter(lasting(timezone.localdate())).select_related("post"),
        "tokens": user.tokens.order_by("-made_at")[:50],
        "now": now,
        "scopes": SCOPES,
        "days": _DAYS,
        "sessions": sessions,
        "this_session": request.session.session_key,
        "factor": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first(),
        "key": key,
        "wrong": wrong,
        "wanted": {"name": request.POST.get("name", ""), "scopes": request.POST.getlist("scopes")},
    }
    return render(request, "accounts/me.html", shown, status=status)


def _user(request: HttpRequest) -> Any:
    return request.user
