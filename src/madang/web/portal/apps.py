"""The app of the public pages."""

from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "madang.web.portal"
    label = "portal"
