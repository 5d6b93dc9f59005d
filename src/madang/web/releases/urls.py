"""Addresses of deciding what becomes open."""

from __future__ import annotations

from django.urls import path

from madang.web.releases import views, views_results

app_name = "releases"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/<str:dataset_id>/", views.new, name="new"),
    path("new/<str:dataset_id>/<int:number>/", views.under_way, name="under_way"),
    path("results/new/<slug:key>/", views_results.new, name="new_result"),
    path("results/of/<str:edition_id>/", views_results.result, name="result"),
    path("of/<str:edition_id>/", views.edition, name="edition"),
]
