"""The app of indicators and declared tables."""

from __future__ import annotations

from django.apps import AppConfig


class Indicators(AppConfig):
    name = "madang.web.indicators"
    label = "indicators"
    default_auto_field = "django.db.models.BigAutoField"
