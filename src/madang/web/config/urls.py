"""Addresses of the site."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView

from madang.web.config import static

urlpatterns = [
    path("", RedirectView.as_view(url="/data/")),
    path("data/", include("madang.web.desk.urls")),
    path("static/<path:name>", static.file),
]
handler400 = "madang.web.desk.errors.bad_request"
handler404 = "madang.web.desk.errors.not_found"
handler500 = "madang.web.desk.errors.server_error"
