"""The app of deposits by hand."""

from __future__ import annotations

from django.apps import AppConfig


class Deposits(AppConfig):
    name = "madang.web.deposits"
    label = "deposits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from madang.web.deposits import owed  # noqa: F401
        from madang.web.deposits.beside import offers
        from madang.web.shell.beside import beside

        beside(offers)
