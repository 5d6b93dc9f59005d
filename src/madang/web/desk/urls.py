"""Addresses of the desk, below /data/."""

from __future__ import annotations

from django.urls import path

from madang.web.desk import views, views_edit, views_rows

app_name = "desk"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("-/map/", views.city, name="map"),
    path("-/map/relief-<str:key>.png", views.relief, name="relief"),
    path("-/borders.json", views_rows.borders, name="borders"),
    path("<str:dataset>/", views.dataset, name="dataset"),
    path("<str:dataset>/versions/<int:n>/", views.dataset, name="version"),
    path("<str:dataset>/problems/", views.problems, name="problems"),
    path("<str:dataset>/source/<str:deposit>/", views.source, name="source"),
    path("<str:dataset>/compare/", views.compare, name="compare"),
    path("<str:dataset>/card/", views_edit.card, name="card"),
    path("<str:dataset>/versions/<int:n>/rollback/", views_edit.rollback, name="rollback"),
    path("<str:dataset>/rows/", views_rows.table, name="rows"),
    path("<str:dataset>/chart/", views_rows.chart, name="chart"),
    path("<str:dataset>/map/", views_rows.places, name="places"),
    path("<str:dataset>/tiles/<int:n>/<int:z>/<int:x>/<int:y>.mvt", views_rows.tile, name="tile"),
    path("<str:dataset>/take/", views_rows.take, name="take"),
    path("<str:dataset>/download.<str:form>", views_rows.download, name="download"),
]
