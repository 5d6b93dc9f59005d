"""Forms of signing in: allauth's, with our words, the lock-out, and codes that count once."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.base import forms as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from django.db import transaction
from django.forms import Form, ValidationError
from django.utils.translation import gettext as _

from madang.web.accounts import lockout
from madang.web.accounts.words import locked_words


def _dressed(form: Form, labels: dict[str, str]) -> None:
    """Our labels and looks; a hint inside a field is no label."""
    for name, label in labels.items():
        field = form.fields[name]
        field.label, field.help_text = label, ""
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs["class"] = "input"


class SignIn(LoginForm):
    """Name and password."""

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        _dressed(self, {"login": _("아이디"), "password": _("비밀번호")})
        self.fields["login"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})

    def user_credentials(self) -> dict[str, str]:
        """A name is a name, also where it holds an @."""
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class ChangePassword(ChangePasswordForm):
    """The old password and a new one."""

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        labels = {
            "oldpassword": _("지금 비밀번호"),
            "password1": _("새 비밀번호"),
            "password2": _("새 비밀번호 다시"),
        }
        _dressed(self, labels)

    def clean_oldpassword(self) -> str:
        """Guessed no more often than at the door."""
        if not get_adapter().reauthenticate(self.user, self.cleaned_data.get("oldpassword", "")):
            raise get_adapter().validation_error("enter_current_password")
        return str(self.cleaned_data["oldpassword"])

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean()
        if said.get("password1") and said.get("password1") == said.get("oldpassword"):
            self.add_error("password1", _("지금 비밀번호와 다른 비밀번호를 정하십시오."))
        return said


class Again(ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        _dressed(self, {"password": _("비밀번호")})


class _Counted:
    """A code of the second factor: wrong ones lock, right ones count once, in whichever process they come."""

    user: Any
    cleaned_data: dict[str, Any]
    fields: dict[str, Any]

    def _dress(self) -> None:
        _dressed(self, {"code": _("인증 번호")})
        self.fields["code"].widget.attrs.update({"inputmode": "text", "autofocus": True})

    def _judged(self, judge: Any) -> str:
        name = f"code:{self.user.pk}"
        until = lockout.reserve(name)
        if until:
            raise ValidationError(locked_words())
        code: str = judge()
        lockout.forgive(name)
        return code


class Code(_Counted, mfa.AuthenticateForm):
    """The second factor at the door."""

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self._dress()

    def clean_code(self) -> str:
        return self._judged(lambda: _once(self, super(Code, self).clean_code()))


class CodeAgain(_Counted, mfa.ReauthenticateForm):
    """The second factor once more, before something that matters."""

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self._dress()

    def clean_code(self) -> str:
        return self._judged(lambda: _once(self, super(CodeAgain, self).clean_code()))


class ActivateCode(_Counted, ActivateTOTPForm):
    """The first code of a new device."""

    def __init__(self, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self._dress()

    def clean_code(self) -> str:
        return self._judged(lambda: super(ActivateCode, self).clean_code())


def _once(form: Any, code: str) -> str:
    """A code by time that was used before is wrong, also in another process of the site."""
    if form.authenticator.type != Authenticator.Type.TOTP:
        return code
    with transaction.atomic():
        kept = Authenticator.objects.select_for_update().get(pk=form.authenticator.pk)
        secret = decrypt(kept.data["secret"])
        fitting = [
            counter
            for counter in yield_hotp_counters_from_time()
            if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter)))
        ]
        if not fitting or max(fitting) <= kept.data.get("counter", -1):
            raise get_adapter().validation_error("incorrect_code")
        kept.data["counter"] = max(fitting)
        kept.save(update_fields=["data"])
    form.authenticator.data = kept.data
    return code
