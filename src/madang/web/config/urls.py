"""Addresses of the site."""

from __future__ import annotations

from django.urls import include, path

from madang.web.config import static
from madang.web.sql.open import asked_by_everybody

urlpatterns = [
    path("open/sql/", asked_by_everybody, name="open-sql"),  # before the edition that might be called so
    path("open/api/v1/", include("madang.web.config.open_api")),
    path("", include("madang.web.portal.urls")),
    path("-/", include("madang.web.shell.urls")),
    path("api/v1/", include("madang.web.api.urls")),
    path("accounts/", include("madang.web.accounts.urls")),
    path("audit/", include("madang.web.audit.urls")),
    path("data/", include("madang.web.desk.urls")),
    path("deposits/", include("madang.web.deposits.urls")),
    path("notices/", include("madang.web.notices.urls")),
    path("sql/", include("madang.web.sql.urls")),
    path("rounds/", include("madang.web.rounds.urls")),
    path("", include("madang.web.runs.urls")),
    path("", include("madang.web.indicators.urls")),
    path("sources/", include("madang.web.sources.urls")),
    path("releases/", include("madang.web.releases.urls")),
    path("work/", include("madang.web.work.urls")),
    path("static/<path:name>", static.file),
]
handler403 = "madang.web.shell.errors.forbidden"
handler400 = "madang.web.shell.errors.bad_request"
handler404 = "madang.web.shell.errors.not_found"
handler500 = "madang.web.shell.errors.server_error"
