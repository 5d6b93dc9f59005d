"""Addresses of what every page offers, below /-/."""

from __future__ import annotations

from django.urls import path

from madang.web.shell import views

app_name = "shell"
urlpatterns = [
    path("mode/", views.mode, name="mode"),
    path("language/", views.language, name="language"),
]
