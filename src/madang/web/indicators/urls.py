"""Addresses of indicators and of declared tables."""

from __future__ import annotations

from django.urls import path

from madang.web.indicators import views

app_name = "indicators"
urlpatterns = [
    path("indicators/", views.indicators, name="indicators"),
    path("indicators/<slug:indicator>/", views.indicator, name="indicator"),
    path("indicators/<slug:indicator>/target/", views.target, name="target"),
    path("tables/", views.tables, name="tables"),
    path("refresh/<str:name>/", views.refresh, name="refresh"),
]
