"""The app of sources."""

from __future__ import annotations

from django.apps import AppConfig


class Sources(AppConfig):
    name = "madang.web.sources"
    label = "sources"
