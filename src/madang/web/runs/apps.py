"""The app of analyses and runs."""

from __future__ import annotations

from django.apps import AppConfig


class Runs(AppConfig):
    name = "madang.web.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from madang.web.runs.beside import offers
        from madang.web.shell.beside import beside

        beside(offers)
