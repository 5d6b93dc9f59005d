"""The app of notices."""

from __future__ import annotations

from django.apps import AppConfig


class Notices(AppConfig):
    name = "madang.web.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from madang.web.notices import handed  # noqa: F401
