"""The app of decisions to open."""

from __future__ import annotations

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "madang.web.releases"
    label = "releases"

    def ready(self) -> None:
        from madang.web.releases.beside import offers
        from madang.web.shell.beside import beside

        beside(offers)
