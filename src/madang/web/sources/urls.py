"""Addresses of sources."""

from __future__ import annotations

from django.urls import path

from madang.web.sources import views, views_change

app_name = "sources"
urlpatterns = [
    path("", views.sources, name="all"),
    path("-/new/", views_change.new, name="new"),
    path("-/new/<str:kind>/", views_change.new, name="new_kind"),
    path("-/hosts/", views_change.hosts, name="hosts"),
    path("<str:id_>/", views.source, name="source"),
    path("<str:id_>/state/", views.state, name="state"),
    path("<str:id_>/edit/", views_change.edit, name="edit"),
    path("<str:id_>/do/", views_change.do, name="do"),
]
