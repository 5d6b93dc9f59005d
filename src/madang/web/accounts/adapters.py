"""How allauth behaves here: nobody signs up by themselves, wrong tries lock, secrets of second factors are sealed."""

from __future__ import annotations

import base64
import hashlib
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth import authenticate, get_user
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from madang.web.accounts import lockout
from madang.web.accounts.first import is_sample_login
from madang.web.accounts.models import User
from madang.web.accounts.people import person_of_user
from madang.web.accounts.words import locked_words
from madang.web.audit.record import record


class Accounts(DefaultAccountAdapter):
    """Signing in with a name and a password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _("아이디나 비밀번호가 맞지 않습니다."),
        "incorrect_password": _("비밀번호가 맞지 않습니다."),
        "enter_current_password": _("지금 비밀번호가 맞지 않습니다."),
        "incorrect_code": _("인증 번호가 맞지 않습니다. 새로 나온 번호를 적으십시오."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account, or None. Raises ValidationError where the name is locked, whatever the password."""
        name = str(credentials.get("username", ""))
        if lockout.reserve(name):
            raise ValidationError(locked_words())
        user = _sample(request, name, str(credentials.get("password")))
        user = user or authenticate(request, username=name, password=credentials.get("password"))
        if user is not None:
            lockout.forgive(name)
        elif lockout.locked_until(name):
            raise ValidationError(locked_words())
        return user

    def reauthenticate(self, user: Any, password: str) -> bool:
        from allauth.core import context

        return bool(self.authenticate(context.request, username=user.username, password=password) == user)

    def is_reauthentication_required(self, *, app: str, **said: Any) -> bool:
        """Not right after signing in: who just gave the password is not asked for it again."""
        from allauth.core import context

        records = get_authentication_records(context.request, context.request.user)
        last = max((record["at"] for record in records), default=0)
        return time.time() - last > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def is_safe_url(self, url: str) -> bool:
        """Where to go next never leaves the site: a path of our own."""
        return bool(url) and url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return settings.LOGIN_REDIRECT_URL

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/accounts/me/"

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        return said(request, _("지금은 쓸 수 없는 계정입니다. 관리자에게 문의하십시오."))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **said: Any) -> None:
        """The pages say it themselves; a greeting after signing in is noise."""

    def logout(self, request: HttpRequest) -> None:
        user = get_user(request)
        super().logout(request)
        if user.is_authenticated:
            record(person_of_user(user), "people.sign_out", user.get_username())


class SecondFactor(DefaultMFAAdapter):
    """Secrets of second factors are sealed with the site's key: a copy of the database alone is no factor."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("인증 번호가 맞지 않습니다. 새로 나온 번호를 적으십시오."),
    }

    def get_totp_label(self, user: Any) -> str:
        return str(user.username)

    def encrypt(self, text: str) -> str:
        return _seals().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _seals().decrypt(encrypted_text.encode()).decode()


class SingleSignOn(DefaultSocialAccountAdapter):
    """Signing in by the city's own provider."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        from madang.web.accounts.single_sign_on import Refused, person_signing_in

        try:
            person_signing_in(request, sociallogin)
        except Refused as refusal:
            raise ImmediateHttpResponse(said(request, str(refusal))) from refusal

    def on_authentication_error(self, request: HttpRequest, provider: Any, *_args: Any, **_said: Any) -> None:
        words = _("통합 로그인을 마치지 못했습니다. 처음부터 다시 해 보고, 되풀이되면 관리자에게 알리십시오.")
        raise ImmediateHttpResponse(said(request, words))


def _sample(request: HttpRequest, name: str, password: str) -> User | None:
    """Somebody of the sample city, where it is served to this computer alone."""
    if not settings.MADANG_SAMPLE_LOGINS or "X-Forwarded-For" in request.headers:
        return None
    known = User.objects.filter(username=name).first()
    return known if is_sample_login(known, password) else None


def said(request: HttpRequest, words: str, status: int = 403) -> HttpResponse:
    """A page that says why nobody was signed in."""
    return render(request, "accounts/refused.html", {"words": words}, status=status)


def _seals() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    hashed = (hashlib.sha256(b"madang second factor" + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(each)) for each in hashed])
