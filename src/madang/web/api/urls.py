"""Addresses of the API, below /api/v1/."""

from __future__ import annotations

from django.urls import path, re_path

from madang.web.api import deposits, page, runs
from madang.web.api.door import inner
from madang.web.api.service import about_me, document, opened, service

app_name = "api"
DOOR = inner()
API = service(DOOR, runs.routes(DOOR), deposits.routes(), about_me())
urlpatterns = [
    path("", page.operations, name="operations"),
    path("openapi.json", document(API, page.ADDRESS), name="openapi"),
    *opened([each for each in API.urls[0] if each.name != "api-root"], DOOR),
    re_path(r"^.*$", page.nowhere),
]
