"""Addresses of the audit trail, below /audit/."""

from __future__ import annotations

from django.urls import path

from madang.web.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.listed, name="entries"),
    path("export.<str:form>", views.export, name="export"),
]
