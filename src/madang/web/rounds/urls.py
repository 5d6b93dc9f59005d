"""Addresses of rounds, below /rounds/."""

from __future__ import annotations

from django.urls import path

from madang.web.rounds import views, views_draft
from madang.web.rounds.views_part import PAGES

app_name = "rounds"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views_draft.new, name="new"),
    *(path(f"t/<str:token>/{rest}", linked) for rest, (_, linked) in PAGES.items()),
    *(path(f"<slug:key>/<int:part>/{rest}", signed_in) for rest, (signed_in, _) in PAGES.items()),
    path("<slug:key>/", views.one, name="round"),
    path("<slug:key>/lines/", views.lines, name="lines"),
    path("<slug:key>/settings/", views_draft.settings, name="settings"),
    path("<slug:key>/act/", views.act, name="act"),
    path("<slug:key>/merge/", views.merge, name="merge"),
    path("<slug:key>/close/", views.close, name="close"),
    path("<slug:key>/next/", views.begin_next, name="next"),
    path("<slug:key>/links/", views.links, name="links"),
    path("<slug:key>/addresses.csv", views.addresses, name="addresses"),
    path("<slug:key>/record.xlsx", views.record_xlsx, name="record_xlsx"),
    path("<slug:key>/record/", views.record_page, name="record"),
]
