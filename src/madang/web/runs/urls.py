"""Addresses of analyses and of their runs."""

from __future__ import annotations

from django.urls import path

from madang.web.runs import living_views, views, views_layers, views_runs

app_name = "runs"
urlpatterns = [
    path("analyses/", views.analyses, name="analyses"),
    path("analyses/<slug:analysis>/", views.analysis, name="analysis"),
    path("analyses/<slug:analysis>/under-way/<int:number>/", views.under_way, name="under_way"),
    path("runs/", views_runs.runs, name="runs"),
    path("runs/living/", living_views.living, name="living"),
    path("runs/living/<slug:id_>/", living_views.do, name="living_do"),
    path("runs/<slug:key>/keep/", living_views.keep, name="keep"),
    path("runs/<slug:key>/", views_runs.run, name="run"),
    path("runs/<slug:key>/why/", views_runs.why, name="why"),
    path("runs/<slug:key>/compare/<slug:other>/", views_runs.compare, name="compare"),
    path("runs/<slug:key>/layers/<int:number>.geojson", views_layers.layer, name="layer"),
    path("runs/<slug:key>/report.<str:form>", views_runs.report, name="report"),
]
