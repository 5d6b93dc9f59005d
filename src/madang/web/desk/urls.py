"""Addresses of the desk, below /data/."""

from __future__ import annotations

from django.urls import path

from madang.web.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("-/map/", views.city, name="map"),
    path("-/map/relief-<str:key>.png", views.relief, name="relief"),
    path("<str:dataset>/", views.dataset, name="dataset"),
    path("<str:dataset>/versions/<int:n>/", views.dataset, name="version"),
    path("<str:dataset>/problems/", views.problems, name="problems"),
    path("<str:dataset>/source/<str:deposit>/", views.source, name="source"),
    path("<str:dataset>/compare/", views.compare, name="compare"),
    path("<str:dataset>/download.<str:form>", views.download, name="download"),
]
