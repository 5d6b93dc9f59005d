"""Addresses of notices."""

from __future__ import annotations

from django.urls import path

from madang.web.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notices, name="all"),
    path("seen/", views.mark_seen, name="seen"),
]
