"""Addresses of jobs."""

from __future__ import annotations

from django.urls import path

from madang.web.work import views

app_name = "work"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("list/", views.part, name="part"),
    path("<int:number>/cancel/", views.cancel, name="cancel"),
    path("<int:number>/repeat/", views.repeat, name="repeat"),
]
