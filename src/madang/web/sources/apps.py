"""The app of sources."""

from __future__ import annotations

from django.apps import AppConfig


class Sources(AppConfig):
    name = "madang.web.sources"
    label = "sources"

    def ready(self) -> None:
        from madang.web.sources import owed  # noqa: F401
