"""Tells every page who asks, and ends sessions that are idle or owe something first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from madang.web.accounts import sessions
from madang.web.accounts.people import person_of
from madang.web.shell.workspace import ASKER

_NOTED_EVERY_S = 60  # how exactly the last use is kept
_ALWAYS = {"account_logout", "shell:mode", "shell:language"}
_TO_CHANGE = _ALWAYS | {"account_change_password"}
_TO_ENROL = _TO_CHANGE | {
    "mfa_index", "mfa_activate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes", "account_reauthenticate",
}  # fmt: skip


def know_who_asks(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: `shell.workspace.asker()` is the person of this request, looked up when somebody wants to know."""

    def middleware(request: HttpRequest) -> HttpResponse:
        token = ASKER.set(lambda: person_of(request))
        try:
            return get_response(request)
        finally:
            ASKER.reset(token)

    return middleware


class KeepSession:
    """Middleware: an idle or old session ends; a one-time password and a second factor that is due come first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, address: Any
    ) -> HttpResponseRedirect | None:
        user: Any = request.user
        if not user.is_authenticated:
            return None
        open_to_all = not getattr(view, "login_required", True)
        if ended := _ended(request, time.time()):
            logout(request)
            request.madang_person = None
            return None if open_to_all else _to_the_door(request, ended)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if open_to_all:
            return None
        if user.must_change_password:
            return None if name in _TO_CHANGE else HttpResponseRedirect(reverse("account_change_password"))
        if name not in _TO_ENROL and owes_second_factor(user):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return None


def _ended(request: HttpRequest, now: float) -> str:
    """Why the session ends now: "idle" or "old"; "" while it lasts, and its use is noted."""
    kept = request.session
    began, seen = kept.get(sessions.BEGAN), kept.get(sessions.SEEN)
    if began is None or seen is None:
        kept[sessions.BEGAN] = kept[sessions.SEEN] = now
        kept[sessions.ADDRESS] = request.META.get("REMOTE_ADDR", "")
        kept[sessions.AGENT] = request.headers.get("User-Agent", "")
        return ""
    if now - seen > settings.MADANG_IDLE_S:
        return "idle"
    if now - began > settings.SESSION_COOKIE_AGE:
        return "old"
    if now - seen > _NOTED_EVERY_S:
        kept[sessions.SEEN] = now
    return ""


def _to_the_door(request: HttpRequest, why: str) -> HttpResponseRedirect:
    after = {"next": request.get_full_path()} if request.method == "GET" else {}
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'ended': why, **after})}")


def owes_second_factor(user: Any) -> bool:
    """Whether a role of the person must have a second factor and there is none; a provider sees to its own."""
    if user.role_set.isdisjoint(settings.MADANG_SECOND_FACTOR) or not user.has_usable_password():
        return False
    return not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
