"""Names of people where pages and papers tell who did something; their logins stay in the records."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from madang.web.accounts.models import User


def names_of(logins: Iterable[str]) -> dict[str, str]:
    """The name of each login; a login that nobody has any more stands for itself, and a link is called one."""
    wanted = set(logins)
    known = {each.username: str(each) for each in User.objects.filter(username__in=wanted)}
    return {
        each: known.get(each) or (_("링크로 온 사람") if each.startswith("link:") else each)
        for each in wanted
    }


def name_of(login: str) -> str:
    """The name of one login; "" of none."""
    return names_of([login])[login] if login else ""
