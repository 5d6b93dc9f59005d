"""The app of collection rounds."""

from __future__ import annotations

from django.apps import AppConfig


class Rounds(AppConfig):
    name = "madang.web.rounds"
    label = "rounds"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from madang.web.rounds import owed  # noqa: F401
