"""Addresses of deposits, below /deposits/."""

from __future__ import annotations

from django.urls import path

from madang.web.deposits import editing, grid, receipts, receiving, views

app_name = "deposits"
urlpatterns = [
    path("", views.start, name="overview"),
    path("uploads/", receiving.create, name="create"),
    path("uploads/<str:key>", receiving.piece, name="piece"),
    path("files/", receiving.whole, name="whole"),
    path("edits/<int:number>/", editing.draft, name="draft"),
    path("edits/<int:number>/approve/", editing.approve, name="approve"),
    path("edits/<int:number>/drop/", editing.drop, name="drop-draft"),
    path("edits/<int:number>/save/", grid.save, name="save"),
    path("edits/<int:number>/check/", grid.check, name="check"),
    path("copy/<str:dataset>.xlsx", editing.copy, name="copy"),
    path("grid/<str:dataset>/", grid.grid, name="grid"),
    path("grid/<str:dataset>/rows.json", grid.rows, name="grid-rows"),
    path("new/", grid.new, name="new"),
    path("receipts/<str:dataset>/<str:deposit>/", receipts.receipt, name="receipt"),
    path("receipts/<str:dataset>/<str:deposit>/marked.xlsx", receipts.marked, name="marked"),
    path("<str:key>/", views.upload, name="upload"),
    path("<str:key>/progress/", views.progress, name="progress"),
    path("<str:key>/read/", views.read, name="read"),
    path("<str:key>/confirm/", views.confirm, name="confirm"),
    path("<str:key>/drop/", views.drop, name="drop"),
]
