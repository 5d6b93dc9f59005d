"""The WSGI entry that Granian loads."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.config.settings")
application = get_wsgi_application()
_ = get_resolver().url_patterns  # every page is loaded before the first one is asked for
