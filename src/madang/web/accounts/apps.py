"""The app of people."""

from __future__ import annotations

from django.apps import AppConfig


class Accounts(AppConfig):
    name = "madang.web.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from madang.web.accounts import events  # noqa: F401 - receivers register themselves
