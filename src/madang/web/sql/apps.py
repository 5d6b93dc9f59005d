"""The app of the SQL desk."""

from __future__ import annotations

from django.apps import AppConfig


class Sql(AppConfig):
    name = "madang.web.sql"
    label = "sql"
    default_auto_field = "django.db.models.BigAutoField"
