"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from madang.web.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.front, name="front"),
    path("open/", views.front, name="open"),
    path("open/editions.json", views.index, name="index"),
    path("open/borders.json", views.borders, name="borders"),
    path("open/results/<str:edition_id>/", views.result, name="result"),
    path("open/results/<str:edition_id>/why/", views.result_why, name="result_why"),
    path(
        "open/results/<str:edition_id>/tables/<slug:table>.<str:form>",
        views.result_table,
        name="result_table",
    ),
    path("open/<str:edition_id>/", views.edition, name="edition"),
    path("open/<str:edition_id>/rows.json", views.rows, name="rows"),
    path("open/<str:edition_id>/take/<slug:form>/", views.take, name="take"),
    path("open/<str:edition_id>/tiles/<int:z>/<int:x>/<int:y>.mvt", views.tile, name="tile"),
]
