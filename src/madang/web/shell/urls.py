"""Addresses of what every page offers, below /-/."""

from __future__ import annotations

from django.urls import path

from madang.web.shell import health, views

app_name = "shell"
urlpatterns = [
    path("mode/", views.mode, name="mode"),
    path("language/", views.language, name="language"),
    path("health", health.ready, name="health"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]
