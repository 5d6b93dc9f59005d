"""The app of decisions to open."""

from __future__ import annotations

from django.apps import AppConfig


class ReleasesConfig(AppConfig):
    name = "madang.web.releases"
    label = "releases"
