"""The app of jobs."""

from __future__ import annotations

from django.apps import AppConfig


class Work(AppConfig):
    name = "madang.web.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
