"""The app of people."""

from __future__ import annotations

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "madang.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.utils import timezone

        from madang.web.accounts import events  # noqa: F401 - receivers register themselves
        from madang.web.accounts.models import Session
        from madang.web.shell.health import gauge

        living = Session.objects.filter(user_id__isnull=False)
        gauge("sessions", lambda: living.filter(expire_date__gt=timezone.now()).count())
