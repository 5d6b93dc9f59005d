"""Addresses of the SQL desk."""

from __future__ import annotations

from django.urls import path

from madang.web.sql import views, views_saved

app_name = "sql"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("run/", views.run, name="run"),
    path("tables.json", views.tables, name="tables"),
    path("answers/<uuid:number>/", views.answer, name="answer"),
    path("answers/<uuid:number>/cancel/", views.cancel, name="cancel"),
    path("answers/<uuid:number>/rows.json", views.rows, name="rows"),
    path("answers/<uuid:number>/download/<slug:form>/", views.download, name="download"),
    path("answers/<uuid:number>/derive/", views.derive_dataset, name="derive"),
    path("history/", views_saved.history, name="history"),
    path("saved/", views_saved.saved, name="saved"),
    path("saved/new/", views_saved.save, name="save"),
    path("saved/<int:number>/", views_saved.open_saved, name="open"),
    path("saved/<int:number>/save/", views_saved.save, name="save_again"),
    path("saved/<int:number>/remove/", views_saved.remove, name="remove"),
    path("made/<str:dataset>/", views_saved.made, name="made"),
    path("made/<str:dataset>/again/", views_saved.make_again, name="again"),
]
