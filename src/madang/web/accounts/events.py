"""What happens at the door goes into the audit trail."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver

from madang.access import ANONYMOUS
from madang.web.accounts.models import User
from madang.web.accounts.people import person_of_user
from madang.web.audit.record import record


@receiver(user_logged_in)
def signed_in(request: Any, user: Any, **_: Any) -> None:
    request.session["began"] = None  # a new session, whatever was kept before signing in
    record(person_of_user(user), "people.sign_in", user.username)


@receiver(user_login_failed)
def not_signed_in(credentials: dict[str, Any], **_: Any) -> None:
    """Only names that exist are kept: the others may be a password in the wrong field."""
    name = str(credentials.get("username", ""))[:150]
    known = User.objects.filter(username=name).exists()
    record(ANONYMOUS, "people.sign_in_failed", name if known else "")


@receiver(password_changed)
def changed(user: Any, **_: Any) -> None:
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    user.must_change_password = False
    record(person_of_user(user), "people.change_password", user.username)


@receiver(authenticator_added)
def factor_added(user: Any, authenticator: Any, **_: Any) -> None:
    record(
        person_of_user(user), "people.add_second_factor", user.username, detail={"type": authenticator.type}
    )


@receiver(authenticator_removed)
def factor_removed(user: Any, authenticator: Any, **_: Any) -> None:
    record(
        person_of_user(user),
        "people.remove_second_factor",
        user.username,
        detail={"type": authenticator.type},
    )
