"""The app of the audit trail."""

from __future__ import annotations

from django.apps import AppConfig


class Audit(AppConfig):
    name = "madang.web.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
