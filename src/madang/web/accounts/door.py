"""The pages at the door: signing in, a new password, the second factor."""

from __future__ import annotations

from typing import Any

from allauth.account import views as account
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import get_adapter
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.messages import success
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


class SignIn(account.LoginView):
    """Name and password, or the city's own sign-in."""

    template_name = "accounts/login.html"

    def get_context_data(self, **said: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**said),
            "ended": self.request.GET.get("ended", ""),
            "next": self.request.POST.get("next") or self.request.GET.get("next", ""),
            "providers": get_adapter().list_providers(self.request),
        }


class ChangePassword(account.PasswordChangeView):
    """A new password; the other sessions of the person end with the old one."""

    template_name = "accounts/password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **said: Any) -> HttpResponseBase:
        user: Any = request.user
        if user.is_authenticated and not user.has_usable_password():
            return HttpResponseRedirect(reverse("me"))
        return super().dispatch(request, *args, **said)

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        success(self.request, _("비밀번호를 바꾸었습니다. 다른 기기의 로그인은 모두 끝났습니다."))
        return answer

    def get_context_data(self, **said: Any) -> dict[str, Any]:
        rules = password_validators_help_texts()
        return {
            **super().get_context_data(**said),
            "rules": rules,
            "must": self.request.user.must_change_password,
        }


@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """What of a second factor there is."""
    has = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).first()
    return render(request, "accounts/second_factor.html", {"has": has})
